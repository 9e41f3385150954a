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
import signal
import socket
import sys
import tempfile
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import NoReturn, assert_never

import msgspec

from explorer.sandbox import containment, processes
from explorer.sandbox.child import Given, Perform, live
from explorer.sandbox.excess import excess
from explorer.sandbox.probe import probe
from explorer.sandbox.scratch import remove
from explorer.sandbox.wire import CHANNELS, Ended, Event, Frames, Order, Ready, Run, Started, Stop, frame

_MEGABYTE = 1 << 20
_CHUNK = 1 << 16
_LOOK = 0.25
"""Seconds between two looks at what jobs have."""


@dataclass(kw_only=True)
class _Child:
    """A job that runs: its process and its folder."""

    id: int
    pid: int
    scratch: str
    limited: bool
    contained: bool
    kernel_kills: int
    resident: int
    excess: str = ""
    """What it had too much of."""


class Server:
    """Forks a child for each job, and leaves nothing of it when it has ended."""

    def __init__(
        self, control: socket.socket, perform: Perform, *, preload: Sequence[str], scratch: str, contained: bool
    ) -> None:
        self._control = control
        self._perform = perform
        self._preload = deque(preload)
        self._scratch = scratch
        self._contained = contained
        self._began = time.monotonic()
        self._open = True
        self._orders = msgspec.json.Decoder(Order)
        self._frames = Frames()
        self._handed: deque[int] = deque()
        """Descriptors whose orders are still to come."""
        self._children: dict[int, _Child] = {}
        self._woken, self._wake = socket.socketpair()
        self._look = 0.0
        """When it is next looked whether a job has too much of something."""
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
            for key, _ in self._selector.select(self._wait()):
                # One event can end what another of the same round is about, and reuse its descriptor.
                if self._selector.get_map().get(key.fd) is key:
                    key.data()
            self._check_excess()
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
            data, handed, _, _ = socket.recv_fds(self._control, _CHUNK, 2 * len(CHANNELS))
        except ConnectionError:
            data, handed = b"", []
        for descriptor in handed:
            os.set_inheritable(descriptor, False)
        self._handed += handed
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
        descriptors = {name: self._handed.popleft() for name in CHANNELS}
        try:
            child = self._fork(order, descriptors)
        except OSError as error:
            self._tell(Ended(id=order.id, status=None, trouble=f"no process could be started: {error}"))
        else:
            self._children[child.pid] = child
            self._tell(Started(id=order.id, pid=child.pid))
        finally:
            for descriptor in descriptors.values():
                os.close(descriptor)

    def _fork(self, order: Run, descriptors: dict[str, int]) -> _Child:
        scratch = tempfile.mkdtemp(prefix="job-", dir=self._scratch)
        kills, resident = processes.kernel_kills(), processes.resident_bytes()
        limited = not order.limits.trust
        contained = limited and self._contained
        given = Given(order=order, **descriptors, scratch=scratch, server=os.getpid(), contained=contained)
        # What is loaded stays out of the child's garbage collections, which would copy its pages.
        gc.freeze()
        pid = os.fork()
        if pid == 0:
            self._become(given)
        return _Child(
            id=order.id,
            pid=pid,
            scratch=scratch,
            limited=limited,
            contained=contained,
            kernel_kills=kills,
            resident=resident,
        )

    def _become(self, given: Given) -> NoReturn:
        """Let go of all that is the server's, then live as the job's process."""
        leave = os._exit
        try:
            signal.set_wakeup_fd(-1)
            for held in (self._selector, self._control, self._woken, self._wake):
                held.close()
            for other in self._handed:
                os.close(other)
            live(given, self._perform)
        finally:
            leave(1)

    def _wait(self) -> float | None:
        if self._preload:
            return 0
        return _LOOK if any(child.limited for child in self._children.values()) else None

    def _check_excess(self) -> None:
        """Kill what has too many threads, processes or files: no limit of the system counts these for one job."""
        now = time.monotonic()
        if now < self._look:
            return
        self._look = now + _LOOK
        for child in self._children.values():
            if child.limited and not child.excess:
                child.excess = excess(child.pid, Path(child.scratch), alone=child.contained)
                if child.excess:
                    processes.kill_tree(child.pid)

    def _reap(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._woken.recv(_CHUNK)
        for pid, status, resident in _ended():
            if (child := self._children.pop(pid, None)) is not None:
                self._bury(child, status, resident)

    def _bury(self, child: _Child, status: int, resident: int) -> None:
        processes.kill_group(child.pid)
        self._sweep()
        remove(Path(child.scratch))
        self._tell(
            Ended(
                id=child.id,
                status=status,
                megabytes=max(resident - child.resident, 0) // _MEGABYTE,
                excess=child.excess,
                starved=processes.kernel_kills() > child.kernel_kills,
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
    control = socket.socket(fileno=given.control)
    control.set_inheritable(False)
    containment.prepare()
    held = probe(Path(given.scratch))
    control.sendall(frame(msgspec.json.encode(held)))
    for first in given.preload[:1]:
        load(first)
    module, _, function = given.perform.partition(":")
    perform = getattr(importlib.import_module(module), function)
    server = Server(control, perform, preload=given.preload[1:], scratch=given.scratch, contained=held.contained)
    try:
        server.serve()
    finally:
        server.end()
        remove(Path(given.scratch))
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


if __name__ == "__main__":
    main()
