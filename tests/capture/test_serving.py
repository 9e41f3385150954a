"""Where ops are told to be that a producer put in by itself: at what they serve, where that is one place."""

from __future__ import annotations

import pytest

from explorer.capture.building import GraphBuilder
from explorer.capture.serving import with_places_of_served
from explorer.evidence import Kind
from explorer.graph import Graph, Location, OpId
from tests.cases import Workshop, a_model, graph_of, line_of

TWO = "'a': (torch.randn(3, 4),), 'b': (torch.randn(5, 4),)"
SLICED = a_model("y = x.exp()\nreturn y[: x.shape[0] // 2] * 2  # !", TWO)
JOINED = a_model("return torch.cat([x, torch.zeros(x.shape[0] + 1, 4)])  # !", TWO)
READ_TWICE = a_model("b = x.shape[0]\ny = x.view(b, 2, 2).transpose(0, 1)\nreturn y.reshape(2, b * 2)", TWO)
LOOP = a_model(
    "return until(x.exp()) + 1  # call",
    TWO,
    before="@torch.jit.script\ndef until(x):\n    i = 0\n    while bool(x.sum() < 100):  # loop\n"
    "        x = x * 2  # body\n        i += 1\n    if bool(x[0, 0] > 3):  # if\n        x = x - 1\n    return x",
)


def at(line: int, *, user: bool = True) -> tuple[Location, ...]:
    return (Location(file="model.py" if user else "torch/nn.py", line=line, function="f", user=user),)


def lines(graph: Graph, op: OpId) -> list[int]:
    return [place.line for one in graph.ops if one.id == op for place in one.stack]


def test_an_op_is_at_the_one_place_of_those_that_read_it() -> None:
    builder = GraphBuilder()
    size = builder.add("aten.sym_size.int")
    half = builder.add("floordiv", inputs=[(0, (size, 0))], role="shape")
    for _ in range(2):
        builder.add("aten.view.default", inputs=[(0, (half, 0))], stack=(*at(9, user=False), *at(3)), module="m")
    graph = with_places_of_served(builder.graph())
    assert lines(graph, size) == lines(graph, half) == [3]
    assert {op.module for op in graph.ops} == {"m"}


@pytest.mark.parametrize("other", [at(4), at(4, user=False), ()])
def test_an_op_that_serves_several_places_is_at_none(other: tuple[Location, ...]) -> None:
    builder = GraphBuilder()
    size = builder.add("aten.sym_size.int")
    for stack in (at(3), other):
        builder.add("aten.view.default", inputs=[(0, (size, 0))], stack=stack)
    assert lines(with_places_of_served(builder.graph()), size) == []


def test_what_only_ends_a_body_is_at_the_op_that_runs_the_body() -> None:
    builder = GraphBuilder()
    loop = builder.add("Loop", stack=at(3))
    body = builder.add_region(loop, "body", None)
    condition = builder.add("Identity", region=body)
    builder.add("Add", inputs=[(0, (condition, 0))], stack=at(8))
    assert lines(with_places_of_served(builder.graph()), condition) == [3]


def test_a_guard_is_served_by_nobody_and_gives_no_place() -> None:
    builder = GraphBuilder()
    size = builder.add("aten.sym_size.int")
    builder.add("aten._assert_scalar.default", inputs=[(0, (size, 0))], role="guard")
    builder.add("aten.view.default", inputs=[(0, (size, 0))], stack=at(3))
    assert lines(with_places_of_served(builder.graph()), size) == [3]


@pytest.mark.parametrize("kind", ["export", "onnx"])
@pytest.mark.parametrize("text", [SLICED, JOINED])
def test_a_size_that_an_exporter_reads_is_at_the_line_that_needs_it(workshop: Workshop, text: str, kind: Kind) -> None:
    """It was said to be in a pass of torch's own, and in a module of no model."""
    graph = graph_of(workshop.static(text, kind, dynamic=True).capture)
    work = [op for op in graph.ops if op.role in {"shape", "compute"}]
    assert any(op.op == "size" for op in work)
    assert {op.module for op in work} == {""}
    places = {op.op: op.location for op in work}
    assert all(place is not None and place.user for place in places.values()), places
    size = places["size"]
    assert size is not None
    assert size.line == line_of(text)


def test_a_size_that_two_lines_need_has_no_line(workshop: Workshop) -> None:
    graph = graph_of(workshop.static(READ_TWICE, "export", dynamic=True).capture)
    assert [op.stack for op in graph.ops if op.op == "size"] == [()]


def test_what_is_scripted_inside_of_a_trace_keeps_its_lines_in_onnx(workshop: Workshop) -> None:
    graph = graph_of(workshop.static(LOOP, "onnx_ts").capture)
    found = {op.op: op.location.line if op.location else None for op in graph.compute}
    wanted = {"loop": "loop", "lt": "loop", "mul": "body", "if": "if", "gt": "if", "to": "if", "exp": "call"}
    assert {op: found[op] for op in wanted} == {op: line_of(LOOP, f"# {mark}") for op, mark in wanted.items()}
