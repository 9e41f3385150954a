"""The sentences below the verdict: why, what else may go wrong, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from explorer.evidence import Kind
from explorer.report.reasons import WHY, reasons
from explorer.report.schema import CaptureEntry, Divergence


def divergence(cause: str, line: int | None, kind: Kind = "trace", severity: str = "error") -> Divergence:
    return Divergence(id="", severity=severity, cause=cause, capture=kind, inputs=(), file="m.py", line=line,  # type: ignore[arg-type]
                      function=None, module="", explanation="")  # fmt: skip


def said(
    *found: Divergence,
    wrong: tuple[str, ...] = ("trace",),
    refused: tuple[str, ...] = (),
    captures: tuple[CaptureEntry, ...] = (),
) -> str:
    return " ".join(reasons(wrong, refused, found, captures, "m.py"))


@pytest.mark.parametrize(
    ("found", "refused", "says"),
    [
        pytest.param((divergence("baked-branch", 33),), (), "branch at line 33", id="cause and line"),
        pytest.param((divergence("baked-branch", 3), divergence("baked-constant", 9)), (), "; ", id="two causes"),
        pytest.param((), ("export",), "Export refuses the model.", id="a refusal"),
        pytest.param((divergence("graph-break", 7, "dynamo", "warning"),), (), "Python at line 7.", id="a break"),
        pytest.param((divergence("graph-break", 7, "dynamo", "warning"), divergence("graph-break", 4, "dynamo", "warning")),
                     (), "Python at lines 4, 7.", id="breaks in order"),
        pytest.param((replace(divergence("specialised-shape", 7), file="torch/nn/modules/rnn.py"),), (),
                     "shape at rnn.py:7.", id="a library's line"),
        pytest.param((divergence("graph-break", 7, "dynamo", "warning"),
                      replace(divergence("graph-break", 9, "dynamo", "warning"), file="models/masks.py")),
                     (), "Python at line 7, masks.py:9.", id="breaks in a library"),
    ],
)  # fmt: skip
def test_the_second_sentence_says_why(found: tuple[Divergence, ...], refused: tuple[Kind, ...], says: str) -> None:
    assert says in said(*found, refused=refused)


def test_what_dynamo_breaks_without_making_a_graph_is_told_as_that() -> None:
    empty = CaptureEntry(id="dynamo", kind="dynamo", input="a", status="ok", nodes=0)
    found = divergence("graph-break", 7, "dynamo", "warning")
    assert said(found, captures=(empty,)) == "Dynamo makes no graph, and returns to Python at line 7."


def test_a_cause_that_repeats_is_said_once() -> None:
    assert said(divergence("baked-branch", 3), divergence("baked-branch", 3)).count("line 3") == 1


def test_the_cause_of_a_graph_that_is_not_called_wrong_is_not_told() -> None:
    assert said(divergence("baked-branch", 3), wrong=("script",)) == ""


def test_no_more_than_three_causes_are_told() -> None:
    assert said(*(divergence("baked-branch", line) for line in range(1, 6))).count("line") == 3


def test_cancelled_captures_are_told() -> None:
    skipped = [CaptureEntry(id=kind, kind=kind, input="a", status="skipped") for kind in ("onnx", "dynamo")]
    assert said(captures=skipped) == "Cancelled before onnx and dynamo."


def test_another_source_that_cannot_be_used_is_no_refusal_of_the_model() -> None:
    assert said(refused=("export", "weights.pt")) == "Export refuses the model. weights.pt cannot be used."


def test_a_plain_call_that_is_refused_is_told_where_the_graph_is_there() -> None:
    found = divergence("capture-failure", 3, "export")
    assert said(found, wrong=()) == "Called plainly, export refuses the model."
    assert said(found, wrong=(), refused=("export",)) == "Export refuses the model."


@pytest.mark.parametrize("cause", WHY)
def test_every_cause_has_a_sentence_with_its_line(cause: str) -> None:
    assert "line 5" in said(divergence(cause, 5))


@pytest.mark.parametrize("cause", WHY)
def test_a_cause_without_a_line_names_none(cause: str) -> None:
    assert "None" not in said(divergence(cause, None))


def test_where_all_agree_the_warnings_are_told() -> None:
    found = (divergence("baked-state", 15, severity="warning"), divergence("baked-state", 15, "export", "warning"))
    assert said(*found, wrong=()) == (
        "It can be wrong on other inputs or calls: the state written at line 15 was frozen or lost."
    )
    assert said(*found) == ""
    assert said(divergence("numerical-mismatch", 3, severity="warning"), wrong=()) == ""
