"""What an edit of the model did: which differences it removed, which it added, and how each capture stands now."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

from explorer.evidence import STATIC_KINDS, Kind
from explorer.report.schema import CaptureEntry, Report
from explorer.view.differences import Row, rows_of
from explorer.view.identity import SameReport
from explorer.view.narrowing import kinds_in, narrowed
from explorer.view.reference import is_beside, measure_name, row_name, statics_of
from explorer.view.saying import is_wrong
from explorer.wording import joined

MOST_NAMED = 3
"""Differences that are named; of more their number says enough."""


Standing = Literal["right", "wrong", "raises", "wrong and raises", "refused"]
"""How a capture does on all examples together."""

WAS: Mapping[Standing, tuple[str, str]] = {
    "right": ("was right", "were right"),
    "wrong": ("was wrong", "were wrong"),
    "raises": ("raised", "raised"),
    "wrong and raises": (
        "was wrong on some examples and raised on others",
        "were wrong on some examples and raised on others",
    ),
    "refused": ("was refused", "were refused"),
}
IS: Mapping[Standing, tuple[str, str]] = {
    "right": ("is right", "are right"),
    "wrong": ("is wrong", "are wrong"),
    "raises": ("raises where {measure} does not", "raise where {measure} does not"),
    "wrong and raises": (
        "is wrong on some examples and raises on others",
        "are wrong on some examples and raise on others",
    ),
    "refused": ("is refused", "are refused"),
}
"""Of one capture, and of several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Captures that stood one way before an edit and stand another way after it."""

    captures: tuple[str, ...]
    was: Standing
    now: Standing
    measure: str

    def __str__(self) -> str:
        many = len(self.captures) > 1
        names, was = joined(self.captures), WAS[self.was][many]
        now = IS[self.now][many].format(measure=self.measure)
        said = f"{names} {was} and now {now}"
        if self.was == "refused":
            said = f"{names} {was} and now {'are' if many else 'is'} made: {'they' if many else 'it'} {now}"
        return f"{said[0].upper()}{said[1:]}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Errors and warnings of two versions of one file, by where they stand."""

    removed: tuple[Row, ...]
    added: tuple[Row, ...]
    kept: int
    turns: tuple[Turn, ...] = ()
    unknown: tuple[str, ...] = ()
    """Captures and files beside the model that one of the two versions has not, so that nothing is told of them."""


def edit_among(before: Report, after: Report, kinds: Collection[Kind]) -> Edit | None:
    """Return what an edit did to the static graphs of ``kinds``, kept; ``None`` where both versions have none.

    What a cancelled run left out has no differences either, and nothing follows from that.
    """
    asked: list[Kind] = [kind for kind in STATIC_KINDS if kind in kinds]
    done = kinds_in(before) & kinds_in(after)
    known: tuple[Kind, ...] = tuple(kind for kind in asked if kind in done)
    if not known:
        return None
    files = tuple(sorted(_skipped_files(before) | _skipped_files(after)))
    edit = _edit(SameReport(narrowed(before, known)), SameReport(narrowed(after, known)), files)
    return replace(edit, unknown=(*(kind for kind in asked if kind not in known), *files))


def _skipped_files(report: Report) -> set[str]:
    return {one.id for one in report.captures if one.status == "skipped" and is_beside(one)}


@lru_cache(maxsize=32)
def _edit(before: SameReport, after: SameReport, without: tuple[str, ...]) -> Edit:
    return edit_of(*(_without(one.report, without) for one in (before, after)))


def _without(report: Report, files: Collection[str]) -> Report:
    return replace(report, divergences=tuple(one for one in report.divergences if one.source not in files))


def edit_of(before: Report, after: Report) -> Edit:
    """Return what tells the two versions apart: a difference is the same whose cause stands at the same statement.

    What was written anew in place of a line stands where that stood.
    """
    moved = moved_lines(before.source.text, after.source.text, written_anew=True)
    old, new = (_told(report) for report in (before, after))
    # What stood on a line that is gone is at no place of the new text, and not at the same as another that is gone.
    places = {
        (row.cause, row.place if row.line is None else moved.get(row.line, ("gone", row.line))): row for row in old
    }
    found = {(row.cause, row.place if row.line is None else row.line): row for row in new}
    return Edit(
        removed=tuple(row for place, row in places.items() if place not in found),
        added=tuple(row for place, row in found.items() if place not in places),
        kept=len(places.keys() & found.keys()),
        turns=tuple(_turns(before, after)),
    )


def _turns(before: Report, after: Report) -> Iterator[Turn]:
    """Yield the captures that stand otherwise now, those together that stood alike."""
    old: dict[str, Standing | None] = {one.id: _standing(before, one) for one in statics_of(before)}
    found: dict[tuple[Standing, Standing], list[str]] = {}
    for capture in statics_of(after):
        was, now = old.get(capture.id), _standing(after, capture)
        if was is not None and now is not None and was != now:
            found.setdefault((was, now), []).append(capture.id)
    for (was, now), captures in found.items():
        yield Turn(captures=tuple(captures), was=was, now=now, measure=measure_name(after))


def _standing(report: Report, capture: CaptureEntry) -> Standing | None:
    """Return how a capture stands; ``None`` where that is not known."""
    if capture.status == "failed":
        return "refused"
    outcomes = [one for one in report.matrix.get(row_name(report, capture), {}).values() if one.outcome != "not-run"]
    wrong = {one.outcome for one in outcomes if is_wrong(one)}
    if capture.status == "skipped" or not outcomes:
        return None
    if "raises" in wrong:
        return "wrong and raises" if wrong - {"raises"} else "raises"
    return "wrong" if wrong else "right"


def said_of(edit: Edit) -> str:
    """Return the edit in a sentence or two."""
    parts = [f"{verb} {_counted(rows)}" for verb, rows in (("removed", edit.removed), ("added", edit.added)) if rows]
    done = f"Your edit {' and '.join(parts) or 'changed no difference'}."
    left = f" {edit.kept} {'is' if edit.kept == 1 else 'are'} as before." if edit.kept else ""
    is_rid = edit.removed and not edit.kept and not edit.added and not edit.unknown
    none = " None is left." if is_rid else ""
    rest = [f"What it did to {joined(edit.unknown)} is not known."] if edit.unknown else []
    return " ".join((done + left + none, *map(str, edit.turns), *rest))


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
