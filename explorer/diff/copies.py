"""Copies that only a layout asks for: eager's copy and the ``contiguous`` that a static graph keeps of it.

What is contiguous already is not copied, so ``contiguous`` counts as no work; where eager did copy, the two are a pair.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from explorer.diff.deciding import Line
from explorer.diff.propagation import Lines
from explorer.diff.sides import Side, join
from explorer.graph import OpId

ANY, NO_LINE = "any", "none"


def match_copies(left: Side, right: Side) -> None:
    """Pair each copy with the ``contiguous`` that takes what the copy takes, where that is matched."""
    for one, other in _copied(left, right):
        join(left, right, [one], [other], "what it copies", sure="likely")
    for one, other in _copied(right, left):
        join(left, right, [other], [one], "what it copies", sure="likely")


def _copied(side: Side, other: Side) -> Iterator[tuple[OpId, OpId]]:
    """Yield each copy of ``side`` with what asked for it, to be matched before the next is asked for."""
    taking: dict[int, Asking] = {}
    for copy in side.free("compute"):
        for near in side.before[copy.id] if copy.op == "clone" else ():
            if (match := side.matched.get(near)) is None:
                continue
            if id(match) not in taking:
                taking[id(match)] = Asking(other, side.partners(match))
            if (found := taking[id(match)].first(side.user_lines(copy))) is not None:
                yield copy.id, found
                break


class Asking:
    """Each ``contiguous`` that takes what ``makers`` make, by what lines it may share: found without a search."""

    def __init__(self, side: Side, makers: list[OpId]) -> None:
        found: dict[Hashable, dict[OpId, None]] = {}
        self._places: dict[OpId, int] = {}
        for near, after, _ in (link for maker in makers for link in side.links[maker]):
            op = side.graph.by_id[near]
            if after and op.op == "identity" and "contiguous" in op.target and near not in side.matched:
                self._places.setdefault(near, len(self._places))
                for key in _keys(side.user_lines(op)):
                    found.setdefault(key, {})[near] = None
        self._found = {key: Line(side, [*ops]) for key, ops in found.items()}

    def first(self, lines: Lines) -> OpId | None:
        """Return the first that is left of those whose lines do not speak against ``lines``."""
        keys = (NO_LINE, ("of", lines[0]), *(("first", line) for line in lines)) if lines else (ANY,)
        firsts = (self._found[key].first for key in keys if key in self._found)
        return min((one for one in firsts if one is not None), key=self._places.__getitem__, default=None)


def _keys(lines: Lines) -> Iterator[Hashable]:
    """Yield under what an op is looked for, see :func:`explorer.diff.propagation.may_share_a_line`."""
    yield ANY
    if not lines:
        yield NO_LINE
        return
    yield "first", lines[0]
    yield from (("of", line) for line in dict.fromkeys(lines))
