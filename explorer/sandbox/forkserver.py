"""The process that jobs are forked from, with torch already loaded.

Run by the pool as ``python -m explorer.sandbox.forkserver --control FD --perform MODULE:FUNCTION``.

NOTE: It has one thread, so that a fork is a whole copy of it, and it imports one module at a time with a
look at its control socket in between: a job that comes early waits for one import, not for all.
:mod:`multiprocessing` has a fork server too; it imports the app's ``__main__`` again, which in Streamlit
is the page, and it reads pickles.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib
import os
import selectors
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import NoReturn, assert_never

import msgspec

from explorer.sandbox import processes
from explorer.sandbox.child import TRACEBACK, Perform, live
from explorer.sandbox.wire import Ended, Event, Frames, Order, Ready, Run, Started, Stop, frame

_MEGABYTE = 1 << 20
_CHUNK = 1 << 16
_KEPT = 8192
"""Bytes of a job's output that are kept, from the end."""


@dataclass(kw_only=True)
class _Child:
    """A job that runs: its process, what it has written, its folder."""

    id: int
    pid: int
    output: int
    scratch: str
    kernel_kills: int
    resident: int
    tail: bytearray = field(default_factory=bytearray)


class Server:
    """Forks a child for each job, and leaves nothing of it when it has ended."""

    def __init__(self, control: socket.socket, perform: Perform, *, preload: Sequence[str], scratch: str) -> None:
        self._control = control
        self._perform = perform
        self._preload = deque(preload)
        self._scratch = scratch
        self._began = time.monotonic()
        self._open = True
        self._orders = msgspec.json.Decoder(Order)
        self._frames = Frames()
        self._pipes: deque[int] = deque()
        self._children: dict[int, _Child] = {}
        self._woken, self._wake = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        self._selector.register(control, selectors.EVENT_READ, self._hear)
        self._selector.register(self._woken, selectors.EVENT_READ, self._reap)

    def serve(self) -> None:
        """Work until the control socket closes, which it does however the app ends."""
        self._wake.setblocking(False)
        self._woken.setblocking(False)
        signal.signal(signal.SIGCHLD, _noted)
        signal.set_wakeup_fd(self._wake.fileno(), warn_on_full_buffer=False)
        self._tell(Ready(seconds=self._age(), threads=processes.threads()))
        while self._open:
            for key, _ in self._selector.select(0 if self._preload else None):
                # One event can end what another of the same round is about, and reuse its descriptor.
                if self._selector.get_map().get(key.fd) is key:
                    key.data()
            if self._preload and self._open:
                self._load_next()

    def end(self) -> None:
        """Kill all jobs and everything that they started."""
        for child in self._children.values():
            processes.kill_tree(child.pid)
        self._children.clear()
        self._sweep()

    def _load_next(self) -> None:
        load(self._preload.popleft())
        if not self._preload:
            gc.collect()
            self._tell(Ready(seconds=self._age(), threads=processes.threads(), complete=True))

    def _age(self) -> float:
        return time.monotonic() - self._began

    def _tell(self, event: Event) -> None:
        try:
            self._control.sendall(frame(msgspec.json.encode(event)))
        except OSError:
            self._open = False  # The app is gone.

    def _hear(self) -> None:
        try:
            data, pipes, _, _ = socket.recv_fds(self._control, _CHUNK, 8)
        except ConnectionError:
            data, pipes = b"", []
        for pipe in pipes:
            os.set_inheritable(pipe, False)
        self._pipes += pipes
        self._open = bool(data)
        for body in self._frames.feed(data):
            self._obey(self._orders.decode(body))

    def _obey(self, order: Order) -> None:
        match order:
            case Run():
                self._run(order)
            case Stop():
                for child in self._children.values():
                    if child.id == order.id:
                        processes.kill_tree(child.pid)
            case _:
                assert_never(order)

    def _run(self, order: Run) -> None:
        pipe = self._pipes.popleft()
        try:
            child = self._fork(order, pipe)
        except OSError as error:
            self._tell(Ended(id=order.id, status=None, output=f"no process could be started: {error}"))
        else:
            self._children[child.pid] = child
            self._selector.register(child.output, selectors.EVENT_READ, lambda: self._listen(child))
            self._tell(Started(id=order.id, pid=child.pid))
        finally:
            os.close(pipe)

    def _fork(self, order: Run, pipe: int) -> _Child:
        scratch = tempfile.mkdtemp(prefix="job-", dir=self._scratch)
        output, theirs = os.pipe()
        os.set_blocking(output, False)
        kills, resident, server = processes.kernel_kills(), processes.resident_bytes(), os.getpid()
        # What is loaded stays out of the child's garbage collections, which would copy its pages.
        gc.freeze()
        try:
            pid = os.fork()
        except OSError:
            os.close(output)
            raise
        else:
            if pid == 0:
                self._become(order, pipe, theirs, scratch, server)
        finally:
            os.close(theirs)
        return _Child(id=order.id, pid=pid, output=output, scratch=scratch, kernel_kills=kills, resident=resident)

    def _become(self, order: Run, pipe: int, output: int, scratch: str, server: int) -> NoReturn:
        """Let go of all that is the server's, then live as the job's process."""
        leave = os._exit
        try:
            signal.set_wakeup_fd(-1)
            for held in (self._selector, self._control, self._woken, self._wake):
                held.close()
            for other in self._children.values():
                os.close(other.output)
            for other in self._pipes:
                os.close(other)
            live(order, self._perform, pipe=pipe, output=output, scratch=scratch, server=server)
        finally:
            leave(1)

    def _listen(self, child: _Child) -> None:
        """Take in what a job prints, so that it never waits, and keep the end of it."""
        with contextlib.suppress(BlockingIOError):
            data = os.read(child.output, _CHUNK)
            if not data:
                self._forget(child)
            child.tail += data
            del child.tail[:-_KEPT]

    def _forget(self, child: _Child) -> None:
        with contextlib.suppress(KeyError):
            self._selector.unregister(child.output)

    def _reap(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._woken.recv(_CHUNK)
        for pid, status, resident in _ended():
            if (child := self._children.pop(pid, None)) is not None:
                self._bury(child, status, resident)

    def _bury(self, child: _Child, status: int, resident: int) -> None:
        processes.kill_group(child.pid)
        self._sweep()
        self._listen(child)
        self._forget(child)
        os.close(child.output)
        traceback = _begin_of(Path(child.scratch, TRACEBACK))
        shutil.rmtree(child.scratch, ignore_errors=True)
        self._tell(
            Ended(
                id=child.id,
                status=status,
                megabytes=max(resident - child.resident, 0) // _MEGABYTE,
                starved=processes.kernel_kills() > child.kernel_kills,
                output=child.tail.decode(errors="replace"),
                traceback=traceback,
            )
        )

    def _sweep(self) -> None:
        """Kill what has lost its parent. A job's processes are its descendants or they are nothing."""
        for _ in range(100):
            strays = processes.strays(known=self._children)
            if not strays:
                return
            processes.kill(*strays)
            time.sleep(0.001)


def load(module: str) -> None:
    """Import a module that jobs are likely to need; what is not installed is left out."""
    with contextlib.suppress(ImportError):
        importlib.import_module(module)


def main() -> None:
    """Load what comes first, then serve."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--control", type=int, required=True)
    parser.add_argument("--perform", required=True)
    parser.add_argument("--scratch", required=True)
    parser.add_argument("--preload", action="append", default=[])
    given = parser.parse_args()
    processes.adopt_orphans()
    for first in given.preload[:1]:
        load(first)
    module, _, function = given.perform.partition(":")
    perform = getattr(importlib.import_module(module), function)
    control = socket.socket(fileno=given.control)
    control.set_inheritable(False)
    server = Server(control, perform, preload=given.preload[1:], scratch=given.scratch)
    try:
        server.serve()
    finally:
        server.end()
        shutil.rmtree(given.scratch, ignore_errors=True)
        if sys.exc_info()[0] is None:
            os._exit(0)


def _noted(_number: int, _frame: FrameType | None) -> None:
    """Do nothing: without a handler no signal would reach the wake-up descriptor."""


def _ended() -> list[tuple[int, int, int]]:
    """Wait for all children that have ended: process, status, and resident bytes at most."""
    found: list[tuple[int, int, int]] = []
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status, usage = os.wait4(-1, os.WNOHANG)
            if pid == 0:
                break
            # In kilobytes, but on macOS in bytes.
            found.append((pid, status, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)))
    return found


def _begin_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_CHUNK).decode(errors="replace")
    except OSError:
        return ""


if __name__ == "__main__":
    main()
