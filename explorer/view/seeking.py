"""Ops by what they are called, where they stand and what they give, in all graphs at once."""

from __future__ import annotations

import ast
import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from explorer.report.schema import GroupKind, NodeEntry
from explorer.view import labels
from explorer.view.drawing import Drawing
from explorer.view.panes import SideName
from explorer.view.union import Unit

MOST_HITS = 40
LONGEST = 120
"""Letters of what is asked for; a browser may send more."""
LINE = re.compile(r"^(line\s*|l|:)?(\d+)$")
"""A line of the model file; a number alone may also stand in a shape or a name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An op that was found; of what several graphs have, that of the first."""

    side: SideName
    node: str
    title: str
    where: str
    match: GroupKind
    sign: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was asked for, how many ops of the graphs it holds for, and the first of them."""

    text: str
    total: int
    hits: tuple[Hit, ...]
    said: str = ""
    """Where a line that was asked for runs no op: what the hits are in its stead."""
    line: int | None = None
    """The line, then: what differs at it is told before the hits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Focus:
    """An op to be brought into sight; ``turn`` tells one wish from the next."""

    side: SideName
    node: str
    turn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An op that can be found: by the words in what it holds, or by its line of the model file."""

    unit: str
    line: int | None
    held: str
    hit: Hit


def found(drawing: Drawing, text: str, quiet: Container[str] = ()) -> Found:
    """Return the ops that hold every word of ``text``, in name, module, class, shape or attributes; or ``line 12``.

    ``quiet`` are units that are only written otherwise.
    """
    asked = " ".join(text.split())[:LONGEST].casefold()
    held = (op for op in _ops(drawing, quiet) if op.holds(asked))
    first = [next(same) for _, same in groupby(held, key=lambda op: op.unit.key)]
    if not first and (line := LINE.match(asked)):
        return _near(drawing, text, int(line[2]), quiet)
    return _found(text, first)


def _found(text: str, ops: Sequence[_Op], said: str = "", line: int | None = None) -> Found:
    hits = tuple(op.hit() for op in ops[:MOST_HITS])
    return Found(text=text[:LONGEST], total=len(ops), hits=hits, said=said, line=line)


def _near(drawing: Drawing, text: str, line: int, quiet: Container[str]) -> Found:
    """Return the ops of the statement around a line that has none itself, else those of the nearest line that has."""
    of_unit = (next(same) for _, same in groupby(_ops(drawing, quiet), key=lambda op: op.unit.key))
    placed = [op for op in of_unit if op.line is not None]
    start, end = _around(drawing.source.text, line)
    inside = [op for op in placed if start <= (op.line or 0) <= end]
    if inside:
        said = f"Line {line} runs no op of its own, but the statement around it does, lines {start} to {end}:"
        return _found(text, inside, said, line)
    nearest = min((op.line or 0 for op in placed), key=lambda one: (abs(one - line), one), default=None)
    there = f" The nearest that does is line {nearest}:" if nearest is not None else ""
    said = f"Line {line} runs no op of these graphs.{there}"
    return _found(text, [op for op in placed if op.line == nearest], said, line)


def _around(text: str, line: int) -> tuple[int, int]:
    """Return the lines of the outermost expression or plain statement that a line stands in; of none, the line."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return line, line  # it ran, so this is a text that only another version of Python reads
    parts = (one for one in ast.walk(tree) if isinstance(one, ast.expr | ast.stmt) and not hasattr(one, "body"))
    spans = [(one.lineno, one.end_lineno or one.lineno) for one in parts]
    around = [(start, end) for start, end in spans if start <= line <= end]
    return max(around, key=lambda span: span[1] - span[0], default=(line, line))


def entries(drawing: Drawing, quiet: Container[str] = ()) -> Iterator[Entry]:
    """Yield all ops that can be found, those of a unit one after the other, none that holds the same as one before."""
    for unit, ops in groupby(_ops(drawing, quiet), key=lambda op: op.unit.key):
        met: set[tuple[str, int | None]] = set()
        for op in ops:
            if (op.held, op.line) not in met:
                met.add((op.held, op.line))
                yield Entry(unit=unit, line=op.line, held=op.held, hit=op.hit())


def boxes_around(drawing: Drawing, side: str, node: str) -> Iterator[str]:
    """Yield the boxes that must be open for an op to be seen; none where the graphs do not have it."""
    for one, units in zip(drawing.panes.sides, drawing.union.unit_of, strict=True):
        if one.name == side and (unit := units.get(node)) is not None:
            yield unit
            yield from drawing.tree.above(unit)


@dataclass(frozen=True)
class _Op:
    """An op of a unit in the graph at the place ``at``; what is said of it is made when it is asked for."""

    unit: Unit
    node: NodeEntry
    at: int
    side: SideName
    file: str
    is_quiet: bool

    @property
    def line(self) -> int | None:
        """Its line of the model file."""
        return self.node.line if self.node.file == self.file else None

    @cached_property
    def held(self) -> str:
        """The words by which it is found."""
        node = self.node
        shapes = " ".join(labels.value_text(value) for value in node.outputs)
        return f"{node.op} {node.target} {node.module} {node.module_type} {shapes} {labels.detail(node)}".casefold()

    def holds(self, asked: str) -> bool:
        """Whether it is at the line that is asked for, or holds every word."""
        if (line := LINE.match(asked)) and (line[1] or self.line == int(line[2])):
            return self.line == int(line[2])
        return bool(asked) and all(word in self.held for word in asked.split())

    def hit(self) -> Hit:
        """Return how it is told."""
        node, kind = self.node, self.unit.kinds[self.at]
        return Hit(
            side=self.side,
            node=node.id,
            title=labels.title(node),
            where=" · ".join(filter(None, (node.module, self._place(), labels.detail(node)))),
            match=kind,
            sign=labels.OTHERWISE if self.is_quiet and self.unit.differs(self.at) else labels.SIGNS[kind],
        )

    def _place(self) -> str:
        if self.node.line is None:
            return ""
        return f"line {self.line}" if self.line else f"{(self.node.file or '').rpartition('/')[2]}:{self.node.line}"


def _ops(drawing: Drawing, quiet: Container[str]) -> Iterator[_Op]:
    """Yield all ops that are drawn, unit by unit."""
    for unit in drawing.union.units.values():
        for at, side in enumerate(drawing.panes.sides):
            for node in unit.sides[at]:
                yield _Op(unit, node, at, side.name, drawing.source.file, unit.key in quiet)
