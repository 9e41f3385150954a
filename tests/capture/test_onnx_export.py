"""Where a node stands that ONNX Runtime names when it fails."""

from __future__ import annotations

import pytest

from explorer.capture.onnx_export import running_at
from tests.cases import Workshop, a_model

TEXT = a_model("y = x.reshape(4)\nz = x.reshape(2, 2) * 2\nreturn y * z.reshape(4)", "'a': (torch.ones(1, 4),)")
SAID = (
    "[ONNXRuntimeError] : 1 : FAIL : Non-zero status code returned while running {} node. Name:'{}' Status Message: no"
)


@pytest.mark.parametrize(
    ("kind", "name", "at"),
    [
        pytest.param("Reshape", "/Reshape_1", 1, id="by its name"),
        pytest.param("Reshape", "/Reshape_1_new_reshape", 1, id="by what was made of its name"),
        pytest.param("Reshape", "/Reshape_12", None, id="not by another number"),
        pytest.param("Mul", "fused", None, id="not by a type that stands at several lines"),
    ],
)
def test_where_what_failed_stands(workshop: Workshop, kind: str, name: str, at: int | None) -> None:
    graph = workshop.graph(TEXT, "onnx_ts")
    shapes = [op for op in graph.compute if op.op == "reshape"]
    made = {f"/Reshape_{number}" if number else "/Reshape": op.id for number, op in enumerate(shapes)}
    found = running_at(SAID.format(kind, name), graph, made)
    assert found == (shapes[at].location if at is not None else None)
