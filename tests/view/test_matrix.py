"""The cells of the matrix, in words: what a graph does wrong, and what the model does itself."""

from __future__ import annotations

from dataclasses import replace

from explorer.evidence import Outcome
from explorer.view.matrix import matrix_rows
from explorer.view.narrowing import narrowed
from explorer.view.saying import saying
from tests.view.fakes import gated_report

REPORT = gated_report()


def test_what_eager_raises_itself_is_no_fault_of_a_graph() -> None:
    inputs = (*REPORT.inputs[:2], replace(REPORT.inputs[2], raised="ValueError: a gap"))
    agrees = Outcome(outcome="agrees", message="ValueError: a gap")
    returns = Outcome(outcome="returns", message="eager raises ValueError: a gap")
    matrix = {**REPORT.matrix, "trace": {**REPORT.matrix["trace"], "wide": returns},
              "script": {**REPORT.matrix["script"], "wide": agrees}}  # fmt: skip
    rows = {row.kind: row.cells[2] for row in matrix_rows(replace(REPORT, inputs=inputs, matrix=matrix))}

    assert (rows["eager"].outcome, rows["eager"].text, rows["eager"].data) == ("itself", "✗ raises itself", "raises")
    assert "eager itself raises ValueError: a gap. A graph that raises there, too, agrees" in rows["eager"].hint
    assert (rows["script"].outcome, rows["script"].text) == ("agrees", "✓ raises too")
    assert (rows["trace"].outcome, rows["trace"].text) == ("returns", "≠ returns")


def test_eager_that_was_not_recorded_is_not_said_to_raise() -> None:
    lost = replace(REPORT.captures[0], status="failed", reason="It took longer than 120 s.")
    cell = matrix_rows(replace(REPORT, captures=(lost, *REPORT.captures[1:])))[0].cells[0]

    assert (cell.outcome, cell.data, cell.text) == ("not-run", "not-run", "· no graph")
    assert "longer than 120 s" in cell.hint


def test_a_file_beside_the_model_has_its_own_row_whatever_is_switched_off() -> None:
    file = replace(REPORT.captures[3], id="mine.pt", kind="script", input=None)
    matrix = {**REPORT.matrix, "mine.pt": REPORT.matrix["trace"]}
    report = replace(REPORT, captures=(*REPORT.captures, file), matrix=matrix)
    for shown in (report, narrowed(report, ("export",))):
        (row,) = [row for row in matrix_rows(shown) if row.kind == "mine.pt"]
        assert [cell.outcome for cell in row.cells] == [one.outcome for one in REPORT.matrix["trace"].values()]
        assert row.origin == "beside it"
        assert saying(shown, "eager:long", "mine.pt") == replace(
            saying(REPORT, "eager:long", "trace"),
            capture="mine.pt",  # pyright: ignore[reportArgumentType]
        )
