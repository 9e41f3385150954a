"""Where ways end that lead from one thing to the next, sought of many things without walking a part of a way twice."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

Place = TypeVar("Place", bound=Hashable)


class Ends(Generic[Place]):
    """The ends of the ways from a place: what has nothing further, the nearest first.

    Of ways that are as long, that whose turns come first goes first, as in a search breadth first.

    Examples
    --------
    >>> ends = Ends({"a": ["b", "c"], "b": ["d"], "d": ["e"], "c": ["f"]}.get)
    >>> ends.of("a"), ends.of("e")
    (['f', 'e'], ['e'])
    """

    def __init__(self, further: Callable[[Place], Sequence[Place] | None]) -> None:
        self._further = further
        self._known: dict[Place, dict[Place, int]] = {}

    def of(self, start: Place) -> list[Place]:
        """Return the ends of all ways from ``start``, each once; a way that leads back to itself has none."""
        waiting, entered, made, is_round = [start], set[Place](), list[Place](), False
        while waiting:
            one = waiting[-1]
            further = () if one in self._known else self._further(one) or ()
            if further and one not in entered:
                entered.add(one)
                is_round |= any(step in entered and step not in self._known for step in further)
                waiting += [step for step in reversed(further) if step not in entered]
                continue
            waiting.pop()
            if one not in self._known:
                self._known[one] = self._joined(further) if further else {one: 0}
                made.append(one)
        found = [*self._known[start]]
        for one in made if is_round else ():  # what was met on the way round is known from where it was begun alone
            del self._known[one]
        return found

    def _joined(self, further: Sequence[Place]) -> dict[Place, int]:
        """Return how far the ends of ``further`` places are, seen from one before them."""
        found = [(far + 1, end) for step in further for end, far in self._known.get(step, {}).items()]
        nearest: dict[Place, int] = {}
        for far, end in sorted(found, key=lambda one: one[0]):
            nearest.setdefault(end, far)
        return nearest
