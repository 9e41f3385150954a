"""What is left when the ops that work are matched lies in the group that it serves."""

from __future__ import annotations

import itertools

import pytest

from explorer.diff.align import align
from explorer.diff.folding import fold, fold_turns
from explorer.diff.sides import Side, join
from explorer.evidence import Kind
from explorer.graph import PARTS, Edge, Graph, Op, OpId, Step
from tests.cases import Workshop, a_model
from tests.graphs import chain, op


def sides(left: Graph, right: Graph, *pairs: tuple[str, str]) -> tuple[Side, Side]:
    """Return both sides of an alignment in which ``pairs`` are matched."""
    one, other = Side(left, "left"), Side(right, "right")
    for ours, theirs in pairs:
        join(one, other, [OpId(ours)], [OpId(theirs)], "test")
    return one, other


def test_what_only_serves_lies_in_the_group_that_it_serves() -> None:
    left = chain(op("constant", role="constant"), op("size", role="shape"), op("view"))
    one, other = sides(left, chain(op("view")), ("view", "view"))
    fold(one, other)
    assert set(one.matched[OpId("view")].left) == {"view", "size", "constant"}


def test_what_computes_is_left_alone() -> None:
    one, other = sides(chain(op("exp"), op("view", line=2)), chain(op("view", line=2)), ("view", "view"))
    fold(one, other)
    assert OpId("exp") not in one.matched


def test_what_the_other_sides_op_already_gives_is_a_part_of_it() -> None:
    left = chain(op("conv", held=1.0), op("relu", line=2, held=5.0))
    one, other = sides(left, chain(op("conv", held=5.0)), ("conv", "conv"))
    fold(one, other)
    assert one.matched[OpId("conv")].left == ["conv", "relu"]


def test_what_gives_something_else_than_the_other_sides_op_is_none() -> None:
    left = chain(op("conv", held=5.0), op("relu", line=2, held=1.0))
    one, other = sides(left, chain(op("conv", held=5.0)), ("conv", "conv"))
    fold(one, other)
    assert OpId("relu") not in one.matched


def test_what_gives_the_same_as_the_op_before_it_does_is_no_more_a_part() -> None:
    """The activation of what is positive already changes nothing: the other side may lack it all the same."""
    left = chain(op("conv", held=5.0), op("relu", line=2, held=5.0))
    one, other = sides(left, chain(op("conv", held=5.0)), ("conv", "conv"))
    fold(one, other)
    assert OpId("relu") not in one.matched


def test_each_turn_joins_the_one_of_the_body_that_is_matched() -> None:
    """Only where the other side has a loop: what is unrolled there has as many ops itself."""

    def turn(number: int) -> Op:
        made = op("mul", id=f"turn {number}", line=4)
        return Op(id=made.id, op=made.op, target=made.target, module=made.module, stack=made.stack,
                  within=(Step(file="model.py", line=3, kind="body", turn=number),))  # fmt: skip

    turns = chain(*map(turn, range(3)))
    one, other = sides(turns, chain(op("mul")), ("turn 0", "mul"))
    fold_turns(one, other)
    assert one.matched[OpId("turn 0")].left == ["turn 0"]


def test_what_a_call_is_made_of_joins_that_call_and_none_beside_it_on_its_line(workshop: Workshop) -> None:
    """The last ``view`` of a matmul once went to the division on the same line, which then counted as fused."""
    text = a_model("return (x @ x.transpose(1, 2)) / 2.0", "'a': (torch.randn(2, 3, 4),)")
    eager, trace = workshop.eager_graph(text), workshop.graph(text, "trace")
    groups = {
        tuple(sorted(eager.by_id[OpId(one)].op for one in group.left)): group.kind for group in align(eager, trace)
    }
    assert groups["div",] == "same"
    (matmul,) = [names for names in groups if "matmul" in names]
    assert groups[matmul] == "fused"


def test_an_op_that_follows_joins_the_fused_one_that_it_is_a_part_of() -> None:
    """ONNX Runtime's ``FusedConv`` stood beside the ``Conv`` alone, whose module it has not."""

    def chain(*ops: Op) -> Graph:
        return Graph(ops=ops, edges=tuple(Edge(source=one.id, target=two.id) for one, two in itertools.pairwise(ops)))

    ends = [Op(id=OpId(f"{role}:x"), op=role, target="x", role=role) for role in ("input", "output")]  # type: ignore[arg-type]
    conv = Op(id=OpId("n0"), op="conv", target="Conv", module="bn")
    relu = Op(id=OpId("n1"), op="relu", target="Relu")
    fused = Op(id=OpId("n0"), op="conv", target="FusedConv", attributes={PARTS: ["Conv", "Relu"]})
    (group,) = [
        one for one in align(chain(ends[0], conv, relu, ends[1]), chain(ends[0], fused, ends[1])) if "n0" in one.left
    ]
    assert (group.left, group.right, group.kind) == (("n0", "n1"), ("n0",), "fused")


def test_what_onnx_runtime_fused_is_one_group_where_it_is_called_otherwise(workshop: Workshop) -> None:
    """The product and the sum of a ``FusedGemm`` with an activation once had no counterpart."""
    text = a_model("h = x @ self.w + self.b\nreturn h.sigmoid()", "'a': (torch.randn(2, 3),)",
                   init="self.w = nn.Parameter(torch.randn(3, 3))\nself.b = nn.Parameter(torch.randn(3))")  # fmt: skip
    eager, ort = workshop.eager_graph(text), workshop.graph(text, "ort")
    found = [
        group for group in align(eager, ort) if any(eager.by_id[OpId(one)].role == "compute" for one in group.left)
    ]
    assert [
        (one.kind, {eager.by_id[OpId(op)].op for op in one.left} >= {"matmul", "add", "sigmoid"}) for one in found
    ] == [("fused", True)]


TURNS = a_model(
    "return while_loop(more, again, (torch.tensor(0), x))[1].exp()",
    "'a': (torch.ones(4),)",
    before="from torch._higher_order_ops.while_loop import while_loop\n\ndef more(n, y):\n    return n < 3\n\n"
    "def again(n, y):\n    return n + 1, y * 2 - 1",
)


SCRIPTED_TURNS = a_model("for i in range(x.size(0)):\n    x = x * 2 - 1\nreturn x.exp()", "'a': (torch.ones(4),)")


@pytest.mark.parametrize(("text", "kind", "turns"), [(TURNS, "export", 3), (SCRIPTED_TURNS, "script", 4)])
def test_all_turns_of_a_loop_lie_beside_its_body(workshop: Workshop, text: str, kind: Kind, turns: int) -> None:
    eager, graph = workshop.eager_graph(text), workshop.graph(text, kind)
    groups = align(eager, graph)
    for name in ("mul", "sub"):
        (group,) = [one for one in groups if any(eager.by_id[op].op == name for op in one.left)]
        assert [eager.by_id[op].op for op in group.left if eager.by_id[op].op == name] == [name] * turns
        assert [graph.by_id[op].op for op in group.right if graph.by_id[op].op == name] == [name]
    alone = [one for group in groups if not group.left for one in group.right]
    assert not [one for one in alone if graph.by_id[one].role == "compute" and graph.by_id[one].op != "loop"]
    asked = [op.id for op in eager.compute if op.op == "lt"]
    assert all(any(set(asked) <= set(one.left) and one.kind == "same" for one in groups) for _ in asked[:1])


SIDES = a_model(
    "return while_loop(more, again, (torch.tensor(0), x))[1]",
    "'a': (torch.ones(4),), 'b': (-torch.ones(4),)",
    before="from torch._higher_order_ops.while_loop import while_loop\n\ndef more(n, y):\n    return n < 2\n\n"
    "def again(n, y):\n    return n + 1, torch.cond(y.sum() > 0, lambda y: y.sin(), lambda y: y.cos(), (y,))",
)


@pytest.mark.parametrize("kind", ["export", "dynamo"])
def test_what_no_turn_took_lies_beside_none(workshop: Workshop, kind: Kind) -> None:
    """Both sides of the ``cond`` stand on one line: the other lay beside what was left of the second turn."""
    eager, static = workshop.eager_graph(SIDES), workshop.graph(SIDES, kind)
    found = {
        (frozenset(eager.by_id[OpId(one)].op for one in group.left), len(group.left), static.by_id[OpId(other)].op)
        for group in align(eager, static)
        for other in group.right
        if static.by_id[OpId(other)].op in {"sin", "cos"}
    }
    assert found == {(frozenset({"sin"}), 2, "sin"), (frozenset(), 0, "cos")}


def test_the_turns_of_a_loop_that_was_unrolled_are_each_their_own(workshop: Workshop) -> None:
    eager, graph = workshop.eager_graph(SCRIPTED_TURNS), workshop.graph(SCRIPTED_TURNS, "trace")
    pairs = [one for one in align(eager, graph) if any(eager.by_id[op].op == "mul" for op in one.left)]
    assert [(len(one.left), one.kind) for one in pairs] == [(1, "same")] * 4


def test_a_convolution_with_its_norm_and_activation_is_one_group(workshop: Workshop) -> None:
    """ONNX Runtime makes one op of the three, and only the last gives what that op gives."""
    text = a_model("return torch.relu(self.norm(self.conv(x)))", "'a': (torch.randn(2, 3, 8, 8),)",
                   init="self.conv = nn.Conv2d(3, 4, 3)\nself.norm = nn.BatchNorm2d(4)")  # fmt: skip
    eager, ort = workshop.eager_graph(text), workshop.graph(text, "ort")
    found = [{eager.by_id[OpId(op)].op for op in one.left} for one in align(eager, ort) if one.kind == "fused"]
    assert [one >= {"conv", "batch_norm", "relu"} for one in found] == [True]


def test_a_conversion_to_what_it_is_joins_what_it_stands_beside(workshop: Workshop) -> None:
    """Eager runs nothing for it, and a trace keeps it."""
    text = a_model("y = (x * 2).to(torch.float32)\nreturn y.exp()", "'a': (torch.ones(2),)")
    trace = workshop.graph(text, "trace")
    groups = align(workshop.eager_graph(text), trace)
    alone = [trace.by_id[OpId(one)].op for group in groups if not group.left for one in group.right]
    assert "to" in {op.op for op in trace.compute}
    assert "to" not in alone
    assert {group.kind for group in groups if group.left and group.right} == {"same"}


def test_on_an_example_of_more_turns_the_turns_have_their_numbers(workshop: Workshop) -> None:
    """What leads to the output was taken for the last turn, which another example has further back."""
    text = a_model(
        "for row in x:\n    y = torch.tanh(self.l(row)) + 1\nreturn y",
        "'two': (torch.ones(2, 3),), 'four': (torch.ones(4, 3),)",
        init="self.l = nn.Linear(3, 3)",
    )
    report = workshop.report(text, "trace", "onnx_ts")
    graphs = report.graphs or {}
    turns = {
        one: {node.id: node.within[0].turn for node in graphs[one].nodes if node.within}
        for one in ("eager:two", "eager:four")
    }
    groups = {(one.left, one.right): one.groups for one in report.alignments or ()}
    for kind in ("trace", "onnx_ts"):
        known = {op: turns["eager:two"].get(group.left[0]) for group in groups["eager:two", kind] if group.left
                 for op in group.right}  # fmt: skip
        tied = [(turns["eager:four"][op], known[group.right[0]]) for group in groups["eager:four", kind] if group.right
                for op in group.left if op in turns["eager:four"]]  # fmt: skip
        assert len(tied) >= 4
        assert all(one == other for one, other in tied), kind
    between = groups["eager:two", "eager:four"]
    assert all(turns["eager:two"].get(one.left[0]) == turns["eager:four"].get(one.right[0])
               for one in between if one.left and one.right)  # fmt: skip
