"""Turn drafts into frames: chains of one joined, modules of one op dropped, repeats folded, long levels cut."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from explorer.report.schema import NodeEntry
from explorer.view.paths import Segment
from explorer.view.repeats import FEWEST, Repeat, repeats, stem
from explorer.view.tree import SIDES_OF_BRANCH, Counts, Frame, FrameKind, Layers
from explorer.view.union import Union, Unit

LONG_LEVEL = 40
"""A level with more boxes than this is cut into stretches."""
SHORT_STRETCH = 4
"""Fewer matched boxes in a row than this are not worth a box of their own."""


@dataclass(slots=True)
class Draft:
    """A box while units are put into it."""

    segment: Segment
    children: dict[str, Draft | Unit] = field(default_factory=dict[str, "Draft | Unit"])


class Framing:
    """Collects the finished frames."""

    def __init__(self, union: Union) -> None:
        self.frames: dict[str, Frame] = {}
        self.parent_of: dict[str, str] = {}
        self.prefix_of: dict[str, str] = {}
        self.call_of: dict[str, str] = {}
        self._union = union
        self._places = range(len(union.panes.sides))
        self._module_types = _module_types(union)
        self._signs: dict[str, int] = {}
        """What a box holds, as a number: equal for boxes that hold the same."""
        self._numbers: dict[Hashable, int] = {}

    def add(self, draft: Draft, parent: str | None, label: str) -> str:
        """Add the frame of ``draft`` and return its key, or its only unit's where it needs no frame."""
        only = next(iter(draft.children.values())) if len(draft.children) == 1 else None
        kind = draft.segment.kind
        if kind == "module" and isinstance(only, Draft) and only.segment.kind == "module":
            return self.add(only, parent, f"{label}.{only.segment.label}")
        if kind == "module" and isinstance(only, Unit) and parent is not None:
            self.prefix_of[only.key] = label
            self.parent_of[only.key] = parent
            return only.key
        if kind == "module" and isinstance(only, Draft) and only.segment.kind == "call" and parent is not None:
            return self._add_lone_call(only, parent, label)
        if kind == "call" and isinstance(only, Unit) and parent is not None:
            self.call_of[only.key] = label
            self.parent_of[only.key] = parent
            return only.key
        return self._add_frame(draft, parent, label)

    def _add_lone_call(self, call: Draft, parent: str, label: str) -> str:
        """Add the one call of a module, after whose name it is called."""
        only = next(iter(call.children.values())) if len(call.children) == 1 else None
        if isinstance(only, Unit):
            self.prefix_of[only.key] = label
            return self.add(call, parent, call.segment.label)
        return self._add_frame(call, parent, f"{label} · {call.segment.label}")

    def _add_frame(self, draft: Draft, parent: str | None, label: str) -> str:
        key, segment = draft.segment.key, draft.segment
        children: list[str] = []
        for child in draft.children.values():
            if isinstance(child, Unit):
                self.parent_of[child.key] = key
                children.append(child.key)
            else:
                children.append(self.add(child, key, child.segment.label))
        if segment.owner:
            self.parent_of[segment.owner] = key
        children.sort(key=self._order)
        if segment.kind == "branch":  # not as they ran: two examples show the same sides at the same places
            children.sort(key=self._side)
        if parent is not None:
            self.parent_of[key] = parent
        kind = segment.kind
        self._store(
            Frame(
                key=key,
                kind=kind,
                label=label,
                type=segment.type or self._module_types.get(key, ""),
                parent=parent,
                children=self._cut(key, self._folded(key, children)),
                owner=segment.owner,
                counts=self._counts(children, segment.owner),
                layers=self._layers(children),
            )
        )
        return key

    def _store(self, frame: Frame) -> None:
        self.frames[frame.key] = frame
        self.parent_of.update((child, frame.key) for child in frame.children)

    def _sign(self, key: str) -> int:
        """Return a number for what a box holds; that of a frame is known from its children's."""
        if key not in self._signs:
            self._signs[key] = self._numbers.setdefault(self._held(key), len(self._numbers))
        return self._signs[key]

    def _held(self, key: str) -> Hashable:
        frame = self.frames.get(key)
        if frame is None:
            return _held(self._union.units[key], stem(self.prefix_of.get(key, "")))
        owner = self._sign(frame.owner) if frame.owner else None
        return frame.kind, frame.type, stem(frame.label), owner, tuple(self._sign(child) for child in frame.children)

    def _layers(self, children: Iterable[str]) -> Layers | None:
        """Return the modules of one class among ``children``, if there are enough of them to be counted."""
        modules = [self.frames[child] for child in children if child in self.frames]
        modules = [frame for frame in modules if frame.kind == "module"]
        if len(modules) < FEWEST or len({(frame.type, stem(frame.label)) for frame in modules}) > 1:
            return None
        return Layers(
            count=len(modules),
            differing=tuple(
                tuple(frame.label for frame in modules if frame.counts.differing[at]) for at in self._places
            ),
        )

    def _folded(self, key: str, children: Sequence[str]) -> list[str]:
        """Put what repeats into boxes; of turns in which the graphs part, the first stays to be seen."""
        folded: list[str] = []
        at = 0
        for one in repeats([self._sign(child) for child in children]):
            turns = [tuple(children[start : start + one.period]) for start in range(one.start, one.end, one.period)]
            folded += [*children[at : one.start], *self._repeat(key, one, turns)]
            at = one.end
        return [*folded, *children[at:]] if len(folded) != 1 or at < len(children) else list(children)

    def _repeat(self, parent: str, repeat: Repeat, turns: Sequence[tuple[str, ...]]) -> Iterator[str]:
        shown: tuple[str, ...] = ()
        number = 1
        counts = self._counts(turns[0], None)
        if any(counts.differing) and all(counts.ops):  # what one side has not at all is seen closed as well
            shown, number, turns = turns[0], 2, turns[1:]
        yield from shown
        key = f"{parent}/repeat:{turns[0][0]}:{len(turns)}"
        label = self._repeat_label(turns)
        if repeat.period > 1:
            turns = [(self._stretch(key, turn, f"turn {at}"),) for at, turn in enumerate(turns, number)]
        members = [child for turn in turns for child in turn]
        yield self._bundle(
            key,
            "repeat",
            label,
            parent,
            members,
            layers=Layers(count=len(turns), differing=((),) * len(self._places)),
            like=shown,
        )

    def _repeat_label(self, turns: Sequence[tuple[str, ...]]) -> str:
        """Return ``0–6 · Block ×7`` for layers, ``eq … add ×7`` for turns of several boxes."""
        first, last = turns[0][0], turns[-1][-1]
        if len(turns[0]) > 1:
            names = f"{self._name(first)} … {self._name(last)}"
        else:
            one, other = self._name(first), self._name(last)
            if first in self.frames and self.frames[first].kind == "turn":
                return f"turns {one.removeprefix('turn ')}–{other.removeprefix('turn ')} ×{len(turns)}"
            names = "–".join(dict.fromkeys((one, other)))
            kind = self.frames[first].type if first in self.frames else self._union.units[first].first.op
            names += f" · {kind}" if kind and kind != names else ""
        return f"{names} ×{len(turns)}"

    def _name(self, key: str) -> str:
        return (
            self.frames[key].label if key in self.frames else self.prefix_of.get(key) or self._union.units[key].first.op
        )

    def _order(self, key: str) -> tuple[int, int, int]:
        while (frame := self.frames.get(key)) is not None:
            if frame.owner or not frame.children:
                return self._union.units[frame.owner].order if frame.owner else (0, 0, 0)
            key = frame.children[0]
        return self._union.units[key].order

    def _side(self, key: str) -> int:
        label = self.frames[key].label if key in self.frames else ""
        return SIDES_OF_BRANCH.index(label) if label in SIDES_OF_BRANCH else 0

    def _counts(self, children: Iterable[str], owner: str | None) -> Counts:
        parts = [self._count(child) for child in children]
        if owner:
            parts.append(_count_unit(self._union.units[owner]))
        return Counts(
            ops=tuple(sum(part.ops[at] for part in parts) for at in self._places),
            units=sum(part.units for part in parts),
            differing=tuple(sum(part.differing[at] for part in parts) for at in self._places),
        )

    def _count(self, key: str) -> Counts:
        return self.frames[key].counts if key in self.frames else _count_unit(self._union.units[key])

    def _cut(self, key: str, children: Sequence[str]) -> tuple[str, ...]:
        """Put runs of what matches into stretches, of lone ops before whole boxes, and cut what is still too long."""
        if len(children) <= LONG_LEVEL:
            return tuple(children)
        ways = [_runs(children, is_joined) for is_joined in (self._is_matched_op, self._is_matched)]
        runs = next((way for way in ways if 1 < sum(run.boxes for run in way) <= LONG_LEVEL), ways[-1])
        parts = list(children)
        if len(runs) > 1:
            parts = [child for run in runs
                     for child in ((self._stretch(key, run.members),) if run.joined else run.members)]  # fmt: skip
        if len(parts) <= LONG_LEVEL:
            return tuple(parts)
        size = math.ceil(len(parts) / LONG_LEVEL)
        chunks = [parts[start : start + size] for start in range(0, len(parts), size)]
        return tuple(self._stretch(key, chunk) if len(chunk) > 1 else chunk[0] for chunk in chunks)

    def _is_matched(self, key: str) -> bool:
        return not any(self._count(key).differing)

    def _is_matched_op(self, key: str) -> bool:
        unit = self._union.units.get(key)
        return unit is not None and unit.first.role == "compute" and self._is_matched(key)

    def _stretch(self, parent: str, members: Sequence[str], label: str = "") -> str:
        name = label or f"{self._name(members[0])} … {self._name(members[-1])}"
        return self._bundle(f"{parent}/stretch:{members[0]}:{len(members)}", "stretch", name, parent, members)

    def _bundle(
        self,
        key: str,
        kind: FrameKind,
        label: str,
        parent: str,
        members: Sequence[str],
        *,
        layers: Layers | None = None,
        like: tuple[str, ...] = (),
    ) -> str:
        """Add a frame around boxes of one level, which no module and no line of the source stands for."""
        counts = self._counts(members, None)
        self.parent_of[key] = parent
        self._store(
            Frame(
                key=key,
                kind=kind,
                label=label,
                type="",
                parent=parent,
                children=self._cut(key, members),
                owner=None,
                counts=counts,
                layers=layers,
                like=like,
            )
        )
        return key


@dataclass(frozen=True, slots=True)
class _Run:
    """Boxes of a level one after the other: ``joined`` into one, or each for itself."""

    members: tuple[str, ...]
    joined: bool

    @property
    def boxes(self) -> int:
        """How many boxes are seen of it."""
        return 1 if self.joined else len(self.members)


def _runs(children: Sequence[str], is_joined: Callable[[str], bool]) -> list[_Run]:
    """Return the runs of ``children`` of which each is, or is not, what may be joined; short ones are not."""
    found = [(joined, tuple(run)) for joined, run in groupby(children, key=is_joined)]
    return [_Run(run, joined and len(run) >= SHORT_STRETCH) for joined, run in found]


def _count_unit(unit: Unit) -> Counts:
    return Counts(
        ops=tuple(map(len, unit.sides)),
        units=1,
        differing=tuple(int(unit.differs(at)) for at in range(len(unit.sides))),
    )


def _held(unit: Unit, name: str) -> Hashable:
    def ops(nodes: tuple[NodeEntry, ...]) -> Hashable:
        return tuple((node.op, tuple((out.dtype, out.shape) for out in node.outputs)) for node in nodes)

    return unit.kinds, name, unit.first.file, unit.first.line, tuple(map(ops, unit.sides))


def _module_types(union: Union) -> dict[str, str]:
    """Class by frame key of the modules outside regions, as any op of theirs says it."""
    types: dict[str, str] = {}
    for unit in union.units.values():
        for node in unit.nodes:
            if node.module and node.module_type:
                types.setdefault("/" + node.module.replace(".", "/"), node.module_type)
    return types
