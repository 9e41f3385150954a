"""The list of differences, the matrix and the source pane, from the handcrafted report."""

from __future__ import annotations

from dataclasses import replace

import pytest

from explorer.view.differences import notes_text, rows_of
from explorer.view.listing import listing_of
from explorer.view.matrix import matrix_rows
from explorer.view.payload import payload, scene_of
from explorer.view.showing import Shown, choose, follow
from explorer.view.syntax import coloured
from tests.view.fakes import BRANCH_LINE, TEXT, gated_report

REPORT = gated_report()
ROWS = rows_of(REPORT)


def test_one_row_names_all_captures_of_a_cause_at_a_line() -> None:
    assert [(row.cause, row.captures) for row in ROWS] == [
        ("baked-branch", ("trace", "onnx_ts")),
        ("capture-failure", ("export",)),
        ("fused", ("trace",)),
    ]


def test_a_row_says_of_each_capture_what_is_true_of_it() -> None:
    assert [said.captures for said in ROWS[0].said] == [("trace", "onnx_ts")]
    other = [replace(one, explanation="It refuses “long”.", remedy="Capture two.") if one.capture == "onnx_ts" else one
             for one in REPORT.divergences]  # fmt: skip
    first, second = rows_of(replace(REPORT, divergences=tuple(other)))[0].said
    assert (first.captures, second.captures) == (("trace",), ("onnx_ts",))
    assert (second.explanation, second.remedies) == ("It refuses “long”.", ("Capture two.",))


def test_notes_are_counted_by_cause() -> None:
    assert notes_text(ROWS) == "1 note: 1 fused"


def test_the_first_difference_picks_the_pair() -> None:
    shown = choose(REPORT, ROWS, left=None, right=None, difference=None)
    assert shown == Shown(left="eager:long", right="trace", difference=0)


def test_what_the_address_names_wins_where_it_is_there() -> None:
    shown = choose(REPORT, ROWS, left="eager:wide", right="no-such", difference=0)
    assert shown == Shown(left="eager:wide", right="trace", difference=0)


def test_panes_stay_where_they_show_the_difference_already() -> None:
    now = Shown(left="eager:wide", right="onnx_ts", difference=1)
    assert follow(REPORT, ROWS, now, 0) == Shown(left="eager:wide", right="onnx_ts", difference=0)


def test_panes_follow_to_a_capture_that_refused() -> None:
    now = Shown(left="eager:long", right="trace", difference=0)
    assert follow(REPORT, ROWS, now, 1).right == "export"


def test_the_matrix_tells_numbers_of_ops_from_errors() -> None:
    texts = {(row.kind, cell.input): cell.text for row in matrix_rows(REPORT) for cell in row.cells}
    assert texts["eager", "short"] == "15 ops"
    assert texts["trace", "long"] == "≠ Δ 0.67"
    assert texts["export", "short"] == "⊘ line 18"
    assert texts["script", "wide"] == "✓ Δ 0"


def test_what_is_still_to_come_is_in_the_matrix() -> None:
    rows = matrix_rows(REPORT, pending=("onnx",))
    assert rows[-1].kind == "onnx"
    assert {cell.outcome for cell in rows[-1].cells} == {"pending"}


def test_lines_carry_their_gravest_cause_and_who_ran_them() -> None:
    lines = listing_of(REPORT, ROWS).lines
    branch = lines[BRANCH_LINE - 1]
    assert (branch.cause, branch.severity, branch.tag) == ("baked-branch", "error", "baked-branch · trace, onnx_ts  +1")
    assert lines[18].runs == (1, 0, 0)
    assert lines[20].runs == (0, 1, 1)
    assert lines[2].runs == ()


def test_colours_change_no_letter() -> None:
    hostile = 'x = "</script>"  # <b>\ndef f(self): return 1.5 if x else f"{x}"\n  broken ('
    for text in (TEXT, hostile):
        assert ["".join(part for _, part in line) for line in coloured(text)] == text.splitlines()


def test_colours_name_what_they_colour() -> None:
    (line,) = coloured("def f(self): return 'a'  # why")
    assert {kind for kind, _ in line} == {"", "keyword", "name", "self", "string", "comment"}


def test_a_refused_capture_shows_eager_alone() -> None:
    shown = Shown(left="eager:long", right="export", difference=1)
    scene = scene_of(REPORT, shown, {})
    assert {box.parts[0].match for box in scene.boxes if box.parts[0].faces and box.kind != "branch"} == {"same"}
    sent = payload(REPORT, ROWS, shown, scene)
    assert isinstance(sent, dict)
    assert sent["refusals"]["right"]["line"] == BRANCH_LINE
    assert sent["refusals"]["left"] is None


def test_the_bad_news_in_the_verdict_is_stressed() -> None:
    shown = Shown(left="eager:long", right="trace", difference=0)
    sent = payload(REPORT, ROWS, shown, scene_of(REPORT, shown, {}))
    assert isinstance(sent, dict)
    assert sent["verdict"]["stress"] == "wrong on 2 of 3 examples"


def test_rows_stand_in_the_order_of_the_report() -> None:
    """The text lists them so, too: wrong graphs before refusals."""
    causes = [row.cause for row in rows_of(REPORT)]
    assert causes == list(dict.fromkeys(one.cause for one in REPORT.divergences))
    assert causes.index("baked-branch") < causes.index("capture-failure")


def test_the_first_difference_is_one_that_the_verdict_is_about() -> None:
    check = replace(REPORT.divergences[0], cause="baked-state", capture="script", line=3, right_capture="script")
    report = replace(REPORT, divergences=(check, *REPORT.divergences))
    shown = choose(report, rows_of(report), left=None, right=None, difference=None)
    assert shown is not None
    assert (shown.right, shown.difference) == ("trace", 1)


@pytest.mark.parametrize(
    ("left", "right", "difference"),
    [
        pytest.param("eager:long", "trace", 0, id="wrong"),
        pytest.param("eager:short", "trace", None, id="agrees-on-this-example"),
        pytest.param("eager:wide", "script", None, id="agrees-everywhere"),
        pytest.param("eager:long", "export", 1, id="refused"),
        pytest.param("eager:short", "eager:long", None, id="eager-twice"),
    ],
)
def test_a_pair_selects_a_difference_of_its_own_or_none(left: str, right: str, difference: int | None) -> None:
    shown = choose(REPORT, ROWS, left=left, right=right, difference=None)
    assert shown == Shown(left=left, right=right, difference=difference)
