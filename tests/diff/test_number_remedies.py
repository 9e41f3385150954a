"""What is told to help against a number, or a list of them, that is read out of a tensor does help."""

from __future__ import annotations

import pytest

from explorer.diff.places import SourceMap
from explorer.diff.usage import bounds_slice
from explorer.evidence import Kind
from tests.cases import Workshop, a_model

ROWS = "'a': (torch.arange(12.).view(4, 3), torch.tensor(2)), 'b': (torch.arange(12.).view(4, 3), torch.tensor(3))"
CUT = "k = int(n)\nreturn x[:k].sum(0)"
CUT_BY_TENSOR = "return x[:n].sum(0)"
MASKED = "return (x * (torch.arange(x.shape[0]) < n)[:, None]).sum(0)"
ALL: tuple[Kind, ...] = ("trace", "script", "export", "onnx", "onnx_ts", "dynamo")


def told(workshop: Workshop, text: str, *kinds: Kind) -> dict[str, str]:
    """Return what is told to help, by the capture, of errors and warnings."""
    found = [one for one in workshop.report(text, *kinds).divergences if one.severity != "note"]
    return {one.capture: one.remedy for one in found}


def outcomes(workshop: Workshop, text: str, *kinds: Kind) -> set[str]:
    return {one.outcome for row in workshop.report(text, *kinds).matrix.values() for one in row.values()}


def test_where_a_number_cuts_a_tensor_a_mask_comes_first_in_every_graph(workshop: Workshop) -> None:
    """One line was told to go without ``.item()`` and to read the number by it."""
    found = told(workshop, a_model(CUT, ROWS, takes="self, x, n"), "trace", "export", "dynamo")
    assert set(found) == {"trace", "export", "dynamo"}
    assert {one.startswith("Mask in place of cutting") for one in found.values()} == {True}
    assert "capture_scalar_outputs" in found["dynamo"]
    assert found["trace"] == found["export"]


def test_a_mask_and_a_slice_by_a_tensor_help(workshop: Workshop) -> None:
    masked = a_model(MASKED, ROWS, takes="self, x, n")
    assert outcomes(workshop, masked, *ALL) == {"agrees"}
    assert workshop.report(masked, "dynamo").divergences == ()
    by_tensor = a_model(CUT_BY_TENSOR, ROWS, takes="self, x, n")
    assert outcomes(workshop, by_tensor, "trace", "export", "onnx_ts") == {"agrees"}


@pytest.mark.parametrize(
    ("body", "cuts"),
    [
        pytest.param("k = int(n)\nreturn x[:k]", True, id="by a name"),
        pytest.param("return x[n.item() :]", True, id="at once"),
        pytest.param("k = int(n)\nreturn x[k]", False, id="an index"),
        pytest.param("k = x * n\nreturn x[: k.shape[0]]", False, id="a size of what is made of it"),
        pytest.param("for k in n.tolist():\n    x[k:] = 0\nreturn x", True, id="one of a list"),
    ],
)
def test_what_cuts_is_told_from_what_does_not(body: str, cuts: bool) -> None:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    assert bounds_slice(SourceMap(f"def forward(x, n):\n{lines}"), 2) is cuts


SIZE = "'a': (torch.ones(2), torch.tensor([2])), 'b': (torch.ones(2), torch.tensor([3]))"
SCRIPTED = "@torch.jit.script\ndef sized(x, n):\n    return x.new_zeros(int(n.sum())) + x.mean()"


def test_what_a_trace_keeps_of_a_size_is_a_function_that_returns_tensors(workshop: Workshop) -> None:
    """A function that returns the number itself cannot be traced."""
    text = a_model("k = int(n.sum())\nreturn x.new_zeros(k) + x.mean()", SIZE, takes="self, x, n")
    assert "function that returns tensors" in told(workshop, text, "trace")["trace"]
    mended = a_model("return sized(x, n)", SIZE, takes="self, x, n", before=SCRIPTED)
    assert outcomes(workshop, mended, "trace") == {"agrees"}


def test_a_script_that_may_refuse_a_number_is_named_where_it_takes_the_model(workshop: Workshop) -> None:
    """``.long().item()`` was told to help an export, and broke the script of ``roll``."""
    text = a_model("k = int(n)\nreturn x.roll(k)", "'a': (torch.ones(2), torch.tensor(1))", takes="self, x, n")
    assert "torch.jit.script may then refuse the line" in told(workshop, text, "export", "script")["export"]
    assert "torch.jit.script" not in told(workshop, text, "export")["export"]


@pytest.mark.parametrize(
    ("made", "kind"),
    [
        pytest.param("torch.tensor([2, 1])", "List[int]", id="int"),
        pytest.param("torch.ones(2)", "List[float]", id="float"),
        pytest.param("torch.ones(2, 2, dtype=torch.bool)", "List[List[bool]]", id="bool"),
    ],
)
def test_a_script_is_told_the_type_of_the_list_that_was_read(workshop: Workshop, made: str, kind: str) -> None:
    """Whole numbers were to be annotated as floats."""
    body = "values = n.tolist()\nreturn x * len(values)"
    examples = f"'a': (torch.ones(2), {made})"
    text = a_model(body, examples, takes="self, x, n")
    assert f"`values: {kind} = n.tolist()`" in told(workshop, text, "script")["script"]
    mended = a_model(body.replace("values =", f"values: {kind} ="), examples, takes="self, x, n",
                     before="from typing import List")  # fmt: skip
    assert outcomes(workshop, mended, "script") == {"agrees"}
