"""What the values of a static graph are since ops wrote to their memory, in place or through a view.

A producer goes on calling a tensor that was written to by its old name: who reads it then takes what the last op has
written, as the eager graph has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import torch

from explorer.capture.forking import Forks
from explorer.capture.parts import Place, Step
from explorer.capture.running_statistics import updated
from explorer.graph import OpId, Port, RegionKind

State = dict[Port, tuple[Port, ...]]

MOST = 16
"""Of so many parts of memories, it is told which one a value may be."""


@dataclass
class Memory:
    """Who wrote last to what each value is a name of."""

    now: State = field(default_factory=State)
    """What a value is since it was written to: several where a side of an ``If`` or a loop has."""
    _places: dict[Port, dict[Place, bool]] = field(default_factory=dict[Port, dict[Place, bool]])
    """Which part of which memory a value is, and whether it surely is: an ``If`` may give one of several."""
    _lists: dict[OpId, dict[Place, bool]] = field(default_factory=dict[OpId, dict[Place, bool]])
    """Ops that give a list of views, and what they are views of."""
    _forks: Forks[Port, tuple[Port, ...]] = field(default_factory=Forks[Port, "tuple[Port, ...]"])

    def share(self, port: Port, of: Iterable[Port], step: Step | None = None, *, maybe: Iterable[Port] = ()) -> None:
        """Say that ``port`` is what ``step`` takes of ``of``, or of one of ``maybe``; without it, the same."""
        self._put(port, self._under(of, maybe), step)

    def share_all(self, op: OpId, of: Iterable[Port], maybe: Iterable[Port] = ()) -> None:
        """Say that all outputs of ``op`` are parts of ``of``, however many there are, and none of another one."""
        self._lists[op] = self._under(of, maybe)
        self._put(_rest(op), self._lists[op], _element(op, None))

    def gives_list(self, op: OpId) -> bool:
        """Whether ``op`` gives a list of views."""
        return op in self._lists

    def meet(self, port: Port, op: OpId, position: int | None = None) -> None:
        """Learn of ``port``, an element of the list of views that ``op`` gives; without a position, the list itself.

        What was written before it was met is told by what stands for all that are not met.
        """
        if port in self._places:
            return
        step = Step((op, "list")) if position is None else _element(op, position)
        known = dict.fromkeys(one for place in self._lists[op] for one in _elements(place, op, position))
        like = list(known) or [_rest(op)]
        if position is None:
            like = list(dict.fromkeys((*like, _rest(op))))
        self._put(port, self._lists[op], step)
        for state in self._states():
            if any(one in state for one in like):
                found = (port if x == one else x for one in like for x in state.get(one, (one,)))
                state[port] = tuple(dict.fromkeys(found))

    def take(self, port: Port, op: OpId, step: Step) -> None:
        """Say that ``port`` is one of the views that ``op`` gives a list of, and not known which."""
        self._put(port, self._lists[op], step)

    def write(self, port: Port, by: Port, step: Step | None = None, *, maybe: Iterable[Port] = ()) -> None:
        """Say that ``by`` is what ``port`` is from here on, or a part of it, and what may share memory with that.

        What may have no element in common with it is what it was, or that.
        """
        met = dict[Port, bool]()
        for place, sure in self._under((port,), maybe).items():
            for one, certain in place.at(step).met():
                met[one] = met.get(one, False) or (sure and certain)
        met[port] = True
        for one, certain in met.items():
            self.now[one] = (by,) if certain else tuple(dict.fromkeys((*self.now.get(one, (one,)), by)))
        self.share(by, (port,))

    def _states(self) -> Iterator[State]:
        yield self.now
        yield from self._forks.states()

    def _under(self, of: Iterable[Port], maybe: Iterable[Port]) -> dict[Place, bool]:
        found = {place: False for port in maybe for place in self._at(port)}
        for port in of:
            for place, sure in self._at(port).items():
                found[place] = found.get(place, False) or sure
        return found

    def _at(self, port: Port) -> dict[Place, bool]:
        if port not in self._places:
            self._places[port] = {Place(ports=[port]): True}
        return self._places[port]

    def _put(self, port: Port, under: Mapping[Place, bool], step: Step | None) -> None:
        if len(under) > MOST:  # one branch after the other: of each memory it is a part, not known which
            under, step = {place.root: False for place in under}, Step(port)
        places = self._places.setdefault(port, {})
        for place, sure in under.items():
            taken = place.at(step)
            if taken not in places:
                taken.ports.append(port)
            places[taken] = places.get(taken, False) or sure

    def assign(self, port: Port, given: tuple[Port, ...]) -> None:
        """Say that the name ``port`` stands for other values from here on."""
        self.now[port] = given

    def begin(self, owner: OpId) -> None:
        """Begin a body of ``owner``: it finds what was before it, not what its other side has written."""
        self.now = self._forks.begin(owner, self.now)

    def written(self, owner: OpId) -> list[Port]:
        """Return what is another thing since the body of ``owner`` that is open has begun."""
        before = self._forks.before[owner]
        return [port for port, state in self.now.items() if state != before.get(port, (port,))]

    def before(self, owner: OpId, port: Port) -> tuple[Port, ...]:
        """Return what ``port`` was before the body of ``owner``."""
        return self._forks.before[owner].get(port, (port,))

    def end(self, owner: OpId, kind: RegionKind) -> None:
        """End a body: what comes after finds what one of the sides has left, or what was, if none has to run."""
        self.now = self._forks.end(owner, kind, self.now, lambda port, of: tuple(dict.fromkeys(_sources(port, of))))


def _rest(op: OpId) -> Port:
    """Return what stands for the outputs of ``op`` that nothing has taken yet."""
    return OpId(f"{op}[]"), 0


def _element(op: OpId, position: int | None) -> Step:
    return Step((op, position), of=op, position=position)


def _elements(place: Place, op: OpId, position: int | None) -> Iterator[Port]:
    """Yield what stands for an element of a list of views at ``position``; without one, for each that is known."""
    for step, one in place.below.items():
        if step.of == op and step.position is not None and position in {None, step.position}:
            yield one.ports[0]


def _sources(port: Port, states: Iterable[State]) -> Iterator[Port]:
    for state in states:
        yield from state.get(port, (port,))


@dataclass(frozen=True)
class Effects:
    """What an op does to memory, as its schema tells it. Arguments and results by their position."""

    written: tuple[int, ...]
    updated: Mapping[int, str | None]
    """Running statistics that it also writes to, each with the name of the argument that says whether it does."""
    viewed: tuple[tuple[int, int], ...]
    """Results that are views of arguments."""
    parted: tuple[int, ...]
    """Arguments of which it gives a list of parts."""


def effects_of(schema: object) -> Effects:
    """Return what an op of ``schema`` does to memory."""
    return _effects(str(schema))


@lru_cache
def _effects(schema: str) -> Effects:
    parsed = torch._C.parse_schema(schema)  # noqa: SLF001 - no public name
    given = [(place, one.alias_info) for place, one in enumerate(parsed.arguments) if one.alias_info is not None]
    results = list(enumerate(parsed.returns))
    viewed = [(place, alias) for place, alias in given if not alias.is_write]
    alike = [
        (result, place)
        for result, one in results
        for place, alias in viewed
        if one.alias_info is not None and one.alias_info.before_set & alias.before_set
    ]
    lists = any(str(one.type) == "List[Tensor]" and one.alias_info is not None for _, one in results)
    written = tuple(place for place, alias in given if alias.is_write)
    names = [one.name for one in parsed.arguments]
    statistics = updated(parsed.name.rpartition("::")[2], names, written)
    asked = None if statistics.asked is None else names[statistics.asked]
    return Effects(
        written=tuple(place for place in written if place not in statistics.places),
        updated=dict.fromkeys(statistics.places, asked),
        viewed=tuple(alike),
        parted=tuple(place for place, _ in viewed) if lists else (),
    )
