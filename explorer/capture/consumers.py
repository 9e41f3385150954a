"""Where values that left the graph went: the ops that took them and the decisions that they had a part in.

NOTE: a number is followed as the object that it is, up to the call that is handed it. Arithmetic makes another
number, whose origin nothing tells; there an equal one, on a line that reads the name it was given, is a guess and
called one, and a condition is known by the names that it reads, those included that arithmetic was assigned to.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from explorer.capture.chains import followed
from explorer.capture.escapes import Noted
from explorer.capture.statements import Condition, Extent, Statements, statements_of
from explorer.evidence import Decided, Decision, Escape, Fed
from explorer.graph import Graph, Op, OpId

COMMON = (-1, 0, 1)
"""Numbers that stand everywhere: an equal one says nothing."""


def told(
    noted: Sequence[Noted], graph: Graph, ran: Sequence[OpId], decisions: Sequence[Decision]
) -> tuple[Escape, ...]:
    """Return what left the graph, with what became of it; ``ran`` are the ops that were run, in order."""
    consumers = Consumers(graph, [graph.by_id[op] for op in ran], decisions)
    ends = _ends(noted, len(ran))
    return tuple(consumers.told(one, end) for one, end in zip(noted, ends, strict=True))


def _ends(noted: Sequence[Noted], last: int) -> list[int]:
    """Return for each value how many ops had run when the same place was next read: from then on it is an older one."""
    ends: list[int] = []
    following: dict[object, int] = {}
    for one in reversed(noted):
        place = one.path, one.extent, one.how
        ends.append(following.get(place, last))
        following[place] = one.after
    return ends[::-1]


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a value that is read at one place can be met again."""

    names: frozenset[str]
    """What it, or what arithmetic makes of it, is assigned to."""
    lines: frozenset[int]
    """Those that read these names."""
    numbers: Mapping[int, bool]
    """The lines that have the very number, and whether ``int`` was made of it before."""


class Consumers:
    """The ops and decisions of one run, ready to be asked what they took."""

    def __init__(self, graph: Graph, ran: Sequence[Op], decisions: Sequence[Decision]) -> None:
        self._ids = graph.by_id
        self._calls: dict[str, list[Op]] = defaultdict(list)
        self._lines: dict[tuple[str, int], list[tuple[int, Op]]] = defaultdict(list)
        for position, op in enumerate(ran):
            self._calls[op.call].append(op)
            if op.location is not None and op.location.user:
                self._lines[op.location.file, op.location.line].append((position, op))
        self._decisions = [one for one in decisions if one.kind != "try"]
        self._busy: dict[str, set[int]] = defaultdict(set)
        for file, line in self._lines:
            self._busy[file].add(line)
        self._reaches: dict[tuple[str, Extent], Reach] = {}
        self._decided: dict[tuple[str, Extent, frozenset[str]], tuple[Decided, ...]] = {}

    def told(self, noted: Noted, end: int) -> Escape:
        """Return ``noted`` with what became of it; from op number ``end`` on it is an older value."""
        reach = self._reach(noted)
        fed = tuple(self._fed(noted, reach, end))
        here = self._goes_on(noted, end) or any(self._ids[one.op].location == noted.place for one in fed)
        return Escape(
            how=noted.how,
            source=noted.source,
            value=noted.value,
            file=noted.place.file,
            line=noted.place.line,
            function=noted.place.function,
            steady=noted.steady,
            op=self._origin(noted),
            fed=fed,
            decided=self._decisions_of(noted, frozenset() if here else reach.names),
        )

    def _goes_on(self, noted: Noted, end: int) -> bool:
        """Whether an op ran on the line after it was read there: what is assigned may be a tensor."""
        there = self._lines.get((noted.place.file, noted.place.line), [])
        position = bisect_left(there, noted.after, key=_position)
        return position < len(there) and there[position][0] < end

    def _origin(self, noted: Noted) -> OpId | None:
        op = OpId(noted.tensor) if isinstance(noted.tensor, str) else noted.tensor and noted.tensor[0]
        return op if op in self._ids else None

    def _fed(self, noted: Noted, reach: Reach, end: int) -> Iterator[Fed]:
        """Yield the ops that took ``noted``, those that are sure first."""
        exact = dict.fromkeys(op.id for call in noted.calls for op in _holding(noted, self._calls.get(call, [])))
        yield from (Fed(op=op, sure="exact") for op in exact)
        for line, whole in reach.numbers.items():
            numbers = [int(one) if whole and isinstance(one, float) and isfinite(one) else one for one in noted.numbers]
            uncommon = [number for number in numbers if number not in COMMON]
            there = self._lines.get((noted.place.file, line), []) if uncommon else []
            for position, op in there[bisect_left(there, noted.after, key=_position) :]:
                if position >= end:
                    break
                if op.id not in exact and _has(op, uncommon, alike=True):
                    yield Fed(op=op.id, sure="equal")

    def _decisions_of(self, noted: Noted, names: frozenset[str]) -> tuple[Decided, ...]:
        place = noted.path, noted.extent, names
        if place not in self._decided:
            self._decided[place] = tuple(dict.fromkeys(self._found(noted, names)))
        return self._decided[place]

    def _found(self, noted: Noted, names: frozenset[str]) -> Iterator[Decided]:
        lines = self._reach(noted).lines
        for condition in statements_of(noted.path).conditions:
            jumps = _jumps(noted.extent, condition)
            exact = jumps or condition.extent.holds(noted.extent.first)
            if not exact and not (condition.names & names and condition.extent.first[0] in lines):
                continue
            sure = "exact" if exact else "named"
            for one in self._of(condition, noted.place.file, inside=not jumps):
                yield Decided(line=one.line, column=one.column, kind=condition.kind, sure=sure)

    def _of(self, condition: Condition, file: str, *, inside: bool) -> list[Decision]:
        """Return the decisions of a condition: those in it, else those at the start of what it is part of."""
        alike = [one for one in self._decisions if one.file == file and one.kind == condition.kind]
        found = [one for one in alike if one.kind == "if" and condition.extent.holds((one.line, one.column))]
        return (inside and found) or [one for one in alike if (one.line, one.column) == condition.start]

    def _reach(self, noted: Noted) -> Reach:
        place = noted.path, noted.extent
        if place not in self._reaches:
            self._reaches[place] = self._reached(statements_of(noted.path), noted)
        return self._reaches[place]

    def _reached(self, statements: Statements, noted: Noted) -> Reach:
        line = noted.place.line
        function, busy = statements.function_at(line), self._busy[noted.place.file]
        found = followed(statements.assigned(noted.extent), function, busy)
        numbers = dict.fromkeys(statements.lines_that_read(found.whole, line), True)
        whole = statements.is_made_whole(noted.extent)
        numbers |= dict.fromkeys(statements.lines_that_read(found.same, line) | {line}, whole)
        return Reach(found.made, statements.lines_that_read(found.made, line), dict(sorted(numbers.items())))


def _jumps(read: Extent, condition: Condition) -> bool:
    """Whether a value was read by the jump of a plain operand, which stands for the whole that chooses."""
    return read.first == condition.start and read.last >= condition.extent.last


def _position(placed: tuple[int, Op]) -> int:
    return placed[0]


def _holding(noted: Noted, made: list[Op]) -> list[Op]:
    """Return the ops of a call that was handed ``noted`` which have it; a call's only op has it whatever it shows."""
    return [op for op in made if _has(op, noted.numbers)] or (made if len(made) == 1 else [])


def _has(op: Op, numbers: Sequence[complex], *, alike: bool = False) -> bool:
    """Whether one of ``numbers``, where asked of the same type, is among an op's plain arguments."""
    given = (value for name, value in op.attributes.items() if name != "value" or op.op != "item")
    plain = (one for value in given for one in (value if isinstance(value, list) else [value]))
    return any(
        one == number and (not alike or type(one) is type(number))
        for one in plain
        if isinstance(one, int | float) and not isinstance(one, bool)
        for number in numbers
    )
