"""Turn drafts into frames: chains of one joined, modules of one op dropped, long levels cut."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from explorer.view.paths import Segment
from explorer.view.tree import Counts, Frame
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
        self._union = union
        self._module_types = _module_types(union)

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
        return self._add_frame(draft, parent, label)

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
                children=self._cut(key, children),
                owner=segment.owner,
                counts=self._counts(children, segment.owner),
            )
        )
        return key

    def _store(self, frame: Frame) -> None:
        self.frames[frame.key] = frame
        self.parent_of.update((child, frame.key) for child in frame.children)

    def _order(self, key: str) -> tuple[int, int, int]:
        while (frame := self.frames.get(key)) is not None:
            if frame.owner or not frame.children:
                return self._union.units[frame.owner].order if frame.owner else (0, 0, 0)
            key = frame.children[0]
        return self._union.units[key].order

    def _counts(self, children: Iterable[str], owner: str | None) -> Counts:
        parts = [self._count(child) for child in children]
        if owner:
            parts.append(_count_unit(self._union.units[owner]))
        return Counts(
            left=sum(part.left for part in parts),
            right=sum(part.right for part in parts),
            units=sum(part.units for part in parts),
            differing=sum(part.differing for part in parts),
        )

    def _count(self, key: str) -> Counts:
        return self.frames[key].counts if key in self.frames else _count_unit(self._union.units[key])

    def _cut(self, key: str, children: list[str]) -> tuple[str, ...]:
        """Put runs of matched boxes of a long level into stretches, and cut what is still too long."""
        if len(children) <= LONG_LEVEL:
            return tuple(children)
        runs = [
            (matched, list(run))
            for matched, run in groupby(children, key=lambda child: self._count(child).differing == 0)
        ]
        cut: list[str] = []
        for matched, members in runs if len(runs) > 1 else ():
            short = not matched or len(members) < SHORT_STRETCH
            cut += members if short else [self._stretch(key, members)]
        if 1 < len(cut) <= LONG_LEVEL:
            return tuple(cut)
        parts = cut if len(cut) > 1 else children
        size = math.ceil(len(parts) / LONG_LEVEL)
        chunks = [parts[start : start + size] for start in range(0, len(parts), size)]
        return tuple(self._stretch(key, chunk) if len(chunk) > 1 else chunk[0] for chunk in chunks)

    def _stretch(self, parent: str, members: list[str]) -> str:
        key = f"{parent}/stretch:{members[0]}:{len(members)}"
        counts = self._counts(members, None)
        self.parent_of[key] = parent
        self._store(
            Frame(
                key=key,
                kind="stretch",
                label="",
                type="",
                parent=parent,
                children=self._cut(key, members),
                owner=None,
                counts=counts,
            )
        )
        return key


def _count_unit(unit: Unit) -> Counts:
    return Counts(left=len(unit.left), right=len(unit.right), units=1, differing=int(unit.differs))


def _module_types(union: Union) -> dict[str, str]:
    """Class by frame key of the modules outside regions, as any op of theirs says it."""
    types: dict[str, str] = {}
    for unit in union.units.values():
        for node in (*unit.left, *unit.right):
            if node.module and node.module_type:
                types.setdefault("/" + node.module.replace(".", "/"), node.module_type)
    return types
