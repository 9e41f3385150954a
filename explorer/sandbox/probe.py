"""Whether containment holds on this machine: a process that is held to it tries to break out, and must fail."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from explorer.sandbox import containment, landlock, processes
from explorer.sandbox.wire import Containment

_PATIENCE = 10.0
"""Seconds that the attempts may take; they take milliseconds."""
_MOST = 1 << 16


def probe(folder: Path) -> Containment:
    """Try containment in a process of its own and say what holds. The caller must have one thread.

    Parameters
    ----------
    folder
        Where files can be made that the attempts must not reach.
    """
    if not containment.possible():
        return Containment(contained=False, why="this system has no Landlock, or its machine's calls are not known")
    with tempfile.TemporaryDirectory(prefix="probe-", dir=folder) as place:
        outside, own = Path(place, "outside"), Path(place, "own")
        outside.write_text("secret")
        own.mkdir()
        said = _tried(_attempts(outside), own)
    if said is None:
        return Containment(contained=False, why="it could not be put in force")
    return _judged(said)


def _judged(said: Mapping[str, str]) -> Containment:
    lacks = tuple(name for name, refused in said.items() if not refused)
    holds = tuple(name for name, refused in said.items() if refused)
    why = "" if not lacks else f"an attempt to break out succeeded: {', '.join(lacks)}"
    return Containment(contained=not lacks, why=why, holds=holds, lacks=lacks, landlock=landlock.version())


def _attempts(outside: Path) -> Mapping[str, Callable[[], object]]:
    """Return attempts to break out, by what holds where they are refused."""
    parent = os.getpid()
    return {
        "reading other files": outside.read_bytes,
        "writing other files": lambda: outside.write_bytes(b"written"),
        "making other files": lambda: outside.with_name("made").touch(),
        "changing the rights of other files": lambda: outside.chmod(0o644),
        "listing other folders": lambda: os.listdir(outside.parent),  # noqa: PTH208 - as plain as it gets
        "the network": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
        "services of this machine": lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM),
        "the app's environment": lambda: Path(f"/proc/{parent}/environ").read_bytes(),
        "the app's memory": lambda: os.open(f"/proc/{parent}/mem", os.O_RDWR),
        "signals to others": lambda: os.kill(parent, 0),
        "starting programs": lambda: os.posix_spawn("/bin/true", ["true"], {}),
        "processes of its own": _fork,
    }


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def _tried(attempts: Mapping[str, Callable[[], object]], own: Path) -> Mapping[str, str] | None:
    """Return of each attempt the error that refused it, empty where nothing did; ``None`` without an answer."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        _try_all(attempts, own, writing)
    os.close(writing)
    try:
        ready, _, _ = select.select([reading], [], [], _PATIENCE)
        text = os.read(reading, _MOST) if ready else b""
    finally:
        os.close(reading)
        processes.kill(pid)
        os.waitpid(pid, 0)
    return json.loads(text) if text else None


def _try_all(attempts: Mapping[str, Callable[[], object]], own: Path, writing: int) -> NoReturn:
    leave = os._exit
    try:
        signal.alarm(int(_PATIENCE))
        containment.contain(containment.Plan(readable=containment.python_paths(), writable=(own,)))
        Path(own, "allowed").write_text("")  # else it would hold because nothing works
        os.write(writing, json.dumps({name: _refusal(attempt) for name, attempt in attempts.items()}).encode())
    finally:
        leave(0)


def _refusal(attempt: Callable[[], object]) -> str:
    with suppress(OSError):
        attempt()
        return ""
    return "refused"
