"""What the values of a TorchScript graph stand for: a module, a constant, what ops give, and what holds several.

NOTE: lists and tuples are no ops of ours: what they hold is tied to what uses it. A tuple is what it was made of, but
a list or a dict is one thing under many names, and what is in it changes. So its names stand for a number, and what is
in it is kept beside: a state of its own for each side of an ``If``. What a loop's body writes to is carried by it: of a
dict each key by itself, where the keys are known. What an ``If`` chooses of two lists may be either: a write to one of
the three may have been one to another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from explorer.capture.building import GraphBuilder, Port
from explorer.capture.forking import Forks
from explorer.capture.torchscript_contents import (
    PUTS_IN,
    TAKES_OUT,
    Constant,
    Contents,
    Held,
    Meaning,
    Module,
    Parts,
    Ports,
    Unset,
    alike,
    either,
    is_in_range,
    is_plain,
    left_in,
    number_of,
    same,
)
from explorer.capture.torchscript_values import is_container, parts_of, plain_name, typed, value_of, writes_to_container
from explorer.graph import OpId, RegionId, RegionKind, Value

READS_ONE = frozenset({"aten::__getitem__", "aten::pop"})
"""What gives an element of a list or a dict."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A list or a dict that the body of a loop writes to."""

    holder: Held
    value: Any
    """The name by which it is written to."""
    keys: tuple[Constant, ...] | None = None
    """What it is carried by: a formal for each of these keys, else one for all that is in it."""


State = dict[int, Contents]


@dataclass
class Meanings:
    """What each value stands for, by the call that it is of."""

    builder: GraphBuilder
    _known: dict[tuple[int, str], Meaning] = field(default_factory=dict[tuple[int, str], Meaning])
    _contents: State = field(default_factory=State)
    _forks: Forks[int, Contents] = field(default_factory=Forks[int, Contents])
    _may_be: dict[int, frozenset[int]] = field(default_factory=dict[int, "frozenset[int]"])
    """Of what an ``If`` has chosen: which lists it may be."""
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
        if isinstance(meaning, Module | Constant | Unset):
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
            return contents.elements if contents.keys is None else None
        return None

    def entries(self, meaning: Meaning) -> tuple[tuple[Constant | None, Meaning], ...] | None:
        """Return the keys and elements of a dict one by one, ``None`` where they are not known so."""
        contents = self._contents[meaning.number] if isinstance(meaning, Held) else None
        if contents is None or contents.keys is None:
            return None
        return tuple(zip(contents.keys, contents.elements, strict=True))

    def constant(self, meaning: Meaning) -> Constant | None:
        """Return what is a Python value or holds such alone, ``None`` for all else."""
        if isinstance(meaning, Constant):
            return meaning
        elements = self.elements(meaning)
        held = [found for one in elements or () if (found := self.constant(one)) is not None]
        return Constant([one.value for one in held]) if elements is not None and len(held) == len(elements) else None

    def element(self, call: int, holder: Any, index: Any) -> Meaning | None:
        """Return the element of a tuple, a list or a dict at ``index``, ``None`` where it is not known which it is."""
        if (entries := self.entries(self.of(call, holder))) is not None and all(key for key, _ in entries):
            return next((one for key, one in entries if key and same((key, self.of(call, index)))), None)
        held, place = self.elements(self.of(call, holder)), number_of(self.of(call, index))
        return held[place] if held and place is not None and is_in_range(place, held) else None

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
        listed, index = self.of(call, values[0]), number_of(self.of(call, values[1])) if len(values) > 1 else None
        if index is None or not isinstance(listed, tuple) or len(listed) != 1:
            return None
        return self.builder.element(listed[0], index)

    def hold(self, elements: Iterable[Meaning], *, listed: bool = True) -> Held:
        """Return a new list of ``elements``."""
        self._lists += 1
        self._contents[self._lists] = Contents(tuple(elements), listed)
        return Held(self._lists)

    def hold_dict(self, entries: Iterable[tuple[Meaning, Meaning]]) -> Held:
        """Return a new dict of keys and elements."""
        pairs = [(key if is_plain(key) else None, one) for key, one in entries]
        held = self.hold(one for _, one in pairs)
        self._contents[held.number] = Contents(tuple(one for _, one in pairs), keys=tuple(key for key, _ in pairs))
        return held

    def change(self, call: int, node: Any, op: OpId) -> None:
        """Put into a list or a dict, or take out of it, what ``node`` does; ``op`` stands for it."""
        values = list(node.inputs())
        holder = self._holder(call, values[0])
        given = [self.of(call, one) for one in values[1:]]
        if node.kind() in PUTS_IN and node.outputsSize():
            given[-1] = self._put_in(given[-1], op)
        last = given[-1] if given and node.kind() not in TAKES_OUT else ()
        last = last if isinstance(last, Constant) else self.ports(last)
        for number in self._same_as(holder):
            before = self._contents[number]
            after = left_in(node.kind(), before, given, last, self.elements(given[0]) if given else None)
            self._contents[number] = after if number == holder.number else either([before, after])
        if node.outputsSize() and is_container(node.output()) and node.kind() not in TAKES_OUT:
            self.mean(call, node.output(), holder)  # such as ``append`` gives the list

    def choose(self, op: OpId, sides: tuple[Meaning, ...], known: Meaning) -> Meaning:
        """Return what is one of ``sides``; ``known`` is what stands for it, outputs of the ``If`` that chooses."""
        given = tuple(side for side in sides if not isinstance(side, Unset))
        if not given:
            return Unset()
        if isinstance(given[0], Held | Constant) and same(given):
            return given[0]
        elements = [self.elements(side) if isinstance(side, Parts) else None for side in given]
        if isinstance(known, Parts):
            held = [one if one is not None else (side,) * len(known.elements)
                    for one, side in zip(elements, given, strict=True)]  # fmt: skip
            each = zip(*held, known.elements, strict=True)
            return Parts(tuple(self.choose(op, tuple(one), part) for *one, part in each))
        if all(one is not None and len(one) == len(elements[0] or ()) for one in elements):
            return Parts(tuple(self._chosen(op, one) for one in zip(*filter(None, elements), strict=True)))
        return self._either_list(op, given, known) if any(isinstance(side, Held) for side in given) else known

    def _either_list(self, op: OpId, sides: tuple[Meaning, ...], known: Meaning) -> Held:
        """Return what is one of several lists or dicts: with the same number of elements it is told by each of them."""
        found = [self._contents[side.number] for side in sides if isinstance(side, Held)]
        chosen = self.hold([known], listed=False)
        if len(found) == len(sides) and alike(found):
            each = zip(*(one.elements for one in found), strict=True)
            self._contents[chosen.number] = replace(found[0], elements=tuple(self._chosen(op, one) for one in each))
        held = [side for side in sides if isinstance(side, Held)]
        self._may_be[chosen.number] = frozenset().union(*(self._lists_of(side.number) for side in held))
        return chosen

    def _lists_of(self, number: int) -> frozenset[int]:
        return self._may_be.get(number, frozenset((number,)))

    def _same_as(self, holder: Held) -> list[int]:
        """Return the numbers of what may be the same list as ``holder``, its own first."""
        ours = self._lists_of(holder.number)
        others = (one for one in self._contents if one != holder.number and ours & self._lists_of(one))
        return [holder.number, *others]

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
        self._contents = self._forks.begin(owner, self._contents)

    def end(self, owner: OpId, kind: RegionKind) -> None:
        """End a body: what comes after finds in a list what one of the sides has left in it."""
        self._contents = self._forks.end(
            owner, kind, self._contents, lambda number, states: either([one[number] for one in states if number in one])
        )

    def carry(self, call: int, block: Any, region: RegionId) -> list[Carried]:
        """Let the lists and dicts that a loop's body writes to be handed to it at each turn, and return them."""
        own = {value.debugName() for value in block.inputs()}
        found: dict[int, Carried] = {}
        for value, key in _written_in(block):
            for holder in self._written(call, value) if value.debugName() not in own else ():
                for number in self._same_as(holder):
                    keys = self._keys_carried(number, found.get(number), key)
                    found[number] = Carried(Held(number), value, keys)
        for one in found.values():
            self._hand(region, one)
        return list(found.values())

    def _written(self, call: int, value: Any) -> Iterator[Held]:
        """Yield what a body writes to by a name: a list from outside of it, be it one that is read in the body."""
        if (call, value.debugName()) in self._known:
            yield self._holder(call, value)
            return
        node = value.node()
        for inner in node.blocks():  # one of its sides
            yield from (one for side in inner.outputs() if is_container(side) for one in self._written(call, side))
        for given in node.inputs():
            yield from self._held_in(self.of(call, given))

    def _held_in(self, meaning: Meaning) -> Iterator[Held]:
        """Yield the lists in a list or a tuple."""
        inside = self._contents[meaning.number].elements if isinstance(meaning, Held) else ()
        for one in meaning.elements if isinstance(meaning, Parts) else inside:
            yield from (one,) if isinstance(one, Held) else ()
            yield from self._held_in(one)

    def _keys_carried(self, number: int, before: Carried | None, key: Constant | None) -> tuple[Constant, ...] | None:
        """Return the keys by which a dict is carried if ``key`` is written too, ``None`` for one that is not known."""
        keys = self._contents[number].keys
        if key is None or keys is None or None in keys or (before and before.keys is None):
            return None
        return tuple(dict.fromkeys((*((before.keys if before else None) or ()), key)))

    def _hand(self, region: RegionId, one: Carried) -> None:
        """Add the formals of what is carried."""
        name, contents = plain_name(one.value), self._contents[one.holder.number]
        if one.keys is None:
            ports = self.ports(one.holder)
            self.give(one, [self.builder.formal(region, "carried", name, value_of(one.value), ports)])
            return
        first = dict(zip(contents.keys or (), contents.elements, strict=False))
        self.give(one, [
            self.builder.formal(region, "carried", f"{name}[{key.value!r}]", value, self.ports(first.get(key, ())))
            for key, value in zip(one.keys, self.values_of(one), strict=True)
        ])  # fmt: skip

    def values_of(self, one: Carried) -> list[Value]:
        """Return what is known of the values that stand for what is carried."""
        return [value_of(one.value)] if one.keys is None else [typed(one.value.type().getValueType())] * len(one.keys)

    def contents(self, one: Carried) -> Contents:
        """Return what is in what is carried."""
        return self._contents[one.holder.number]

    def left_in(self, one: Carried) -> list[Ports]:
        """Return what a body has left in what is carried, in the order of its formals."""
        if one.keys is None:
            return [self.ports(one.holder)]
        left = dict(self.entries(one.holder) or ())
        everything = () if left else self.ports(one.holder)
        return [self.ports(left.get(key, everything)) for key in one.keys]

    def give(self, one: Carried, ports: Iterable[Port], left: Contents | None = None) -> None:
        """Say that ``ports`` are in a list or a dict, as those of a loop that has ``left`` it so."""
        contents = left or self._contents[one.holder.number]
        if one.keys is None or contents.keys is None:
            self._contents[one.holder.number] = Contents(tuple((port,) for port in ports), listed=False)
            return
        now: dict[Constant | None, Meaning] = dict(zip(contents.keys, contents.elements, strict=True))
        now |= {key: (port,) for key, port in zip(one.keys, ports, strict=True)}
        self._contents[one.holder.number] = Contents(tuple(now.values()), keys=tuple(now))

    def _chosen(self, op: OpId, sides: tuple[Meaning, ...]) -> Meaning:
        if same(sides) and not isinstance(sides[0], tuple):
            return sides[0]
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


def parted(kind: Any, ports: Iterator[Port]) -> Meaning:
    """Return what stands for a value of a type of which each of :func:`leaves_of` is one of ``ports``."""
    parts = parts_of(kind)
    return Parts(tuple(parted(part, ports) for part in parts)) if parts else (next(ports),)


def _written_in(block: Any) -> Iterator[tuple[Any, Constant | None]]:
    """Yield the lists and dicts that a body may write to, be it by what it calls, each with the key, if that is all."""
    for node in block.nodes():
        if writes_to_container(node):
            yield node.inputsAt(0), _key_set(node)
        elif node.kind() in {"prim::CallMethod", "prim::CallFunction"} or node.hasAttribute("Subgraph"):
            yield from ((value, None) for value in node.inputs() if is_container(value))
        for inner in node.blocks():
            yield from _written_in(inner)


def _key_set(node: Any) -> Constant | None:
    """Return the key of a dict at which a node puts something in, ``None`` for all else."""
    if node.kind() != "aten::_set_item" or node.inputsAt(0).type().kind() != "DictType":
        return None
    key = node.inputsAt(1).toIValue()
    return None if key is None else Constant(key)
