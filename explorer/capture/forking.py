"""State of which each side of an ``If``, and each turn of a loop, goes on from what was before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from explorer.graph import OpId, RegionKind

Key = TypeVar("Key")
Known = TypeVar("Known")
State = dict[Key, Known]


@dataclass
class Forks(Generic[Key, Known]):
    """What was before each owner of bodies that is still open, and what its bodies have left.

    Bodies are walked in the order in which they nest; those of one owner follow one another.
    """

    before: dict[OpId, State[Key, Known]] = field(default_factory=dict[OpId, "State[Key, Known]"])
    _left: dict[OpId, list[tuple[RegionKind, State[Key, Known]]]] = field(
        default_factory=dict[OpId, "list[tuple[RegionKind, State[Key, Known]]]"]
    )
    _open: list[OpId] = field(default_factory=list[OpId])
    """The owners around what is walked, and the last one that was in it."""
    _depth: int = 0

    def begin(self, owner: OpId, now: State[Key, Known]) -> State[Key, Known]:
        """Begin a body of ``owner`` and return what it finds: what was before it, not what another body has left."""
        if self._open[self._depth : self._depth + 1] != [owner]:
            self._forget(self._depth)
            self._open.append(owner)
        self._depth += 1
        return dict(self.before.setdefault(owner, dict(now)))

    def end(
        self,
        owner: OpId,
        kind: RegionKind,
        now: State[Key, Known],
        meet: Callable[[Key, list[State[Key, Known]]], Known],
    ) -> State[Key, Known]:
        """End a body and return what comes after finds: what its sides left, or what was, if none has to run.

        ``meet`` says what that is of one key; it is asked only where the states differ.
        """
        self._depth -= 1
        self._forget(self._depth + 1)
        ended = self._left.setdefault(owner, [])
        ended.append((kind, now))
        states = [state for _, state in ended]
        if {one for one, _ in ended} != {"then", "else"}:
            states.append(self.before[owner])
        first, *others = states
        apart = {key: None for state in others for key, known in state.items() if first.get(key) is not known}
        alone = {key for state in others for key in first.keys() - state.keys()}
        apart |= {key: None for key in first if key in alone} if alone else {}
        return first | {key: meet(key, states) for key in apart}

    def states(self) -> Iterator[State[Key, Known]]:
        """Yield every state that may still be gone on from."""
        yield from self.before.values()
        yield from (state for ended in self._left.values() for _, state in ended)

    def _forget(self, depth: int) -> None:
        for owner in self._open[depth:]:
            self.before.pop(owner, None)
            self._left.pop(owner, None)
        del self._open[depth:]
