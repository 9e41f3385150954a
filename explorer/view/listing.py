"""The source pane: coloured lines, which example ran them, and what was found at them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.report.schema import Report, Severity
from explorer.view.differences import Row
from explorer.view.syntax import Span, coloured

MOST_LINES = 3000
"""Lines that are shown; a model file is rarely longer, and a page of more is slow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """One line of the model file."""

    number: int
    spans: tuple[Span, ...]
    runs: tuple[int, ...]
    """How often each example ran it; empty where none did."""
    cause: str
    severity: Severity | None
    sign: str
    tag: str
    """Cause, captures and how many more causes there are, in one."""
    captures: tuple[str, ...]
    more: str
    rows: tuple[int, ...]
    """Differences at this line, by their place in the list, the gravest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The model file as the page shows it."""

    file: str
    inputs: tuple[str, ...]
    lines: tuple[SourceLine, ...]
    left_out: int


def listing_of(report: Report, rows: Sequence[Row]) -> Listing:
    """Return the lines of the model file with the differences ``rows`` at their places."""
    at_line: dict[int, list[int]] = {}
    for index, row in enumerate(rows):
        if row.line is not None:
            at_line.setdefault(row.line, []).append(index)
    lines = coloured(report.source.text)
    return Listing(
        file=report.source.file,
        inputs=tuple(example.name for example in report.inputs),
        lines=tuple(
            _line(number, spans, report, rows, at_line.get(number, ()))
            for number, spans in enumerate(lines[:MOST_LINES], start=1)
        ),
        left_out=max(0, len(lines) - MOST_LINES),
    )


def _line(
    number: int, spans: tuple[Span, ...], report: Report, rows: Sequence[Row], found: Sequence[int]
) -> SourceLine:
    runs = tuple(example.lines.get(number, 0) for example in report.inputs)
    marking = [index for index in found if rows[index].severity != "note"]
    first = rows[marking[0]] if marking else None
    more = f"  +{len(marking) - 1}" if len(marking) > 1 else ""
    return SourceLine(
        number=number,
        spans=spans,
        runs=runs if any(runs) else (),
        cause=first.cause if first else "",
        severity=first.severity if first else None,
        sign=first.sign if first else "",
        tag=f"{first.cause} · {', '.join(first.captures)}{more}" if first else "",
        captures=first.captures if first else (),
        more=more,
        rows=tuple(found),
    )
