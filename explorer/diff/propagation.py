"""What is matched says which of its neighbours are the same: they take and feed the same, at the same places.

NOTE: it goes in rounds. In each, the ops beside what the last one matched look for their counterpart, and all that
choose each other and no one else as much are matched at once: neither the order in which the ops are listed nor which
graph is the left one changes the result. Each op is looked at again only when something beside it was matched, so the
whole takes time in proportion to ops and edges. Where several do equally well, what they held tells, then how the
graph looks around them; what is still open stays open until :meth:`Propagation.decide` takes the first.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from explorer.diff.sides import NOWHERE, Link, Side, Sides, join
from explorer.graph import Op, OpId

MOST_FED = 64
"""Neighbours that are looked at of one op: what feeds more, such as a mask, tells them apart no longer."""

SAME_VALUE = 1e-4
"""By how much two summaries of one value may part, as a share of its largest."""

AROUND = (2, 1)
"""How far around two ops the graph is compared, the farthest first."""

Lines = Sequence[tuple[str, int]]
"""Files and lines of frames, the innermost first."""

AT_ITS_PLACE = 4
"""What a neighbour's word counts where the argument has the same position; one less where it has not."""


@dataclass
class Propagation:
    """Matches from neighbour to neighbour. Ops of one contest are matched among themselves alone."""

    left: Side
    right: Side
    contests: list[tuple[list[OpId], list[OpId], str]] = field(default_factory=list[tuple[list[OpId], list[OpId], str]])
    """Ops that share a key, left and right, and what the key is."""

    def contest(self, ones: list[OpId], others: list[OpId], by: str) -> None:
        """Keep ops of one key for each other: which is which is told by what is around them."""
        place = len(self.contests)
        self.contests.append((ones, others, by))
        self.left.contested.update(dict.fromkeys(ones, place))
        self.right.contested.update(dict.fromkeys(others, place))

    def spread(self) -> None:
        """Match all that follows from what is matched."""
        self._spread(self._beside(self.left.matched))

    def decide(self) -> None:
        """Match the rest of each contest in the order in which the ops are listed, and what follows from each."""
        for ones, others, by in self.contests:
            listed = deque(others)
            for one in ones:
                if one in self.left.matched:
                    continue
                best = _best(one, self.left, self.right)
                other = best[0] if best else self._listed(one, listed)
                if other is not None:
                    self._join(one, other, f"{by}, in order")
        self.left.contested.clear()
        self.right.contested.clear()
        self.contests.clear()

    def _listed(self, one: OpId, others: deque[OpId]) -> OpId | None:
        """Return the first of ``others`` that is left for ``one``."""
        while others and others[0] in self.right.matched:
            others.popleft()
        sides = self.left.sides(one)
        rest = (other for other in others if other not in self.right.matched)
        return next((other for other in rest if may_share_a_side(sides, self.right.sides(other))), None)

    def decide_neighbours(self) -> None:
        """Match what has several counterparts that are as good, with the first of them."""
        for one in list(self._beside(self.left.matched)):
            if one not in self.left.matched and (best := _best(one, self.left, self.right)):
                self._join(one, best[0], "neighbours, in order")

    def _join(self, one: OpId, other: OpId, by: str) -> None:
        join(self.left, self.right, [one], [other], by, sure="guessed")
        self._spread(self._beside([one]))

    def _spread(self, waiting: dict[OpId, None]) -> None:
        stuck: dict[OpId, None] = {}
        while waiting or stuck:
            far = not waiting
            if far:
                waiting, stuck = self._beyond(stuck), {}
            found = [(one, other) for one in waiting if (other := self._counterpart(one, far=far)) is not None]
            for one, other in found:
                self._match(one, other)
            if not far:
                stuck.update((one, None) for one in waiting if one not in self.left.matched)
            waiting = self._beside(one for one, _ in found)

    def _match(self, one: OpId, other: OpId) -> None:
        place = self.left.contested.get(one)
        by = "neighbours" if place is None else f"{self.contests[place][2]}, and what is around it"
        join(self.left, self.right, [one], [other], by, sure="likely")

    def _beyond(self, stuck: Iterable[OpId]) -> dict[OpId, None]:
        """Return what found no counterpart, and what is behind it: it may have been taken out, or put in."""
        found: dict[OpId, None] = {}
        for one in stuck:
            if self.left.is_open(one):
                found[one] = None
                found.update((near, None) for near, *_ in self.left.links[one][:MOST_FED] if self.left.is_open(near))
        return found

    def _beside(self, matched: Iterable[OpId]) -> dict[OpId, None]:
        """Return the left ops that may be told now, in order: neighbours, and those that share a neighbour."""
        found: dict[OpId, None] = {}
        asked = set[OpId]()
        links = self.left.links
        for one in matched:
            for near, *_ in links[one]:
                if self.left.is_open(near):
                    found[near] = None
                elif near not in asked and len(links[near]) <= MOST_FED:
                    asked.add(near)
                    found.update((far, None) for far, *_ in links[near] if self.left.is_open(far))
        return found

    def _counterpart(self, one: OpId, *, far: bool) -> OpId | None:
        best = _told_apart(one, _best(one, self.left, self.right, far=far), self.left, self.right)
        if best is None:
            return None
        back = _told_apart(best, _best(best, self.right, self.left, far=far), self.right, self.left)
        return best if back == one else None


def _best(one: OpId, side: Side, other: Side, *, far: bool = False) -> list[OpId]:
    """Return the ops of the ``other`` side that most of what is around ``one`` speaks for, in their order there."""
    votes: dict[OpId, int] = defaultdict(int)
    for near, after, place in side.links[one] if not far else _through(one, side):
        match = side.matched.get(near)
        partners = side.partners(match) if match is not None else []
        for partner in partners if len(partners) <= MOST_FED else ():  # what is all turns of a loop tells none apart
            links = other.links[partner] if not far else _through(partner, other)
            if len(links) > MOST_FED:
                continue
            for candidate, before, there in links:
                if before != after and other.is_open(candidate):
                    votes[candidate] += _weight(place, there)
    fitting = {found: count for found, count in votes.items() if _fits(one, found, side, other)}
    most = max(fitting.values(), default=0)
    return sorted((found for found, count in fitting.items() if count == most), key=other.position.__getitem__)


def _weight(place: tuple[int, int], there: tuple[int, int]) -> int:
    """Return what a neighbour's word counts: less where it is at another place, or behind what is not matched."""
    behind = (place == NOWHERE) + (there == NOWHERE)
    return AT_ITS_PLACE - 1 - behind if behind or place != there else AT_ITS_PLACE


def _through(one: OpId, side: Side) -> list[Link]:
    """Return the links of ``one``, and those beyond what is beside it and not matched."""
    near = side.links[one]
    beyond = [
        (far, after, NOWHERE)
        for between, after, _ in near[:MOST_FED]
        if side.is_open(between)
        for far, further, _ in side.links[between][:MOST_FED]
        if further == after
    ]
    return [*near, *beyond]


def _fits(one: OpId, found: OpId, side: Side, other: Side) -> bool:
    place = side.contested.get(one)
    if place is not None or found in other.contested:
        return place == other.contested.get(found)
    here, there = side.graph.by_id[one], other.graph.by_id[found]
    return (
        here.op == there.op
        and may_share_a_line(side.user_lines(here), other.user_lines(there))
        and may_share_a_side(side.sides(one), other.sides(found))
    )


def may_share_a_side(ones: Sides, others: Sides) -> bool:
    """Whether what chooses does not speak against it: what stands on one side of an ``if`` ran in place of the other.

    Only what both stand on a side of tells: a producer may have followed one side alone, and shown no ``if``.
    """
    return all(place not in others or kinds & others[place] for place, kinds in ones.items())


def may_share_a_line(ones: Lines, others: Lines) -> bool:
    """Whether lines of the user's do not speak against it: what stands on two lines of the file is not the same work.

    A producer may tell the line of ``forward`` alone, which called the function that the op stands in.
    """
    return not ones or not others or ones[0] in others or others[0] in ones


def _told_apart(one: OpId, best: list[OpId], side: Side, other: Side) -> OpId | None:
    """Return the one of ``best`` that is ``one``, if there is a single one that is."""
    if len(best) <= 1:
        return best[0] if best else None
    equal = [found for found in best if _same_value(side.graph.by_id[one], other.graph.by_id[found])]
    if len(equal) == 1:
        return equal[0]
    best = equal or best
    for depth in AROUND:
        alike = [found for found in best if other.around(found, depth) == side.around(one, depth)]
        if len(alike) == 1:
            return alike[0]
    return None


def apart(one: Op, other: Op) -> float | None:
    """Return by how much what two ops held differs, as a share of the largest; ``None`` if it is not known of both."""
    held = [op.outputs[0].summary if op.outputs else None for op in (one, other)]
    return held[0].apart(held[1]) if held[0] is not None and held[1] is not None else None


def _same_value(one: Op, other: Op) -> bool:
    distance = apart(one, other)
    return distance is not None and distance < SAME_VALUE
