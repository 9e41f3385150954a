"""What is matched says which of its neighbours are the same: they take and feed the same, at the same places.

NOTE: it goes in rounds, as the propagation of similarity along pairs of edges does (similarity flooding: Melnik,
Garcia-Molina and Rahm 2002), but with matches for weights. In each, the ops beside what the last one matched look for
their counterpart, and all that choose each other and no one else as much are matched at once: the order in which the
ops are listed does not change what a round finds. An op is looked at again only when something that it listens to, or
what shares a neighbour with it, was matched, and a hub listens to some of its neighbours alone: so the whole takes time
in proportion to ops and edges, times at most what one op listens to. Where several do equally well, what they held
tells, then how the graph looks around them; what is still open stays open until :meth:`Propagation.decide`, which goes
by the order in which ops are listed among those alone that look the same.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from explorer.diff.deciding import Waiting, in_order
from explorer.diff.held import held_same
from explorer.diff.sides import MOST_FED, NOWHERE, Link, Side, join, may_share_a_side
from explorer.graph import OpId

Look = Callable[[Side, OpId], Hashable]

LOOKS: tuple[Look, ...] = (
    lambda side, op: side.around(op, 2),
    lambda side, op: side.around(op, 1),
    lambda side, op: side.beside(op, after=False),
    lambda side, op: side.beside(op, after=True),
)
"""What ops may share that look alike in their graphs, the most telling first."""

Lines = Sequence[tuple[str, int]]
"""Files and lines of frames, the innermost first."""

AT_ITS_PLACE = 4
"""What a neighbour's word counts where the argument has the same position; one less where it has not."""


@dataclass(frozen=True, kw_only=True)
class Contest:
    """Ops of both sides that share a key, and what the key is."""

    ones: list[OpId]
    others: list[OpId]
    by: str
    key: str


@dataclass
class Propagation:
    """Matches from neighbour to neighbour. Ops of one contest are matched among themselves alone."""

    left: Side
    right: Side
    contests: list[Contest] = field(default_factory=list[Contest])

    def contest(self, one: Contest) -> None:
        """Keep ops of one key for each other: which is which is told by what is around them."""
        place = len(self.contests)
        self.contests.append(one)
        self.left.contested.update(dict.fromkeys(one.ones, place))
        self.right.contested.update(dict.fromkeys(one.others, place))

    def spread(self) -> None:
        """Match all that follows from what is matched."""
        self._spread(self._beside(self.left, self.left.matched), self._beside(self.right, self.right.matched))

    def decide(self) -> None:
        """Match the rest of each contest, first what looks alike, in the order in which the ops are listed."""
        contests = sorted(self.contests, key=lambda one: (len(one.ones) * len(one.others), one.by, one.key))
        for one in contests:
            waiting = Waiting(self.left, self.right, one.ones, one.others)
            self._choose(waiting.told(self._chosen), f"{one.by}, in order")
        for look, one in itertools.product((*LOOKS, None), contests):
            for waiting in self._looking_alike(one, look):
                self._choose(waiting.listed(self._chosen), f"{one.by}, in order")
        self.left.contested.clear()
        self.right.contested.clear()
        self.contests.clear()

    def _looking_alike(self, one: Contest, look: Look | None) -> Iterator[Waiting]:
        """Yield what is left of a contest, apart by how it looks; all of it where that no longer tells."""
        found: dict[Hashable, tuple[list[OpId], list[OpId]]] = {}
        for side, ops in ((self.left, one.ones), (self.right, one.others)):
            for op in ops:
                if op not in side.matched:
                    key = look(side, op) if look is not None else None
                    found.setdefault(key, ([], []))[side is self.right].append(op)
        alike = ((ones, others) for ones, others in found.values() if ones and others)
        yield from (
            Waiting(self.left, self.right, ones, others)
            for ones, others in sorted(alike, key=lambda both: self._place(*both))
        )

    def _place(self, ones: list[OpId], others: list[OpId]) -> list[int]:
        """Return where the first of either stand, whichever graph is the left one."""
        return sorted((self.left.position[ones[0]], self.right.position[others[0]]))

    def decide_neighbours(self) -> None:
        """Match what has several counterparts that are as good, with the first of them."""
        ones = in_order(_open_beside(self.left), self.left)
        others = in_order(_open_beside(self.right), self.right)
        self._choose(Waiting(self.left, self.right, ones, others).told(self._chosen), "neighbours, in order")

    def _choose(self, found: Iterable[set[tuple[OpId, OpId]]], by: str) -> None:
        for pairs in found:
            for one, other in pairs:
                join(self.left, self.right, [one], [other], by, sure="guessed")
            if pairs:
                self._spread(*self._beside_both(pairs))

    def _chosen(self, op: OpId, side: Side) -> OpId | None:
        other = self.right if side is self.left else self.left
        return next((found for found in _best(op, side, other) if op in _best(found, other, side)), None)

    def _spread(self, ones: dict[OpId, None], others: dict[OpId, None]) -> None:
        stuck = dict[OpId, None](), dict[OpId, None]()
        while ones or others or any(stuck):
            far = None if ones or others else Beyond()
            if far is not None:
                ones, others = self._beyond(self.left, stuck[0]), self._beyond(self.right, stuck[1])
                stuck = dict[OpId, None](), dict[OpId, None]()
            found = self._told(ones, others, far)
            for one, other in found.items():
                self._match(one, other)
            if far is None:
                stuck[0].update((one, None) for one in ones if one not in self.left.matched)
                stuck[1].update((other, None) for other in others if other not in self.right.matched)
            ones, others = self._beside_both(found.items())

    def _told(self, ones: Iterable[OpId], others: Iterable[OpId], far: Beyond | None) -> dict[OpId, OpId]:
        """Return the counterparts of those of ``ones`` and ``others`` that have one: of either, as each may ask."""
        found = {one: other for one in ones if (other := _counterpart(one, self.left, self.right, far)) is not None}
        taken = set(found.values())
        for other in others:
            if other not in taken and (one := _counterpart(other, self.right, self.left, far)) is not None:
                found[one] = other
        return found

    def _match(self, one: OpId, other: OpId) -> None:
        place = self.left.contested.get(one)
        by = "neighbours" if place is None else f"{self.contests[place].by}, and what is around it"
        join(self.left, self.right, [one], [other], by, sure="likely")

    def _beyond(self, side: Side, stuck: Iterable[OpId]) -> dict[OpId, None]:
        """Return what found no counterpart, and what is behind it: it may have been taken out, or put in."""
        found: dict[OpId, None] = {}
        for one in stuck:
            if one in side.open:
                found[one] = None
                found.update((near, None) for near in side.listening(one) if near in side.open)
        return found

    def _beside_both(self, matched: Collection[tuple[OpId, OpId]]) -> tuple[dict[OpId, None], dict[OpId, None]]:
        ones, others = (one for one, _ in matched), (other for _, other in matched)
        return self._beside(self.left, ones), self._beside(self.right, others)

    def _beside(self, side: Side, matched: Iterable[OpId]) -> dict[OpId, None]:
        """Return the ops that may be told now, in order: neighbours, and those that share a neighbour."""
        found: dict[OpId, None] = {}
        asked = set[OpId]()
        links, left = side.links, side.open
        for one in matched:
            for near in side.listening(one):
                if near in left:
                    found[near] = None
                elif near not in asked and len(links[near]) <= MOST_FED:
                    asked.add(near)
                    found.update((link[0], None) for link in links[near] if link[0] in left)
        return found


@dataclass
class Beyond:
    """The links of ops, and those beyond what is beside them and not matched: found once while nothing is matched."""

    known: dict[tuple[str, OpId], Collection[Link]] = field(default_factory=dict[tuple[str, OpId], "Collection[Link]"])

    def links(self, one: OpId, side: Side) -> Collection[Link]:
        """Return the links of ``one`` and those beyond."""
        key = side.which, one
        if key not in self.known:
            self.known[key] = _through(one, side)
        return self.known[key]


def _counterpart(one: OpId, side: Side, other: Side, far: Beyond | None) -> OpId | None:
    best = _best(one, side, other, far)
    if len(best) != 1:
        return None
    return best[0] if _best(best[0], other, side, far) == [one] else None


def _open_beside(side: Side) -> set[OpId]:
    return {near for one in side.matched for near in side.listening(one) if near in side.open}


def _best(one: OpId, side: Side, other: Side, far: Beyond | None = None) -> list[OpId]:
    """Return the ops of the ``other`` side that most of what is around ``one`` speaks for, in their order there.

    Of several, those that held the same, and of these, those around which the graph looks the same the farthest.
    """
    votes: dict[OpId, int] = defaultdict(int)
    for near, after, place in side.heard(one) if far is None else far.links(one, side):
        match = side.matched.get(near)
        partners = side.partners(match) if match is not None else []
        for partner in partners if len(partners) <= MOST_FED else ():  # what is all turns of a loop tells none apart
            if partner in other.hubs:
                continue
            links = other.links[partner] if far is None else far.links(partner, other)
            if len(links) > MOST_FED:
                continue
            for candidate, before, there in links:
                if before != after and candidate in other.open:
                    votes[candidate] += _weight(place, there)
    fitting = {found: count for found, count in votes.items() if _fits(one, found, side, other)}
    most = max(fitting.values(), default=0)
    best = [found for found, count in fitting.items() if count == most]
    return in_order(_alike(one, best, side, other), other) if len(best) > 1 else best


def _weight(place: tuple[int, int], there: tuple[int, int]) -> int:
    """Return what a neighbour's word counts: less where it is at another place, or behind what is not matched."""
    behind = (place == NOWHERE) + (there == NOWHERE)
    return AT_ITS_PLACE - 1 - behind if behind or place != there else AT_ITS_PLACE


def _through(one: OpId, side: Side) -> Collection[Link]:
    """Return the links of ``one``, and those beyond what is beside it and not matched; of a hub what it listens to."""
    if one in side.hubs:
        return side.hubs[one]
    near = side.links[one]
    beyond = [
        (far, after, NOWHERE)
        for between, after, _ in near
        if between in side.open
        for far, further, _ in side.heard(between)
        if further == after
    ]
    return [*near, *beyond]


def _fits(one: OpId, found: OpId, side: Side, other: Side) -> bool:
    if not may_share_a_side(side.sides(one), other.sides(found)):
        return False
    place = side.contested.get(one)
    if place is not None or found in other.contested:
        return place == other.contested.get(found)
    here, there = side.graph.by_id[one], other.graph.by_id[found]
    return here.op == there.op and may_share_a_line(side.user_lines(here), other.user_lines(there))


def may_share_a_line(ones: Lines, others: Lines) -> bool:
    """Whether lines of the user's do not speak against it: what stands on two lines of the file is not the same work.

    A producer may tell the line of ``forward`` alone, which called the function that the op stands in.
    """
    return not ones or not others or ones[0] in others or others[0] in ones


def _alike(one: OpId, best: list[OpId], side: Side, other: Side) -> list[OpId]:
    """Return those of ``best`` that are most like ``one``."""
    best = [found for found in best if held_same(side.graph.by_id[one], other.graph.by_id[found])] or best
    for look in LOOKS if len(best) > 1 else ():
        mine = look(side, one)
        if alike := [found for found in best if look(other, found) == mine]:
            return alike
    return best
