"""What an edit of the model did, told by the statements that differences stand at."""

from __future__ import annotations

from dataclasses import replace

import pytest

from explorer.evidence import Outcome
from explorer.report.schema import CaptureEntry, Report
from explorer.view.edits import edit_among, edit_of, said_of
from tests.view.fakes import gated_report

REPORT = gated_report()
LOUD = [found for found in REPORT.divergences if found.severity != "note"]


def edited(text: str, *, down: int = 0, without: frozenset[str] = frozenset(), file: str = "gated_mlp.py") -> Report:
    """Return the report of another text, in another file, with its findings ``down`` lines further below."""
    found = (replace(one, file=file, line=one.line + down if one.line else None)
             for one in REPORT.divergences if one.cause not in without)  # fmt: skip
    return replace(REPORT, source=replace(REPORT.source, text=text, file=file), divergences=tuple(found))


def test_what_is_moved_by_new_lines_is_as_before() -> None:
    edit = edit_of(REPORT, edited("# one\n# two\n" + REPORT.source.text, down=2))
    assert (edit.removed, edit.added) == ((), ())
    assert said_of(edit).startswith("Your edit changed no difference.")


def test_a_line_written_anew_keeps_its_difference() -> None:
    text = REPORT.source.text.replace("if gate.mean() > 0.5:", "if gate.max() > 0.9:")
    assert edit_of(REPORT, edited(text)).removed == ()


def test_each_deleted_line_takes_a_difference_of_its_own_along() -> None:
    """Two of one cause counted as one."""
    first = next(one for one in LOUD if one.cause == "baked-branch")
    two = replace(REPORT, divergences=(first, replace(first, id="d8", line=15)))
    kept = [text for at, text in enumerate(REPORT.source.text.splitlines(), 1) if at not in (15, first.line)]
    edit = edit_of(two, replace(edited("\n".join(kept)), divergences=()))
    assert {row.line for row in edit.removed} == {15, first.line}
    assert "removed 2 differences" in said_of(edit)


@pytest.mark.parametrize("swapped", [False, True], ids=["removed", "added"])
def test_what_is_gone_and_what_is_new_is_named(*, swapped: bool) -> None:
    """The same both ways: an edit that is taken back adds what it removed."""
    less = edited(REPORT.source.text, without=frozenset({"baked-branch"}), file=REPORT.source.file)
    edit = edit_of(less, REPORT) if swapped else edit_of(REPORT, less)
    rows = edit.added if swapped else edit.removed
    assert [row.cause for row in rows] == ["baked-branch"]
    assert f"{'added' if swapped else 'removed'} 1 difference (baked-branch at line 18)" in said_of(edit)


def test_nothing_left_is_said() -> None:
    edit = edit_of(REPORT, replace(REPORT, divergences=()))
    assert said_of(edit).endswith("None is left.")
    assert len(edit.removed) == len({(one.cause, one.line) for one in LOUD})


def test_none_is_left_is_not_said_where_a_graph_was_not_captured() -> None:
    captures = tuple(replace(one, status="skipped") if one.kind == "trace" else one for one in REPORT.captures)
    edit = edit_among(REPORT, replace(REPORT, captures=captures, divergences=()), ("trace", "onnx_ts", "export"))
    assert edit is not None
    assert edit.removed
    assert said_of(edit).endswith("What it did to trace is not known.")
    assert "None is left" not in said_of(edit)


def standing(trace: str) -> Report:
    """Return the report with a trace that is ``right``, ``wrong``, ``raises``, or is ``refused``."""
    outcomes = {"right": "agrees", "wrong": "differs", "raises": "raises", "refused": "not-run"}
    row = dict.fromkeys(("short", "long"), Outcome(outcome=outcomes[trace]))  # pyright: ignore[reportArgumentType]

    def made(one: CaptureEntry) -> CaptureEntry:
        return replace(one, status="failed" if trace == "refused" else "ok") if one.kind == "trace" else one

    captures = tuple(made(one) for one in REPORT.captures)
    return replace(REPORT, captures=captures, matrix={**REPORT.matrix, "trace": row})


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        pytest.param("refused", "raises", "Trace was refused and now is made: it raises where eager does not.", id="a"),
        pytest.param("refused", "right", "Trace was refused and now is made: it is right.", id="b"),
        pytest.param("right", "refused", "Trace was right and now is refused.", id="c"),
        pytest.param("wrong", "right", "Trace was wrong and now is right.", id="d"),
        pytest.param("right", "wrong", "Trace was right and now is wrong.", id="e"),
    ],
)
def test_a_capture_that_stands_otherwise_now_is_told(was: str, now: str, said: str) -> None:
    """The same cause at the same line hid it: the differences were as before."""
    edit = edit_of(standing(was), standing(now))
    assert edit.kept == len({(one.cause, one.line) for one in LOUD})
    assert said_of(edit).endswith(said)


def test_a_capture_that_was_wrong_and_raised_is_not_said_to_raise_only_now() -> None:
    both = {"short": Outcome(outcome="differs"), "long": Outcome(outcome="raises")}
    before = replace(standing("wrong"), matrix={**REPORT.matrix, "trace": both})
    told = str(*edit_of(before, standing("raises")).turns)
    assert told == "Trace was wrong on some examples and raised on others and now raises where eager does not."
    assert edit_of(before, before).turns == ()


def test_captures_that_stand_otherwise_in_the_same_way_are_told_together() -> None:
    before = {kind: replace(row["short"], outcome="differs") for kind, row in REPORT.matrix.items()}
    matrix = {
        kind: {"short": before[kind]} if kind in {"trace", "script"} else row for kind, row in REPORT.matrix.items()
    }
    after = {**matrix, **{kind: {"short": Outcome(outcome="agrees")} for kind in ("trace", "script")}}
    edit = edit_of(replace(REPORT, matrix=matrix), replace(REPORT, matrix=after))
    assert said_of(edit).endswith("Trace and script were wrong and now are right.")


def test_what_stands_as_before_is_not_told() -> None:
    assert edit_of(REPORT, REPORT).turns == ()
