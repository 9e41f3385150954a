"""What an edit of the model did: which differences it removed, which it added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from explorer.report.schema import Report
from explorer.view.differences import Row, rows_of
from explorer.wording import joined

MOST_NAMED = 3
"""Differences that are named; of more their number says enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Errors and warnings of two versions of one file, by where they stand."""

    removed: tuple[Row, ...]
    added: tuple[Row, ...]
    kept: int


def edit_of(before: Report, after: Report) -> Edit:
    """Return what tells the two versions apart: a difference is the same whose cause stands at the same statement.

    What was written anew in place of a line stands where that stood.
    """
    moved = moved_lines(before.source.text, after.source.text, written_anew=True)
    old, new = (_told(report) for report in (before, after))
    places = {(row.cause, row.place if row.line is None else moved.get(row.line)): row for row in old}
    found = {(row.cause, row.place if row.line is None else row.line): row for row in new}
    return Edit(
        removed=tuple(row for place, row in places.items() if place not in found),
        added=tuple(row for place, row in found.items() if place not in places),
        kept=len(places.keys() & found.keys()),
    )


def said_of(edit: Edit) -> str:
    """Return the edit in a sentence or two."""
    parts = [f"{verb} {_counted(rows)}" for verb, rows in (("removed", edit.removed), ("added", edit.added)) if rows]
    done = f"Your edit {' and '.join(parts) or 'changed no difference'}."
    left = f" {edit.kept} {'is' if edit.kept == 1 else 'are'} as before." if edit.kept else ""
    none = " None is left." if edit.removed and not edit.kept and not edit.added else ""
    return done + left + none


def _told(report: Report) -> list[Row]:
    return [row for row in rows_of(report) if row.severity != "note"]


def _counted(rows: Sequence[Row]) -> str:
    number = f"{len(rows)} difference{'s' if len(rows) > 1 else ''}"
    return (
        f"{number} ({joined([f'{row.cause} at {row.place}' for row in rows])})" if len(rows) <= MOST_NAMED else number
    )


def moved_lines(before: str, after: str, *, written_anew: bool = False) -> Mapping[int, int]:
    """Return the number that each line has after the edit; if asked for, also of what was written anew in its place."""
    tags = {"equal", "replace"} if written_anew else {"equal"}
    found: dict[int, int] = {}
    texts = before.splitlines(), after.splitlines()
    for tag, start, end, there, until in SequenceMatcher(None, *texts, autojunk=False).get_opcodes():
        if tag in tags:
            found.update((start + at + 1, there + at + 1) for at in range(min(end - start, until - there)))
    return found
