"""The wires of each open level: the flow between units, cut at the borders of the boxes it crosses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from explorer.view.tree import Tree
from explorer.view.union import Union

MOST_PORTS = 4
"""Ports on one border of a box; more values than that share one."""
HUB = 8
"""A source that feeds more boxes of a level than this is stubbed at all but the first of them."""

ALL_IN = "in:*"
ALL_OUT = "out:*"


@dataclass(slots=True)
class Ends:
    """In which graphs a wire is, gradients go back along it, and Python alone hands something on, by place."""

    there: set[int] = field(default_factory=set[int])
    gradient: set[int] = field(default_factory=set[int])
    tensor: set[int] = field(default_factory=set[int])
    """In which graphs it carries a tensor: elsewhere, where it is there, it is Python's."""

    def add(self, there: Iterable[int], gradient: Iterable[int] = (), tensor: Iterable[int] = ()) -> None:
        """Put what another wire of the same ends is into it."""
        self.there.update(there)
        self.gradient.update(gradient)
        self.tensor.update(tensor)


WireKey = tuple[str, str, str, str]
"""Tail, head, port of the tail's lower border, port of the head's upper border; no port is empty."""


@dataclass(slots=True)
class LevelWires:
    """Wires and ports of one open frame."""

    wires: dict[WireKey, Ends] = field(default_factory=dict[WireKey, Ends])
    inlets: dict[str, None] = field(default_factory=dict[str, None])
    outlets: dict[str, None] = field(default_factory=dict[str, None])
    stubs: dict[tuple[str, str], Ends] = field(default_factory=dict[tuple[str, str], Ends])
    """Hub wires that are not drawn, by tail and head."""


def wire(union: Union, tree: Tree, is_open: frozenset[str]) -> dict[str, LevelWires]:
    """Return the wires of every open frame of ``tree``."""
    ports = _Ports()
    levels: dict[str, LevelWires] = {key: LevelWires() for key in is_open if key in tree.frames}
    flows = _visible_flows(union, tree, is_open)
    for source, target in flows:
        ports.count(source, target)
    for (source, target), flow in flows.items():
        for frame, key in _cut(source, target, ports):
            level = levels[frame]
            level.wires.setdefault(key, Ends()).add(flow.there, flow.gradient, flow.tensor)
            _note_ports(level, key)
    for level in levels.values():
        _stub_hubs(level)
    _decide(union, tree, levels)
    return levels


_Path = tuple[str, ...]


def _visible_flows(union: Union, tree: Tree, is_open: frozenset[str]) -> dict[tuple[_Path, _Path], Ends]:
    """Return the flows between what is drawn, by the paths of both; those inside a closed box are none of them."""
    paths = _Paths(tree, is_open)
    flows: dict[tuple[_Path, _Path], Ends] = {}
    for flow in union.flows:
        source, target = paths.of(flow.source), paths.of(flow.target)
        if source is not target:
            ends = flows.setdefault((source, target), Ends())
            ends.add(flow.there, flow.gradient, flow.there - flow.read)
    return flows


class _Paths:
    """The frames around units from the root to what is drawn in their stead, or themselves."""

    def __init__(self, tree: Tree, is_open: frozenset[str]) -> None:
        self._tree = tree
        self._open = is_open
        self._known: dict[str, _Path] = {}

    def of(self, key: str) -> _Path:
        """Return the path of a unit or a frame: all units of a closed box have one."""
        if key not in self._known:
            self._known[key] = self._find(key)
        return self._known[key]

    def _find(self, key: str) -> _Path:
        parent = self._tree.parent_of.get(key)
        if parent is None:
            return (key,)
        around = self.of(parent)
        is_owner = self._tree.frames[parent].owner == key
        return around if is_owner or around[-1] not in self._open else (*around, key)


def _parting(source: tuple[str, ...], target: tuple[str, ...]) -> int:
    """Return the depth at which the two paths part."""
    depth = 0
    while depth < min(len(source), len(target)) and source[depth] == target[depth]:
        depth += 1
    return depth


def _decide(union: Union, tree: Tree, levels: dict[str, LevelWires]) -> None:
    """Tie a fixed branch, or a loop, to the op whose value Python read to decide it, where both stand in one level.

    A static graph decides nothing there.
    """
    deciding = [at for at, side in enumerate(union.panes.sides) if side.is_eager]
    for key, decider in tree.decided_by.items():
        parent = tree.parent_of.get(key)
        there = [at for at in deciding if union.units[decider].sides[at]]
        if there and parent in levels and tree.parent_of.get(decider) == parent:
            levels[parent].wires.setdefault((decider, key, "", ""), Ends()).add(there)


class _Ports:
    """Names the ports of borders, one a value up to a number, then one for all."""

    def __init__(self) -> None:
        self._into: dict[str, set[str]] = {}
        self._out: dict[str, set[str]] = {}

    def count(self, source: tuple[str, ...], target: tuple[str, ...]) -> None:
        depth = _parting(source, target)
        if depth in (len(source), len(target)):
            return
        for frame in target[depth:-1]:
            self._into.setdefault(frame, set()).add(source[-1])
        for frame in source[depth:-1]:
            self._out.setdefault(frame, set()).add(source[-1])

    def inlet(self, frame: str, source: str) -> str:
        return "in:" + source if len(self._into[frame]) <= MOST_PORTS else ALL_IN

    def outlet(self, frame: str, source: str) -> str:
        return "out:" + source if len(self._out[frame]) <= MOST_PORTS else ALL_OUT


def _cut(source: tuple[str, ...], target: tuple[str, ...], ports: _Ports) -> Iterable[tuple[str, WireKey]]:
    depth = _parting(source, target)
    if depth in (len(source), len(target)):  # one stands in the other, or both in one closed box
        return
    origin = source[-1]
    down = [ports.inlet(frame, origin) for frame in target[depth:-1]]
    up = [ports.outlet(frame, origin) for frame in source[depth:-1]]
    key = (source[depth], target[depth], up[0] if up else "", down[0] if down else "")
    yield source[depth - 1], key
    for at, frame in enumerate(target[depth:-1]):
        below = down[at + 1] if at + 1 < len(down) else ""
        yield frame, (down[at], target[depth + at + 1], "", below)
    for at, frame in enumerate(source[depth:-1]):
        below = up[at + 1] if at + 1 < len(up) else ""
        yield frame, (source[depth + at + 1], up[at], below, "")


def _note_ports(level: LevelWires, key: WireKey) -> None:
    if key[0].startswith("in:"):
        level.inlets[key[0]] = None
    if key[1].startswith("out:"):
        level.outlets[key[1]] = None


def _stub_hubs(level: LevelWires) -> None:
    heads: dict[str, list[WireKey]] = {}
    for key in level.wires:
        heads.setdefault(key[0], []).append(key)
    for tail, keys in heads.items():
        targets = dict.fromkeys(key[1] for key in keys if not key[1].startswith("out:"))
        if len(targets) <= HUB:
            continue
        kept = next(iter(targets))
        for key in keys:
            if key[1] in targets and key[1] != kept:
                level.stubs[tail, key[1]] = level.wires.pop(key)
