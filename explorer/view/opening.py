"""Which boxes are open: those that hold a difference, up to a budget, and what the reader opened."""

from __future__ import annotations

import heapq
from collections.abc import Container, Iterable, Mapping

from explorer.view.tree import ROOT, Frame, FrameKind, Tree

BUDGET = 40
"""Boxes of a first view, at most, unless the top level alone has more."""
FEWEST = 8
"""Boxes of a first view below which any module is opened."""
FILLING: frozenset[FrameKind] = frozenset({"module", "branch", "region", "loop", "turn", "stretch"})
"""Boxes that are opened only to fill a view."""
ENOUGH = 14
"""Boxes of a first view below which small matched boxes are opened too."""
SMALL = 6
"""Ops of a matched box that is opened to fill a first view that is nearly empty."""


def opened(
    tree: Tree,
    *,
    marked: Mapping[str, int],
    toggled: Mapping[str, bool],
    wanted: Iterable[str] = (),
    quiet: Container[str] = (),
) -> frozenset[str]:
    """Return the keys of the open frames.

    Parameters
    ----------
    marked
        Frames that hold ops of a listed difference, with its rank: the smaller, the sooner it is opened.
    toggled
        What the reader opened or closed by hand; it wins over everything.
    wanted
        Units that must be seen, as their difference is the selected one.
    quiet
        Frames that are not opened although the graphs part in them.
    """
    shown = set(_budgeted(tree, marked, quiet))
    around = [set(tree.above(unit)) for unit in wanted]
    repeated = {key for key, frame in tree.frames.items() if frame.kind == "repeat"}
    once = [keys for keys in around if keys.isdisjoint(repeated)]
    for keys in once or around[:1]:
        shown.update(keys)
    for key, is_open in toggled.items():
        if is_open:
            shown.add(key)
        elif key != ROOT:
            shown.discard(key)
    return frozenset(shown)


def _budgeted(tree: Tree, marked: Mapping[str, int], quiet: Container[str]) -> set[str]:
    shown = {ROOT}
    boxes = len(tree.frames[ROOT].children)
    waiting: list[tuple[tuple[int, ...], str]] = []

    def consider(parent: Frame) -> None:
        for child in parent.children:
            if child in tree.frames:
                heapq.heappush(waiting, (_urgency(tree, child, marked), child))

    consider(tree.frames[ROOT])
    while waiting:
        _, key = heapq.heappop(waiting)
        frame = tree.frames[key]
        after = boxes + len(frame.children) - 1
        is_small = boxes < FEWEST or (boxes < ENOUGH and frame.counts.units <= SMALL)
        fills = is_small and frame.kind in FILLING and key not in quiet
        if after > BUDGET or _is_missing(frame) or not (fills or _parts(frame, marked, quiet)):
            continue
        boxes = after
        shown.add(key)
        consider(frame)
    return shown


def _is_missing(frame: Frame) -> bool:
    """Whether one of the graphs has nothing of these turns, or of this call: that is seen when they are closed."""
    return frame.kind in ("turn", "repeat", "call") and not all(frame.counts.ops)


def _parts(frame: Frame, marked: Mapping[str, int], quiet: Container[str]) -> bool:
    """Whether the two graphs part in this box, or a listed difference lies in it, that is not seen beside it."""
    if frame.kind == "repeat":
        return frame.key in marked and marked[frame.key] not in {marked.get(key) for key in frame.like}
    is_seen = frame.differs and frame.key not in quiet
    return is_seen or frame.key in marked or frame.kind in ("branch", "region")


def _urgency(tree: Tree, key: str, marked: Mapping[str, int]) -> tuple[int, ...]:
    frame = tree.frames[key]
    depth = sum(1 for _ in tree.above(key))
    return (marked.get(key, 1_000_000), int(not frame.differs), depth, len(frame.children))
