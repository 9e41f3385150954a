"""The records of a graph, and the networkx graph that is built from them."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import msgspec
import pytest
from hypothesis import given

from benchmarks.invariants import ill_formed
from explorer.evidence import Capture
from explorer.graph import Edge, Graph, Location, Op, OpId, Region, RegionId, RegionKind, Value
from explorer.messages import CaptureMade, FromWorker
from explorer.report.build import graph_entry
from explorer.report.schema import GraphEntry
from tests.cases import assert_well_formed
from tests.strategies import graphs, nested

A, B = OpId("a"), OpId("b")
LIBRARY = Location(file="torch/nn/functional.py", line=7, function="gelu")
USER = Location(file="model.py", line=3, function="forward", user=True)
CALLER = Location(file="model.py", line=30, function="main", user=True)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(Value(dtype="f32", shape=(2, 3)), "f32[2, 3]", id="tensor"),
        pytest.param(Value(dtype="f32", shape=()), "f32[]", id="scalar tensor"),
        pytest.param(Value(dtype="i64", shape=(None, "s0", 4)), "i64[?, s0, 4]", id="sizes of run time"),
        pytest.param(Value(shape=(1,)), "?[1]", id="unknown dtype"),
        pytest.param(Value(dtype="int"), "int", id="no tensor"),
        pytest.param(Value(), "?", id="nothing known"),
    ],
)
def test_a_value_reads_like_its_type(value: Value, text: str) -> None:
    assert str(value) == text


@pytest.mark.parametrize(
    ("stack", "place"),
    [
        pytest.param((LIBRARY, USER, CALLER), USER, id="innermost of the user's"),
        pytest.param((LIBRARY,), LIBRARY, id="library alone"),
        pytest.param((), None, id="no stack"),
    ],
)
def test_an_op_stands_on_the_line_that_a_person_would_change(
    stack: tuple[Location, ...], place: Location | None
) -> None:
    assert Op(id=A, op="gelu", target="aten::gelu", stack=stack).location == place


def test_the_network_keeps_each_record_and_parallel_edges() -> None:
    ops = (Op(id=A, op="relu", target="aten::relu"), Op(id=B, op="mul", target="aten::mul"))
    edges = (Edge(source=A, target=B), Edge(source=A, target=B, target_input=1))
    network = Graph(ops=ops, edges=edges).network
    assert {node: data["op"] for node, data in network.nodes(data=True)} == {A: ops[0], B: ops[1]}
    assert [data["edge"] for *_, data in network.edges(data=True)] == list(edges)


def test_compute_yields_the_ops_that_do_work_in_order() -> None:
    roles = ("input", "compute", "shape", "constant", "compute", "guard", "parameter", "output")
    ops = tuple(Op(id=OpId(str(i)), op="x", target="x", role=role) for i, role in enumerate(roles))
    assert [op.id for op in Graph(ops=ops).compute] == ["1", "4"]


def test_a_region_tells_what_it_takes_from_outside() -> None:
    outer, inner = RegionId("then"), RegionId("body")
    regions = (
        Region(id=outer, owner=OpId("if"), kind="then"),
        Region(id=inner, owner=OpId("loop"), kind="body", parent=outer),
    )
    at = {"x": None, "y": None, "if": None, "add": outer, "loop": outer, "mul": inner, "end": None}
    ops = tuple(Op(id=OpId(name), op=name, target=name, region=region) for name, region in at.items())
    fed = [("x", 0, "add"), ("add", 0, "loop"), ("add", 0, "mul"), ("y", 1, "mul"), ("x", 0, "mul"), ("mul", 0, "end")]
    edges = tuple(Edge(source=OpId(one), source_output=port, target=OpId(other)) for one, port, other in fed)
    graph = Graph(ops=ops, edges=edges, regions=regions)
    assert graph.captured(outer) == (("x", 0), ("y", 1))
    assert graph.captured(inner) == (("add", 0), ("y", 1), ("x", 0))


def test_records_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        USER.line = 4  # type: ignore[misc]


@given(nested())
def test_a_graph_is_the_same_after_its_way_out_of_a_worker(graph: Graph) -> None:
    sent = CaptureMade(capture=Capture(id="a", kind="script", input=None, status="ok", graph=graph))
    back = msgspec.json.decode(msgspec.json.encode(sent), type=FromWorker)
    assert back == sent
    assert isinstance(back, CaptureMade)
    assert back.capture.graph is not None
    assert columns(back.capture.graph) == columns(graph)  # which make no difference to what is equal


def columns(graph: Graph) -> list[list[int | None]]:
    return [[place.column for place in op.stack] for op in graph.ops]


def test_a_column_makes_no_other_place() -> None:
    assert {replace(USER, column=4), replace(USER, column=8)} == {USER}


@given(nested())
def test_a_graph_is_the_same_after_its_way_through_a_report(graph: Graph) -> None:
    entry = graph_entry(graph)
    assert msgspec.json.decode(msgspec.json.encode(entry), type=GraphEntry) == entry


@given(nested())
def test_edges_run_forward_and_regions_nest_however_bodies_are_walked(graph: Graph) -> None:
    assert_well_formed(graph)


@given(nested())
def test_a_turn_gives_what_the_next_one_begins_with(graph: Graph) -> None:
    for region in graph.regions:
        carried = [op for op in region.formals if graph.by_id[op].op == "carried"]
        assert region.kind != "body" or len(region.results) == len(carried)
        assert all(graph.reach.has_edge(source, formal) for formal, ports in zip(carried, region.results, strict=False)
                   for source, _ in ports)  # fmt: skip


@given(nested())
def test_what_decides_whether_a_loop_goes_on_reaches_it(graph: Graph) -> None:
    for region in graph.regions:
        assert region.kind in {"body", "condition"} or region.going == ()
        assert all(graph.reach.has_edge(source, region.owner) for source, _ in region.going)


@given(graphs())
def test_random_graphs_are_what_a_walker_may_make(graph: Graph) -> None:
    assert_well_formed(graph)


@given(nested())
def test_the_network_has_every_op_and_edge(graph: Graph) -> None:
    assert list(graph.network) == [op.id for op in graph.ops]
    assert sorted(str(edge) for *_, edge in graph.network.edges(data="edge")) == sorted(map(str, graph.edges))


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        pytest.param("body", ["a feeds out, which is outside of the body that it stands in"], id="a loop"),
        pytest.param("condition", ["a feeds out, which is outside of the body that it stands in"], id="a condition"),
        pytest.param("then", [], id="a side"),
    ],
)
def test_what_comes_after_a_loop_takes_no_op_of_its_body(kind: RegionKind, wrong: list[str]) -> None:
    owner, region = OpId("owner"), RegionId("region")
    ops = (
        Op(id=owner, op="loop", target="loop", outputs=(Value(),)),
        Op(id=A, op="add", target="add", region=region, outputs=(Value(),)),
        Op(id=OpId("out"), op="output", target="output", role="output", outputs=(Value(),)),
    )
    regions = (Region(id=region, owner=owner, kind=kind, results=(((A, 0),),)),)
    graph = Graph(ops=ops, edges=(Edge(source=A, target=OpId("out")),), regions=regions)
    assert list(ill_formed(graph_entry(graph))) == wrong


def test_two_ops_of_one_id_are_no_graph() -> None:
    """One of them was silently lost."""
    with pytest.raises(ValueError, match="'twice'"):
        Graph(ops=tuple(Op(id=OpId(name), op="add", target="add") for name in ("once", "twice", "twice")))


@pytest.mark.parametrize(("source", "target"), [("lost", "add"), ("add", "lost")])
def test_an_edge_that_leads_from_or_to_no_op_is_named(source: str, target: str) -> None:
    """It was a ``KeyError``, far from where the graph was made."""
    with pytest.raises(ValueError, match="'lost'"):
        Graph(
            ops=(Op(id=OpId("add"), op="add", target="add"),), edges=(Edge(source=OpId(source), target=OpId(target)),)
        )
