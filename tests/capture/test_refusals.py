"""Why a producer refuses, in its own words where nothing is known of them."""

from __future__ import annotations

import pytest

from explorer.evidence import Kind
from tests.cases import Workshop, a_model, line_of

WRITES = a_model(
    "return torch.cond(x.sum() > 0, lambda v: v.add_(1), lambda v: v * 2, (x,))  # !", "'a': (torch.ones(4),)"
)


@pytest.mark.parametrize("kind", ["export", "dynamo", "onnx"])
def test_what_dynamo_explains_is_the_reason(workshop: Workshop, kind: Kind) -> None:
    """The reason was that the operator does not work unless it is compiled, which it was."""
    failure = workshop.static(WRITES, kind).capture.failure
    assert failure is not None
    assert failure.reason.endswith("fails: Higher order ops do not support input mutation.")
    assert failure.line == line_of(WRITES)


def test_a_function_that_the_script_compiler_cannot_look_up_has_the_line_that_calls_it(workshop: Workshop) -> None:
    text = a_model(
        "return half(x)",
        "'a': (torch.ones(4),)",
        before="import numpy as np\n\ndef half(x):\n    y = x + 1\n    return y * np.median(y.numpy())  # !",
    )
    failure = workshop.static(text, "script").capture.failure
    assert failure is not None
    assert failure.reason == "torch.jit.script does not compile what calls NumPy."
    assert failure.line == line_of(text)


@pytest.mark.parametrize(
    ("forward", "kind", "named"),
    [
        pytest.param("y = torch.linalg.qr(x)[1]  # !\nreturn y + 1", "onnx", "linalg_qr", id="an op"),
        pytest.param(
            "y = torch.special.i0e(x)  # !\nreturn y + 1", "onnx", "prims.bessel_i0e", id="what it is made of"
        ),
        pytest.param("y = mapped(torch.sin, x)  # !\nreturn y + 1", "onnx", "map_impl", id="a function of functions"),
        pytest.param("y = torch.linalg.qr(x)[1]  # !\nreturn y + 1", "onnx_ts", "linalg_qr", id="older exporter"),
    ],
)
def test_an_operator_without_a_translation_is_named_at_its_line(
    workshop: Workshop, forward: str, kind: Kind, named: str
) -> None:
    """Neither was told: the line was that of the return statement."""
    before = "from torch._higher_order_ops.map import map as mapped"
    text = a_model(forward, "'a': (torch.ones(3, 3),)", before=before)
    (told,) = [one for one in workshop.report(text, kind).divergences if one.severity == "error"]
    assert told.explanation.endswith(f"has no translation for an operator of the model: {named}.")
    assert told.line == line_of(text)
