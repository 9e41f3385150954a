"""Notes on structure: one for each way in which a graph differs from eager's without another result."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from explorer.diff.case import Case
from explorer.diff.causes.registry import explain
from explorer.diff.places import SourceMap
from explorer.divergence import Divergence
from explorer.evidence import Capture, Failure, Kind
from explorer.graph import Edge, Graph, Location, Op, OpId, Value
from tests.cases import Workshop, a_model

ONE = "'a': (torch.ones(4),)"
LEFT = Value(dtype="f32", shape=(2, 3), strides=(3, 1))


@pytest.mark.parametrize(
    ("body", "cause", "op"),
    [
        pytest.param("return x * torch.arange(4).exp()", "folded-constant", "arange", id="no input"),
        pytest.param("y = x + 1\nreturn x * 2", "removed", "add", id="nothing depends on it"),
        pytest.param("return x.sigmoid()", "", "", id="nothing"),
        pytest.param("return x.clone() * torch.rand(4)", "", "", id="a draw is no constant"),
    ],
)
def test_a_note_says_what_an_exporter_did(workshop: Workshop, body: str, cause: str, op: str) -> None:
    report = workshop.report(a_model(body, ONE), "onnx_ts")
    notes = [
        one for one in report.divergences if one.severity == "note" and one.cause in {"folded-constant", "removed"}
    ]
    ids = {one.id: one.op for one in report.graphs["eager:a"].nodes} if report.graphs else {}
    told = [(one.cause, ids[one.left[0]]) for one in notes]
    assert [one for one in told if one[1] != "clone"] == ([(cause, op)] if cause else [])


def test_what_runs_at_another_place_is_told_once() -> None:
    (note,) = notes(_graph("relu", "tanh", "exp"), _graph("exp", "relu", "tanh"), kind="ort")
    assert (note.cause, note.left) == ("reordered", ("exp",))
    assert note.explanation == "1 eager op runs at another place in the ort graph: exp."


def test_another_order_in_memory_is_told() -> None:
    left = _graph("relu", "tanh")
    turned = replace(left, ops=tuple(_turned(op) if op.op == "tanh" else op for op in left.ops))
    (note,) = notes(left, turned)
    assert (note.cause, note.left) == ("layout", ("tanh",))
    assert note.explanation == "1 eager op gives another order in memory in the export graph: tanh."


@pytest.mark.parametrize(
    ("names", "result", "cause", "says"),
    [
        pytest.param(("exp",), False, "removed", "as nothing depends on it: exp.", id="dead"),
        pytest.param(("exp", "item"), False, "removed", "only leading to a choice or a number in Python, such as exp.", id="decided"),
        pytest.param(("clone",), True, "removed", "only copying or re-arranging: clone.", id="arranged"),
        pytest.param(("exp",), True, "removed", "1 eager op has no counterpart in the export graph: exp.", id="missing"),
        pytest.param(("arange",), True, "folded-constant", "needing no input: the result is a constant: arange.", id="folded"),
        pytest.param(("rand",), True, "removed", "1 eager op has no counterpart in the export graph: rand.", id="a draw"),
    ],
)  # fmt: skip
def test_what_is_left_out_is_told_by_what_hangs_on_it(
    names: tuple[str, ...], result: bool, cause: str, says: str
) -> None:
    (note,) = notes(_with(*names, result=result), _graph("relu"))
    assert (note.cause, note.left) == (cause, names)
    assert note.explanation.endswith(says)


def test_what_is_left_out_for_several_reasons_is_told_once_for_each() -> None:
    found = notes(_with("clone", "exp", "log", result=True), _graph("relu"))
    assert [(one.cause, one.left) for one in found] == [("removed", ("clone",)), ("removed", ("exp", "log"))]


def test_what_ran_in_python_between_two_graphs_is_not_left_out() -> None:
    broken = Capture(
        id="dynamo", kind="dynamo", input="a", status="ok", graph=_graph("relu"), breaks=(Failure(reason=""),)
    )
    assert [*explain(_case(_capture("eager", _with("exp", result=True)), broken))] == []


def test_a_note_on_another_source_is_told_of_that() -> None:
    """It was told of the capture of its kind, which had no such op missing."""
    other = Capture(id="net.onnx", kind="onnx", input=None, status="ok", graph=_graph("relu"))
    case = replace(_case(_capture("eager", _with("exp", result=True)), other), other="net.onnx")
    (note,) = explain(case)
    assert (note.row, note.capture) == ("net.onnx", "onnx")
    assert "in the net.onnx graph" in note.explanation


def test_without_a_graph_there_is_no_note() -> None:
    refused = Capture(id="export", kind="export", input="a", status="failed", failure=Failure(reason=""))
    assert [*explain(_case(_capture("eager", _graph("relu")), refused))] == []


def test_ops_of_a_stored_graph_are_not_eagers() -> None:
    stored = Capture(id="onnx", kind="onnx", input=None, status="ok", graph=_with("exp", result=False))
    (note,) = explain(_case(stored, _capture("ort", _graph("relu"))))
    assert note.explanation == "1 op is not in the ort graph, as nothing depends on it: exp."
    assert (note.inputs, note.left_capture, note.right_capture) == ((), "onnx", "ort")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        pytest.param("y = x + 1\nreturn x * 2", "1 eager op is not in the onnx_ts graph, as nothing depends on it: add.", id="one"),
        pytest.param("y = x.exp() + 1\nreturn x * 2", "2 eager ops are not in the onnx_ts graph, as nothing depends on them, such as exp.", id="two"),
        pytest.param("return nn.functional.silu(x)", "1 eager op is several ops in the onnx_ts graph: silu.", id="one is several"),
    ],
)  # fmt: skip
def test_one_is_told_otherwise_than_many(workshop: Workshop, body: str, says: str) -> None:
    report = workshop.report(a_model(body, ONE), "onnx_ts")
    assert [one.explanation for one in report.divergences if one.severity == "note"] == [says]


@pytest.mark.parametrize("shape", [(1, 3), (0, 3)])
def test_strides_of_a_dimension_without_a_second_element_say_nothing(shape: tuple[int, ...]) -> None:
    one, other = (
        Graph(ops=(_op("relu", 1, Value(dtype="f32", shape=shape, strides=strides)),)) for strides in ((3, 1), (9, 1))
    )
    assert notes(one, other) == []


def notes(left: Graph, right: Graph, kind: Kind = "export") -> list[Divergence]:
    return [*explain(_case(_capture("eager", left), _capture(kind, right)))]


def _case(reference: Capture, capture: Capture) -> Case:
    """Return what there is to tell of structure alone: nothing was run."""
    return Case(file="model.py", source=SourceMap(""), capture=capture, outcomes={}, runs={}, graphs={},
                sequence=False, reference=reference)  # fmt: skip


def _graph(*names: str) -> Graph:
    """Return ops that all take the one input, each on a line of its own."""
    lines = {name: line for line, name in enumerate(sorted(names))}
    given = Op(id=OpId("x"), op="input", target="x", role="input", outputs=(LEFT,))
    last = Op(id=OpId("y"), op="output", target="output", role="output")
    ops = tuple(_op(name, lines[name], LEFT) for name in names)
    edges = [Edge(source=given.id, target=op.id) for op in ops]
    edges += [Edge(source=op.id, target=last.id, target_input=lines[op.op]) for op in ops]
    return Graph(ops=(given, *ops, last), edges=tuple(edges))


def _with(*names: str, result: bool) -> Graph:
    """Return the graph of ``relu`` alone, and a row of ops beside it, of which the last may be a result too."""
    graph = _graph("relu")
    row = [_op(name, 9, LEFT) for name in names]
    begins = [] if names[0] in {"arange", "rand"} else [Edge(source=OpId("x"), target=row[0].id)]
    ends = [Edge(source=row[-1].id, target=OpId("y"), target_input=9)] if result else []
    between = [Edge(source=one.id, target=other.id) for one, other in pairwise(row)]
    *ops, last = graph.ops
    return Graph(ops=(*ops, *row, last), edges=(*graph.edges, *begins, *between, *ends))


def _op(name: str, line: int, value: Value) -> Op:
    place = Location(file="model.py", line=line, function="forward", user=True)
    return Op(id=OpId(name), op=name, target=name, stack=(place,), outputs=(value,))


def _turned(op: Op) -> Op:
    return replace(op, outputs=tuple(replace(one, strides=(1, 2)) for one in op.outputs))


def _capture(kind: Kind, graph: Graph) -> Capture:
    return Capture(id=kind, kind=kind, input="a", status="ok", graph=graph)


LAYERS = """
class Block(nn.Module):
    def __init__(self, dead):
        super().__init__()
        self.dead = dead

    def forward(self, x):
        if self.dead:
            x.exp()
        return x.sigmoid()
"""


@pytest.mark.parametrize(
    ("dead", "told"),
    [("True", "in all 4 modules blocks.*."), ("i == 2", "in 1 of the 4 modules blocks.*.")],
)
def test_what_equal_layers_share_is_told_once(workshop: Workshop, dead: str, told: str) -> None:
    text = a_model("for block in self.blocks:\n    x = block(x)\nreturn x", ONE, before=LAYERS,
                   init=f"self.blocks = nn.ModuleList(Block({dead}) for i in range(4))")  # fmt: skip
    (note,) = [one for one in workshop.report(text, "onnx_ts").divergences if one.cause == "removed"]
    assert note.explanation.endswith(told)
