"""The report as text for a terminal: verdict, matrix, divergences."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.evidence import Outcome
from explorer.options import STORED
from explorer.report.gathering import (
    captures_by_row,
    explanations,
    gathered,
    held_by,
    messages,
    printable,
    refused_at,
    remedies,
)
from explorer.report.schema import CaptureEntry, Divergence, Report

SIGNS = {"agrees": "✓", "differs": "≠", "raises": "✗ raises", "returns": "✗ returns", "not-run": "·"}
SEVERITY_SIGNS = {"error": "●", "warning": "▲", "note": "·"}


def to_text(report: Report) -> str:
    """Return the report as lines that fit a terminal; what models wrote is stripped of control characters."""
    return "\n".join(printable(line) for line in _lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"{report.source.name} ({report.source.file})"
    yield report.verdict
    if report.summary:
        yield report.summary
    yield ""
    yield from _matrix(report)
    yield ""
    if not report.inputs:
        yield from _untold(report)
    loud = [one for one in report.divergences if one.severity != "note"]
    for group in gathered(loud):
        yield from _divergence(group)
    notes = [one for one in report.divergences if one.severity == "note"]
    if notes:
        counts: dict[str, int] = {}
        for one in notes:
            counts[one.cause] = counts.get(one.cause, 0) + 1
        yield "· notes: " + ", ".join(f"{count} {cause}" for cause, count in sorted(counts.items()))


def _untold(report: Report) -> Iterator[str]:
    """Yield why captures failed where nothing was run, so that no divergence tells of it."""
    for one in report.captures:
        if one.status == "failed" and one.reason:
            yield f"⊘ {one.id}"
            yield f"    {one.reason}"
            if one.hint:
                yield f"    → {one.hint}"


def _matrix(report: Report) -> Iterator[str]:
    names, raising = [one.name for one in report.inputs], {one.name for one in report.inputs if one.raised is not None}
    rows = [["static graph", *names, "ops"]]
    if report.source.kind in STORED:
        stored = report.captures[0]
        rows.append([f"{stored.kind} (stored)", *("" for _ in names), str(stored.ops or "-")])
    captures = captures_by_row(report)
    for kind, row in report.matrix.items():
        capture = captures[kind]
        place = refused_at(report, capture) or "refused"
        cells = (_cell(capture, row.get(name), place, raises=name in raising) for name in names)
        rows.append([kind, *cells, str(capture.ops or "-")])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _cell(capture: CaptureEntry, outcome: Outcome | None, place: str, *, raises: bool) -> str:
    if capture.status != "ok":
        return f"⊘ {place}" if capture.status == "failed" else "skipped"
    if outcome is None:
        return ""
    error = outcome.max_abs_error
    if raises and outcome.outcome == "agrees":
        return f"{SIGNS['agrees']} raises too"
    what = f" {outcome.where}" if outcome.outcome == "differs" and outcome.where not in {None, "value"} else ""
    return SIGNS[outcome.outcome] + what + (f" {error:.2g}" if error is not None else "")


def _divergence(group: list[Divergence]) -> Iterator[str]:
    """Yield the lines of one finding: what is said of the first graph, and what the others add to it."""
    one = group[0]
    place = f"{one.file}:{one.line}" if one.line is not None else one.file or ""
    yield f"{SEVERITY_SIGNS[one.severity]} {one.cause}  {place}  {held_by(group)}"
    for names, said in (*explanations(group), *messages(group)):
        yield f"    {', '.join(names)}: {said}" if names else f"    {said}"
    for names, remedy in remedies(group):
        yield f"    → {', '.join(names)}: {remedy}" if names else f"    → {remedy}"
