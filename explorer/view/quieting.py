"""Which differences are quiet: a listed cause lies elsewhere, and nothing says that these matter.

An exporter writes layers of a library in its own way. Where the report knows why a graph does wrong, what is written
otherwise far from there should not draw the eye.
"""

from __future__ import annotations

from collections.abc import Iterable

from explorer.view.tree import FrameKind, Tree
from explorer.view.union import Union

AROUND: frozenset[FrameKind] = frozenset({"branch", "region", "loop", "turn", "repeat"})
"""Boxes of control flow: what differs in one that a cause lies in belongs to it."""

ENDS = frozenset({"input", "output"})
"""What a graph is given and gives is part of what it promises, however it is written."""


def quiet(union: Union, tree: Tree, told: Iterable[str]) -> frozenset[str]:
    """Return the units that differ and are quiet, and the boxes that hold no other difference.

    Loud are the units ``told`` of by a difference that changes results, those that gave other values on the same
    example, what stands with these in a box of control flow or in one that they decide, what decides such a box, and
    whatever differs and is tied to them by a flow that does not come from an input. Where no difference is told of, all
    are loud.
    """
    differing = {key for key, unit in union.units.items() if unit.differs(0)}
    loud = set(told)
    if not loud:
        return frozenset()
    loud |= {key for key in differing if _gave_other(union, key) or union.units[key].first.role in ENDS}
    boxes = {key for unit in loud for key in tree.above(unit) if tree.frames[key].kind in AROUND}
    loud |= {decider for key, decider in tree.decided_by.items() if key in boxes and decider in differing}
    boxes |= {key for key, decider in tree.decided_by.items() if decider in loud}
    loud |= {key for key in differing if not boxes.isdisjoint(tree.above(key))}
    _spread(union, loud, differing)
    silent = differing - loud
    speaking = {key for unit in loud for key in tree.above(unit)}
    held = {key for unit in silent for key in tree.above(unit)} - speaking
    owners = {key for key, frame in tree.frames.items() if frame.owner in silent and key not in speaking}
    return frozenset(silent | held | owners)


def _gave_other(union: Union, key: str) -> bool:
    """Whether ops gave something else than their counterparts of the first graph, on one and the same example."""
    first, *others = union.panes.sides
    groups = zip(others, union.units[key].groups[1:], strict=True)
    return any(group and group.held == "apart" and side.example == first.example for side, group in groups)


def _spread(union: Union, loud: set[str], differing: set[str]) -> None:
    beside: dict[str, list[str]] = {}
    for flow in union.flows:
        if union.units[flow.source].first.role == "input":
            continue
        beside.setdefault(flow.source, []).append(flow.target)
        beside.setdefault(flow.target, []).append(flow.source)
    waiting = list(loud)
    while waiting:
        found = [key for key in beside.get(waiting.pop(), ()) if key in differing and key not in loud]
        loud.update(found)
        waiting += found
