"""ONNX Runtime's optimised graph: its fused ops know what they were made of, and where that stands."""

from __future__ import annotations

import onnx
import pytest
from onnx import helper

from explorer.capture.onnx_export import Exported, placed
from explorer.evidence import Failure, Kind
from explorer.source.places import Places
from tests.cases import SHOWN, Workshop, a_model, compute, graph_of, line_of

FUSED = a_model(
    "y = self.block(x)  # block\nreturn y.mean((2, 3))",
    "'a': (torch.randn(1, 2, 6, 6),), 'b': (torch.randn(1, 2, 6, 6),)",
    init="self.block = nn.Sequential(nn.Conv2d(2, 2, 3), nn.BatchNorm2d(2), nn.ReLU())",
)
BRANCH = a_model("if x.sum() > 0:\n    return x * 2\nreturn x - 5", "'a': (torch.ones(2),), 'b': (-torch.ones(2),)")


def test_a_fused_op_names_its_parts_and_their_line(workshop: Workshop) -> None:
    graph = workshop.graph(FUSED, "ort")
    fused = next(op for op in graph.compute if op.target == "FusedConv")
    assert fused.op == "conv"
    assert fused.attributes["made of"] == ["Conv", "Relu"]
    assert fused.module == "block.2"
    assert fused.location is not None
    assert fused.location.line == line_of(FUSED, "# block")


def test_what_moves_the_result_of_a_fused_op_is_not_made_of_its_parts(workshop: Workshop) -> None:
    """A ``Reshape`` behind a ``Gemm`` has the name of the sum that both stand for."""
    text = a_model(
        "return self.fc(x).relu() * x.sum()", "'a': (torch.ones(1, 2, 4),)", init="self.fc = nn.Linear(4, 4)"
    )
    made = {op.target: op.attributes.get("made of") for op in workshop.graph(text, "ort").compute}
    assert made["Gemm"] == ["MatMul", "Add"]
    assert made["Reshape"] is None


def test_what_is_not_fused_keeps_its_module(workshop: Workshop) -> None:
    modules = {op.module for op in workshop.graph("residual_block", "ort").compute}
    assert modules <= {op.module for op in workshop.graph("residual_block", "onnx").compute}


def test_it_agrees_where_the_export_does(workshop: Workshop) -> None:
    assert {one.outcome for one in workshop.static(FUSED, "ort").outcomes.values()} == {"agrees"}


def test_where_the_newer_exporter_refuses_the_older_one_is_optimised(workshop: Workshop) -> None:
    capture = workshop.static(BRANCH, "ort").capture
    assert capture.made_from == "onnx_ts"
    assert compute(graph_of(capture)) == ["mul"]


def test_where_both_exporters_refuse_it_is_told_in_their_names(workshop: Workshop) -> None:
    """It was once ONNX Runtime, which never ran, that did not take a type."""
    text = a_model("return {x * 2}", "'a': (torch.ones(2),)")
    failure = workshop.static(text, "ort").capture.failure
    assert failure is not None
    assert failure.reason.startswith("ONNX Runtime was given no model. The ONNX exporter (dynamo=True) ")
    assert " The ONNX exporter (dynamo=False) " in failure.reason


def test_what_its_maker_fixed_is_its_fault_too(workshop: Workshop) -> None:
    report = workshop.report(BRANCH, "onnx_ts", "ort")
    found = {(one.capture, one.cause, one.line) for one in report.divergences if one.severity == "error"}
    line = next(one.line for one in report.divergences if one.cause == "baked-branch")
    assert found == {("onnx_ts", "baked-branch", line), ("ort", "baked-branch", line)}


UNLOADED = a_model(
    "b = x.to(torch.bfloat16)\ny = x @ x.T\nreturn y + (b @ b.T).float()  # !", "'a': (torch.ones(2, 4),)"
)


@pytest.mark.parametrize("kind", ["onnx", "onnx_ts"])
def test_an_export_that_does_not_load_is_a_graph_that_raises(workshop: Workshop, kind: Kind) -> None:
    """It was told as an export that failed, and the graph was thrown away."""
    result = workshop.static(UNLOADED, kind)
    assert compute(graph_of(result.capture)).count("matmul") == 2
    said = "ONNX Runtime has no implementation of MatMul(13) for this opset and these types"
    assert (result.outcomes["a"].outcome, result.outcomes["a"].message) == ("raises", said)
    (told,) = [one for one in workshop.report(UNLOADED, kind).divergences if one.severity == "error"]
    assert (told.cause, told.line) == ("capture-failure", line_of(UNLOADED))
    assert said in told.explanation


def test_what_onnx_runtime_does_not_load_it_does_not_optimise(workshop: Workshop) -> None:
    failure = workshop.static(UNLOADED, "ort").capture.failure
    assert failure is not None
    assert (failure.line, failure.reason.startswith("ONNX Runtime has no")) == (line_of(UNLOADED), True)


@pytest.mark.parametrize("name", ["product", "one that ONNX Runtime made"])
def test_what_does_not_load_stands_at_the_line_that_the_graph_shows_for_it(name: str) -> None:
    """A node in what the exporter keeps as a function of its own has no line by itself: none was told."""
    stack = f'  File "{SHOWN}", line 3, in forward\n'
    product = helper.make_node("Gemm", ["x", "x"], ["y"], name="product")
    doubled = helper.make_node("Add", ["y", "y"], ["z"], name="doubled")
    doubled.metadata_props.add(key="pkg.torch.onnx.stack_trace", value=stack)
    info = [helper.make_tensor_value_info(one, onnx.TensorProto.FLOAT, (2, 2)) for one in "xz"]
    model = helper.make_model(helper.make_graph([product, doubled], "g", info[:1], info[1:]))
    message = f"Could not find an implementation for Gemm(13) node with name '{name}'"
    places = Places(path=SHOWN, shown=SHOWN)
    failure = placed(Failure(reason="", message=message), Exported(kind="onnx", model=model), places)
    assert failure.line == 3
