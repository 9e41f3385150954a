"""A dtype that a graph holds fixed is no matter of shapes."""

from __future__ import annotations

import pytest

from explorer.evidence import Kind
from explorer.report.schema import Divergence
from explorer.report.text import to_text
from tests.cases import Workshop, a_model, line_of

HALVES = "'float': (3.3 * torch.ones(2, 4),), 'half': (torch.ones(2, 4).half(),)"
RETURNED = a_model("h = x.float() * 1.5\nreturn h.to(x.dtype)  # !", HALVES)
WITHIN = a_model("h = x.float() * 1.5\nh = h.to(x.dtype)  # !\nreturn h.float() + 1",
                 HALVES.replace("torch.ones(2, 4).half()", "1.001 * torch.ones(2, 4).half()"))  # fmt: skip


def error(workshop: Workshop, text: str, kind: Kind) -> Divergence:
    (told,) = [one for one in workshop.report(text, kind).divergences if one.severity == "error"]
    return told


@pytest.mark.parametrize("kind", ["export", "onnx", "onnx_ts"])
def test_a_graph_that_refuses_a_dtype_is_not_told_to_leave_sizes_open(workshop: Workshop, kind: Kind) -> None:
    """It was told to hold for one shape, of two that were equal."""
    told = error(workshop, RETURNED, kind)
    assert (told.cause, told.inputs) == ("specialised-type", ("half",))
    assert "dtypes of “float” (f32[2, 4])" in told.explanation
    assert "for each dtype" in told.remedy
    assert f"{kind}: {told.evidence['message']}"[:60] in to_text(workshop.report(RETURNED, kind))


def test_a_dtype_that_is_returned_follows_the_inputs(workshop: Workshop) -> None:
    """The line that already gives the dtype was told to give it."""
    told = error(workshop, RETURNED, "trace")
    assert (told.cause, told.line) == ("output-structure", line_of(RETURNED))
    assert told.remedy.startswith("What `.dtype` gives is fixed")


def test_values_of_a_frozen_dtype_are_told_where_it_is_read(workshop: Workshop) -> None:
    told = error(workshop, WITHIN, "trace")
    assert (told.cause, told.line) == ("specialised-type", line_of(WITHIN))


@pytest.mark.parametrize(("kind", "cause"), [("onnx", "specialised-type"), ("export", "specialised-shape")])
def test_of_a_dtype_and_a_size_that_is_told_which_the_graph_refuses(workshop: Workshop, kind: Kind, cause: str) -> None:
    text = a_model("return x * 2", "'a': (torch.ones(3),), 'b': (torch.ones(5).double(),)")
    assert error(workshop, text, kind).cause == cause
