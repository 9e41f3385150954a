"""What values held, in a few numbers: the same where they are, and by how much they part where not."""

from __future__ import annotations

import pytest
import torch

from explorer.capture.summaries import summary_of
from explorer.evidence import Kind
from explorer.graph import Graph, Summary
from tests.cases import Workshop, a_model

ONES = "'a': (torch.linspace(-1, 2, 12).view(3, 4),), 'b': (torch.ones(3, 4),)"
PLAIN = a_model(
    "y = torch.relu(self.l(x))\nz = y.softmax(-1)\nreturn z.sum(0) * 3", ONES, init="self.l = nn.Linear(4, 5)"
)
LOOP = a_model("for i in range(3):\n    x = x * 2\nreturn x", ONES)


def of(tensor: torch.Tensor) -> Summary:
    found = summary_of(tensor)
    assert found is not None
    return found


def test_equal_values_have_equal_summaries_however_they_lie_in_memory() -> None:
    values = torch.randn(40, 50)
    assert of(values).apart(of(values.t().contiguous().t())) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param(torch.randn(300, 500).t(), id="transposed"),
        pytest.param(torch.randn(300, 500)[::2, ::3], id="with gaps"),
        pytest.param(torch.randn(500).expand(300, 500), id="repeated"),
        pytest.param(torch.full((300, 500), 3e38), id="a sum that single precision does not hold"),
        pytest.param((torch.randn(300, 500) > 0).t(), id="bool"),
    ],
)
def test_many_values_are_summed_up_as_their_copy_in_double_precision(values: torch.Tensor) -> None:
    exact = values.contiguous().double()
    assert of(values).apart(of(exact)) < 1e-7
    assert of(values).mean == pytest.approx(float(exact.mean()), rel=1e-6, abs=1e-6)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(torch.arange(12.0).flip(0), id="another order"),
        pytest.param(torch.arange(12.0) + 1, id="other values"),
        pytest.param(torch.cat([torch.arange(11.0), torch.tensor([12.0])]), id="one value"),
        pytest.param(torch.cat([torch.arange(11.0), torch.tensor([torch.nan])]), id="NaN"),
        pytest.param(torch.arange(13.0), id="more of them"),
    ],
)
def test_other_values_part(other: torch.Tensor) -> None:
    assert of(torch.arange(12.0)).apart(of(other)) > 0.001


@pytest.mark.parametrize(
    "tensor",
    [
        pytest.param(torch.tensor([True, False]), id="bool"),
        pytest.param(torch.tensor([1, 2], dtype=torch.int8), id="int8"),
        pytest.param(torch.tensor([1 + 2j]), id="complex"),
        pytest.param(torch.tensor([float("-inf"), 1.0]), id="infinite"),
        pytest.param(torch.tensor([float("nan")]), id="nothing finite"),
        pytest.param(torch.tensor(3.0, dtype=torch.bfloat16), id="bfloat16, no dimension"),
        pytest.param(torch.quantize_per_tensor(torch.ones(3), 0.1, 0, torch.qint8), id="quantised"),
    ],
)
def test_every_dtype_has_one(tensor: torch.Tensor) -> None:
    assert of(tensor).apart(of(tensor)) == 0


@pytest.mark.parametrize("tensor", [torch.empty(0), torch.empty(3, device="meta"), torch.eye(2).to_sparse()])
def test_what_has_no_values_to_read_has_none(tensor: torch.Tensor) -> None:
    assert summary_of(tensor) is None


@pytest.mark.parametrize("kind", ["trace", "script", "jit", "export", "onnx", "onnx_ts", "ort"])
def test_a_static_graph_holds_what_eager_held(workshop: Workshop, kind: Kind) -> None:
    eager, graph = (_held(workshop.graph(PLAIN, one)) for one in ("eager", kind))  # type: ignore[arg-type]
    for name in {"softmax", "sum"} | ({"relu"} if kind != "ort" else set()):  # ONNX Runtime fuses it
        assert eager[name].apart(graph[name]) < 1e-5, name


def test_what_a_loop_makes_is_more_than_one_thing(workshop: Workshop) -> None:
    graph = workshop.graph(LOOP, "script")
    assert all(op.outputs[0].summary is None for op in graph.compute if op.region is not None)


def _held(graph: Graph) -> dict[str, Summary]:
    return {op.op: op.outputs[0].summary for op in graph.compute if op.outputs and op.outputs[0].summary is not None}


@pytest.mark.parametrize("one", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("other", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("beside", [[], [1.0, 2.0]])
def test_what_is_no_number_is_told_from_what_is_infinite(one: float, other: float, beside: list[float]) -> None:
    """An op that made NaN of minus infinity was not seen to depart."""
    apart = of(torch.tensor([one, *beside])).apart(of(torch.tensor([other, *beside])))
    assert (apart == 0) is (str(one) == str(other))
