"""The two sides of an alignment in the making: which ops are matched, and with what."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Literal

from explorer.divergence import Sure
from explorer.graph import Graph, Op, OpId, Region, RegionId, Role

Link = tuple[OpId, bool, tuple[int, int]]
"""An op beside another, whether it comes after it, and which output is which argument."""

Place = tuple[str, int]
"""The file and line of what chooses."""

Sides = Mapping[Place, frozenset[str]]
"""The sides of what chooses that an op stands on or ran on, by the place that chooses."""

NOWHERE = (-1, -1)
"""The place of an argument that is not handed over directly."""

MOST_FED = 64
"""Neighbours before an op, and as many after it, that tell what it is: of what feeds more, as a mask does, the others
say the same again."""


@dataclass(eq=False)
class Match:
    """A group in the making."""

    left: list[OpId] = field(default_factory=list[OpId])
    right: list[OpId] = field(default_factory=list[OpId])
    by: str = ""
    sure: Sure = "certain"
    made_of: tuple[int, int] = field(init=False)
    """How many ops of either side it was made of; what comes after these was folded into it."""

    def __post_init__(self) -> None:
        self.made_of = len(self.left), len(self.right)


@dataclass
class Side:
    """One graph and which of its ops are matched so far."""

    graph: Graph
    which: Literal["left", "right"]
    links: dict[OpId, list[Link]] = field(init=False)
    """The ops before and after each op, past what only hands on from turn to turn of a loop."""
    before: dict[OpId, list[OpId]] = field(init=False)
    """The ops before each op, of its links."""
    hubs: dict[OpId, dict[Link, None]] = field(init=False)
    """Of each op that has more neighbours than are listened to: the links to those that are, as they come."""
    open: set[OpId] = field(init=False)
    """The ops that work and are not matched yet."""
    position: dict[OpId, int] = field(init=False)
    """Where each op is listed."""
    matched: dict[OpId, Match] = field(default_factory=dict[OpId, Match])
    contested: dict[OpId, int] = field(default_factory=dict[OpId, int])
    """Ops whose key others share, by the number of the contest: which is which is settled later."""
    alone: set[OpId] = field(default_factory=set[OpId])
    """Ops of turns of a loop that the other side has not: part of no other turn's call."""
    telling: frozenset[Place] | None = None
    """What chooses between ops of either graph; ``None`` where that is not known, and all may."""
    _around: dict[tuple[OpId, int], int] = field(default_factory=dict[tuple[OpId, int], int])
    _of_role: dict[Role, list[Op]] = field(default_factory=dict["Role", "list[Op]"])
    _sides: dict[OpId, Sides] = field(default_factory=dict[OpId, "Sides"])
    _standing: dict[RegionId | None, Sides] = field(default_factory=dict["RegionId | None", "Sides"])
    _lines: dict[OpId, tuple[tuple[str, int], ...]] = field(default_factory=dict[OpId, tuple[tuple[str, int], ...]])

    def __post_init__(self) -> None:
        self.links = {op.id: [] for op in self.graph.ops}
        for edge in self.graph.flow:
            place = edge.source_output, edge.target_input
            self.links[edge.source].append((edge.target, True, place))
            self.links[edge.target].append((edge.source, False, place))
        for edge in self.graph.edges:  # a formal joins what it serves, or its loop, and is no neighbour
            if self.graph.by_id[edge.source].role == "formal":
                self.links[edge.source].append((edge.target, True, (edge.source_output, edge.target_input)))
        for region in self.graph.regions:
            for formal in region.formals:
                self.links[formal].append((region.owner, False, NOWHERE))
        self.before = {op: [near for near, after, _ in links if not after] for op, links in self.links.items()}
        self.hubs = {op: _heard(links) for op, links in self.links.items() if len(links) > MOST_FED}
        for op in self.graph.ops:
            self._of_role.setdefault(op.role, []).append(op)
        self.open = {op.id for op in self.graph.compute}
        self.position = {op.id: place for place, op in enumerate(self.graph.ops)}

    def free(self, role: Role) -> list[Op]:
        """Return the ops of a role that are neither matched nor contested yet, in order."""
        return [op for op in self.unmatched(role) if op.id not in self.contested]

    def unmatched(self, role: Role) -> list[Op]:
        """Return the ops of a role that are not matched yet, in order: what is matched stays so."""
        rest = self._of_role[role] = [op for op in self._of_role.get(role, ()) if op.id not in self.matched]
        return rest

    def heard(self, op: OpId) -> Collection[Link]:
        """Return the links to those that tell what ``op`` is."""
        return self.hubs[op] if op in self.hubs else self.links[op]

    def listening(self, op: OpId) -> Iterator[OpId]:
        """Yield the ops beside ``op`` that it tells what they are: a hub listens to some of its neighbours alone."""
        for near, after, place in self.links[op]:
            if near not in self.hubs or (op, not after, place) in self.hubs[near]:
                yield near

    def members(self, match: Match) -> list[OpId]:
        """Return the ops of this side in a match."""
        return match.left if self.which == "left" else match.right

    def partners(self, match: Match) -> list[OpId]:
        """Return the ops of the other side in a match."""
        return match.right if self.which == "left" else match.left

    def core(self, match: Match) -> list[OpId]:
        """Return the ops of this side that a match was made of, without what was folded into it."""
        return match.left[: match.made_of[0]] if self.which == "left" else match.right[: match.made_of[1]]

    def put(self, op: OpId, match: Match) -> None:
        """Add an op of this side to a match."""
        self.members(match).append(op)
        self.settle([op], match)

    def settle(self, ops: list[OpId], match: Match) -> None:
        """Note that ``ops`` of this side are in a match."""
        self.matched.update(dict.fromkeys(ops, match))
        self.open.difference_update(ops)

    def user_lines(self, op: Op) -> tuple[tuple[str, int], ...]:
        """Return file and line of the user's frames of ``op``, the innermost first; none where none is told."""
        if op.id not in self._lines:
            frames = () if op.placed else op.stack
            self._lines[op.id] = tuple((frame.file, frame.line) for frame in frames if frame.user)
        return self._lines[op.id]

    def sides(self, op: OpId) -> Sides:
        """Return the sides of all that chooses that ``op`` stands on, or ran on."""
        if op not in self._sides:
            made = self.graph.by_id[op]
            self._sides[op] = self._and_on(self._sides_of(made.region), _steps(made))
        return self._sides[op]

    def _sides_of(self, region: RegionId | None) -> Sides:
        """Return the sides that all in a region stands on: those that it stands in have theirs already, or get it."""
        waiting: list[Region] = []
        while region is not None and region not in self._standing and (one := self.graph.region_by_id.get(region)):
            waiting.append(one)
            region = one.parent
        found = self._standing.get(region, {})
        for one in reversed(waiting):
            found = self._standing[one.id] = self._and_on(found, self._side_of(one))
        return found

    def _side_of(self, region: Region) -> list[tuple[Place, str]]:
        """Return the side that a region is, by itself; none if it is that of no line of the user's."""
        place = self.graph.by_id[region.owner].location
        is_side = place is not None and place.user and region.kind in {"then", "else"}
        return [((place.file, place.line), region.kind)] if place is not None and is_side else []

    def _and_on(self, sides: Sides, further: list[tuple[Place, str]]) -> Sides:
        """Return ``sides`` and ``further`` ones that tell; itself where there are none: a region's are kept once."""
        further = [one for one in further if self.telling is None or one[0] in self.telling]
        if not further:
            return sides
        found = dict(sides)
        for place, kind in further:
            found[place] = found.get(place, frozenset()) | {kind}
        return found

    @property
    def chosen(self) -> Mapping[Place, set[str]]:
        """Which sides of what chooses there are in the graph."""
        found: dict[Place, set[str]] = {}
        of_regions = (self._side_of(region) for region in self.graph.regions)
        for place, kind in chain.from_iterable((*of_regions, *map(_steps, self.graph.ops))):
            found.setdefault(place, set()).add(kind)
        return found

    def beside(self, op: OpId, *, after: bool) -> Hashable:
        """Return what two ops share if what feeds them, or what they feed, is called the same at the same places."""
        links = (link for link in self.links[op] if link[1] is after)
        return tuple(sorted((place, self.graph.by_id[near].op) for near, _, place in links))

    def around(self, op: OpId, depth: int) -> int:
        """Return what two ops share if the graph within ``depth`` edges of them looks the same.

        It is their colour after as many rounds of refinement (Weisfeiler and Leman 1968), of the ops asked for alone.
        """
        key = op, depth
        if key not in self._around:
            name: Hashable = self.graph.by_id[op].op
            near = (
                sorted((after, place, self.around(one, depth - 1)) for one, after, place in self.links[op])
                if depth
                else ()
            )
            self._around[key] = hash((name, *near))
        return self._around[key]


def _steps(op: Op) -> list[tuple[Place, str]]:
    """Return the sides that an op ran on; a turn of a loop is one, at a place of its own."""
    return [
        ((step.file, step.line), step.kind)
        if step.turn is None
        else ((f"turns in {step.file}", step.line), str(step.turn))
        for step in op.within
        if step.kind != "body" or step.turn is not None
    ]


def _heard(links: list[Link]) -> dict[Link, None]:
    """Return the first links in either direction, as many as are listened to."""
    directions = ([link for link in links if link[1] is after] for after in (False, True))
    return {link: None for found in directions for link in found[:MOST_FED]}


def tell_apart(left: Side, right: Side) -> None:
    """Find what chooses between ops of either graph: where all stand on one side, it tells nothing.

    So of ops that stand deep in many an ``if`` not all of these are looked at, again for each of the ops.
    """
    ours, theirs = left.chosen, right.chosen
    telling = (place for place in ours.keys() & theirs.keys() if len(ours[place] | theirs[place]) > 1)
    left.telling = right.telling = frozenset(telling)


def join(left: Side, right: Side, ones: list[OpId], others: list[OpId], by: str, *, sure: Sure = "certain") -> None:
    """Make one group of ops of both sides."""
    match = Match(left=ones, right=others, by=by, sure=sure)
    left.settle(ones, match)
    right.settle(others, match)


def may_share_a_side(ones: Sides, others: Sides) -> bool:
    """Whether what chooses does not speak against it: what stands on one side of an ``if`` ran in place of the other.

    Only what both stand on a side of tells: a producer may have followed one side alone, and shown no ``if``.
    """
    return all(place not in others or kinds & others[place] for place, kinds in ones.items())
