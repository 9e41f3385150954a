"""Servers of pages, each for as long as its page is measured, tested or photographed."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
START_SECONDS = 120


@contextmanager
def serving(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Iterator[str]:
    """Run Python with ``command``, in which ``{port}`` stands for a free port; yield the address once it answers."""
    port = free_port()
    words = [word.replace("{port}", str(port)) for word in command]
    with subprocess.Popen(
        [sys.executable, *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PARALLAX_CACHE": "off", **(environment or {})},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            _await_port(port, server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


@contextmanager
def streamlit(script: str, environment: Mapping[str, str] | None = None) -> Iterator[str]:
    """Serve a script, named from the root of the project, as Streamlit's page."""
    command = ["-m", "streamlit", "run", script, "--server.headless", "true"]
    command += ["--server.port", "{port}", "--server.address", "127.0.0.1"]
    with serving(command, environment) as url:
        yield url


def free_port() -> int:
    """Return a port of this machine that nothing listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _await_port(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=2).close()
        except OSError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("The server did not start.") from None
            time.sleep(0.2)
        else:
            return
