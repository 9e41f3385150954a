"""What an edit of the model did, told by the statements that differences stand at."""

from __future__ import annotations

from dataclasses import replace

import pytest

from explorer.report.schema import Report
from explorer.view.edits import edit_of, said_of
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
