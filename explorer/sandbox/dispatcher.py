"""The thread that owns the fork server and all running jobs.

NOTE: One thread does everything, woken by a select over all pipes, so nothing here is locked but the way
in (`Dispatcher.post`). A thread per job would need a lock around the server and the queue, and more
threads than jobs when jobs are only waiting.
"""

from __future__ import annotations

import contextlib
import logging
import os
import selectors
import socket
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Literal, assert_never

from explorer.messages import Died, Doing
from explorer.sandbox import processes
from explorer.sandbox.course import Course
from explorer.sandbox.server import Channels, ForkServer, ServerGoneError
from explorer.sandbox.task import MOST_STEPS_LONG, Task
from explorer.sandbox.wire import Containment, Ended, Event, Ready, Started

_log = logging.getLogger(__name__)

_CHUNK = 1 << 18
_START = 120.0
"""Seconds that the server may take to load torch and start a job."""
_GRACE = 1.0
"""Seconds past its limit that a job has to say where it stands."""
_LONGEST_WAIT = 3600.0
"""Seconds between two looks at the clocks at most: the system refuses to wait for months."""
_STOP = 15.0
"""Seconds that the server may take to report a job's end; it may be importing or removing files."""


@dataclass(kw_only=True, eq=False)
class _Running:
    """A job that was given to the server. ``due`` is when its stage must be over."""

    number: int
    task: Task
    channels: Channels
    course: Course
    due: float
    attempt: int
    last: float = 0.0
    """When the job must be over, however many steps it has."""
    stage: Literal["asked", "running", "stopping"] = "asked"
    pid: int = 0


class Turns:
    """Who is next: in order for each owner; owners take turns, so that none waits for all of another's."""

    def __init__(self) -> None:
        self._owners: OrderedDict[Hashable, deque[Task]] = OrderedDict()

    def __bool__(self) -> bool:
        return bool(self._owners)

    def add(self, task: Task, owner: Hashable) -> None:
        """Queue a task behind its owner's others."""
        self._owners.setdefault(owner, deque()).append(task)

    def next(self) -> Task:
        """Take the task whose turn it is; its owner goes to the end."""
        owner, tasks = self._owners.popitem(last=False)
        task = tasks.popleft()
        if tasks:
            self._owners[owner] = tasks
        return task

    def remove(self, task: Task) -> bool:
        """Take a task out and say whether it was waiting."""
        for owner, tasks in self._owners.items():
            if task in tasks:
                tasks.remove(task)
                if not tasks:
                    del self._owners[owner]
                return True
        return False


class Dispatcher:
    """Starts jobs when there is room, hears them, and ends those that take too long."""

    def __init__(self, *, workers: int, perform: str, preload: Sequence[str], largest: int) -> None:
        self._workers = workers
        self._perform = perform
        self._preload = preload
        self._largest = largest
        self._server: ForkServer | None = None
        self._ready = False
        self._number = 0
        self._turns = Turns()
        self._again: deque[Task] = deque()
        self._running: dict[int, _Running] = {}
        self._lock = threading.Lock()
        self._closed = False
        self._held: Containment | None = None
        self._tried = threading.Event()
        self._calls: deque[Callable[[], None]] = deque()
        self._woken, self._wake = socket.socketpair()
        self._wake.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._woken, selectors.EVENT_READ, self._rouse)
        self._thread = threading.Thread(target=self._work, name="explorer-dispatcher", daemon=True)
        self._thread.start()

    def containment(self, seconds: float) -> Containment | None:
        """Wait until a server has tried what jobs are held to, and return it; from any thread."""
        self._tried.wait(seconds)
        return self._held

    def alive(self) -> bool:
        """Whether it still takes calls."""
        return self._thread.is_alive()

    def join(self) -> None:
        """Wait until it has ended."""
        self._thread.join()

    def post(self, call: Callable[[], None]) -> bool:
        """Have the thread do something; false when it has ended. What follows is for the thread only."""
        with self._lock:
            if self._closed:
                return False
            self._calls.append(call)
            with contextlib.suppress(BlockingIOError):  # Then it has been woken often enough.
                self._wake.send(b".")
            return True

    def add(self, task: Task, owner: Hashable) -> None:
        """Queue a task."""
        self._turns.add(task, owner)

    def cancel(self, task: Task) -> None:
        """End a task, whether it waits or runs."""
        if self._turns.remove(task) or task in self._again:
            if task in self._again:
                self._again.remove(task)
            task.deliver(Died(cause="cancelled", detail="it was cancelled before it started"))
        for running in self._running.values():
            if running.task is task and running.stage != "stopping":
                running.course.cancelled = True
                self._stop(running)

    def warm(self) -> None:
        """See to it that a server is running."""
        if self._server is None and not self._closed:
            self._launch()

    def close(self) -> None:
        """End all tasks and the thread."""
        with self._lock:
            self._closed = True

    def _work(self) -> None:
        """Work until closed; whatever happens, no task is left without its last message."""
        try:
            while not self._closed:
                self._turn()
        finally:
            self.close()
            self._end_all()

    def _turn(self) -> None:
        try:
            for key, _ in self._selector.select(self._next_due()):
                # One event can end what another of the same round is about, and reuse its descriptor.
                if self._selector.get_map().get(key.fd) is key:
                    key.data()
            self._answer()
            self._check_clocks()
            while self._has_room() and not self._closed:
                if self._again:
                    self._begin(self._again.popleft(), attempt=2)
                else:
                    self._begin(self._turns.next(), attempt=1)
        except ServerGoneError as error:
            self._lose_server(error)

    def _has_room(self) -> bool:
        return bool(self._again or self._turns) and len(self._running) < self._workers

    def _rouse(self) -> None:
        self._woken.recv(_CHUNK)

    def _answer(self) -> None:
        """Do what other threads asked for; what is left after an error is done in the next turn."""
        while self._calls:
            self._calls.popleft()()

    def _launch(self) -> ForkServer:
        self._ready = False
        try:
            self._server = ForkServer(perform=self._perform, preload=self._preload)
        except OSError as error:
            raise ServerGoneError(f"{error}") from error
        self._selector.register(self._server, selectors.EVENT_READ, self._hear_server)
        return self._server

    def _begin(self, task: Task, *, attempt: int) -> None:
        course = Course(task.limits, largest=self._largest)
        try:
            server = self._server or self._launch()
            self._number += 1
            channels = server.run(self._number, task.order, task.limits)
        except ServerGoneError as error:
            if attempt == 1:
                self._again.append(task)
            else:
                task.deliver(course.lost(f"the worker could not be started: {error}"))
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is: the others, of any session, go on
            _log.exception("a task could not be started")
            task.deliver(course.lost(f"the worker could not be started: {error}"))
            return
        due = time.monotonic() + _START
        running = _Running(number=self._number, task=task, channels=channels, course=course, due=due, attempt=attempt)
        self._running[running.number] = running
        self._selector.register(channels.pipe, selectors.EVENT_READ, lambda: self._hear_job(running))
        self._selector.register(channels.output, selectors.EVENT_READ, lambda: self._overhear_job(running))

    def _hear_server(self) -> None:
        if self._server is not None:
            for event in self._server.events():
                self._note(event)

    def _note(self, event: Event) -> None:
        match event:
            case Containment():
                self._held = event
                self._tried.set()
            case Ready():
                self._ready = True
                if event.threads > 1:
                    _log.warning("The fork server has %d threads: jobs may hang.", event.threads)
            case Started():
                running = self._running[event.id]
                running.pid = event.pid
                if running.stage == "stopping":
                    _kill_group(running)  # Cancelled before it was there.
                else:
                    running.stage = "running"
                    running.last = time.monotonic() + running.task.limits.seconds * MOST_STEPS_LONG + _GRACE
                    self._restart(running)
                    self._stop_if_hopeless(running)
            case Ended():
                self._finish(self._running.pop(event.id), event)
            case _:
                assert_never(event)

    def _hear_job(self, running: _Running) -> None:
        if not self._read(running):
            self._forget(running.channels.pipe)
        else:
            self._stop_if_hopeless(running)

    def _overhear_job(self, running: _Running) -> None:
        """Take in what a job prints, so that it never waits."""
        self._overhear(running)
        self._stop_if_hopeless(running)

    def _overhear(self, running: _Running) -> None:
        with contextlib.suppress(BlockingIOError):
            data = os.read(running.channels.output, _CHUNK)
            running.course.overhear(data)
            if not data:
                self._forget(running.channels.output)

    def _stop_if_hopeless(self, running: _Running) -> None:
        if running.course.hopeless and running.stage == "running":
            self._stop(running)

    def _read(self, running: _Running) -> bool:
        """Take in one portion; false when the job's end of the pipe is closed."""
        try:
            data = os.read(running.channels.pipe, _CHUNK)
        except BlockingIOError:
            return True
        for step in running.course.hear(data):
            if isinstance(step, Doing) and running.stage == "running":
                self._restart(running)
            running.task.deliver(step)
        return bool(data)

    def _restart(self, running: _Running) -> None:
        """Count a step's time anew."""
        running.due = min(time.monotonic() + running.task.limits.seconds + _GRACE, running.last)

    def _finish(self, running: _Running, ended: Ended) -> None:
        # The process is gone, so what it wrote is all there, even where a copy of the pipe is still open.
        before = -1
        while running.course.heard != before and not running.course.faulty:
            before = running.course.heard
            self._read(running)
        self._overhear(running)  # All of it: a pipe holds no more than is read at a time.
        traceback = running.channels.told()
        self._drop_channels(running)
        running.task.deliver(running.course.end(ended, traceback=traceback))

    def _stop(self, running: _Running) -> None:
        running.stage = "stopping"
        running.due = time.monotonic() + _STOP
        # At once, as the server may be in the middle of an import; it then clears up behind the job.
        _kill_group(running)
        if self._server is not None:
            self._server.stop(running.number)

    def _check_clocks(self) -> None:
        now = time.monotonic()
        for running in [running for running in self._running.values() if running.due <= now]:
            if running.stage != "running":
                raise ServerGoneError("it did not answer")
            running.course.out_of_time = True
            self._stop(running)

    def _next_due(self) -> float | None:
        if self._calls or self._has_room():
            return 0.0
        now = time.monotonic()
        waits = (min(max(running.due - now, 0.0), _LONGEST_WAIT) for running in self._running.values())
        return min(waits, default=None)

    def _forget(self, descriptor: int) -> None:
        with contextlib.suppress(KeyError):
            self._selector.unregister(descriptor)

    def _lose_server(self, error: ServerGoneError) -> None:
        """End what ran on it. What waits gets a new one, unless this one never came to life."""
        why = f"the worker's server ended: {self._drop_server(seconds=0.5) or error}"
        for running in self._running.values():
            _kill_group(running)
            if self._ready and running.stage == "asked" and running.attempt == 1:
                # It never ran: the server was dying when it was asked.
                self._drop_channels(running)
                self._again.append(running.task)
            else:
                self._finish_lost(running, why)
        self._running.clear()
        while self._turns and not self._ready:
            self._turns.next().deliver(Died(cause="crash", detail=why))

    def _finish_lost(self, running: _Running, why: str) -> None:
        self._drop_channels(running)
        running.task.deliver(running.course.lost(why))

    def _drop_channels(self, running: _Running) -> None:
        self._forget(running.channels.pipe)
        self._forget(running.channels.output)
        running.channels.close()

    def _drop_server(self, *, seconds: float) -> str:
        server, self._server = self._server, None
        if server is None:
            return ""
        with contextlib.suppress(KeyError):
            self._selector.unregister(server)
        return server.close(seconds=seconds)

    def _end_all(self) -> None:
        self._drop_server(seconds=2.0)
        for running in self._running.values():
            running.course.cancelled = True
            self._finish_lost(running, "")
        self._running.clear()
        self._answer()
        while self._again or self._turns:
            task = self._again.popleft() if self._again else self._turns.next()
            task.deliver(Died(cause="cancelled", detail="the pool was closed"))
        self._selector.close()
        self._woken.close()
        self._wake.close()


def _kill_group(running: _Running) -> None:
    if running.pid:
        processes.kill_group(running.pid)
