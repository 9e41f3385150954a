"""The two sentences that are read first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from explorer.evidence import Kind, Outcome, Verdict
from explorer.report.schema import CaptureEntry, Divergence
from explorer.report.verdict import WHY, verdict

Row = dict[str, Verdict]


def capture(kind: Kind, status: str = "ok") -> CaptureEntry:
    return CaptureEntry(id=kind, kind=kind, input="a", status=status)  # type: ignore[arg-type]


def divergence(cause: str, line: int | None, kind: Kind = "trace", severity: str = "error") -> Divergence:
    return Divergence(id="", severity=severity, cause=cause, capture=kind, inputs=(), file="m.py", line=line,  # type: ignore[arg-type]
                      function=None, module="", explanation="")  # fmt: skip


def told(
    rows: dict[Kind, Row], *refused: Kind, skipped: tuple[Kind, ...] = (), found: tuple[Divergence, ...] = ()
) -> tuple[str, str]:
    captures = [capture("eager")]
    captures += [capture(kind, "failed" if kind in refused else "skipped" if kind in skipped else "ok")
                 for kind in (*rows, *refused, *skipped)]  # fmt: skip
    matrix = {kind: {name: Outcome(outcome=one) for name, one in row.items()} for kind, row in rows.items()}
    examples = list(next(iter(rows.values()), {"a": "agrees"}))
    return verdict(matrix, found, captures, examples, file="m.py")


AGREES: Row = {"a": "agrees", "b": "agrees"}


@pytest.mark.parametrize(
    ("rows", "refused", "sentence"),
    [
        pytest.param({"trace": {"a": "agrees", "b": "differs"}}, (), "The trace graph is wrong on 1 of 2 examples", id="one"),
        pytest.param({"trace": {"a": "agrees", "b": "differs"}, "onnx_ts": {"a": "differs", "b": "agrees"}}, (),
                     "The trace and onnx_ts graphs are wrong on 1 of 2 examples each", id="two, on other examples"),
        pytest.param({"trace": {"a": "agrees", "b": "differs"}, "onnx_ts": {"a": "differs", "b": "differs"}}, (),
                     "The onnx_ts graph is wrong on 2 of 2 examples, trace on 1", id="one on more than the other"),
        pytest.param({"trace": {"a": "agrees", "b": "differs"}, "onnx_ts": {"a": "raises", "b": "agrees"}}, (),
                     "The trace graph is wrong on 1 of 2 examples", id="one is wrong, one raises"),
        pytest.param({"trace": {"a": "agrees", "b": "raises"}}, (), "The trace graph fails on 1 of 2 examples", id="one raises"),
        pytest.param({"trace": AGREES}, ("export", "onnx"), "The trace graph agrees with eager on all 2 examples; no other could be made", id="agrees, others refuse"),
        pytest.param({"trace": AGREES, "script": AGREES}, ("onnx",), "The trace and script graphs agree with eager on all 2 examples; no other could be made", id="two agree, one refuses"),
        pytest.param({"trace": {"a": "returns"}}, (), "The trace graph is wrong on 1 of 1 examples", id="eager raises"),
        pytest.param({"trace": AGREES}, (), "The trace graph agrees with eager on all 2 examples", id="agrees"),
        pytest.param({"trace": AGREES, "script": AGREES}, (), "All 2 static graphs agree with eager on all 2 examples",
                     id="all agree"),
        pytest.param({"trace": {"a": "agrees"}}, (), "The trace graph agrees with eager on the example", id="one example"),
        pytest.param({}, ("export",), "No static graph could be made: export refuses the model", id="one refuses"),
        pytest.param({}, ("trace", "export", "onnx"), "No static graph could be made: trace, export and onnx refuse the model",
                     id="all refuse"),
        pytest.param({}, (), "", id="nothing yet"),
    ],
)  # fmt: skip
def test_the_first_sentence(rows: dict[Kind, Row], refused: tuple[Kind, ...], sentence: str) -> None:
    assert told(rows, *refused)[0] == sentence


@pytest.mark.parametrize(
    ("matrix", "sentence"),
    [
        pytest.param(
            {"trace": {"a": Outcome(outcome="agrees")}, "onnx": {"a": Outcome(outcome="differs", rounding=True)}},
            "All 2 static graphs agree with eager on the example, but for rounding in onnx",
            id="rounding",
        ),
        pytest.param(
            {"trace": {"a": Outcome(outcome="agrees"), "b": Outcome(outcome="not-run")}},
            "No static graph was seen to be wrong, but 1 of 2 runs could not be judged",
            id="not run",
        ),
    ],
)
def test_no_more_agreement_is_claimed_than_was_seen(matrix: dict[Kind, dict[str, Outcome]], sentence: str) -> None:
    captures = [capture(kind) for kind in matrix]
    assert verdict(matrix, (), captures, list(next(iter(matrix.values()))))[0] == sentence


def test_nothing_is_said_while_the_first_refusals_come_in() -> None:
    assert verdict({}, (), [capture("export", "failed")], ["a"], pending=True) == ("", "")


def test_rounding_that_an_error_explains_is_wrong() -> None:
    matrix: dict[Kind, dict[str, Outcome]] = {"trace": {"a": Outcome(outcome="differs", rounding=True)}}
    found = replace(divergence("baked-branch", 3), inputs=("a",))
    assert verdict(matrix, (found,), [capture("trace")], ["a"])[0] == "The trace graph is wrong on 1 of 1 examples"


WRONG: dict[Kind, Row] = {"trace": {"a": "agrees", "b": "differs"}}


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
    assert says in told(WRONG, *refused, found=found)[1]


def test_a_cause_that_repeats_is_said_once() -> None:
    second = told(WRONG, found=(divergence("baked-branch", 3), divergence("baked-branch", 3)))[1]
    assert second.count("line 3") == 1


def test_cancelled_captures_are_told() -> None:
    assert "cancelled" in told(WRONG, skipped=("onnx",))[1]


@pytest.mark.parametrize("cause", WHY)
def test_every_cause_has_a_sentence_with_its_line(cause: str) -> None:
    assert "line 5" in told(WRONG, found=(divergence(cause, 5),))[1]


@pytest.mark.parametrize("cause", WHY)
def test_a_cause_without_a_line_names_none(cause: str) -> None:
    assert "None" not in told(WRONG, found=(divergence(cause, None),))[1]


def test_where_all_agree_the_warnings_are_told() -> None:
    found = (divergence("baked-state", 15, severity="warning"), divergence("baked-state", 15, "export", "warning"))
    assert told({"trace": AGREES}, found=found)[1] == (
        "Other inputs or calls can show it: the state written at line 15 was frozen or lost."
    )
    assert "Other inputs" not in told(WRONG, found=found)[1]
    assert told({"trace": AGREES}, found=(divergence("numerical-mismatch", 3, severity="warning"),))[1] == ""
