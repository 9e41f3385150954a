"""What the values of a TorchScript graph stand for: a module, a constant, what ops give, and what holds several.

NOTE: lists and tuples are no ops of ours: what they hold is tied to what uses it. A tuple is what it was made of, but
a list or a dict is one thing under many names, and what is in it changes. So its names stand for a number, and what is
in it is kept beside: a state of its own for each side of an ``If``. What a loop's body writes to is carried by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from explorer.capture.building import GraphBuilder, Port
from explorer.capture.torchscript_values import is_container, parts_of, plain_name, typed, value_of, writes_to_container
from explorer.graph import OpId, RegionId, RegionKind, Value

TAKES_OUT = frozenset({"aten::pop", "aten::popitem", "aten::remove", "aten::Delete", "aten::reverse", "aten::sort"})
"""What writes to a list or a dict and puts nothing in."""
PUTS_IN = frozenset({"aten::append", "aten::_set_item"})
"""What puts in one element, last of what it is given: that is read from it from there on."""
READS_ONE = frozenset({"aten::__getitem__", "aten::pop"})
"""What gives an element of a list or a dict."""


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


Ports = tuple[Port, ...]
Meaning = Module | Constant | Parts | Held | Ports
"""What a TorchScript value stands for; several ports where it may be each of them, or is made of all."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in a list or a dict."""

    elements: tuple[Meaning, ...]
    listed: bool = True
    """Whether these are its elements, one by one and in order; else it may hold any of them."""


State = dict[int, Contents]


@dataclass
class Meanings:
    """What each value stands for, by the call that it is of."""

    builder: GraphBuilder
    _known: dict[tuple[int, str], Meaning] = field(default_factory=dict[tuple[int, str], Meaning])
    _contents: State = field(default_factory=State)
    _before: dict[OpId, State] = field(default_factory=dict[OpId, State])
    _after: dict[OpId, list[tuple[RegionKind, State]]] = field(
        default_factory=dict[OpId, list[tuple[RegionKind, State]]]
    )
    _lists: int = 0
    _choices: int = 0

    def mean(self, call: int, value: Any, meaning: Meaning) -> None:
        """Say what ``value`` stands for."""
        self._known[call, value.debugName()] = meaning

    def of(self, call: int, value: Any) -> Meaning:
        """Return what ``value`` stands for, no ports where that is not known."""
        return self._known.get((call, value.debugName()), ())

    def ports(self, meaning: Meaning) -> Ports:
        """Return what ``meaning`` may be or is made of."""
        if isinstance(meaning, Module | Constant):
            return ()
        if isinstance(meaning, Parts | Held):
            held = meaning.elements if isinstance(meaning, Parts) else self._contents[meaning.number].elements
            return tuple(dict.fromkeys(port for one in held for port in self.ports(one)))
        return meaning

    def elements(self, meaning: Meaning) -> tuple[Meaning, ...] | None:
        """Return the elements of a tuple or a list one by one, ``None`` where they are not known so."""
        if isinstance(meaning, Parts):
            return meaning.elements
        if isinstance(meaning, Held) and (contents := self._contents[meaning.number]).listed:
            return contents.elements
        return None

    def constant(self, meaning: Meaning) -> Constant | None:
        """Return what is a Python value or holds such alone, ``None`` for all else."""
        if isinstance(meaning, Constant):
            return meaning
        elements = self.elements(meaning)
        held = [found for one in elements or () if (found := self.constant(one)) is not None]
        return Constant([one.value for one in held]) if elements is not None and len(held) == len(elements) else None

    def element(self, call: int, holder: Any, index: Any) -> Meaning | None:
        """Return the element of a tuple or a list at ``index``, ``None`` where it is not known which it is."""
        held, place = self.elements(self.of(call, holder)), _number(self.of(call, index))
        return held[place] if held and place is not None and _is_in(place, held) else None

    def taken(self, call: int, node: Any, position: int) -> Meaning:
        """Return what a node takes: of a list only the element that is read, and nothing where one is put in."""
        values = list(node.inputs())
        meaning = self.of(call, values[position])
        if position == 0 and node.kind() in READS_ONE:
            found = self.element(call, *values[:2])
            if found is None and (port := self._view(call, values)) is not None:
                return (port,)
            return meaning if found is None or isinstance(found, Constant) else found
        if position == 0 and node.kind() in PUTS_IN and self.ports(self.of(call, values[-1])):
            return ()
        return meaning

    def read(self, call: int, node: Any, op: OpId) -> None:
        """Say that what ``op`` gives is the element of a list that ``node``, which it stands for, reads."""
        if node.kind() in READS_ONE:
            element = self.element(call, *list(node.inputs())[:2])
            if isinstance(element, Held | Parts):
                self.mean(call, node.output(), element)
            for port in element[:1] if isinstance(element, tuple) else ():
                self.builder.share((op, 0), port)
            values = list(node.inputs())
            if element is None and (view := self._view(call, values)) is not None:
                self.builder.share((op, 0), view)
            elif element is None:
                self.builder.take((op, 0), self.ports(self.of(call, values[0])))

    def _view(self, call: int, values: list[Any]) -> Port | None:
        """Return what stands for the element that is read of a list of views, which an op gave."""
        listed, index = self.of(call, values[0]), _number(self.of(call, values[1])) if len(values) > 1 else None
        if index is None or not isinstance(listed, tuple) or len(listed) != 1:
            return None
        return self.builder.element(listed[0], index)

    def hold(self, elements: Iterable[Meaning], *, listed: bool = True) -> Held:
        """Return a new list of ``elements``."""
        self._lists += 1
        self._contents[self._lists] = Contents(tuple(elements), listed)
        return Held(self._lists)

    def change(self, call: int, node: Any, op: OpId) -> None:
        """Put into a list or a dict, or take out of it, what ``node`` does; ``op`` stands for it."""
        values = list(node.inputs())
        holder = self._holder(call, values[0])
        given = [self.of(call, one) for one in values[1:]]
        if node.kind() in PUTS_IN and node.outputsSize():
            given[-1] = self._put_in(given[-1], op)
        contents = self._contents[holder.number]
        left = self._changed(node.kind(), contents, given)
        if left is None:
            last = given[-1] if given and node.kind() not in TAKES_OUT else ()
            put_in = last if isinstance(last, Constant) else self.ports(last)
            left = Contents((*contents.elements, put_in), listed=False)
        self._contents[holder.number] = left
        if node.outputsSize() and is_container(node.output()) and node.kind() not in TAKES_OUT:
            self.mean(call, node.output(), holder)  # such as ``append`` gives the list

    def choose(self, op: OpId, sides: tuple[Meaning, ...]) -> Meaning | None:
        """Return what is one of ``sides`` element for element, ``None`` where they have no such elements."""
        elements = [self.elements(side) for side in sides]
        known = [one for one in elements if one is not None]
        if len(known) != len(sides) or len({len(one) for one in known}) != 1 or len(known[0]) <= 1:
            return None
        chosen = [self.choose(op, both) or self._chosen(op, both) for both in zip(*known, strict=True)]
        return Parts(tuple(chosen)) if all(isinstance(side, Parts) for side in sides) else self.hold(chosen)

    def leaves(self, meaning: Meaning, kind: Any) -> list[Ports]:
        """Return what each of :func:`leaves_of` a type is, for a value that ``meaning`` stands for."""
        parts = parts_of(kind)
        if not parts:
            return [self.ports(meaning)]
        elements = self.elements(meaning)
        known = elements if elements is not None and len(elements) == len(parts) else [meaning] * len(parts)
        return [leaf for one, part in zip(known, parts, strict=True) for leaf in self.leaves(one, part)]

    def handed(self, region: RegionId, formal: Any, value: Value, first: Meaning) -> Meaning:
        """Add what a loop's body is handed as ``formal``, a tuple by its elements, and return what that stands for."""
        return self._handed(region, plain_name(formal), formal.type(), value, first)

    def _handed(self, region: RegionId, name: str, kind: Any, value: Value, first: Meaning) -> Meaning:
        parts = parts_of(kind)
        if not parts:
            return (self.builder.formal(region, "carried", name, value, self.ports(first)),)
        elements = self.elements(first)
        known = elements if elements is not None and len(elements) == len(parts) else [first] * len(parts)
        named = enumerate(zip(known, parts, strict=True))
        return Parts(tuple(self._handed(region, f"{name}[{at}]", part, typed(part), one) for at, (one, part) in named))

    def begin(self, owner: OpId) -> None:
        """Begin a body of ``owner``: it finds what was in each list before."""
        self._contents = dict(self._before.setdefault(owner, dict(self._contents)))

    def end(self, owner: OpId, kind: RegionKind) -> None:
        """End a body: what comes after finds in a list what one of the sides has left in it."""
        ended = self._after.setdefault(owner, [])
        ended.append((kind, self._contents))
        states = [state for _, state in ended]
        if {one for one, _ in ended} != {"then", "else"}:
            states.append(self._before[owner])
        self._contents = {number: _either(number, states) for number in dict.fromkeys(n for one in states for n in one)}

    def carry(self, call: int, block: Any, region: RegionId) -> list[tuple[Held, Any]]:
        """Let the lists that a loop's body writes to be handed to it at each turn, and return them."""
        found: dict[Held, Any] = {}
        for value in _written_in(block):
            if isinstance(holder := self.of(call, value), Held):
                found.setdefault(holder, value)
        for holder, value in found.items():
            port = self.builder.formal(region, "carried", plain_name(value), value_of(value), self.ports(holder))
            self._contents[holder.number] = Contents(((port,),), listed=False)
        return list(found.items())

    def give(self, holder: Held, port: Port) -> None:
        """Say that a list holds what ``port`` gives, as that of a loop which has written to it."""
        self._contents[holder.number] = Contents(((port,),), listed=False)

    def _chosen(self, op: OpId, sides: tuple[Meaning, ...]) -> Ports:
        ports = [one for side in sides for one in self.ports(side)]
        if not ports:
            return ()
        self._choices += 1
        port = op, -self._choices  # no output of its own: only what it may be is
        self.builder.choose(port, (source for one in ports for source in self.builder.sources(one)))
        return (port,)

    def _holder(self, call: int, value: Any) -> Held:
        """Return what stands for a list or a dict, be it one that an op gave."""
        known = self.of(call, value)
        if not isinstance(known, Held):
            known = self.hold([known], listed=False)
            self.mean(call, value, known)
        return known

    def _put_in(self, given: Meaning, op: OpId) -> Meaning:
        """Return what is read of an element that ``op`` has put into a list: what it gives, which is that element."""
        if not isinstance(given, tuple) or not given:
            return given
        for port in given[:1]:
            self.builder.share((op, 0), port)
        return ((op, 0),)

    def _changed(self, kind: str, contents: Contents, given: list[Meaning]) -> Contents | None:
        """Return what is in a list after an op, ``None`` where that cannot be told."""
        if kind == "aten::clear":
            return Contents(())
        left = list(contents.elements)
        place = _number(given[0]) if given else None
        is_in = place is not None and _is_in(place, left)
        if not contents.listed:
            return None
        match kind:
            case "aten::append":
                left.append(given[0])
            case "aten::extend" | "aten::add_" if (more := self.elements(given[0])) is not None:
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


def parted(kind: Any, ports: Iterator[Port]) -> Meaning:
    """Return what stands for a value of a type of which each of :func:`leaves_of` is one of ``ports``."""
    parts = parts_of(kind)
    return Parts(tuple(parted(part, ports) for part in parts)) if parts else (next(ports),)


def _number(meaning: Meaning) -> int | None:
    return meaning.value if isinstance(meaning, Constant) and isinstance(meaning.value, int) else None


def _is_in(place: int, elements: tuple[Meaning, ...] | list[Meaning]) -> bool:
    return -len(elements) <= place < len(elements)


def _either(number: int, states: list[State]) -> Contents:
    """Return what is in a list that one of ``states`` has left; where they agree on all elements, these."""
    found = [state[number] for state in states if number in state]
    if all(contents is found[0] for contents in found):
        return found[0]
    return Contents(tuple(one for contents in found for one in contents.elements), listed=False)


def _written_in(block: Any) -> Iterator[Any]:
    """Yield the lists and dicts from outside that a body may write to, be it by what it calls."""
    for node in block.nodes():
        if writes_to_container(node):
            yield node.inputsAt(0)
        elif node.kind() in {"prim::CallMethod", "prim::CallFunction"} or node.hasAttribute("Subgraph"):
            yield from (value for value in node.inputs() if is_container(value))
        for inner in node.blocks():
            yield from _written_in(inner)
