"""The course of an eager run through the user's own code: lines, and the way every branch took.

NOTE: decisions are read at the level of bytecode. A line trace alone does not see ``a if c else b``,
the filter of a comprehension or the second half of ``x and y``; each of these is a conditional jump,
and whether it jumped is the next instruction that the same frame runs. Only frames of the user's files
are traced, so the cost is that of the user's own bytecode, not of the library's.
"""

from __future__ import annotations

import dis
import inspect
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from types import CodeType, FrameType, TracebackType
from typing import Any, Literal, Self, TypeVar

from explorer.capture.losses import CHOSEN, Losses
from explorer.capture.statements import Entry, statements_of
from explorer.evidence import Decision, DecisionKind
from explorer.source.places import Places

MOST_CHOICES = 2_000
"""Choices kept one by one for one jump, and runs of equal choices kept after them."""

MOST_STEPS = 3_000_000
"""Instructions after which tracing ends: a Python loop this long is no graph."""

Place = tuple[str, str, int, int, DecisionKind]
"""File, function, line, column and kind of a decision."""

Made = TypeVar("Made")

TraceFunction = Callable[[FrameType, str, Any], Any]

Turns = Mapping[int, int]
"""The turn, from 0, that each loop of a frame is at, by the loop's line."""

RESUMES = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
"""Code whose frames are left and entered again: their turns are not counted."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a frame is: the instruction that it runs, and the turns of its loops."""

    code: CodeType
    offset: int
    turns: Turns


@dataclass(frozen=True, slots=True)
class Jump:
    """A conditional jump: where it stands, its own offset, and the one that runs next when it does not jump.

    ``back`` tells the test at the end of a ``while``, which jumps into the body and falls out of the loop.
    """

    line: int
    column: int
    kind: Literal["if", "loop"]
    offset: int
    fallthrough: int
    back: bool = False


@dataclass(slots=True)
class Choices:
    """The choices of one place in order: a loop of many turns takes no more room than its first ones."""

    first: list[int] = field(default_factory=list[int])
    rest: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    """Each later choice with how often it was made in a row."""
    full: bool = False

    def add(self, choice: int) -> None:
        """Take one more choice, unless there is no room for it: then none that follows."""
        if len(self.first) < MOST_CHOICES:
            self.first.append(choice)
        elif self.full:
            return
        elif self.rest and self.rest[-1][0] == choice:
            self.rest[-1] = (choice, self.rest[-1][1] + 1)
        elif len(self.rest) < MOST_CHOICES:
            self.rest.append((choice, 1))
        else:
            self.full = True


@dataclass
class Course:
    """Records lines and decisions of the user's code while it is entered as a context."""

    places: Places
    losses: Losses = field(default_factory=Losses)
    lines: Counter[int] = field(default_factory=Counter[int])
    """Lines of the model file that ran, and how often."""
    beside: dict[str, Counter[int]] = field(default_factory=dict[str, Counter[int]])
    """The same of the user's other files, by path."""
    _taken: dict[Place, Choices] = field(default_factory=dict[Place, Choices])
    """Choices by place, in order: the two tests that a ``while`` is compiled to are one place."""
    _jumps: dict[CodeType, dict[int, Jump] | None] = field(default_factory=dict)
    _entries: dict[CodeType, dict[int, Entry]] = field(default_factory=dict[CodeType, dict[int, Entry]])
    _running: list[tuple[FrameType, dict[int, int]]] = field(default_factory=list[tuple[FrameType, dict[int, int]]])
    """The user's frames that run, from the outermost inwards, each with its turns."""
    _steps: int = 0

    def __enter__(self) -> Self:
        self._before = sys.gettrace()
        sys.settrace(self._enter)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        sys.settrace(self._before)

    @property
    def complete(self) -> bool:
        """False where the run was too long to be followed to its end."""
        return self._steps < MOST_STEPS

    def standing(self) -> tuple[Standing, ...]:
        """Return where the user's frames are, from the outermost inwards; nothing where they are lost."""
        return tuple([Standing(frame.f_code, frame.f_lasti, dict(turns)) for frame, turns in self._running])

    def decisions(self) -> tuple[Decision, ...]:
        """Return what was chosen, in the order in which the places were first met."""
        return tuple(
            Decision(
                file=self.places.name(file),
                line=line,
                column=column,
                function=function,
                kind=kind,
                taken=tuple(choices.first),
                rest=tuple(choices.rest),
            )
            for (file, function, line, column, kind), choices in self._taken.items()
        )

    def _enter(self, frame: FrameType, event: str, _argument: object) -> TraceFunction | None:
        if event != "call":
            return None
        code = frame.f_code
        if code not in self._jumps:
            user = self.places.is_user(code.co_filename)
            self._jumps[code] = self.losses.kept(CHOSEN, lambda: conditional_jumps(code), {}) if user else None
            counted = user and not code.co_flags & RESUMES
            self._entries[code] = self.losses.kept(CHOSEN, lambda: _entries(code), {}) if counted else {}
        jumps = self._jumps[code]
        if jumps is None:
            return None
        frame.f_trace_opcodes = True
        turns = dict[int, int]()
        self._running.append((frame, turns))
        return self._follower(code, jumps, turns)

    def _follower(self, code: CodeType, jumps: dict[int, Jump], turns: dict[int, int]) -> TraceFunction:
        """Return a trace function for one frame: it remembers the jump that waits for its outcome."""
        pending: Jump | None = None
        raised_at: int | None = None
        file = code.co_filename
        lines = self.lines if file == self.places.path else self.beside.setdefault(file, Counter())
        entries = self._entries[code]

        def follow(frame: FrameType, event: str, argument: object) -> TraceFunction | None:
            nonlocal pending, raised_at
            try:
                if event == "opcode":
                    offset = frame.f_lasti
                    if pending is not None and offset != pending.offset:
                        into_body = (offset == pending.fallthrough) != pending.back
                        self._choose(code, pending.line, pending.column, pending.kind, int(into_body))
                    if raised_at is not None and frame.f_lineno is not None:  # none on the way to the handler
                        self._choose(code, raised_at, 0, "try", frame.f_lineno)
                        raised_at = None
                    pending = jumps.get(offset)
                    if offset in entries:
                        _begin_turn(turns, entries[offset])
                    self._steps += 1
                elif event == "line":
                    lines[frame.f_lineno] += 1
                elif event == "exception":
                    raised_at, pending = _line_raised(argument, frame), None
                elif event == "return":
                    self._leave(frame)
                return follow if self.complete else self._stop()
            except Exception as error:  # noqa: BLE001 - what a trace function raises is raised in the model
                self.losses.add(CHOSEN, error)
                return self._stop()

        return follow

    def _leave(self, frame: FrameType) -> None:
        """Forget ``frame``, and what is left of frames inside of it; all where it is not known: then it is lost."""
        while self._running and self._running.pop()[0] is not frame:
            pass

    def _stop(self) -> None:
        """Trace nothing more. A frame whose trace function returns None still calls it at every event."""
        for frame, _ in self._running:
            frame.f_trace = None
        self._running.clear()
        sys.settrace(self._before)

    def _choose(self, code: CodeType, line: int, column: int, kind: DecisionKind, choice: int) -> None:
        self._taken.setdefault((code.co_filename, code.co_name, line, column, kind), Choices()).add(choice)


def untraced(make: Callable[..., Made], *args: Any) -> Made:
    """Return what ``make`` gives, its own calls untraced: that they are none of the user's takes as long as they do."""
    before = sys.gettrace()
    sys.settrace(None)
    try:
        return make(*args)
    finally:
        sys.settrace(before)


def _entries(code: CodeType) -> dict[int, Entry]:
    return statements_of(code.co_filename).entries(code)


def _begin_turn(turns: dict[int, int], entry: Entry) -> None:
    turns[entry.line] = turns.get(entry.line, -1) + 1
    for inner in entry.within:
        turns.pop(inner, None)


def conditional_jumps(code: CodeType) -> dict[int, Jump]:
    """Return the conditional jumps of ``code``, each by its offset and by that of the prefixes before it, if any.

    A jump over more than 255 code units is written with prefixes (``EXTENDED_ARG``), and Python 3.11 tells a tracer of
    the first of these alone.
    """
    instructions = list(dis.get_instructions(code))
    starts = _starts(instructions)
    heads = {starts[one.offset] for one in instructions if one.opname == "FOR_ITER"}
    jumps: dict[int, Jump] = {}
    for here, after in pairwise(instructions):
        name = here.opname
        if name != "FOR_ITER" and not ("JUMP" in name and "_IF_" in name):
            continue
        where = here.positions
        line = (where.lineno if where else None) or code.co_firstlineno
        column = (where.col_offset if where else None) or 0
        kind: Literal["if", "loop"] = "loop" if name == "FOR_ITER" else "if"
        target = here.argval if isinstance(here.argval, int) else here.offset
        back = target < here.offset and starts.get(target, target) not in heads
        jump = Jump(line, column, kind, here.offset, after.offset, back)
        jumps[here.offset] = jumps[starts[here.offset]] = jump
    return jumps


def _starts(instructions: Iterable[dis.Instruction]) -> dict[int, int]:
    """Return where each instruction begins: at the first of its prefixes."""
    found: dict[int, int] = {}
    start: int | None = None
    for one in instructions:
        start = one.offset if start is None else start
        found[one.offset] = start
        if one.opname != "EXTENDED_ARG":
            start = None
    return found


def _line_raised(argument: object, frame: FrameType) -> int | None:
    """Return the line of ``frame`` that raised; ``None`` for the end of an iterator, which is no error."""
    if isinstance(argument, tuple) and argument and argument[0] in (StopIteration, GeneratorExit):
        return None
    return frame.f_lineno
