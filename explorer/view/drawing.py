"""Make the scene of two to four captures: unite, grow the boxes, open some, wire, place, and write labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from explorer.report.schema import SourceEntry
from explorer.view.asking import asking
from explorer.view.branches import Branch
from explorer.view.ghosts import Ghosts
from explorer.view.growing import grow
from explorer.view.insides import InsideWriter
from explorer.view.opening import opened
from explorer.view.panes import Panes
from explorer.view.quieting import quiet
from explorer.view.readings import NONE_READ, Reading, Readings
from explorer.view.scene import Scene
from explorer.view.states import States
from explorer.view.syntax import without_comments
from explorer.view.tree import Tree
from explorer.view.union import Union, unite

AtBoxes = Mapping[str, tuple[int, ...]]
"""Rows of the list of differences by the boxes that hold ops of theirs."""

SOME = 24
"""A difference that has more ops than this, and half of all, lies in no place: they are not marked."""

MOST_WANTED = 8
"""Ops of the selected difference whose boxes are opened, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """The ops of one listed difference, by graph."""

    row: int
    opens: bool
    """Whether the boxes around its ops are opened: not for a note, which changes no result."""
    ops: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Marked:
    """Where the listed differences are, and what follows of it."""

    marks: Sequence[Mark]
    rows: AtBoxes
    frame_rows: AtBoxes
    urgent: Mapping[str, int]
    """The first difference that is no note, by the boxes that hold ops of one."""
    is_told: bool
    quiet: frozenset[str]


@dataclass(frozen=True)
class Drawing:
    """Graphs side by side, ready to be drawn with any set of open boxes. What does not depend on it is kept."""

    panes: Panes
    source: SourceEntry
    """The model file: its lines are those of the source pane."""
    branches: tuple[Branch, ...] = ()
    """Branches of the model file that a capture fixed."""
    ran: Mapping[str, Mapping[int, int]] = field(default_factory=dict[str, Mapping[int, int]])
    """Lines of the model file that each example ran: a ghost may say of no other that it was not run."""
    readings: Readings = NONE_READ
    """Finds what eager's Python read out of tensors, and the ops that took it."""
    calls: bool = False
    """Whether ops are shown as the Python calls that made them."""
    changed: frozenset[str] = frozenset()
    """Names of the parameters and buffers that any example wrote to."""

    @cached_property
    def _kept_lines(self) -> dict[str, tuple[int, ...]]:
        return {}

    @cached_property
    def union(self) -> Union:
        """The union of the two graphs."""
        return unite(self.panes, self._read)

    @cached_property
    def _read(self) -> list[tuple[Reading, ...]]:
        return [self.readings.find(side.graph) for side in self.panes.sides]

    @cached_property
    def tree(self) -> Tree:
        """The boxes of the union."""
        lines = without_comments(self.source.text)
        return grow(self.union, self.branches, lines, list(self._turning()), calls=self.calls)

    @cached_property
    def states(self) -> States:
        """What the ops read of the model's state, and write back to it."""
        return States.of(self.union, self.tree, self._read, self.changed)

    @cached_property
    def _asks(self) -> tuple[frozenset[str], ...]:
        return asking(self.union)

    def _turning(self) -> Iterator[tuple[int, str]]:
        """Yield the lines of the loops that Python turned, with the units of which it read how often."""
        for side, units in zip(self.panes.sides, self.union.unit_of, strict=True):
            for line, op in dict.fromkeys(self.readings.decides(side.graph)):
                if op in units:
                    yield line, units[op]

    def scene(
        self,
        marks: Sequence[Mark] = (),
        *,
        toggled: Mapping[str, bool] | None = None,
        selected: int = -1,
        wrong: Sequence[bool | None] = (),
    ) -> Scene:
        """Return the scene with the boxes open that show the differences ``marks``; parameters as of :meth:`writer`."""
        return self.writer(marks, toggled=toggled, selected=selected, wrong=wrong).scene()

    def writer(
        self,
        marks: Sequence[Mark] = (),
        *,
        toggled: Mapping[str, bool] | None = None,
        selected: int = -1,
        wrong: Sequence[bool | None] = (),
    ) -> InsideWriter:
        """Return what writes the scene with the boxes open that show the differences ``marks``, and what is in them.

        Parameters
        ----------
        toggled
            Boxes that the reader opened or closed.
        selected
            Row of the selected difference, whose ops must be seen.
        wrong
            Whether each graph after the first was seen to do wrong beside it; ``None`` where that is not known, and
            differences with ops here decide.
        """
        marked = self._marked(marks)
        wanted = [unit for unit, found in marked.rows.items() if selected in found][:MOST_WANTED]
        is_open = opened(
            self.tree,
            marked=marked.urgent,
            toggled=toggled or {},
            wanted=wanted,
            quiet=marked.quiet,
        )
        grave = [marked.is_told if one is None else one for one in wrong or [None] * (len(self.panes.sides) - 1)]
        return InsideWriter(
            self.union,
            self.tree,
            self.source,
            is_open=is_open,
            rows={**marked.rows, **marked.frame_rows},
            grave=(any(grave) or (marked.is_told and not grave), *grave),
            ghosts=Ghosts(self.panes, self.source.file, self.ran),
            states=self.states,
            asks=self._asks,
            kept_lines=self._kept_lines,
            quiet=marked.quiet,
        )

    def _marked(self, marks: Sequence[Mark]) -> _Marked:
        """Return where the differences are; what was found for the very marks that were asked for last is kept."""
        if not self._kept_marked or self._kept_marked[0].marks is not marks:
            rows = self._rows(marks)
            frame_rows = self._rolled_up(rows)
            opening = {mark.row for mark in marks if mark.opens}
            urgent = {key: opening.intersection(found) for key, found in {**rows, **frame_rows}.items()}
            told = [unit for unit in rows if urgent[unit]]
            self._kept_marked[:] = [
                _Marked(
                    marks=marks,
                    rows=rows,
                    frame_rows=frame_rows,
                    urgent={key: min(found) for key, found in urgent.items() if found},
                    is_told=bool(told),
                    quiet=quiet(self.union, self.tree, told),
                )
            ]
        return self._kept_marked[0]

    @cached_property
    def _kept_marked(self) -> list[_Marked]:
        return []

    def _rows(self, marks: Sequence[Mark]) -> dict[str, tuple[int, ...]]:
        rows: dict[str, dict[int, None]] = {}
        for mark in marks:
            found = (of.get(op) for of, ops in zip(self.union.unit_of, mark.ops, strict=True) for op in ops)
            units = dict.fromkeys(unit for unit in found if unit is not None)
            if len(units) > max(SOME, len(self.union.units) / 2):
                continue
            for unit in units:
                rows.setdefault(unit, {})[mark.row] = None
        return {unit: tuple(found) for unit, found in rows.items()}

    def _rolled_up(self, rows: Mapping[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
        frames: dict[str, dict[int, None]] = {}
        for unit, found in rows.items():
            for key in self.tree.above(unit):
                frames.setdefault(key, {}).update(dict.fromkeys(found))
        return {key: tuple(sorted(found)) for key, found in frames.items()}
