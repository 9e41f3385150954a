"""Which part of a memory each view of a static graph is, and whether two of them may have an element in common.

NOTE: a static graph tells no addresses. What is told is how each view is taken: two are held to be apart only where
that proves it, such as two indices of one dimension; what is not known may overlap.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any

from explorer.graph import OpId, Port, Value

ALL = frozenset({"reshape", "transpose", "expand", "squeeze", "unsqueeze", "identity", "to"})
"""Ops that give all elements of what they are given, in another form."""

Dim = tuple[int, float, float]
"""A dimension and where a part begins and ends in it; counted from the end where that is below 0."""


@dataclass(frozen=True, slots=True)
class Step:
    """How a view is taken of what it is a view of. Two that are equal give the same elements."""

    what: object
    whole: bool = False
    """Whether it has all the elements."""
    dims: tuple[Dim, ...] = ()
    """Where it lies at the most, as far as that is constant."""
    of: OpId | None = None
    """The op that gives several parts that have no element in common, of which it is one."""
    position: int | None = None
    """Which of them it is; ``None`` for those that nothing has taken yet."""

    def apart(self, other: Step) -> bool:
        """Whether it is proved to have no element in common with ``other``, taken of the same.

        Examples
        --------
        >>> one, other = Step("x[0]", dims=((0, 0, 1),)), Step("x[1:]", dims=((0, 1, inf),))
        >>> one.apart(other), one.apart(Step("x[:, 0]", dims=((1, 0, 1),)))
        (True, False)
        """
        if self.of is not None and self.of == other.of:
            return self.position != other.position
        pairs = ((one, two) for one in self.dims for two in other.dims if one[0] == two[0])
        return any((a < 0) == (b < 0) and (end <= b or stop <= a) for (_, a, end), (_, b, stop) in pairs)


@dataclass(eq=False, slots=True)
class Place:
    """A part of a memory, and the values that are it."""

    above: Place | None = None
    step: Step = field(default_factory=lambda: Step(None, whole=True))
    ports: list[Port] = field(default_factory=list[Port])
    below: dict[Step, Place] = field(default_factory=dict[Step, "Place"])

    @property
    def root(self) -> Place:
        """All of the memory."""
        here = self
        while here.above is not None:
            here = here.above
        return here

    def at(self, step: Step | None) -> Place:
        """Return the part of it that ``step`` takes; without one, itself."""
        if step is None:
            return self
        if step not in self.below:
            self.below[step] = Place(self, step)
        return self.below[step]

    def met(self) -> Iterator[tuple[Port, bool]]:
        """Yield the values that a write to it is seen in, and whether that is certain."""
        yield from ((port, True) for port in self._inside())
        here, whole = self, True
        while (above := here.above) is not None:
            whole = whole and here.step.whole
            yield from ((port, True) for port in above.ports)
            for step, other in above.below.items():
                if other is not here and not step.apart(here.step):
                    yield from other._beside(certain=whole)  # noqa: SLF001 - of the same class
            here = above

    def _inside(self) -> Iterator[Port]:
        waiting: list[Place] = [self]
        while waiting:
            one = waiting.pop()
            yield from one.ports
            waiting.extend(one.below.values())

    def _beside(self, *, certain: bool) -> Iterator[tuple[Port, bool]]:
        """Yield what lies in it for a write beside it, ``certain`` where that is one to all elements there are."""
        waiting: list[tuple[Place, bool]] = [(self, True)]
        while waiting:
            one, whole = waiting.pop()
            whole = whole and one.step.whole
            yield from ((port, certain or whole) for port in one.ports)
            waiting.extend((inner, whole) for inner in one.below.values())


def step_of(name: str, given: Mapping[str, Any], of: Value, made: Value, key: object) -> Step | None:
    """Return the step that an op ``name`` takes; ``None`` where what it gives is the same in the same form.

    ``given`` are its constant arguments, and ``key`` what tells it from ops that may take another step.
    """
    rank = len(of.shape) if of.shape is not None else None
    dim = given.get("dim", 0)
    dim = dim + rank if isinstance(dim, int) and dim < 0 and rank is not None else dim
    size = of.shape[dim] if of.shape is not None and rank and isinstance(dim, int) and dim < rank else None
    index: object = None
    match name:
        case "select":
            index = given.get("index")
        case "slice" if isinstance(start := given.get("start"), int) and isinstance(n := given.get("length"), int):
            index = slice(start, start + n if start >= 0 or start + n < 0 else None)
        case "slice":
            index = slice(given.get("start"), given.get("end"), given.get("step"))
        case _:
            return Step(key, whole=name in ALL or _has_all(name, of, made))
    if not isinstance(dim, int):
        return Step(key)
    return taken(((dim, index, size),), key)


def taken(indices: tuple[tuple[int, object, Any], ...], key: object) -> Step | None:
    """Return the step of an index of each of some dimensions, whose sizes come last; ``None`` where it takes all."""
    found = [(dim, _range(index, size), index) for dim, index, size in indices]
    cut = [(dim, *span) for dim, span, index in found if span != (0, inf) or not _takes_all(index)]
    return Step(key, dims=tuple(cut)) if cut or not all(_takes_all(index) for _, _, index in found) else None


def _takes_all(index: object) -> bool:
    return isinstance(index, slice) and index.step in {None, 1}


def _range(index: object, size: Any) -> tuple[float, float]:
    """Return where an index begins and ends at the most; from 0 on where the size is needed and not known."""
    known = size if isinstance(size, int) else None
    if isinstance(index, int) and not isinstance(index, bool):
        start = index + known if index < 0 and known is not None else index
        return start, start + 1
    if not isinstance(index, slice):
        return 0, inf
    start, stop = _bound(index.start, 0, known), _bound(index.stop, inf, known)
    if start < 0 <= stop < inf:
        return 0, stop
    if start < 0:
        return start, 0 if stop == inf else stop
    return start, inf if stop < 0 or (known is not None and stop >= known) else stop


def _bound(given: object, absent: float, size: int | None) -> float:
    if not isinstance(given, int):
        return absent
    return max(given + size, 0) if given < 0 and size is not None else given


def _has_all(name: str, of: Value, made: Value) -> bool:
    """Whether it has as many elements, so that it cannot but have them all."""
    return name != "as_strided" and of.shape is not None and made.shape is not None and _same_size(of, made)


def _same_size(one: Value, other: Value) -> bool:
    sizes = [sorted(map(str, value.shape or ())) for value in (one, other)]
    return sizes[0] == sizes[1] and "None" not in sizes[0]
