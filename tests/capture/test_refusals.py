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
