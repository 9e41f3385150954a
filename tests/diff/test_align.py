"""Aligning two graphs: cases with a known answer."""

from __future__ import annotations

import pytest

from explorer.diff.align import align
from explorer.evidence import Kind
from explorer.graph import Edge, Graph, Location, Op, OpId
from tests.cases import Workshop, a_model
from tests.graphs import chain, op

NUMBERS_OUT = a_model("return 3, x + 1, None, x * 2", "'a': (torch.ones(4),)")


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
            chain(*(op(name, id=f"{name} {turn}") for turn in "abc" for name in ("transpose", "addmm"))),
            chain(op("linear", id="a"), op("linear", id="b")),
            [("transpose a addmm a", "a", "fused"), ("transpose b addmm b", "b", "fused"),
             ("transpose c", "", "only-left"), ("addmm c", "", "only-left")],
            id="a loop over a layer that ran longer",
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
