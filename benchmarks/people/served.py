"""The app as one server of its own, which can be killed and started again on the same port."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.browser.serving import ROOT, free_port

START_SECONDS = 120
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass
class Served:
    """A running app, its log and the processes that it started."""

    folder: Path
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """What all its starts wrote."""
        return self.folder / "log"

    async def start(self) -> float:
        """Start it; return the seconds until it answers."""
        began = time.monotonic()
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: ASYNC220 - returns at once, and is our own
                [*command, "--server.port", str(self.port), "--server.address", "127.0.0.1"],
                cwd=ROOT,
                env={**os.environ, "PARALLAX_CACHE": str(self.folder / "kept")},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        while not await asyncio.to_thread(self._answers):
            if time.monotonic() - began > START_SECONDS or self._process.poll() is not None:
                raise RuntimeError("the server did not start")
            await asyncio.sleep(0.2)
        return time.monotonic() - began

    def kill(self) -> None:
        """End the server at once, as the system does when memory is out."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def kill_a_worker(self) -> bool:
        """End one process that runs a model, if there is one."""
        servers = self._fork_servers()
        workers = [pid for pid, parent in _parents().items() if parent in servers]
        for pid in workers[:1]:
            os.kill(pid, signal.SIGKILL)
        return bool(workers)

    def kill_the_fork_server(self) -> bool:
        """End the process that workers are forked from."""
        found = self._fork_servers()
        for pid in found[:1]:
            os.kill(pid, signal.SIGKILL)
        return bool(found)

    def memory(self) -> int:
        """Return the bytes that the server and all that it started have, what they share counted for each."""
        return sum(_resident(pid) for pid in self.processes())

    def own_memory(self) -> int:
        """Return the bytes that the server itself has."""
        return _resident(self._process.pid) if self._process else 0

    def processes(self) -> list[int]:
        """Return the server and all that it started, from the oldest on."""
        if self._process is None:
            return []
        found, parents = [self._process.pid], _parents()
        for pid in found:
            found += [one for one, parent in parents.items() if parent == pid]
        return found

    def count(self, pids: Sequence[int]) -> int:
        """Return how many of these processes there still are."""
        there = _parents()
        return sum(pid in there for pid in pids)

    def _fork_servers(self) -> list[int]:
        own = self._process.pid if self._process else 0
        return [pid for pid, parent in _parents().items() if parent == own and b"forkserver" in _command(pid)]

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=2) as answer:  # noqa: S310 - our own
                return answer.status == 200  # noqa: PLR2004
        except OSError:
            return False


def _parents() -> dict[int, int]:
    """Return each process with its parent."""
    found: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                status = (entry / "stat").read_text()
            except OSError:  # it has ended
                continue
            found[int(entry.name)] = int(status.rpartition(")")[2].split()[1])
    return found


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    except OSError:
        return 0
