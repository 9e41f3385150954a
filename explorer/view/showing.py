"""Which two captures and which difference are shown: what was asked for where it is there, else the best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.report.schema import Report
from explorer.view.differences import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The pair of captures in the panes, and the selected row of the list of differences."""

    left: str
    right: str
    difference: int | None


def choose(
    report: Report, rows: Sequence[Row], *, left: str | None, right: str | None, difference: int | None
) -> Shown | None:
    """Return what to show of ``report``, or ``None`` while it has no capture."""
    ids = [capture.id for capture in report.captures]
    if not ids:
        return None
    if difference is None or difference >= len(rows):
        difference = 0 if rows and difference is None and rows[0].severity != "note" else None
    best_left, best_right = _best(report, rows, difference)
    return Shown(
        left=left if left in ids else best_left, right=right if right in ids else best_right, difference=difference
    )


def follow(report: Report, rows: Sequence[Row], now: Shown, difference: int) -> Shown:
    """Return what to show once the row ``difference`` is selected: the panes stay if they show it."""
    if not 0 <= difference < len(rows):
        return now
    ids = {capture.id for capture in report.captures}
    variant = rows[difference].variant(now.right)
    stays = now.right == variant.right and _shows(now.left, variant.left, variant.inputs)
    left = now.left if stays or variant.left not in ids else variant.left
    right = now.right if stays or variant.right not in ids else variant.right
    return Shown(left=left or now.left, right=right, difference=difference)


def _shows(left: str, wanted: str | None, inputs: tuple[str, ...]) -> bool:
    return wanted is None or left == wanted or left.removeprefix("eager:") in inputs


def _best(report: Report, rows: Sequence[Row], difference: int | None) -> tuple[str, str]:
    ids = [capture.id for capture in report.captures]
    eager = next((c.id for c in report.captures if c.kind == "eager"), ids[0])
    static = [c for c in report.captures if c.kind != "eager"]
    made = next((c.id for c in static if c.status == "ok"), static[0].id if static else eager)
    if difference is None:
        return eager, made
    variant = rows[difference].variants[0]
    left = variant.left if variant.left in ids else None
    return left or eager, variant.right if variant.right in ids else made
