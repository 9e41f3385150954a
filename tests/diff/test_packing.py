"""Packed sequences, and lists of numbers that are read: what is told of sizes that data decide."""

from __future__ import annotations

import pytest

from explorer.evidence import Kind
from explorer.report.build import Builder
from explorer.report.schema import Divergence
from tests.cases import Workshop, a_model, line_of

FULL = "'a': (torch.ones(2, 5, 3), torch.tensor([5, 2])), 'b': (torch.ones(2, 5, 3), torch.tensor([4, 3]))"
SHORT = "'a': (torch.ones(2, 5, 3), torch.tensor([4, 2])), 'b': (torch.ones(2, 5, 3), torch.tensor([5, 3]))"


def packing(returned: str, inputs: str, more: str = "") -> str:
    return a_model(
        "packed = nn.utils.rnn.pack_padded_sequence(x, n, batch_first=True, enforce_sorted=False)\n"
        "out, _ = self.lstm(packed)  # the layer\n"
        f"out, _ = nn.utils.rnn.pad_packed_sequence(out, batch_first=True{more})  # !\nreturn {returned}",
        inputs,
        init="self.lstm = nn.LSTM(3, 4, batch_first=True)",
        takes="self, x, n",
    )


def the_error(workshop: Workshop, text: str, kind: Kind) -> Divergence:
    (told,) = [one for one in workshop.report(text, kind).divergences if one.severity == "error"]
    return told


@pytest.mark.parametrize(
    ("returned", "inputs", "cause"),
    [
        pytest.param("out", FULL, "baked-constant", id="the width of the captured example"),
        pytest.param("out.mean(1)", FULL, "baked-constant", id="what is made of it"),
        pytest.param("out", SHORT, "output-structure", id="another width from the start"),
        pytest.param("out.mean(1)", SHORT, "numerical-mismatch", id="other values from the start"),
    ],
)
def test_a_width_that_the_lengths_decide_is_told_where_it_is_padded(
    workshop: Workshop, returned: str, inputs: str, cause: str
) -> None:
    text = packing(returned, inputs)
    told = the_error(workshop, text, "onnx_ts")
    assert (told.cause, told.line) == (cause, line_of(text))
    assert "total_length=" in told.remedy


def test_what_is_told_to_help_does(workshop: Workshop) -> None:
    text = packing("out", SHORT, ", total_length=x.size(1)")
    assert not [one for one in workshop.report(text, "onnx_ts").divergences if one.severity == "error"]


def test_an_export_refuses_a_packed_sequence_at_the_layer(workshop: Workshop) -> None:
    text = packing("out", FULL)
    told = the_error(workshop, text, "export")
    assert (told.cause, told.line) == ("capture-failure", line_of(text, "# the layer"))
    assert "packed sequence" in told.explanation
    assert told.remedy.startswith("Run the layer on the padded batch")


PIECES = a_model(
    "parts = torch.split(x, n.tolist())  # !\nreturn torch.stack([one.sum(0) for one in parts])",
    "'a': (torch.randn(10, 2), torch.tensor([2, 3, 5])), 'b': (torch.randn(10, 2), torch.tensor([4, 4, 2])),"
    "'c': (torch.randn(10, 2), torch.tensor([4, 6]))",
    takes="self, x, n",
)


@pytest.mark.parametrize("dynamic", [False, True])
def test_numbers_that_an_export_leaves_open_are_not_said_to_be_constants(workshop: Workshop, *, dynamic: bool) -> None:
    made = {"export": workshop.static(PIECES, "export", dynamic=dynamic)}
    built = Builder(workshop.source(PIECES), eager=workshop.eager(PIECES), statics=made, dynamic=dynamic).report()
    (told,) = [one for one in built.divergences if one.severity == "error"]
    assert (told.cause, told.inputs) == ("specialised-shape", ("c",))
    assert (told.line == line_of(PIECES), "not how many there are" in told.remedy) == (dynamic, dynamic)


def test_lengths_stay_a_tensor_where_a_sequence_is_packed(workshop: Workshop) -> None:
    """They were to be read in a function that cannot be traced; a script was to take them for floats."""
    text = packing("out", FULL).replace("(x, n,", "(x, n.tolist(),")
    told = {kind: the_error(workshop, text, kind).remedy for kind in ("trace", "script", "onnx_ts")}
    assert {one.partition(":")[0] for one in told.values()} == {
        "Give pack_padded_sequence the tensor of lengths itself"
    }
    assert ["total_length" in told[kind] for kind in ("trace", "onnx_ts")] == [False, True]
    mended = packing("out", FULL, ", total_length=x.size(1)")
    report = workshop.report(mended, "trace", "script", "onnx_ts")
    assert {one.outcome for row in report.matrix.values() for one in row.values()} == {"agrees"}


def test_dynamo_breaks_at_packing_whatever_is_allowed(workshop: Workshop) -> None:
    """``allow_rnn`` was told to help, by which Dynamo breaks in the function that packs."""
    broken = [one for one in workshop.report(packing("out", FULL), "dynamo").divergences if one.cause == "graph-break"]
    assert {one.remedy.startswith("Run the layer on the padded batch") for one in broken} == {True}
