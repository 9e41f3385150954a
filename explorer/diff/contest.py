"""Which is which, where one side has more ops of a key than the other: told by what feeds them."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice

from explorer.diff.sides import Match, Side, join
from explorer.graph import OpId

MOST_FED = 32
"""Ops that are looked at of those that take one value: what feeds more tells them apart no longer."""


@dataclass
class Contest:
    """Ops of equal key of which one side has more, such as those of an early exit or of a loop.

    Which of them belong together is told by what feeds them, where that is matched; the rest are paired in order.
    """

    groups: list[tuple[list[OpId], list[OpId], str]] = field(default_factory=list[tuple[list[OpId], list[OpId], str]])
    """The ops of one key, left and right, and what the key is."""

    def add(self, left: Side, right: Side, ones: list[OpId], others: list[OpId], by: str) -> None:
        """Put ops of one key into the contest: nothing else matches them until it is settled."""
        self.groups.append((ones, others, by))
        left.contested.update(ones)
        right.contested.update(others)

    def settle(self, left: Side, right: Side) -> None:
        """Pair what is fed by the same groups, and then the rest in order."""
        ones_in = {one: at for at, (ones, _, _) in enumerate(self.groups) for one in ones}
        others_in = {one: at for at, (_, others, _) in enumerate(self.groups) for one in others}
        waiting = deque(ones_in)
        while waiting:
            one = waiting.popleft()
            at = ones_in[one]
            if one in left.matched:
                continue
            other = _fed_alike(one, left, right, lambda match: match.right, lambda it, at=at: others_in.get(it) == at)
            if other is None:
                continue
            back = _fed_alike(other, right, left, lambda match: match.left, lambda it, at=at: ones_in.get(it) == at)
            if back == one:
                join(left, right, [one], [other], f"{self.groups[at][2]}, and what feeds it")
                waiting.extend(after for after in left.network.successors(one) if after in ones_in)
        self._pair_the_rest(left, right)

    def _pair_the_rest(self, left: Side, right: Side) -> None:
        left.contested.clear()
        right.contested.clear()
        for ones, others, by in self.groups:
            rest = ([one for one in ids if one not in side.matched] for ids, side in ((ones, left), (others, right)))
            for one, other in zip(*rest, strict=False):
                join(left, right, [one], [other], by)


def _fed_alike(
    one: OpId, side: Side, other: Side, partners: Callable[[Match], list[OpId]], wanted: Callable[[OpId], bool]
) -> OpId | None:
    """Return the op of the ``other`` side that most of what feeds ``one`` feeds too, if one has the most."""
    votes: Counter[OpId] = Counter()
    for before in set(side.network.predecessors(one)):
        match = side.matched.get(before)
        if match is not None:
            fed = {
                after for partner in partners(match) for after in islice(other.network.successors(partner), MOST_FED)
            }
            votes.update(after for after in fed if after not in other.matched and wanted(after))
    best = votes.most_common(2)
    unique = len(best) == 1 or (len(best) == 2 and best[0][1] > best[1][1])  # noqa: PLR2004
    return best[0][0] if unique else None
