"""The autograd graph: nodes tied to their ops on graphs where that is not plain, and what they save."""

from __future__ import annotations

import pytest

from explorer.graph import AutogradNode, GradientEdge, Graph, Saved
from tests.cases import Workshop, a_model

ONE = "'a': (torch.randn(4),)"
WEIGHT = "self.w = nn.Parameter(torch.ones(4))"
BEFORE = """
from torch.utils.checkpoint import checkpoint

class Twice(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, k):
        ctx.save_for_backward(x)
        ctx.k, ctx.kept = k, x * 3
        return x.exp() * 2

    @staticmethod
    def backward(ctx, g):
        return g, None
"""


def _graph(workshop: Workshop, body: str, init: str = WEIGHT) -> Graph:
    return workshop.eager_graph(a_model(body, ONE, init=init, before=BEFORE))


def _node(graph: Graph, name: str) -> AutogradNode:
    (found,) = [node for node in graph.autograd if node.name == name]
    return found


@pytest.mark.parametrize(
    ("body", "made"),
    [
        pytest.param("y = x * self.w\ny[0] = 0\nreturn y.exp()", "Exp:exp CopySlices:copy Mul:mul w", id="item assignment"),
        pytest.param("y = x * self.w\ny[1:].relu_()\nreturn y.exp()", "Exp:exp CopySlices:relu Mul:mul w", id="a view written"),
        pytest.param("y = x * self.w\nv = y[1:]\ny.add_(1)\nreturn v.exp()", "Exp:exp AsStrided:- Add:add Mul:mul w",
                     id="a view whose base is written is given a node by no op"),
        pytest.param("y = x * self.w\nwith torch.no_grad():\n    k = x.sin()\ny = y.exp()\nk.cos()\nreturn y.tanh()",
                     "Tanh:tanh Exp:exp Mul:mul w", id="ops without gradients between"),
        pytest.param("y = x * self.w\nz = Twice.apply(y, 3)\nx.sin()\nreturn z.exp()", "Exp:exp Twice:mul Mul:mul w",
                     id="a function of the user's"),
        pytest.param("y = checkpoint(lambda a: (a * self.w).sin(), x, use_reentrant=False)\nreturn y.exp()",
                     "Exp:exp Sin:sin Mul:mul w", id="checkpoint"),
        pytest.param("y = checkpoint(lambda a: a.cos().sin(), x * self.w, use_reentrant=True)\nreturn y.exp()",
                     "Exp:exp CheckpointFunction:sin Mul:mul w", id="checkpoint, reentrant"),
        pytest.param("return (x * self.w).sin().sin()", "Sin:sin Sin:sin Mul:mul w", id="one op twice"),
        pytest.param("return x.requires_grad_() * 2", "Mul:mul x", id="an input"),
        pytest.param("with torch.no_grad():\n    self.w.mul_(2)\nreturn self.w * x", "Mul:mul w", id="a parameter written before"),
    ],
)  # fmt: skip
def test_each_node_is_tied_to_its_op(workshop: Workshop, body: str, made: str) -> None:
    graph = _graph(workshop, body)
    assert " ".join(_told(graph, node) for node in graph.autograd) == made


def test_the_same_op_twice_makes_two_nodes_of_two_ops(workshop: Workshop) -> None:
    graph = _graph(workshop, "return (x * self.w).sin().sin()")
    last, first = [node.op for node in graph.autograd if node.name == "SinBackward0"]
    assert [op.id for op in graph.ops if op.op == "sin"] == [first, last]


def _told(graph: Graph, node: AutogradNode) -> str:
    op = graph.by_id[node.op] if node.op else None
    if node.name == "AccumulateGrad":
        return op.target if op else "-"
    return f"{node.name.partition('Backward')[0]}:{op.op if op else '-'}"


def test_edges_say_which_argument_and_which_output(workshop: Workshop) -> None:
    graph = _graph(workshop, "a, b = (x * self.w).split(2)\nreturn x[:2] - b")
    sub, split = _node(graph, "SubBackward0"), _node(graph, "SplitBackward0")
    assert sub.edges == (GradientEdge(input=1, node=split.id, output=1),)
    for node in graph.autograd:
        assert tuple(edge.node for edge in node.edges) == node.inputs


@pytest.mark.parametrize(
    ("body", "name", "saved"),
    [
        pytest.param("return x * self.w", "MulBackward0", [Saved(name="self", dtype="f32", shape=(4,))], id="what is needed"),
        pytest.param("return (x * self.w).exp()", "ExpBackward0", [Saved(name="result", dtype="f32", shape=(4,))], id="a result"),
        pytest.param("return x + self.w", "AddBackward0", [], id="nothing"),
        pytest.param("return self.w[x > 9]", "IndexBackward0", [Saved(name="indices[0]", dtype="bool", shape=(4,))], id="a list"),
        pytest.param("y = (x * self.w).exp()\ny.add_(1)\nreturn y", "ExpBackward0",
                     [Saved(name="result", dtype="f32", shape=(4,), state="overwritten")], id="written to since"),
        pytest.param("return checkpoint(lambda a: (a * self.w).sin(), x, use_reentrant=False)", "SinBackward0",
                     [Saved(name="self", state="packed")], id="checkpoint keeps something else"),
        pytest.param("return Twice.apply(self.w, 3)", "TwiceBackward",
                     [Saved(name="saved_tensors[0]", dtype="f32", shape=(4,)), Saved(name="ctx.kept", dtype="f32", shape=(4,))],
                     id="a function of the user's"),
        pytest.param("y = (x * self.w).exp()\ntorch.autograd.grad(y.sum(), self.w)\nreturn y", "ExpBackward0", [], id="released"),
    ],
)  # fmt: skip
def test_a_node_tells_what_it_saves(workshop: Workshop, body: str, name: str, saved: list[Saved]) -> None:
    assert list(_node(_graph(workshop, body), name).saved) == saved


def test_plain_values_that_a_node_keeps_are_attributes(workshop: Workshop) -> None:
    assert _node(_graph(workshop, "return torch.stack([x, self.w], 1)"), "StackBackward0").attributes == {"dim": 1}
    assert _node(_graph(workshop, "return (self.w * x).sort()[0]"), "SortBackward0").attributes["dim"] == -1
    assert _node(_graph(workshop, "return Twice.apply(self.w, 3)"), "TwiceBackward").attributes == {"k": 3}


def test_looking_at_what_is_saved_runs_nothing_again(workshop: Workshop) -> None:
    """Unpacking what a checkpoint saved runs its forward again."""
    body = (
        "def go(a):\n    runs.append(1)\n    return (a * self.w).sin()\nreturn checkpoint(go, x, use_reentrant=False)"
    )
    text = a_model(body, ONE, init=WEIGHT, before=f"{BEFORE}\nruns = []\n")
    (change,) = [change for change in workshop.run(text).changes if change.name == "globals.runs"]
    assert change.after.startswith("list of 1")
