"""What is in a list or a dict of a TorchScript graph, and what is left in it after an op."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeGuard

from explorer.capture.building import Port

TAKES_OUT = frozenset({"aten::pop", "aten::popitem", "aten::remove", "aten::Delete", "aten::reverse", "aten::sort"})
"""What writes to a list or a dict and puts nothing in."""
PUTS_IN = frozenset({"aten::append", "aten::_set_item"})
"""What puts in one element, last of what it is given: that is read from it from there on."""


@dataclass(frozen=True, slots=True)
class Module:
    """A submodule that a value stands for."""

    module: Any
    path: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A Python value that a value stands for."""

    value: object


@dataclass(frozen=True, slots=True)
class Parts:
    """The elements of a tuple."""

    elements: tuple[Meaning, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A list or a dict, by its number: :class:`Meanings` knows what is in it."""

    number: int


@dataclass(frozen=True, slots=True)
class Unset:
    """What a side gives where it gives nothing that is ever read, such as the value of a ``return`` not yet met."""


Ports = tuple[Port, ...]
Meaning = Module | Constant | Parts | Held | Unset | Ports
"""What a TorchScript value stands for; several ports where it may be each of them, or is made of all."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in a list or a dict."""

    elements: tuple[Meaning, ...]
    listed: bool = True
    """Whether these are its elements, one by one and in order; else it may hold any of them."""
    keys: tuple[Constant | None, ...] | None = None
    """Of a dict whose elements are told one by one: the key of each, ``None`` for one only known at run time."""


Elements = tuple[Meaning, ...]


def left_in(kind: str, contents: Contents, given: list[Meaning], last: Meaning, more: Elements | None) -> Contents:
    """Return what is in a list or a dict after an op.

    ``last`` is what it may have put in where it cannot be told what is where, ``more`` are the elements of the first
    thing that it was given, where they are known one by one.
    """
    if kind == "aten::clear":
        return replace(contents, elements=(), listed=True, keys=None if contents.keys is None else ())
    known = _changed(kind, contents, given, more) if contents.keys is None else _filed(kind, contents, given)
    if known is not None:
        return known
    return Contents((*contents.elements, last), listed=False)


def _filed(kind: str, contents: Contents, given: list[Meaning]) -> Contents | None:
    """Return what is in a dict after an op, ``None`` where that cannot be told."""
    key = given[0] if given else None
    left = dict(zip(contents.keys or (), contents.elements, strict=False))
    if not isinstance(key, Constant) or None in left:
        return None
    match kind:
        case "aten::_set_item":
            left[key] = given[-1]
        case "aten::pop" | "aten::Delete" if key in left:
            del left[key]
        case _:
            return None
    return Contents(tuple(left.values()), keys=tuple(left))


def _changed(kind: str, contents: Contents, given: list[Meaning], more: Elements | None) -> Contents | None:
    """Return what is in a list after an op, ``None`` where that cannot be told."""
    left = list(contents.elements)
    place = number_of(given[0]) if given else None
    is_in = place is not None and is_in_range(place, left)
    if not contents.listed:
        return None
    match kind:
        case "aten::append":
            left.append(given[0])
        case "aten::extend" | "aten::add_" if more is not None:
            left += more
        case "aten::reverse":
            left.reverse()
        case "aten::insert" if place is not None:
            left.insert(place, given[-1])
        case "aten::pop" | "aten::Delete" if place is not None and is_in:
            del left[place]
        case "aten::_set_item" if place is not None and is_in:
            left[place] = given[-1]
        case "aten::remove" if all(isinstance(one, Constant) for one in (*left, *given)) and given[0] in left:
            left.remove(given[0])
        case _:
            return None
    return Contents(tuple(left))


def number_of(meaning: Meaning) -> int | None:
    """Return the whole number that a meaning is, ``None`` for all else."""
    return meaning.value if isinstance(meaning, Constant) and isinstance(meaning.value, int) else None


def is_in_range(place: int, elements: tuple[Meaning, ...] | list[Meaning]) -> bool:
    """Whether there is an element at ``place``."""
    return -len(elements) <= place < len(elements)


def alike(found: list[Contents]) -> bool:
    """Whether lists have the same number of elements, or dicts the same keys."""
    return all(one.listed and one.keys == found[0].keys and len(one.elements) == len(found[0].elements)
               for one in found)  # fmt: skip


def either(found: list[Contents]) -> Contents:
    """Return what is in a list that is one of ``found``; where these are alike, element by element."""
    if all(contents is found[0] for contents in found):
        return found[0]
    each = [_one_of(one) for one in zip(*(contents.elements for contents in found), strict=False)]
    if alike(found) and all(one is not None for one in each):
        return replace(found[0], elements=tuple(one for one in each if one is not None))
    met = {one if isinstance(one, tuple) else id(one): one for contents in found for one in contents.elements}
    return Contents(tuple(met.values()), listed=False)


def same(sides: Sequence[Meaning]) -> bool:
    """Whether all of ``sides`` are one and the same thing; values that cannot be compared plainly are not."""
    return all(one is sides[0] or _equal(one, sides[0]) for one in sides)


def is_plain(meaning: Meaning) -> TypeGuard[Constant]:
    """Whether a meaning is a plain Python value, such as the key of a dict."""
    return isinstance(meaning, Constant) and isinstance(meaning.value, str | int | float | None)


def _equal(one: Meaning, other: Meaning) -> bool:
    if isinstance(one, Parts) and isinstance(other, Parts):
        pairs = zip(one.elements, other.elements, strict=False)
        return len(one.elements) == len(other.elements) and all(_equal(*pair) for pair in pairs)
    if is_plain(one) and is_plain(other):
        return type(one.value) is type(other.value) and one.value == other.value
    return type(one) is type(other) and isinstance(one, Held | Unset | tuple) and one == other


def _one_of(sides: tuple[Meaning, ...]) -> Meaning | None:
    """Return what is one of ``sides``, ``None`` where that is no tensor on each."""
    if same(sides):
        return sides[0]
    ports = [side for side in sides if isinstance(side, tuple) and side]
    return tuple(dict.fromkeys(port for one in ports for port in one)) if len(ports) == len(sides) else None
