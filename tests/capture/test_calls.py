"""The Python calls above the ops: by name, one by one, on the line that calls."""

from __future__ import annotations

import pytest

from explorer.graph import Graph
from tests.cases import Workshop, a_model, line_of

ONE = "'a': (torch.randn(4, 4),)"


def _called(graph: Graph) -> list[str]:
    return [call.name for call in graph.calls]


def _groups(graph: Graph) -> dict[str, list[str]]:
    """Return the ops of each call, by the call's name."""
    names: dict[str, str] = {call.id: call.name for call in graph.calls}
    found: dict[str, list[str]] = {}
    for op in graph.ops:
        if op.call in names:
            found.setdefault(names[op.call], []).append(op.op)
    return found


@pytest.mark.parametrize(
    ("body", "calls"),
    [
        pytest.param(
            "return nn.functional.relu(torch.relu(x.relu()))", "Tensor.relu torch.relu F.relu", id="three ways"
        ),
        pytest.param("return 1 - x + x @ x", "Tensor.__rsub__ Tensor.matmul Tensor.add", id="operators"),
        pytest.param("return torch.einsum('ij,kj->ik', x, x)", "torch.einsum", id="a function of Python's"),
        pytest.param("return nn.functional.max_pool1d(x, 2)", "F.max_pool1d", id="one of two by an argument"),
        pytest.param("y = x.T\ny = y[0]\nreturn y", "Tensor.T Tensor.__getitem__", id="property and index"),
        pytest.param("return torch.ops.aten.add(x, x)", "torch.ops.aten.add", id="an op itself"),
        pytest.param("return x + torch.zeros(4)", "torch.zeros Tensor.add", id="a factory"),
        pytest.param("return torch.special.expit(x)", "torch.special.expit", id="a namespace"),
        pytest.param("x.shape, x.dim(), len(x), x.requires_grad\nreturn x", "", id="what makes no op is no call"),
    ],
)
def test_calls_are_named_as_a_person_writes_them(workshop: Workshop, body: str, calls: str) -> None:
    assert _called(workshop.eager_graph(a_model(body, ONE))) == calls.split()


def test_ops_of_one_call_share_it_and_two_calls_on_a_line_do_not(workshop: Workshop) -> None:
    text = a_model("return nn.functional.linear(x, x, x[0]) + nn.functional.linear(x, x, x[0])  # !", ONE)
    graph = workshop.eager_graph(text)
    linears = [call for call in graph.calls if call.name == "F.linear"]
    assert len(linears) == 2
    for call in linears:
        assert [op.op for op in graph.ops if op.call == call.id] == ["transpose", "addmm"]
        assert call.location is not None
        assert (call.location.file, call.location.line) == ("model.py", line_of(text))


def test_each_turn_of_a_loop_makes_a_call_of_its_own(workshop: Workshop) -> None:
    graph = workshop.eager_graph(a_model("for _ in range(3):\n    x = torch.sin(x)\nreturn x", ONE))
    assert len({op.call for op in graph.compute}) == 3


def test_what_a_function_calls_inside_belongs_to_it(workshop: Workshop) -> None:
    text = a_model(
        "return self.a(x[None], x[None], x[None])[0]", ONE, init="self.a = nn.MultiheadAttention(4, 2)", mode="train"
    )
    graph = workshop.eager_graph(text)
    inside = _groups(graph)["F.multi_head_attention_forward"]
    assert {"addmm", "softmax"} <= set(inside)
    call = next(call for call in graph.calls if call.name == "F.multi_head_attention_forward")
    assert call.location is not None
    assert (call.location.file, call.module) == ("torch/nn/modules/activation.py", "a")


def test_a_composite_of_the_librarys_is_one_call(workshop: Workshop) -> None:
    text = a_model("return nn.functional.scaled_dot_product_attention(x, x, x, dropout_p=0.0, attn_mask=x > 0)", ONE)
    groups = _groups(workshop.eager_graph(text))
    assert list(groups) == ["Tensor.gt", "F.scaled_dot_product_attention"]
    assert len(groups["F.scaled_dot_product_attention"]) > 1


def test_calls_inside_of_an_autograd_function_are_known_by_its_own_line(workshop: Workshop) -> None:
    before = (
        "class Twice(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, x):\n        return x * 2  # !\n\n"
        "    @staticmethod\n    def backward(ctx, g):\n        return g * 2"
    )
    text = a_model("return Twice.apply(x)", ONE, before=before)
    call = next(call for call in workshop.eager_graph(text).calls if call.name == "Tensor.mul")
    assert call.location is not None
    assert call.location.line == line_of(text)


def test_a_call_that_raises_is_over(workshop: Workshop) -> None:
    body = "try:\n    x.view(3)\nexcept RuntimeError:\n    pass\nreturn x.view(16)"
    graph = workshop.eager_graph(a_model(body, ONE))
    assert [op.call for op in graph.compute] == [graph.calls[-1].id]


def test_every_op_has_a_call_or_a_key_of_its_line(workshop: Workshop) -> None:
    graph = workshop.eager_graph("gated_mlp")
    known = {call.id for call in graph.calls}
    assert all(op.call in known for op in graph.compute)
    assert {call.module for call in graph.calls} >= {"gate", "sharpen", "head", ""}
