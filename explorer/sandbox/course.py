"""What is known about one running job, and how its end is told.

Pure: bytes and events go in, messages come out. It does not trust what it reads.
"""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from typing import Literal

import msgspec

from explorer.graph import Location
from explorer.messages import Died, Doing, EagerFinished, Message, Refused, StaticFinished, Step
from explorer.sandbox.task import Limits
from explorer.sandbox.wire import Ended, FrameError, Frames, FromChild, LastWords

_MOST_MESSAGES = 10_000
_MOST_OUTPUT = 256
"""Megabytes that a job may print."""
_TAIL = 8192
"""Bytes of a job's output that are kept, from the end."""
_KEPT = 2000
_SIGNS_OF_WANT = re.compile(
    r"bad_alloc|MemoryError|cannot allocate memory|not enough memory|out of memory", re.IGNORECASE
)
_FRAME = re.compile(r'^  File "(?P<file>.+)", line (?P<line>\d+) in (?P<function>.+)$', re.MULTILINE)
_SPOKEN: dict[int, str] = {
    signal.SIGSEGV: "segmentation fault",
    signal.SIGABRT: "aborted",
    signal.SIGKILL: "killed",
}

Cause = Literal["timeout", "crash", "internal", "memory", "exit", "cancelled", "protocol", "excess"]

_decode = msgspec.json.Decoder(FromChild).decode


class Course:
    """The course of one job: what it has sent, and what has been done to it."""

    def __init__(self, limits: Limits, *, largest: int) -> None:
        self._limits = limits
        self._largest = largest
        self._frames = Frames(largest=largest)
        self.heard = 0
        """Bytes so far."""
        self._count = 0
        self._doing = Doing(what="")
        self._result: EagerFinished | StaticFinished | Refused | None = None
        self._words: LastWords | None = None
        self._fault = ""
        self._printed = 0
        self._excess = ""
        self._tail = bytearray()
        self._traceback = ""
        self.cancelled = False
        self.out_of_time = False

    @property
    def faulty(self) -> bool:
        """True when what it wrote broke the rules, so that no more of it is read."""
        return bool(self._fault)

    @property
    def hopeless(self) -> bool:
        """True when nothing that still comes can matter, so that the job may be killed."""
        return bool(self._fault or self._excess or self._words)

    def hear(self, data: bytes) -> Iterator[Step]:
        """Take in what the job wrote and yield the steps that it says have begun."""
        if self._fault:
            return
        self.heard += len(data)
        if self.heard > self._largest:
            self._fault = f"more than {self._largest:,} bytes of messages"
            return
        try:
            for body in self._frames.feed(data):
                if (step := self._take(body)) is not None:
                    yield step
        except (FrameError, msgspec.MsgspecError) as error:
            self._fault = f"{error}"[:_KEPT]

    def overhear(self, data: bytes) -> None:
        """Take in what the job printed, of which the end is kept."""
        self._tail += data
        del self._tail[:-_TAIL]
        self._printed += len(data)
        if self._printed > _MOST_OUTPUT << 20:
            self._excess = f"more than {_MOST_OUTPUT} MB of output"

    def end(self, ended: Ended, *, traceback: str = "") -> Message:
        """Say how it ended: the result, or why there is none; ``traceback`` is what faulthandler wrote.

        What we did to it comes first, then what is wrong with what it said, then its result: a process
        that falls over after its result has still done the job.
        """
        self._traceback = traceback
        if self._fault or self._excess or ended.excess:
            return self._broke_a_rule(ended)
        if self._result is not None:
            return self._result
        if self.cancelled:
            return self._died("cancelled", "it was cancelled", ended)
        if self.out_of_time or (self._words is not None and self._words.cause == "timeout"):
            return self._overdue(ended)
        if self._words is not None:
            return self._died(self._words.cause, self._words.detail, ended, self._words.stack)
        return self._fell(ended)

    def lost(self, why: str) -> Message:
        """Say how it ended where nobody is left to tell: the fork server is gone."""
        return self.end(Ended(id=0, status=None, trouble=why))

    @property
    def _output(self) -> str:
        return self._tail.decode(errors="replace")

    def _take(self, body: bytes) -> Step | None:
        self._count += 1
        if self._count > _MOST_MESSAGES:
            raise FrameError(f"more than {_MOST_MESSAGES:,} messages")
        message = _decode(body)
        if isinstance(message, LastWords):
            self._words = self._words or message
            return None
        if self._result is not None:
            raise FrameError("a message after the result")
        if isinstance(message, Step):
            self._doing = message if isinstance(message, Doing) else self._doing
            return message
        self._result = message
        return None

    def _broke_a_rule(self, ended: Ended) -> Died:
        if self._fault:
            return self._died("protocol", self._fault, ended)
        return self._died("excess", self._excess or ended.excess, ended)

    def _overdue(self, ended: Ended) -> Died:
        stack = self._words.stack if self._words is not None else ()
        detail = f"it took longer than {self._limits.seconds:g} s"
        return self._died("timeout", detail, ended, stack or _stack(self._traceback))

    def _fell(self, ended: Ended) -> Died:
        """Tell an ending without words from how the process ended."""
        status = ended.status
        if status is None:
            return self._died("crash", ended.trouble or "it could not be started", ended)
        if os.WIFSIGNALED(status):
            return self._signalled(os.WTERMSIG(status), ended)
        if self._frames.torn and os.WEXITSTATUS(status) == 0:
            return self._died("protocol", "its last message is not complete", ended)
        if _SIGNS_OF_WANT.search(_last_line(self._output)):
            return self._died("memory", f"exit status {os.WEXITSTATUS(status)}", ended)
        return self._died("exit", f"exit status {os.WEXITSTATUS(status)}", ended)

    def _signalled(self, number: int, ended: Ended) -> Died:
        name = _SPOKEN.get(number) or signal.strsignal(number) or "unknown"
        detail = f"signal {number} ({name.lower()})"
        if number == signal.SIGXCPU:
            return self._overdue(ended)
        if number == signal.SIGKILL and ended.starved:
            return self._died("memory", f"{detail} by the system, which had no memory left", ended)
        if number in {signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS} and self._wanted_memory(ended):
            return self._died("memory", detail, ended)
        return self._died("crash", detail, ended, _stack(self._traceback))

    def _wanted_memory(self, ended: Ended) -> bool:
        """Judge whether a fault came of the memory limit: C code says so, or it was near the limit."""
        near = not self._limits.trust and ended.megabytes > 0.75 * self._limits.megabytes
        return near or _SIGNS_OF_WANT.search(self._output) is not None

    def _died(self, cause: Cause, detail: str, ended: Ended, stack: tuple[Location, ...] = ()) -> Died:
        output = self._output[-_KEPT:] if ended.status is not None else ""
        return Died(cause=cause, detail=detail, doing=self._doing, stack=stack, output=output)


def _stack(traceback: str) -> tuple[Location, ...]:
    """Read faulthandler's text: the main thread comes last, its innermost frame first."""
    main = traceback.rpartition("most recent call first")[2]
    return tuple(
        Location(file=found["file"], line=int(found["line"]), function=found["function"])
        for found in _FRAME.finditer(main)
        if f"{os.sep}explorer{os.sep}sandbox{os.sep}" not in found["file"]
    )


def _last_line(text: str) -> str:
    return text.rstrip().rpartition("\n")[2]
