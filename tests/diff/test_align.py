"""Aligning two graphs: cases with a known answer."""

from __future__ import annotations

import itertools

import pytest

from explorer.diff.align import align
from explorer.evidence import Kind
from explorer.graph import PARTS, Edge, Graph, Location, Op, OpId, Region, RegionId, Step, Value
from tests.cases import Workshop, a_model

NUMBERS_OUT = a_model("return 3, x + 1, None, x * 2", "'a': (torch.ones(4),)")


def test_what_feeds_an_op_tells_which_of_two_it_is(workshop: Workshop) -> None:
    """The trace of an early exit holds one softmax of two: that of the layer that answered, not the first one."""
    eager, trace = workshop.eager_graph("early_exit_transformer"), workshop.graph("early_exit_transformer", "trace")
    (result,) = [op for op in trace.compute if op.op == "softmax" and op.module == ""]
    (group,) = [group for group in align(eager, trace) if result.id in group.right]
    answer = [op.id for op in eager.compute if op.op == "softmax" and op.module == ""][1]
    assert answer in group.left


LIBRARY = Location(file="torch/nn/modules/linear.py", line=1, function="forward")


def op(name: str, *, id: str = "", line: int = 1, module: str = "l", **attributes: float) -> Op:  # noqa: A002
    user = Location(file="model.py", line=line, function="forward", user=True)
    stack = (LIBRARY, user) if name in {"linear", "transpose", "addmm"} else (user,)
    return Op(id=OpId(id or name), op=name, target=name, module=module, stack=stack,
              outputs=(Value(dtype="f32", shape=(2,)),), attributes=attributes, call=f"{module}|{line}")  # fmt: skip


def chain(*ops: Op) -> Graph:
    edges = tuple(Edge(source=one.id, target=after.id) for one, after in itertools.pairwise(ops))
    return Graph(ops=ops, edges=edges)


@pytest.mark.parametrize(
    ("left", "right", "groups"),
    [
        pytest.param(chain(op("relu")), chain(op("relu")), [("relu", "relu", "same")], id="same"),
        pytest.param(
            chain(op("transpose"), op("addmm")), chain(op("linear")), [("transpose addmm", "linear", "fused")], id="fused"
        ),
        pytest.param(
            chain(op("linear")), chain(op("transpose"), op("addmm")), [("linear", "transpose addmm", "decomposed")],
            id="decomposed",
        ),
        pytest.param(chain(op("mul", other=2.0)), chain(op("mul", other=3.0)), [("mul", "mul", "changed")],
                     id="another constant"),
        pytest.param(chain(op("mul", other=2)), chain(op("mul", other=2.0)), [("mul", "mul", "same")],
                     id="the same constant, written otherwise"),
        pytest.param(chain(op("mul", other=2.0)), chain(op("mul", alpha=3.0)), [("mul", "mul", "same")],
                     id="attributes of other names"),
        pytest.param(chain(op("relu")), chain(op("relu", module="m")), [("relu", "relu", "moved")], id="another module"),
        pytest.param(chain(op("relu")), chain(op("relu", line=2)), [("relu", "", "only-left"), ("", "relu", "only-right")],
                     id="another line"),
        pytest.param(chain(op("relu")), Graph(ops=()), [("relu", "", "only-left")], id="nothing on the right"),
        pytest.param(Graph(ops=()), Graph(ops=()), [], id="nothing"),
        pytest.param(
            chain(op("add", id="a"), op("add", id="b")), chain(op("add", id="a"), op("add", id="b")),
            [("a", "a", "same"), ("b", "b", "same")], id="twice on a line",
        ),
        pytest.param(
            chain(op("add", id="a"), op("add", id="b"), op("add", id="c")), chain(op("add", id="a"), op("add", id="b")),
            [("a", "a", "same"), ("b", "b", "same"), ("c", "", "only-left")], id="a loop that ran longer",
        ),
        pytest.param(
            chain(op("linear", line=1)), chain(op("linear", line=2)),
            [("linear", "", "only-left"), ("", "linear", "only-right")], id="one layer called on two lines",
        ),
        pytest.param(
            chain(op("sub", line=1), op("relu", line=3)), chain(op("mul", line=2), op("relu", line=3)),
            [("sub", "", "only-left"), ("relu", "relu", "same"), ("", "mul", "only-right")], id="two sides of a branch",
        ),
    ],
)  # fmt: skip
def test_known_cases(left: Graph, right: Graph, groups: list[tuple[str, str, str]]) -> None:
    found = [(" ".join(group.left), " ".join(group.right), group.kind) for group in align(left, right)]
    assert found == groups


LINEAR = a_model("return self.l(x).relu() * 2", "'a': (torch.ones(3, 4),)", init="self.l = nn.Linear(4, 4)")
BRANCH = a_model(
    "if x.sum() > 0:\n    y = x * 2\nelse:\n    y = x - 1\nreturn y.exp()",
    "'up': (torch.ones(2),), 'down': (-torch.ones(2),)",
)


@pytest.mark.parametrize("kind", ["trace", "script", "export", "dynamo"])
def test_a_linear_layer_is_one_group(workshop: Workshop, kind) -> None:  # noqa: ANN001
    groups = working(workshop, LINEAR, kind)
    assert groups == [("transpose addmm", "linear", "fused"), ("relu", "relu", "same"), ("mul", "mul", "same")]


def test_what_eager_did_not_run_stays_apart(workshop: Workshop) -> None:
    eager, traced = workshop.eager_graph(BRANCH, "down"), workshop.graph(BRANCH, "trace")
    names = {**{op.id: op.op for op in eager.ops}, **{f"r.{op.id}": op.op for op in traced.ops}}
    apart = [(group.kind, [names[one] for one in group.left], [names[f"r.{one}"] for one in group.right])
             for group in align(eager, traced) if "only" in group.kind]  # fmt: skip
    assert ("only-left", ["sub"], []) in apart
    assert ("only-right", [], ["mul"]) in apart
    assert not [one for one in apart if "exp" in one[1] + one[2]]


def working(workshop: Workshop, text: str, kind) -> list[tuple[str, str, str]]:  # noqa: ANN001
    """Return the groups that hold work, by the canonical names of it."""
    left, right = workshop.eager_graph(text), workshop.graph(text, kind)

    def names(ids: tuple[str, ...], graph: Graph) -> str:
        return " ".join(op.op for op in graph.compute if op.id in ids)

    found = [(names(group.left, left), names(group.right, right), group.kind) for group in align(left, right)]
    return [one for one in found if one[0] or one[1]]


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


def test_outputs_are_matched_by_what_they_hold_where_one_form_leaves_out_numbers(workshop: Workshop) -> None:
    """``x * 2`` in Dynamo's graph once was eager's ``x + 1``, and ``x + 1`` the number."""
    groups = align(workshop.graph(NUMBERS_OUT, "eager"), workshop.graph(NUMBERS_OUT, "dynamo"))
    outputs = [(group.left, group.right) for group in groups if "output:" in str(group.left + group.right)]
    assert [pair for pair in outputs if all(pair)] == [(("output:1",), ("output:0",)), (("output:2",), ("output:1",))]


def ends(*names: str) -> Graph:
    """Return a graph with an op of its own for each of these outputs."""
    made = [op(f"make {name}", line=sum(map(ord, name))) for name in names]
    last = [Op(id=OpId(f"output:{place}"), op="output", target=name, role="output") for place, name in enumerate(names)]
    edges = tuple(Edge(source=one.id, target=end.id) for one, end in zip(made, last, strict=True))
    return Graph(ops=(*made, *last), edges=edges)


@pytest.mark.parametrize(
    ("left", "right", "pairs"),
    [
        pytest.param("output['a'] output['b']", "output['b'] output['a']", {(0, 1), (1, 0)}, id="another order"),
        pytest.param("output['a'] output['b']", "output['b'] y.1", {(1, 0)}, id="one that the other has not"),
        pytest.param("output['a'] output['b']", "logits cache", {(0, 0), (1, 1)}, id="other names"),
    ],
)
def test_outputs_are_matched_by_name_and_where_there_is_none_in_common_by_place(
    left: str, right: str, pairs: set[tuple[int, int]]
) -> None:
    groups = align(ends(*left.split()), ends(*right.split()))
    both = {(one, other) for group in groups for one in group.left for other in group.right}
    found = {(one, other) for one, other in both if one.startswith("output:") and other.startswith("output:")}
    assert found == {(f"output:{one}", f"output:{other}") for one, other in pairs}


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


def test_an_op_whose_producer_tells_no_place_is_paired_by_what_is_around_it(workshop: Workshop) -> None:
    """What an exporter runs without gradients loses its line, and stands at that of what it serves."""
    text = a_model(
        "with torch.no_grad():\n    y = self.fc(x)\nz = x + 1\nreturn y * z",
        "'a': (torch.ones(2, 2),)",
        init="self.fc = nn.Linear(2, 2)",
    )
    groups = align(workshop.eager_graph(text), graph := workshop.graph(text, "onnx"))
    (gemm,) = [op.id for op in graph.ops if op.target == "Gemm"]
    (group,) = [one for one in groups if gemm in one.right]
    assert group.left


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


def _sided(name: str, line: int, side: str, **more: object) -> Graph:
    """Return a graph of one op of one name on one side of an ``if``, as a script has it or as eager ran it."""
    place = (Location(file="model.py", line=line, function="forward", user=True),)
    if more.get("ran"):
        step = Step(file="model.py", line=line, kind=side)  # type: ignore[arg-type]
        return Graph(ops=(Op(id=OpId(name), op=name, target=name, stack=place, within=(step,)),))
    region = Region(id=RegionId(side), owner=OpId("if"), kind=side)  # type: ignore[arg-type]
    ops = (Op(id=OpId("if"), op="if", target="prim::If", role="guard", stack=place),
           Op(id=OpId(name), op=name, target=name, stack=place, region=region.id))  # fmt: skip
    return Graph(ops=ops, regions=(region,))


@pytest.mark.parametrize(("side", "beside"), [("then", True), ("else", False)])
def test_one_side_is_not_the_other_though_they_share_line_and_op(side: str, beside: bool) -> None:
    groups = align(_sided("sin", 3, "then", ran=True), _sided("sin", 3, side))
    assert any(group.left == ("sin",) and group.right == ("sin",) for group in groups) is beside


def test_the_turns_of_a_loop_that_was_unrolled_are_each_their_own(workshop: Workshop) -> None:
    eager, graph = workshop.eager_graph(SCRIPTED_TURNS), workshop.graph(SCRIPTED_TURNS, "trace")
    pairs = [one for one in align(eager, graph) if any(eager.by_id[op].op == "mul" for op in one.left)]
    assert [(len(one.left), one.kind) for one in pairs] == [(1, "same")] * 4


@pytest.mark.parametrize("kind", ["export", "onnx", "dynamo"])
def test_what_a_function_does_that_forward_calls_lies_beside_it(workshop: Workshop, kind: Kind) -> None:
    """An exported program was told to be at the line of ``forward`` alone, and nothing in the function had a partner."""
    text = a_model(
        "y = squash(x)\nreturn y.relu() + squash(y)",
        "'a': (torch.ones(2, 2),)",
        before="def squash(v):\n    w = v.sin()\n    return w * 2 - v.cos()",
    )
    groups = align(workshop.eager_graph(text), workshop.graph(text, kind))
    assert not [one for one in groups if one.kind in {"only-left", "only-right"}]


def test_of_one_line_the_column_tells_where_it_is_known() -> None:
    """Of ``x.exp(), x.exp()`` the first is dead to one compiler, and the second lay beside it."""

    def graph(*columns: int) -> Graph:
        ops = (Op(id=OpId(f"at {column}"), op="exp", target="aten::exp",
                  stack=(Location(file="model.py", line=3, user=True, column=column),)) for column in columns)  # fmt: skip
        return Graph(ops=tuple(ops))

    groups = align(graph(8, 17), graph(17))
    assert {(one.left, one.right) for one in groups} == {(("at 17",), ("at 17",)), (("at 8",), ())}


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
