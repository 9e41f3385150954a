"""What ``torch.cond`` and the like run in eager, as an exported graph shows it: an op that owns regions.

NOTE: the op that stands for ``cond`` or ``while_loop`` is none that is dispatched: what runs are the ops of the side
that was taken, or of every turn. As in an exported graph, what follows a ``cond`` is fed by its side, and what follows
a ``while_loop``, ``map`` or ``scan`` by the loop. Of ``associative_scan`` only the steps around its ops are told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

from explorer.graph import Location, OpId, Port, Region, RegionId, Step

Given = Sequence[tuple[int, Any]]
"""What an op is given, by the position of the argument."""

Kind = Literal["then", "else", "body", "condition"]


class Around(NamedTuple):
    """A side or a turn that is running."""

    region: RegionId | None
    step: Step | None
    depth: int
    """How many of the user's frames are outside of it."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The op that stands for one call, and the line that makes it."""

    op: OpId | None
    line: Location | None
    depth: int


@dataclass
class Regions:
    """Knows which sides and turns are running, from the outermost inwards."""

    begin: Callable[[str, Given], OpId | None]
    """Records the op that stands for a call."""
    finish: Callable[[OpId, object, int | None], None]
    """Takes what a call gave, and of a loop the number of turns."""
    place: Callable[[], tuple[Location | None, int]]
    """Gives the user's line that runs, and how many of the user's frames there are."""
    found: dict[RegionId, Region] = field(default_factory=dict[RegionId, Region])
    around: list[Around] = field(default_factory=list[Around])
    is_handing: bool = False
    """Whether what runs only takes apart what turns are handed, or puts together what they give."""

    @property
    def current(self) -> RegionId | None:
        """The innermost region."""
        return next((one.region for one in reversed(self.around) if one.region), None)

    @property
    def steps(self) -> tuple[tuple[int, Step], ...]:
        """The sides and turns, each with the number of the user's frames outside of it."""
        return tuple((one.depth, one.step) for one in self.around if one.step is not None)

    def owner(self, target: str, given: Given = ()) -> Owner:
        """Begin a call; without a ``target`` no op stands for it."""
        return Owner(self.begin(target, given) if target else None, *self.place())

    def end(self, owner: Owner, result: object, turns: int | None = None) -> None:
        """End a call that gave ``result``, a loop's after ``turns``."""
        if owner.op is not None:
            self.finish(owner.op, result, turns)

    def results(self, owner: OpId, given: tuple[tuple[Port, ...], ...]) -> None:
        """Keep what the side that ran, or the last turn, gave."""
        for kind in ("then", "else", "body"):
            if (region := self.found.get(RegionId(f"{owner}.{kind}"))) is not None:
                self.found[region.id] = replace(region, results=given)

    @contextmanager
    def handing(self) -> Iterator[None]:
        """Take apart what the turns of a loop are handed, or put together what they give: no work of the model's."""
        before, self.is_handing = self.is_handing, True
        try:
            yield
        finally:
            self.is_handing = before

    @contextmanager
    def side(self, owner: Owner, kind: Kind, turn: int | None = None) -> Iterator[None]:
        """Be in a side or a turn of a call while the context is open."""
        region = RegionId(f"{owner.op}.{kind}") if owner.op is not None else None
        if owner.op is not None and region is not None and region not in self.found:
            self.found[region] = Region(id=region, owner=owner.op, kind=kind, parent=self.current)
        line = owner.line
        step = Step(file=line.file, line=line.line, kind=kind, turn=turn) if line and kind != "condition" else None
        self.around.append(Around(region, step, owner.depth))
        try:
            yield
        finally:
            self.around.pop()


class Nowhere(Regions):
    """What nobody watches."""

    def __init__(self) -> None:
        super().__init__(begin=lambda *_: None, finish=lambda *_: None, place=lambda: (None, 0))


_watching: list[Regions] = [Nowhere()]


@contextmanager
def watched(regions: Regions) -> Iterator[None]:
    """Let ``regions`` know what runs while the context is open."""
    _watching.append(regions)
    try:
        yield
    finally:
        _watching.remove(regions)


def regions() -> Regions:
    """Return who watches."""
    return _watching[-1]
