"""The turns of the source's loops: which op ran in which, whose loop it was, and what of that is worth a box."""

from __future__ import annotations

from itertools import pairwise

import pytest

from explorer.evidence import Kind
from explorer.graph import Edge, OpId, Step
from explorer.report.schema import FrameEntry, GraphEntry, Group, NodeEntry, ValueEntry
from explorer.view.drawing import Drawing
from explorer.view.loops import Loops, Turn, borrowed, told_turns
from explorer.view.payload import drawing_of
from explorer.view.showing import Shown
from tests.cases import Workshop, a_model
from tests.view.fakes import beside, gated_report

FILE = "model.py"
TEXT = """class Cell(nn.Module):
    def forward(self, x):
        for _ in range(3):
            x = self.inner(x)
        return x


class Net(nn.Module):
    def forward(self, x):
        for at in range(2):
            x = self.run(x, at)
        return x

    def run(self, x, at):
        return self.cells[at](x) * 2
"""
LIBRARY = "torch/nn/modules/rnn.py"
SEQUENTIAL = "torch/nn/modules/container.py"


def frame(line: int, function: str = "forward", file: str = FILE) -> FrameEntry:
    return FrameEntry(file=file, line=line, function=function, user=file == FILE)


def node(name: str, module: str, *steps: tuple[int, int], stack: int | None = 0, line: int = 14) -> NodeEntry:
    within = tuple(Step(file=FILE, line=at, kind="body", turn=turn) for at, turn in steps)
    return NodeEntry(id=name, op=name.rstrip("0123456789"), target=name, role="compute", module=module, module_type="",
                     file=FILE, line=line, region=None, outputs=(ValueEntry(dtype="f32", shape=(2,)),), attributes={},
                     within=within, stack=stack)  # fmt: skip


@pytest.mark.parametrize(
    ("module", "stack", "line", "owner"),
    [
        pytest.param("", [frame(15, "run"), frame(11)], 10, "", id="in a function that the loop calls"),
        pytest.param("cell", [frame(9, file=LIBRARY), frame(11)], 10, "", id="in a module that it calls"),
        pytest.param("cells.1", [frame(9, file=LIBRARY), frame(11)], 10, "", id="in a part of a list"),
        pytest.param("a.b.0", [frame(9, file=LIBRARY), frame(200, file=SEQUENTIAL), frame(11)], 10, "a",
                     id="in a part of what is called in a row"),
        pytest.param("cells.1.inner", [frame(9, file=LIBRARY), frame(4), frame(15, "run"), frame(11)], 3, "cells.1",
                     id="the inner loop"),
        pytest.param("cells.1.inner", [frame(9, file=LIBRARY), frame(4), frame(15, "run"), frame(11)], 10, "",
                     id="the outer loop"),
    ],
)  # fmt: skip
def test_a_loop_is_of_the_module_in_whose_call_it_runs(
    module: str, stack: list[FrameEntry], line: int, owner: str
) -> None:
    graph = GraphEntry(nodes=(node("mul", module, (line, 1)),), edges=(), stacks=(tuple(stack),))
    assert Loops(FILE, TEXT).turns(graph) == {"mul": (Turn(file=FILE, line=line, module=owner, number=1),)}


def turn(number: int, line: int = 10, module: str = "") -> Turn:
    return Turn(file=FILE, line=line, module=module, number=number)


def test_a_static_graph_has_the_turns_of_what_it_is_matched_with() -> None:
    """What has no counterpart is of the turn of what it takes, on a line of the loop alone."""
    graph = GraphEntry(
        nodes=(node("a", ""), node("b", ""), node("c", ""), node("after", "", line=99), node("apart", "")),
        edges=tuple(Edge(source=OpId(one), target=OpId(other)) for one, other in
                    (("a", "b"), ("b", "c"), ("c", "after"), ("a", "apart"))),
    )  # fmt: skip
    groups = (Group(left=("x",), right=("a",), kind="same"), Group(left=("y",), right=("apart",), kind="same"))
    found = borrowed({"x": (turn(1),)}, groups, graph)
    assert found == dict.fromkeys(("a", "b", "c"), (turn(1),))


@pytest.mark.parametrize(
    ("ops", "told"),
    [
        pytest.param([("a", "layers.0", 0), ("b", "layers.1", 1)], False, id="another module in each turn"),
        pytest.param([("a", "cell", 0), ("b", "cell", 1)], True, id="one module in all turns"),
        pytest.param([("a", "l.0", 0), ("m", "", 0), ("b", "l.1", 1)], True, id="more than a module"),
        pytest.param([("a", "cell", 0), ("b", "cell", 0)], False, id="one turn"),
        pytest.param(
            [("a", "s.0.0", 0), ("b", "s.0.1.up", 0), ("c", "s.1.0", 1)], False, id="modules in a row in each"
        ),
        pytest.param([("a", "l.0.up", 0), ("b", "l.0.down", 0), ("c", "l.1.up", 1)], False, id="parts of one module"),
    ],
)
def test_a_loop_that_only_calls_its_layers_has_no_box(ops: list[tuple[str, str, int]], *, told: bool) -> None:
    found = told_turns((name, module, (turn(number),)) for name, module, number in ops)
    assert (found == {(FILE, 10, "")}) is told


def unrolled(turns: int, *, without: int = 0) -> Drawing:
    """Return a loop of two ops beside a graph that has its first turns alone."""
    nodes = [node(f"{op}{at}", "", (10, at), stack=None) for at in range(turns) for op in ("mul", "add")]
    nodes.append(node("sum", "", line=12, stack=None))
    edges = tuple(Edge(source=OpId(one.id), target=OpId(after.id)) for one, after in pairwise(nodes))
    left = GraphEntry(nodes=tuple(nodes), edges=edges)
    kept = [one for one in nodes if not one.within or (one.within[0].turn or 0) < turns - without]
    right = GraphEntry(nodes=tuple(kept), edges=tuple(
        Edge(source=OpId(one.id), target=OpId(after.id)) for one, after in pairwise(kept)))  # fmt: skip
    names = {one.id for one in kept}
    groups = tuple(Group(left=(one.id,), right=(one.id,) if one.id in names else (),
                         kind="same" if one.id in names else "only-left") for one in nodes)  # fmt: skip
    of = Loops(FILE, TEXT).turns(left)
    pair = beside(left, right, groups, of)
    report = gated_report()
    return Drawing(pair, type(report.source)(name="m", kind="model", file=FILE, text=TEXT))


def test_turns_that_a_graph_lacks_are_one_ghost() -> None:
    scene = unrolled(7, without=3).scene()
    boxes = {box.title: box for box in scene.boxes if box.title}
    assert boxes["for at in range(2) · line 10"].open
    assert boxes["turns 1–4 ×4"].parts[0].badge == "= all"
    missing = boxes["turns 5–7 ×3"]
    assert (missing.open, missing.parts[1].text, missing.parts[1].ghost) == (False, "", "no counterpart")


ASKING = """def forward(self, x):
    for at in range(2):
        while (x * x).max(
        ) > 1:
            x = x / 2
        while x.min() > 9: x = x - 1
    return x
"""


def test_what_a_while_asks_is_of_the_turn_that_it_begins() -> None:
    """It stood below the loop, after the output, with no word of the loop."""
    one = (2, 0)
    graph = GraphEntry(
        nodes=(
            node("mul0", "", one, line=3, stack=None),
            node("max0", "", one, line=4, stack=None),
            node("div0", "", one, (3, 0), line=5, stack=None),
            node("mul1", "", one, line=3, stack=None),
            node("max1", "", one, line=4, stack=None),
            node("min0", "", one, line=6, stack=None),
            node("mul2", "", (2, 1), line=3, stack=None),
        ),
        edges=(),
    )
    turns = Loops(FILE, ASKING).turns(graph)
    inner = {op: found[-1].number for op, found in turns.items() if found[-1].line == 3}
    assert inner == {"mul0": 0, "max0": 0, "div0": 0, "mul1": 1, "max1": 1, "mul2": 0}
    assert [len(found) for found in turns.values()] == [2, 2, 2, 2, 2, 1, 2]


WHILE = a_model(
    "while x.max() > 1:\n    x = x / 2\nreturn x",
    "'a': (torch.full((2,), 3.0),), 'b': (torch.full((2,), 9.0),)",
)


@pytest.mark.parametrize(("kind", "inside"), [("trace", True), ("script", False)])
def test_where_a_graph_keeps_the_loop_that_has_the_box(workshop: Workshop, kind: Kind, *, inside: bool) -> None:
    report = workshop.report(WHILE, kind)
    drawing = drawing_of(report, Shown(left="eager:b", right=kind, difference=None))
    (line,) = (at for at, text in enumerate(report.source.text.splitlines(), 1) if "while x.max() > 1:" in text)
    frames = [frame for frame in drawing.tree.frames.values() if frame.kind == "loop"]
    assert [f"line {line}" in frame.label for frame in frames] == [True] * inside
    asking = {key for key, unit in drawing.union.units.items() if unit.first.op == "max"}
    assert asking
    if inside:
        assert all(any("loop" in around for around in drawing.tree.above(key)) for key in asking)
