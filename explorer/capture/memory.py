"""What the values of a static graph are since ops wrote to their memory, in place or through a view.

A producer goes on calling a tensor that was written to by its old name: who reads it then takes what the last op has
written, as the eager graph has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import torch

from explorer.graph import OpId, Port, RegionKind

State = dict[Port, tuple[Port, ...]]


@dataclass
class Memory:
    """Who wrote last to what each value is a name of."""

    now: State = field(default_factory=State)
    """What a value is since it was written to: several where a side of an ``If`` or a loop has."""
    _root: dict[Port, Port] = field(default_factory=dict[Port, Port])
    _names: dict[Port, list[Port]] = field(default_factory=dict[Port, list[Port]])
    """The values of one memory, by the first of them."""
    _before: dict[OpId, State] = field(default_factory=dict[OpId, State])
    _after: dict[OpId, list[tuple[RegionKind, State]]] = field(
        default_factory=dict[OpId, list[tuple[RegionKind, State]]]
    )

    def share(self, port: Port, of: Port) -> None:
        """Say that ``port`` is a view of ``of``, or the same."""
        root = self._root.get(of, of)
        self._root[port] = root
        self._names.setdefault(root, [root]).append(port)

    def write(self, port: Port, by: Port) -> None:
        """Say that ``by`` is what ``port`` is from here on."""
        root = self._root.get(port, port)
        self.now.update((one, (by,)) for one in self._names.get(root, [root]))
        self.share(by, root)

    def begin(self, owner: OpId) -> None:
        """Begin a body of ``owner``: it finds what was before it, not what its other side has written."""
        self.now = dict(self._before.setdefault(owner, dict(self.now)))

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


def written_and_shared(schema: Any) -> tuple[tuple[int, ...], tuple[tuple[int, int], ...]]:
    """Return which arguments of a schema are written to, and which results are views of which arguments."""
    return _written_and_shared(str(schema))


@lru_cache
def _written_and_shared(schema: str) -> tuple[tuple[int, ...], tuple[tuple[int, int], ...]]:
    parsed = torch._C.parse_schema(schema)  # noqa: SLF001 - no public name
    given = [(place, one.alias_info) for place, one in enumerate(parsed.arguments) if one.alias_info is not None]
    written = tuple(place for place, alias in given if alias.is_write)
    viewed = [(place, alias) for place, alias in given if not alias.is_write]
    results = [(place, one.alias_info, str(one.type)) for place, one in enumerate(parsed.returns)]
    shared = [
        (result, place)
        for result, theirs, kind in results
        for place, ours in viewed
        if (theirs.before_set & ours.before_set if theirs is not None else kind == "List[Tensor]")
    ]
    return written, tuple(shared)
