"""Write a scene: the sizes of the boxes, then, once they are placed, what they say."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence

from explorer.report.schema import NodeEntry, SourceEntry
from explorer.view import labels
from explorer.view.ghosts import Ghosts
from explorer.view.layout import Slot
from explorer.view.numbers import Numbers
from explorer.view.panes import PAIR
from explorer.view.placing import Curve, Place, Placement, place
from explorer.view.scene import Box, Detail, Face, PaneScene, Part, Scene, Stub, Wire
from explorer.view.states import States
from explorer.view.tree import Frame, Tree
from explorer.view.union import Union, Unit
from explorer.view.wiring import LevelWires, wire

BOX_HEIGHT = 34.0
STACKED_HEIGHT = 24.0
"""Height of an op that shares its box with others: it has one line only."""
STACK_GAP = 4.0
STACK_NAME = 20.0
"""Height of the module's name above the ops of a group."""
LEAST, MOST = 104.0, 236.0
BEZIER = 3
"""Points after the first that a Bézier curve has at least."""
MOST_FRAMES = 12
"""Frames of a stack that are told: the outermost of a deep one are the same for all ops."""
MANY, SOME = 8, 3
"""A group of more ops than this is closed until it is opened: of one that differs, and of one that does not."""


class SceneWriter:
    """Writes one scene.

    Parameters
    ----------
    source
        The model file: ops in its lines are tied to the source pane.
    is_open
        Keys of the open boxes.
    rows
        Differences by the boxes that hold ops of theirs.
    grave
        Whether each graph does wrong beside the first one.
    ghosts
        Says what is written where a side has nothing.
    states
        Says what stands at a box of the model's state.
    asks
        By graph, the units that only ask.
    kept_lines
        Lines of closed boxes by their keys, as far as other scenes of the drawing had to find them.
    quiet
        Boxes whose differences are far from all that is listed.
    """

    def __init__(
        self,
        union: Union,
        tree: Tree,
        source: SourceEntry,
        *,
        is_open: frozenset[str],
        rows: Mapping[str, tuple[int, ...]],
        grave: Sequence[bool],
        ghosts: Ghosts,
        states: States,
        asks: Sequence[frozenset[str]],
        kept_lines: dict[str, tuple[int, ...]],
        quiet: Container[str] = (),
    ) -> None:
        self._union = union
        self._places = range(len(union.panes.sides))
        self._tree = tree
        self._file = source.file
        self._lines_of_file = source.text.splitlines()
        self._open = is_open
        self._rows = rows
        self._grave = grave
        self._ghosts = ghosts
        self._states = states
        self._asks = asks
        self._numbers = Numbers(union)
        self._kept_lines = kept_lines
        self.quiet = quiet
        self._kept_sizes: dict[tuple[str, bool], Slot] = {}

    def scene(self) -> Scene:
        """Lay everything out and return it."""
        levels = wire(self._union, self._tree, self._open)
        visible = [key for frame in levels for key in self._tree.frames[frame].children]
        closed = [key for key in visible if not (key in self._tree.frames and key in self._open)]
        headers = {key: self._header_width(self._tree.frames[key]) for key in levels}
        placement = place(self._tree, self._open, levels, {key: self._size(key) for key in closed}, headers)
        boxes = tuple(self._box(key, at) for key, at in placement.places.items())
        return Scene(
            panes=tuple(self._pane(at, boxes) for at in self._places),
            width=placement.width,
            height=placement.height,
            boxes=boxes,
            wires=tuple(_wires(placement)),
            stubs=tuple(self._stubs(levels)),
        )

    def _pane(self, at: int, boxes: Iterable[Box]) -> PaneScene:
        side = self._union.panes.sides[at]
        return PaneScene(
            side=side.name,
            capture=side.capture,
            grave=self._grave[at],
            autograd=bool(side.graph.autograd),
            calls=bool(side.graph.calls),
            details={face.node: self._detail(box, face, at) for box in boxes for face in box.parts[at].faces},
        )

    # sizes

    def _size(self, key: str) -> Slot:
        """Return the size of a box, with the room for the state that stands above and below it."""
        asked = key, key in self._open
        if asked not in self._kept_sizes:
            self._kept_sizes[asked] = self._states.room(key, self._own_size(key))
        return self._kept_sizes[asked]

    def _own_size(self, key: str) -> Slot:
        if key in self._tree.frames:
            return self._closed_size(self._tree.frames[key])
        unit = self._union.units[key]
        if self._is_folded(unit):
            return Slot(_width([self._group_title(unit)], ["00 ops"]), BOX_HEIGHT)
        nodes = unit.nodes
        titles = [
            labels.title(node, self._tree.prefix_of.get(key, ""), self._call(key, at))
            for at in self._places
            for node in unit.sides[at]
        ]
        details = [
            " ".join((labels.detail(node, number := self._numbers.of(unit, node, at)), number))
            for at in self._places
            for node in unit.sides[at]
        ]
        details += [self._ghosts.note(unit.sides, at) for at in self._places]
        if unit.most == 1:
            return Slot(_width(titles, details, extra=18.0), BOX_HEIGHT)
        names = [labels.title(node) for node in nodes]
        lines = [f"{name}  {text}" for name, text in zip(names, details, strict=False)]
        width = _width([self._stack_name(unit)], lines, extra=20.0)
        return Slot(width, self._stack_top(unit) + unit.most * (STACKED_HEIGHT + STACK_GAP))

    def _closed_size(self, frame: Frame) -> Slot:
        texts = [f"{labels.roll_up(frame.counts.ops[at])} {self._badge(frame, at)}" for at in self._places]
        texts += self._frame_ghosts(frame)
        return Slot(_width([self._frame_title(frame)], texts, extra=26.0), BOX_HEIGHT)

    def _header_width(self, frame: Frame) -> float:
        badges = max((self._badge(frame, at) for at in self._places), key=len, default="")
        return len(self._frame_title(frame) + badges) * labels.TITLE_LETTER + 44.0

    def _frame_title(self, frame: Frame) -> str:
        """Return the title of a box; a branch is named by its own line of the model file."""
        line = self._line(self._union.units[frame.owner].first) if frame.owner else None
        if line is None or line > len(self._lines_of_file):
            return labels.frame_title(frame)
        return labels.statement(self._lines_of_file[line - 1], line)

    def _badge(self, frame: Frame, at: int) -> str:
        return labels.badge(frame, at, alone=self._union.panes.alone)

    def _frame_ghosts(self, frame: Frame) -> list[str]:
        """Return what a box says in each pane in which it holds nothing, empty where it holds something."""
        if all(frame.counts.ops):
            return [""] * len(frame.counts.ops)
        units = list(self._units_in(frame))
        sides = [tuple(node for unit in units for node in unit.sides[at]) for at in self._places]
        return [self._ghosts.note(sides, at) for at in self._places]

    def _is_folded(self, unit: Unit) -> bool:
        return self._is_foldable(unit) and unit.key not in self._open

    def _is_foldable(self, unit: Unit) -> bool:
        is_call = unit.most > 1 and unit.key in self._tree.call_of
        is_alike = unit.most > SOME and not unit.differs(0)
        return unit.most > MANY or is_call or is_alike

    def _stack_top(self, unit: Unit) -> float:
        """Return where the ops of a group begin: under its name, where it has one."""
        return STACK_NAME if self._stack_name(unit) else STACK_GAP

    def _stack_name(self, unit: Unit) -> str:
        """Return the name above the ops of a group: of what it can be closed to, or of their module without a box."""
        return self._group_title(unit) if self._is_foldable(unit) else self._tree.prefix_of.get(unit.key, "")

    def _group_title(self, unit: Unit) -> str:
        prefix, call = (names.get(unit.key, "") for names in (self._tree.prefix_of, self._tree.call_of))
        return labels.title(min(filter(None, unit.sides), key=len)[0], prefix, call)

    # boxes

    def _box(self, key: str, at: Place) -> Box:
        if key in self._tree.frames:
            return self._frame_box(self._tree.frames[key], at)
        return self._unit_box(self._union.units[key], at)

    def _unit_box(self, unit: Unit, at: Place) -> Box:
        many = unit.most > 1
        folded = self._is_folded(unit)
        kind = "group" if many else {"input": "input", "output": "output"}.get(unit.first.role, "op")
        return Box(
            key=unit.key,
            kind=kind,
            open=many and not folded,
            depth=at.depth,
            x=at.x,
            y=at.y,
            width=at.width,
            height=at.height,
            title=self._stack_name(unit) if many else "",
            parts=tuple(
                Part(
                    faces=() if folded else self._faces(unit, nodes, unit.key, at.height, place, many=many),
                    text=labels.roll_up(len(nodes)) if nodes else "",
                    ghost=self._ghosts.note(unit.sides, place),
                    match=unit.kinds[place],
                    sign=self._sign(unit, place, unit.key),
                    badge="",
                    differs=unit.differs(place),
                    states=self._states.marks(unit.key, place),
                    asks=unit.key in self._asks[place],
                )
                for place, nodes in enumerate(unit.sides)
            ),
            lines=self._lines(unit.nodes),
            rows=self._rows.get(unit.key, ()),
            quiet=unit.key in self.quiet,
            foldable=many and self._is_foldable(unit),
        )

    def _sign(self, unit: Unit, at: int, key: str) -> str:
        """Return the sign of a unit in the box ``key``."""
        return labels.OTHERWISE if unit.differs(at) and key in self.quiet else labels.SIGNS[unit.kinds[at]]

    def _call(self, key: str, at: int) -> str:
        """Return the name of the Python call that a unit is, in a graph that knows of calls."""
        return self._tree.call_of.get(key, "") if self._union.panes.sides[at].graph.calls else ""

    def _faces(
        self, unit: Unit, nodes: tuple[NodeEntry, ...], key: str, height: float, place: int, *, many: bool
    ) -> tuple[Face, ...]:
        prefix = "" if many else self._tree.prefix_of.get(key, "")
        call = "" if many else self._call(key, place)
        top = self._stack_top(unit)
        step = (height - top) / max(1, len(nodes))
        return tuple(
            Face(
                node=node.id,
                op=node.op,
                title=labels.title(node, prefix, call),
                detail=labels.detail(node, number := self._numbers.of(unit, node, place)),
                number=number,
                apart=bool(number) and self._numbers.is_apart(unit, place),
                y=top + index * step if many else 0.0,
                height=step - STACK_GAP if many else BOX_HEIGHT,
                line=self._line(node),
            )
            for index, node in enumerate(nodes)
        )

    def _frame_box(self, frame: Frame, at: Place) -> Box:
        is_open = frame.key in self._open
        return Box(
            key=frame.key,
            kind=frame.kind,
            open=is_open,
            depth=at.depth,
            x=at.x,
            y=at.y,
            width=at.width,
            height=at.height,
            title=self._frame_title(frame),
            parts=tuple(
                self._frame_part(frame, place, ghost, at.height)
                for place, ghost in enumerate(self._frame_ghosts(frame))
            ),
            lines=() if is_open else self._lines_in(frame),
            rows=self._rows.get(frame.key, ()),
            quiet=frame.key in self.quiet,
        )

    def _frame_part(self, frame: Frame, at: int, ghost: str, height: float) -> Part:
        owner = self._union.units[frame.owner] if frame.owner else None
        differs = frame.counts.differing[at] > 0
        return Part(
            faces=self._faces(owner, owner.sides[at][:1], "", height, at, many=False) if owner else (),
            text=labels.roll_up(frame.counts.ops[at]) if frame.counts.ops[at] else "",
            ghost=ghost,
            match=owner.kinds[at] if owner else "changed" if differs else "same",
            sign=self._sign(owner, at, frame.key) if owner else "≠" if differs else "",
            badge=self._badge(frame, at),
            differs=differs,
            states=self._states.marks(frame.key, at),
        )

    def _lines_in(self, frame: Frame) -> tuple[int, ...]:
        if frame.key not in self._kept_lines:
            self._kept_lines[frame.key] = self._lines(node for unit in self._units_in(frame) for node in unit.nodes)
        return self._kept_lines[frame.key]

    def _units_in(self, frame: Frame) -> Iterable[Unit]:
        for child in frame.children:
            if child in self._tree.frames:
                yield from self._units_in(self._tree.frames[child])
            else:
                yield self._union.units[child]

    def _lines(self, nodes: Iterable[NodeEntry]) -> tuple[int, ...]:
        return tuple(sorted({line for node in nodes if (line := self._line(node)) is not None}))

    def _line(self, node: NodeEntry) -> int | None:
        return node.line if node.file == self._file else None

    # what stands beside the boxes

    def _detail(self, box: Box, face: Face, at: int) -> Detail:
        unit = self._union.units[self._union.unit_of[at][face.node]]
        node = next(one for one in unit.sides[at] if one.id == face.node)
        # The first graph is tied to each of the others: where there is one other, that says it for both.
        group = unit.groups[at] or (unit.groups[-1] if len(unit.sides) == PAIR else None)
        return Detail(
            op=node.op,
            target=node.target,
            module=f"{node.module} ({node.module_type})" if node.module_type else node.module,
            place=f"{node.file}:{node.line}" if node.file else "",
            line=face.line,
            outputs=tuple(labels.value_text(output) for output in node.outputs),
            values=(self._union.panes.sides[at].example, labels.values_text(node.outputs)),
            state=", ".join(mark.said for mark in self._states.marks(unit.key, at)),
            attributes=tuple((name, labels.clipped(str(value), 60)) for name, value in node.attributes.items()),
            autograd=node.autograd,
            stack=self._stack(node, at),
            match=unit.kinds[at],
            matched_by=labels.how(group) if group and unit.sides[0] and sum(map(bool, unit.sides)) > 1 else "",
            box=box.key,
            partners=tuple(tuple(one.id for one in side) for side in unit.sides),
        )

    def _stack(self, node: NodeEntry, at: int) -> tuple[str, ...]:
        graph = self._union.panes.sides[at].graph
        frames = graph.stacks[node.stack] if node.stack is not None else ()
        return tuple(f"{frame.file}:{frame.line} {frame.function}".rstrip() for frame in frames[:MOST_FRAMES])

    def _stubs(self, levels: Mapping[str, LevelWires]) -> Iterable[Stub]:
        for level in levels.values():
            for (tail, head), ends in level.stubs.items():
                origin = tail.removeprefix("in:")
                yield Stub(box=head, source=origin, label=self._name(origin), there=tuple(sorted(ends.there)))

    def _name(self, key: str) -> str:
        if key in self._tree.frames:
            return labels.clipped(self._tree.frames[key].label, 16)
        if key in self._union.units:
            return labels.clipped(labels.title(self._union.units[key].first), 16)
        return "…"


def _wires(placement: Placement) -> Iterable[Wire]:
    for curve in placement.curves:
        if curve.points:
            yield Wire(
                path=_path(curve),
                source=curve.key[0],
                target=curve.key[1],
                arrow=not curve.key[1].startswith("out:") and not curve.key[3],
                there=tuple(sorted(curve.ends.there)),
                control=tuple(sorted(curve.ends.there - curve.ends.tensor)),
                gradient=tuple(sorted(curve.ends.gradient)),
            )


def _path(curve: Curve) -> str:
    first, *rest = (f"{x:.1f} {y:.1f}" for x, y in curve.points)
    return f"M{first}C{' '.join(rest)}" if len(rest) >= BEZIER else f"M{first}L{' '.join(rest)}"


def _width(titles: Sequence[str], details: Sequence[str], extra: float = 0.0) -> float:
    widest = max(
        max((len(text) * labels.TITLE_LETTER for text in titles), default=0.0),
        max((len(text) * labels.DETAIL_LETTER for text in details), default=0.0),
    )
    return min(MOST, max(LEAST, widest + 16.0 + extra))
