"""A job's own process: its limits, where its output goes, its last words. It never returns.

NOTE: What runs here is a stranger's code in the same interpreter, so nothing here is a promise that the
pool relies on. The pool checks each frame, keeps its own clock and learns from the fork server how the
process ended; this side only makes endings that can be told in words.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import resource
import signal
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import monotonic, sleep
from types import FrameType
from typing import NoReturn, cast

import msgspec

from explorer.graph import Location
from explorer.messages import Doing, FromWorker, Job, Step
from explorer.sandbox import containment, processes
from explorer.sandbox.task import MOST_STEPS_LONG, Limits
from explorer.sandbox.wire import FromChild, LastWords, Run, frame
from explorer.source.refused import CONTAINED

Perform = Callable[[Job, Callable[[FromWorker], None]], None]
"""What does a job: it emits steps as they begin and then one result or refusal."""

_MEGABYTE = 1 << 20
_LARGEST_FILE = 4096 * _MEGABYTE
_RESERVE = 64 * _MEGABYTE
_BALLAST = 4 * _MEGABYTE
_DEEPEST = 100
_LONGEST = 500
_USER = "worker"
_HERE = str(Path(__file__).parent) + os.sep


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a job's process has from the server: its order, its descriptors (see `wire.CHANNELS`) and its folder."""

    order: Run
    job: int
    pipe: int
    output: int
    traceback: int
    scratch: str
    server: int
    """The server's own process."""
    contained: bool
    """Whether it is held to its own files and calls."""


def live(given: Given, perform: Perform) -> NoReturn:
    """Do the job and end the process, whatever happens."""
    # Taken now: the job may replace it in the module. Not sys.exit: nothing of the server's and no exit
    # handler of the job may run here.
    leave = os._exit
    status = 1
    try:
        _settle(given)
        job = msgspec.json.decode(_all_of(given.job), type=Job)
        status = _do(job, given, perform)
    except BaseException:  # noqa: BLE001 - even last words can fail; the output is then all there is
        _release_reserve()
        traceback.print_exc()
    finally:
        leave(status)


class _Pipe:
    """Sends whole frames, one at a time: the watch thread writes too."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lock = threading.Lock()
        self._encode = msgspec.json.Encoder().encode
        self.finished = False
        self.watch: _Watch | None = None

    def emit(self, message: FromWorker) -> None:
        if self.watch is not None and isinstance(message, Doing):
            self.watch.restart()
        self.send(message)
        self.finished = self.finished or not isinstance(message, Step)

    def send(self, message: FromChild) -> None:
        rest = memoryview(frame(self._encoded(message)))
        with self._lock:
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]

    def _encoded(self, message: FromChild) -> bytes:
        try:
            return self._encode(message)
        except UnicodeEncodeError:  # A model's own words may hold anything, and must not end its job.
            return self._encode(_plain_throughout(msgspec.to_builtins(message)))


def _do(job: Job, given: Given, perform: Perform) -> int:
    pipe = _Pipe(given.pipe)
    try:
        _contain(job, given)
    except OSError as error:  # What cannot be contained does not run.
        pipe.send(LastWords(cause="internal", detail=f"the job could not be contained: {error}"))
        return 1
    pipe.watch = _Watch(given.order.limits.seconds, pipe, given.traceback)
    # Given back first when memory has run out: without it not even a limit can be changed.
    ballast = bytearray(_BALLAST)
    try:
        perform(job, pipe.emit)
    except BaseException as error:  # noqa: BLE001 - SystemExit and KeyboardInterrupt are the job's, not ours
        del ballast
        _release_reserve()
        words = _last_words(error)
    else:
        words = LastWords(cause="protocol", detail="it ended without a result")
        if pipe.finished:
            return 0
    pipe.send(words)
    return 1


def _settle(given: Given) -> None:
    """Become a process of its own: session, signals, output, folders, limits."""
    os.setsid()
    processes.die_with_parent()
    if os.getppid() != given.server:
        os._exit(1)  # The server died before it could be said that this process must die with it.
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.dup2(given.output, 1)
    os.dup2(given.output, 2)
    os.close(given.output)
    _use_scratch(given)
    _offer_to_the_kernel()
    _limit(given.order.limits)
    if (torch := sys.modules.get("torch")) is not None:
        torch.set_num_threads(1)


def _use_scratch(given: Given) -> None:
    if given.order.environment is not None:
        os.environ.update(given.order.environment)
    else:
        os.environ.update(HOME=given.scratch, USER=_USER, LOGNAME=_USER)  # The list of users cannot be read.
    os.environ.update(dict.fromkeys(("TMPDIR", "TEMP", "TMP"), given.scratch))
    tempfile.tempdir = None  # It keeps what it found first, which may have been in the server.


def _contain(job: Job, given: Given) -> None:
    if given.contained:
        os.environ[CONTAINED] = "1"
        containment.contain(containment.plan(job, Path(given.scratch)))


def _all_of(descriptor: int) -> bytes:
    size = os.fstat(descriptor).st_size
    try:
        return os.pread(descriptor, size, 0)
    finally:
        os.close(descriptor)


def _offer_to_the_kernel() -> None:
    """Be the first to go when the machine runs out of memory, before the app."""
    # Not on Linux, or not allowed: the kernel then chooses as it sees fit.
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def _limit(limits: Limits) -> None:
    _lower(resource.RLIMIT_CORE, 0, 0)
    # Processor time is a net below the pool's clock: it also holds where the pool is gone.
    seconds = int(min((limits.seconds * MOST_STEPS_LONG + 5) * (os.cpu_count() or 1), 1 << 31))
    _lower(resource.RLIMIT_CPU, seconds, seconds + 5)
    if not limits.trust:
        # Beyond what is mapped already: libraries map far more than they use, and not the job's doing.
        size = processes.mapped_bytes() + limits.megabytes * _MEGABYTE
        _lower(resource.RLIMIT_AS, size, size + _RESERVE)
        _lower(resource.RLIMIT_FSIZE, _LARGEST_FILE, _LARGEST_FILE)


def _lower(kind: int, soft: int, hard: int) -> None:
    """Set a limit, but never above the one that holds already."""
    highest = resource.getrlimit(kind)[1]
    if highest != resource.RLIM_INFINITY:
        soft, hard = min(soft, highest), min(hard, highest)
    resource.setrlimit(kind, (soft, hard))


def _release_reserve() -> None:
    """Let the job's memory grow to the hard limit: what tells its end needs some too."""
    highest = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (highest, highest))


class _Watch:
    """Sees to it that, when a step takes too long, the place where the code stands is told."""

    def __init__(self, seconds: float, pipe: _Pipe, late: int) -> None:
        self._longest = min(seconds, threading.TIMEOUT_MAX / 2)
        self._pipe = pipe
        self._main = threading.get_ident()
        # The thread needs the interpreter's lock; where C code keeps that, faulthandler still sees the stack.
        self._late = late
        faulthandler.enable(file=self._late, all_threads=False)
        self._due = 0.0
        self.restart()
        threading.Thread(target=self._tell, daemon=True, name="explorer-watch").start()

    def restart(self) -> None:
        """Begin to count anew: a step has begun."""
        self._due = monotonic() + self._longest
        faulthandler.dump_traceback_later(self._longest + 0.3, file=self._late)

    def _tell(self) -> None:
        while (left := self._due - monotonic()) > 0:
            sleep(left)
        frames = sys._current_frames()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        stack = _innermost(traceback.walk_stack(frames[self._main]))
        self._pipe.send(LastWords(cause="timeout", detail="", stack=stack))


def _last_words(error: BaseException) -> LastWords:
    stack = _innermost(reversed(list(traceback.walk_tb(error.__traceback__))))
    match error:
        case MemoryError():
            return LastWords(cause="memory", detail=_told(error), stack=stack)
        case SystemExit(code=code):
            shown = int(code) if isinstance(code, int) else "" if code is None else "..."
            return LastWords(cause="exit", detail=f"sys.exit({shown})", stack=stack)
        case Exception():
            return LastWords(cause="internal", detail=_told(error), stack=stack)
        case _:
            return LastWords(cause="exit", detail=_told(error), stack=stack)


def _told(error: BaseException) -> str:
    try:
        text = str(error)[:_LONGEST]
    except Exception:  # noqa: BLE001 - the exception is the job's own, and so is its __str__
        text = ""
    return _plain(f"{type(error).__name__}: {text}" if text else type(error).__name__)


def _innermost(frames: Iterable[tuple[FrameType, int]]) -> tuple[Location, ...]:
    """Turn frames into locations, the innermost first, this package's own left out."""
    return tuple(
        Location(file=_plain(f.f_code.co_filename), line=line or 0, function=_plain(f.f_code.co_qualname))
        for f, line in islice(frames, _DEEPEST)
        if not f.f_code.co_filename.startswith(_HERE)
    )


def _plain_throughout(thing: object) -> object:
    """Replace lone surrogates in every text of plain data."""
    match thing:
        case str():
            return _plain(thing)
        case dict():
            pairs = cast("dict[object, object]", thing).items()
            return {_plain_throughout(key): _plain_throughout(value) for key, value in pairs}
        case list() | tuple():
            return [_plain_throughout(one) for one in cast("Iterable[object]", thing)]
        case _:
            return thing


def _plain(text: str) -> str:
    """Replace lone surrogates, which no JSON can hold."""
    return text.encode(errors="replace").decode()
