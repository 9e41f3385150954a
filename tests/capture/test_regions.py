"""``torch.cond`` and the like in the eager graph: regions, as an exported graph has them."""

from __future__ import annotations

import networkx as nx
import pytest

from explorer.diff.align import align
from explorer.evidence import Replay
from explorer.graph import Graph, Op, Step
from tests.cases import SHOWN, Workshop, a_model, assert_well_formed, line_of, only, sources_of

BEFORE = "from torch._higher_order_ops import map as each, while_loop\nfrom torch._higher_order_ops.scan import scan"
ONES = "'up': (torch.ones(4),), 'down': (-torch.ones(4),)"


def a_text(body: str) -> str:
    return a_model(body, ONES, before=BEFORE)


COND = a_text("y = torch.cond(x.sum() > 0, lambda t: t.sin(), lambda t: t.cos() + 1, (x,))  # !\nreturn y * 2")
LOOP = a_text(
    "i, y = while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y.exp()), (torch.tensor(0), x))  # !\nreturn -y"
)
NESTED = a_text(
    "def turn(i, y):\n"
    "    z = while_loop(lambda k, z: k < 2, lambda k, z: (k + 1, z.sin()), (torch.tensor(0), y))[1]\n"
    "    return i + 1, torch.cond(z.sum() > 9, lambda t: t.exp(), lambda t: t.cos(), (z,))\n"
    "return while_loop(lambda i, y: i < 2, turn, (torch.tensor(0), x))[1]"
)


def regions_of(graph: Graph) -> list[tuple[str, str]]:
    """Return the kind of each region with the name of its owner."""
    return [(graph.by_id[one.owner].op, one.kind) for one in graph.regions]


def inside(graph: Graph, kind: str) -> list[Op]:
    regions = {one.id for one in graph.regions if one.kind == kind}
    return [op for op in graph.ops if op.region in regions]


@pytest.mark.parametrize(
    ("example", "kind", "names"),
    [
        pytest.param("up", "then", ["sin"], id="then"),
        pytest.param("down", "else", ["cos", "add"], id="else"),
    ],
)
def test_the_side_that_was_taken_is_a_region(workshop: Workshop, example: str, kind: str, names: list[str]) -> None:
    graph = workshop.eager_graph(COND, example)
    assert regions_of(graph) == [("if", kind)]
    ops = inside(graph, kind)
    assert [op.op for op in ops] == names
    assert {op.within for op in ops} == {(Step(file=SHOWN, line=line_of(COND), kind=kind),)}  # type: ignore[arg-type]


def test_what_is_chosen_by_is_what_the_owner_is_given_and_does_not_leave(workshop: Workshop) -> None:
    graph = workshop.eager_graph(COND)
    (owner,) = [op for op in graph.ops if op.op == "if"]
    given = {(graph.by_id[edge.source].op, edge.target_input) for edge in graph.edges if edge.target == owner.id}
    assert given == {("gt", 0), ("input", 3)}
    assert not any(op.op == "item" for op in graph.ops)
    assert workshop.run(COND).escapes == ()


def test_the_turns_of_a_loop_stand_in_one_region_and_feed_what_follows_by_the_loop(workshop: Workshop) -> None:
    graph = workshop.eager_graph(LOOP)
    assert regions_of(graph) == [("loop", "condition"), ("loop", "body")]
    assert [op.op for op in inside(graph, "condition")] == ["lt"] * 4
    assert [(op.op, op.within[0].turn) for op in inside(graph, "body") if op.op == "exp"] == [
        ("exp", i) for i in range(3)
    ]
    (owner,) = [op for op in graph.ops if op.op == "loop"]
    assert owner.attributes == {"turns": 3}
    assert [(graph.by_id[edge.target].op, edge.source_output) for edge in graph.edges if edge.source == owner.id] == [
        ("neg", 1)
    ]


@pytest.mark.parametrize("text", [COND, LOOP, NESTED])
def test_it_runs_again_to_the_same_bits(workshop: Workshop, text: str) -> None:
    assert {one.replay for one in workshop.eager(text).captures} == {Replay(exact=True)}


def test_each_region_is_there_once_with_its_parent(workshop: Workshop) -> None:
    graph = workshop.eager_graph(NESTED)
    assert len({one.id for one in graph.regions}) == len(graph.regions)
    outer = next(one for one in graph.regions if one.kind == "body" and one.parent is None)
    assert {one.parent for one in graph.regions if one.kind != "condition" and one is not outer} == {outer.id}


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        pytest.param(COND, "sin", "then", id="cond"),
        pytest.param(LOOP, "exp", "body", id="while_loop"),
    ],
)
def test_what_ran_is_paired_with_what_stands_in_exports_region(
    workshop: Workshop, text: str, name: str, kind: str
) -> None:
    eager, export = workshop.eager_graph(text), workshop.graph(text, "export")
    pairs = [
        ({eager.by_id[one].op for one in group.left}, {export.by_id[one].op for one in group.right} - {"carried"})  # type: ignore[index]
        for group in align(eager, export)
        if group.left and group.right
    ]
    assert ({name}, {name}) in pairs
    owner = "if" if kind == "then" else "loop"
    assert any(owner in left and owner in right for left, right in pairs)
    assert export.by_id[next(op.id for op in export.ops if op.op == name)].region is not None


@pytest.mark.parametrize(
    ("body", "turns"),
    [
        pytest.param("return each(lambda t: t.sin(), x)", [0, 1, 2, 3], id="map"),
        pytest.param("return scan(lambda c, t: (c + t, t.sin()), torch.zeros(()), x)[1]", [0, 1, 2, 3], id="scan"),
        pytest.param(
            "return scan(lambda c, t: (c + t, t.sin()), torch.zeros(()), x, reverse=True)[1]", [0, 1, 2, 3], id="back"
        ),
    ],
)
def test_what_runs_for_each_element_is_under_a_step(workshop: Workshop, body: str, turns: list[int | None]) -> None:
    text = a_text(f"{body}  # !")
    graph = workshop.eager_graph(text)
    steps = [step for op in graph.ops if op.op == "sin" for step in op.within]
    assert steps == [Step(file=SHOWN, line=line_of(text), kind="body", turn=turn) for turn in turns]
    assert workshop.run(text).escapes == ()


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("y = each(lambda t: t.sin(), x)", id="map"),
        pytest.param("y = scan(lambda c, t: (c + t, t.sin()), torch.zeros(()), x)[1]", id="scan"),
    ],
)
def test_a_loop_over_what_it_is_given_owns_a_region_as_in_an_export(workshop: Workshop, body: str) -> None:
    """What takes the elements apart and puts them together was told to be missing, as were all turns but one."""
    text = a_text(f"{body}\nreturn y.neg()")
    graph, export = workshop.eager_graph(text), workshop.graph(text, "export")
    assert_well_formed(graph)
    assert regions_of(graph) == [("loop", "body")]
    assert [op.op for op in inside(graph, "body") if op.op == "sin"] == ["sin"] * 4
    (owner,) = [op for op in graph.ops if op.op == "loop"]
    assert owner.attributes == {"turns": 4}
    assert sources_of(graph, only(graph, "neg").id) == {owner.id}
    assert {op.op for op in graph.ops if op.role == "shape"} >= {"unbind", "stack"}
    assert [op.target for op in export.ops if op.op == "loop"] == [owner.target]
    assert {one.replay for one in workshop.eager(text).captures} == {Replay(exact=True)}
    assert not [one for one in workshop.report(text, "export").divergences if one.cause in {"removed", "fused"}]


def test_what_a_body_gives_reaches_what_follows(workshop: Workshop) -> None:
    """The turns of a loop were told to lead to nothing."""
    graph = workshop.eager_graph(LOOP)
    (body,) = [one for one in graph.regions if one.kind == "body"]
    assert all(body.results)
    ends = nx.ancestors(graph.reach, next(op.id for op in graph.ops if op.role == "output"))
    assert {op.id for op in inside(graph, "body") if op.op == "exp"} <= ends
    found = workshop.report(LOOP, "export").divergences
    assert not [one for one in found if one.cause == "removed"]
