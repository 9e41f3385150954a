"""Ops by what they are called, where they stand and what they give, in all graphs at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from explorer.report.schema import GroupKind, NodeEntry
from explorer.view import labels
from explorer.view.drawing import Drawing
from explorer.view.panes import SideName
from explorer.view.union import Unit

MOST_HITS = 40
LONGEST = 120
"""Letters of what is asked for; a browser may send more."""
LINE = re.compile(r"^(?:line\s*|l|:)(\d+)$")


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


def found(drawing: Drawing, text: str) -> Found:
    """Return the ops that hold every word of ``text``, in name, module, class, shape or attributes; or ``line 12``."""
    asked = " ".join(text.split())[:LONGEST].casefold()
    held = (entry for entry in entries(drawing) if _holds(entry, asked))
    hits = [next(same).hit for _, same in groupby(held, key=lambda entry: entry.unit)]
    return Found(text=text[:LONGEST], total=len(hits), hits=tuple(hits[:MOST_HITS]))


def entries(drawing: Drawing) -> Iterator[Entry]:
    """Yield all ops that can be found, those of a unit one after the other, none that holds the same as one before."""
    file = drawing.source.file
    for unit in drawing.union.units.values():
        met: set[tuple[str, int | None]] = set()
        for at, side in enumerate(drawing.panes.sides):
            for node in unit.sides[at]:
                line = node.line if node.file == file else None
                held = _held(node)
                if (held, line) not in met:
                    met.add((held, line))
                    yield Entry(unit=unit.key, line=line, held=held, hit=_hit(unit, node, at, side.name, file))


def boxes_around(drawing: Drawing, side: str, node: str) -> Iterator[str]:
    """Yield the boxes that must be open for an op to be seen; none where the graphs do not have it."""
    for one, units in zip(drawing.panes.sides, drawing.union.unit_of, strict=True):
        if one.name == side and (unit := units.get(node)) is not None:
            yield unit
            yield from drawing.tree.above(unit)


def _hit(unit: Unit, node: NodeEntry, at: int, side: SideName, file: str) -> Hit:
    return Hit(
        side=side,
        node=node.id,
        title=labels.title(node),
        where=" · ".join(filter(None, (node.module, _place(node, file), labels.detail(node)))),
        match=unit.kinds[at],
        sign=labels.SIGNS[unit.kinds[at]],
    )


def _place(node: NodeEntry, file: str) -> str:
    if node.line is None:
        return ""
    return f"line {node.line}" if node.file == file else f"{(node.file or '').rpartition('/')[2]}:{node.line}"


def _held(node: NodeEntry) -> str:
    shapes = " ".join(labels.value_text(value) for value in node.outputs)
    return f"{node.op} {node.target} {node.module} {node.module_type} {shapes} {labels.detail(node)}".casefold()


def _holds(entry: Entry, asked: str) -> bool:
    if line := LINE.match(asked):
        return entry.line == int(line[1])
    return bool(asked) and all(word in entry.held for word in asked.split())
