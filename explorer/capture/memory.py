"""What the values of a static graph are since ops wrote to their memory, in place or through a view.

A producer goes on calling a tensor that was written to by its old name: who reads it then takes what the last op has
written, as the eager graph has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import torch

from explorer.graph import OpId, Port, RegionKind

State = dict[Port, tuple[Port, ...]]


@dataclass
class Memory:
    """Who wrote last to what each value is a name of."""

    now: State = field(default_factory=State)
    """What a value is since it was written to: several where a side of an ``If`` or a loop has."""
    _bases: dict[Port, tuple[Port, ...]] = field(default_factory=dict[Port, tuple[Port, ...]])
    """What a value is a view of: several where an ``If`` gives it."""
    _views: dict[Port, list[Port]] = field(default_factory=dict[Port, list[Port]])
    _parts: set[Port] = field(default_factory=set[Port])
    """Views of a part of what they are a view of."""
    _lists: dict[OpId, tuple[Port, tuple[Port, ...] | None]] = field(
        default_factory=dict[OpId, tuple[Port, "tuple[Port, ...] | None"]]
    )
    """Ops that give a list of views, what they are views of, and what that was then."""
    _before: dict[OpId, State] = field(default_factory=dict[OpId, State])
    _after: dict[OpId, list[tuple[RegionKind, State]]] = field(
        default_factory=dict[OpId, list[tuple[RegionKind, State]]]
    )

    def share(self, port: Port, of: Iterable[Port], *, part: bool = False) -> None:
        """Say that ``port`` is a view of ``of``, or the same; a ``part`` has no element of another part in it."""
        self._bases[port] = tuple(of)
        for base in self._bases[port]:
            self._views.setdefault(base, []).append(port)
        if part:
            self._parts.add(port)

    def share_all(self, op: OpId, of: Port) -> None:
        """Say that all outputs of ``op`` are parts of ``of``, however many there are."""
        self._lists[op] = of, self.now.get(of)

    def meet(self, port: Port) -> None:
        """Learn of an output of what gives a list of views."""
        if port not in self._bases and port[0] in self._lists:
            base, then = self._lists[port[0]]
            self.share(port, (base,), part=True)
            if (now := self.now.get(base)) is not None and now != then:
                self.now[port] = now

    def write(self, port: Port, by: Port) -> None:
        """Say that ``by`` is what ``port`` is from here on, and what shares its memory."""
        sharing = self._sharing(port)
        self.now.update((one, (by,)) for one in sharing)
        for op, _ in sharing & self._parts:
            if op in self._lists:  # its other parts are as they were
                base, _ = self._lists[op]
                self._lists[op] = base, self.now.get(base)
        self.share(by, (port,))

    def assign(self, port: Port, given: tuple[Port, ...]) -> None:
        """Say that the name ``port`` stands for other values from here on."""
        self.now[port] = given

    def _sharing(self, port: Port) -> set[Port]:
        """Return what a write to ``port`` is seen in: its views, what it is a view of, and other views of that."""
        found = self._below(port)
        waiting = [port]
        while waiting:
            one = waiting.pop()
            for base in self._bases.get(one, ()):
                if base in found:
                    continue
                found.add(base)
                waiting.append(base)
                others = (view for view in self._views[base] if not {one, view} <= self._parts)
                found.update(below for view in others for below in self._below(view))
        return found

    def _below(self, port: Port) -> set[Port]:
        found = {port}
        waiting = [port]
        while waiting:
            views = [view for view in self._views.get(waiting.pop(), ()) if view not in found]
            found.update(views)
            waiting += views
        return found

    def begin(self, owner: OpId) -> None:
        """Begin a body of ``owner``: it finds what was before it, not what its other side has written."""
        self.now = dict(self._before.setdefault(owner, dict(self.now)))

    def written(self, owner: OpId) -> list[Port]:
        """Return what is another thing since the body of ``owner`` that is open has begun."""
        before = self._before[owner]
        return [port for port, state in self.now.items() if state != before.get(port, (port,))]

    def end(self, owner: OpId, kind: RegionKind) -> None:
        """End a body: what comes after finds what one of the sides has left, or what was, if none has to run."""
        ended = self._after.setdefault(owner, [])
        ended.append((kind, self.now))
        states = [state for _, state in ended]
        if {one for one, _ in ended} != {"then", "else"}:
            states.append(self._before[owner])
        ports = dict.fromkeys(port for state in states for port in state)
        self.now = {port: tuple(dict.fromkeys(_sources(port, states))) for port in ports}


def _sources(port: Port, states: Iterable[State]) -> Iterator[Port]:
    for state in states:
        yield from state.get(port, (port,))


@dataclass(frozen=True)
class Effects:
    """What an op does to memory, as its schema tells it. Arguments and results by their position."""

    written: tuple[int, ...]
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
    return Effects(
        written=tuple(place for place, alias in given if alias.is_write),
        viewed=tuple(alike),
        parted=tuple(place for place, _ in viewed) if lists else (),
    )
