"""Which two captures and which difference are shown: what was asked for where it is there, else the best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.report.schema import Report
from explorer.view.differences import REFUSED, Row, Variant
from explorer.view.matching import drawable, showable
from explorer.view.panes import MOST_MORE, SIDES, SideName
from explorer.view.reference import is_beside, row_name, statics_of
from explorer.view.saying import is_wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The pair of captures in the panes, what stands beside it, and the selected row of the list of differences."""

    left: str
    right: str
    difference: int | None
    more: tuple[str, ...] = ()

    @property
    def sides(self) -> dict[SideName, str]:
        """The captures by pane."""
        return dict(zip(SIDES, (self.left, self.right, *self.more), strict=False))


def choose(
    report: Report,
    rows: Sequence[Row],
    *,
    left: str | None,
    right: str | None,
    difference: int | None,
    more: Sequence[str] = (),
) -> Shown | None:
    """Return what to show of ``report``, or ``None`` while it has no capture.

    Where no difference is asked for, it is one of the pair that is; where no pair is asked for either, it
    is the gravest that the verdict is about.
    """
    ids = showable(report)
    if not ids:
        return None
    left, right = left if left in ids else None, right if right in ids else None
    if difference is None or not 0 <= difference < len(rows):
        difference = _first(report, rows, left, right)
    best_left, best_right = _best(report, rows, difference, right)
    beside = tuple(one for one in more if one in ids)[:MOST_MORE]
    return Shown(left=left or best_left, right=right or best_right, difference=difference, more=beside)


def another(report: Report, shown: Shown) -> str | None:
    """Return what to show beside ``shown``: a graph that does wrong before one that does not, none of them twice."""
    there = set(shown.sides.values())
    free = [one for one in statics_of(report) if one.id not in there and one.id in (report.graphs or {})]
    wrong = [
        one for one in free if any(is_wrong(cell) for cell in report.matrix.get(row_name(report, one), {}).values())
    ]
    rest = (one for one in drawable(report) if one not in there)
    return next((one.id for one in (*wrong, *free)), next(rest, None))


def follow(report: Report, rows: Sequence[Row], now: Shown, difference: int) -> Shown:
    """Return what to show once the row ``difference`` is selected: the panes stay if they show it."""
    if not 0 <= difference < len(rows):
        return now
    ids = {capture.id for capture in report.captures}
    variant = rows[difference].variant(now.right, _silent(report, rows[difference]))
    stays = variant.right in (now.right, *now.more) and _shows(now.left, variant.left, variant.inputs)
    left = now.left if stays or variant.left not in ids else variant.left
    right = now.right if stays or variant.right not in ids else variant.right
    return Shown(left=left or now.left, right=right, difference=difference, more=now.more)


def beside(report: Report, shown: Shown, captures: Sequence[str]) -> tuple[str, ...]:
    """Return what stands beside the pair where ``captures`` are asked for; the empty name is chosen here."""
    ids = showable(report)
    given = (one if one in ids else None if one else another(report, shown) for one in captures)
    return tuple(one for one in given if one is not None)[:MOST_MORE]


def paired(report: Report, rows: Sequence[Row], now: Shown, left: str, right: str) -> Shown:
    """Return what to show once a pair is asked for: the row that is selected if it is of it, else the pair's own."""
    ids = showable(report)
    left, right = left if left in ids else now.left, right if right in ids else now.right
    row = rows[now.difference] if now.difference is not None else None
    stays = row is not None and applies(report, row, left, right)
    return Shown(left=left, right=right, difference=now.difference if stays else None, more=now.more)


def applies(report: Report, row: Row, left: str | None, right: str | None) -> bool:
    """Whether ``row`` is of the captures and examples of a pair; a side that is ``None`` may be any."""
    entries = [capture for capture in report.captures if capture.id in (left, right)]
    statics = [capture for capture in statics_of(report) if capture in entries]
    kinds = {row_name(report, capture) for capture in statics}
    examples = {capture.input for capture in entries if capture.kind == "eager" and not is_beside(capture)}
    if left and right and not kinds:
        return False
    return any(
        (not kinds or variant.capture in kinds)
        and (not examples or not variant.inputs or not examples.isdisjoint(variant.inputs))
        for variant in row.variants
    )


def _first(report: Report, rows: Sequence[Row], left: str | None, right: str | None) -> int | None:
    """Return the gravest row of the pair: a wrong graph before one that was never made."""
    wrong = {kind for kind, row in report.matrix.items() if any(is_wrong(one) for one in row.values())}
    found = [at for at, row in enumerate(rows) if row.severity != "note" and applies(report, row, left, right)]
    about = (at for at in found if rows[at].cause != REFUSED and not wrong.isdisjoint(rows[at].captures))
    return next(about, found[0] if found else None)


def _silent(report: Report, row: Row) -> Variant | None:
    """Return the variant of the first graph that gives something wrong: where one raises, somebody is told."""
    rows = (report.matrix.get(variant.capture, {}).values() for variant in row.variants)
    given = (any(one.outcome != "raises" and is_wrong(one) for one in cells) for cells in rows)
    return next((variant for variant, is_silent in zip(row.variants, given, strict=True) if is_silent), None)


def _shows(left: str, wanted: str | None, inputs: tuple[str, ...]) -> bool:
    return wanted is None or left == wanted or left.removeprefix("eager:") in inputs


def _best(report: Report, rows: Sequence[Row], difference: int | None, right: str | None) -> tuple[str, str]:
    ids = [capture.id for capture in report.captures]
    eager = next((c.id for c in report.captures if c.kind == "eager"), ids[0])
    static = statics_of(report)
    made = next((c.id for c in static if c.status == "ok"), static[0].id if static else eager)
    if difference is None:
        return eager, made
    variant = rows[difference].variant(right, _silent(report, rows[difference]))
    left = variant.left if variant.left in ids else None
    return left or eager, variant.right if variant.right in ids else made
