"""What one call made falls into pieces that have nothing to do with each other: each is a group of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from explorer.diff.sides import Side
from explorer.graph import Op, OpId

Piece = list[Op]
Near = frozenset[tuple[int, bool]]
"""The groups that a piece takes from and feeds: which, and whether it comes after."""


def pieces(left: Side, ones: Sequence[Op], right: Side, others: Sequence[Op]) -> Iterator[tuple[Piece, Piece]]:
    """Yield what belongs together of the ops of one call that are not matched yet.

    Pieces that stand between the same groups belong together; what no piece of the other side is told of by that is one
    group of all that is left.
    """
    ours, theirs = _connected(left, ones), _connected(right, others)
    found = _told([_near(left, one) for one in ours], [_near(right, one) for one in theirs])
    for one, other in found.items():
        yield ours[one], theirs[other]
    taken = set(found.values())
    rest = [op for at, piece in enumerate(ours) if at not in found for op in piece]
    further = [op for at, piece in enumerate(theirs) if at not in taken for op in piece]
    if rest and further:
        yield rest, further


def _connected(side: Side, ops: Sequence[Op]) -> list[Piece]:
    """Return ``ops`` by what is tied within them, in order."""
    piece_of: dict[OpId, int] = {}
    inside = {op.id: op for op in ops}
    pieces: list[Piece] = []
    for op in ops:
        if op.id in piece_of:
            continue
        waiting, met = [op.id], [op.id]
        piece_of[op.id] = len(pieces)
        while waiting:
            for near, _, _ in side.heard(waiting.pop()):
                if near in inside and near not in piece_of:
                    piece_of[near] = len(pieces)
                    waiting.append(near)
                    met.append(near)
        pieces.append([inside[one] for one in sorted(met, key=side.position.__getitem__)])
    return pieces


def _near(side: Side, piece: Piece) -> Near:
    links = ((side.matched.get(near), after) for op in piece for near, after, _ in side.heard(op.id))
    return frozenset((id(match), after) for match, after in links if match is not None)


def _told(ones: Sequence[Near], others: Sequence[Near]) -> dict[int, int]:
    """Return pieces of either side that share more neighbours with each other than with any other piece."""
    if len(ones) == 1 or len(others) == 1:
        return {}
    best, back = _best(ones, others), _best(others, ones)
    return {one: other for one, other in best.items() if back.get(other) == one}


def _best(ones: Sequence[Near], others: Sequence[Near]) -> dict[int, int]:
    having: dict[tuple[int, bool], list[int]] = {}
    for at, near in enumerate(others):
        for one in near:
            having.setdefault(one, []).append(at)
    best: dict[int, int] = {}
    for at, near in enumerate(ones):
        votes = Counter(other for one in near for other in having.get(one, ()))
        ranked = votes.most_common(2)
        if ranked and (len(ranked) == 1 or ranked[0][1] > ranked[1][1]):
            best[at] = ranked[0][0]
    return best
