"""The list of differences: one row for what several captures share, notes last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from explorer.graph import Scalar
from explorer.report.gathering import gathered, remedies, ways, whose
from explorer.report.schema import Divergence, Report, Severity
from explorer.view.drawing import Mark
from explorer.view.identity import SameReport
from explorer.view.labels import clipped

SEVERITY_SIGNS: Mapping[Severity, str] = {"error": "●", "warning": "▲", "note": "·"}
LONGEST_EVIDENCE = 260
"""Letters of one piece of evidence; producers' messages run to pages."""

REFUSED = "capture-failure"
"""The cause of a graph that was never made: a graph that is wrong is worse, as nobody is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """What a row says for one capture."""

    capture: str
    inputs: tuple[str, ...]
    module: str
    explanation: str
    evidence: tuple[tuple[str, str], ...]
    left: str | None
    """The pair of captures that shows it best."""
    right: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is true of several captures of a row, as the text on the command line tells it."""

    possible: bool
    """Whether no example shows it of these, though one does of others."""
    captures: tuple[str, ...]
    inputs: tuple[str, ...]
    explanation: str
    remedies: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Divergences of one fault: one cause at one line."""

    cause: str
    severity: Severity
    sign: str
    file: str | None
    line: int | None
    """Line of the model file; ``None`` for other files."""
    place: str
    captures: tuple[str, ...]
    variants: tuple[Variant, ...]
    said: tuple[Said, ...]
    divergences: tuple[Divergence, ...]

    def variant(self, capture: str | None, first: Variant | None = None) -> Variant:
        """Return what the row says for ``capture``, else ``first``, else what it says for its first one."""
        found = (one for one in self.variants if capture in (one.right, one.capture))
        return next(found, first or self.variants[0])


def rows_for(report: Report) -> tuple[Row, ...]:
    """Return :func:`rows_of`, kept."""
    return _rows(SameReport(report))


@lru_cache(maxsize=32)
def _rows(key: SameReport) -> tuple[Row, ...]:
    return rows_of(key.report)


def rows_of(report: Report) -> tuple[Row, ...]:
    """Return the rows of ``report``, in its order: errors, warnings, then notes; wrong graphs before refusals.

    They are what the text on the command line tells, but for notes, of which it tells the number.
    """
    loud = gathered(found for found in report.divergences if found.severity != "note")
    notes: dict[tuple[str, str | None, int | None], list[Divergence]] = {}
    for found in (found for found in report.divergences if found.severity == "note"):
        notes.setdefault((found.cause, found.file, found.line), []).append(found)
    return tuple(_row(group, report) for group in (*loud, *notes.values()))


def notes_text(rows: Sequence[Row]) -> str:
    """Return ``6 notes: 4 folded-constant, 2 fused``, or nothing where there are none."""
    causes = Counter(row.cause for row in rows if row.severity == "note" for _ in row.divergences)
    if not causes:
        return ""
    total = causes.total()
    each = ", ".join(f"{count} {cause}" for cause, count in causes.most_common())
    return f"{total} {'note' if total == 1 else 'notes'}: {each}"


def marks_of(rows: Sequence[Row], captures: Sequence[str]) -> tuple[Mark, ...]:
    """Return the ops of each row in the graphs of ``captures``.

    Eager's ops in a row that is of another capture are named, but it opens no boxes for them.
    """
    return tuple(
        Mark(
            row=at,
            opens=row.severity != "note" and any(_is_of(found, captures) for found in row.divergences),
            ops=tuple(tuple(op for found in row.divergences for op in _ops(found, one)) for one in captures),
        )
        for at, row in enumerate(rows)
    )


def _is_of(found: Divergence, captures: Sequence[str]) -> bool:
    return not {found.right_capture, found.capture}.isdisjoint(captures)


def _ops(found: Divergence, capture: str) -> tuple[str, ...]:
    if capture == found.left_capture:
        return found.left
    return found.right if capture in (found.right_capture, found.capture) else ()


def _row(group: list[Divergence], report: Report) -> Row:
    first = group[0]
    inside = first.file == report.source.file
    place = f"line {first.line}" if inside else f"{first.file}:{first.line}"
    return Row(
        cause=first.cause,
        severity=first.severity,
        sign=SEVERITY_SIGNS[first.severity],
        file=first.file,
        line=first.line if inside else None,
        place=place if first.line is not None else first.module or "",
        captures=tuple(dict.fromkeys(found.row for found in group)),
        variants=tuple(_variant(found, report) for found in group),
        said=tuple(_said(alike, first) for alike in ways(group)),
        divergences=tuple(group),
    )


def _said(alike: Sequence[Divergence], first: Divergence) -> Said:
    helps = (f"{', '.join(names)}: {remedy}" if names else remedy for names, remedy in remedies(alike))
    return Said(
        possible=alike[0].severity != first.severity,
        captures=tuple(whose(alike)),
        inputs=alike[0].inputs,
        explanation=alike[0].explanation,
        remedies=tuple(helps),
    )


def _variant(found: Divergence, report: Report) -> Variant:
    ids = {capture.id for capture in report.captures}
    of_kind = next((c.id for c in report.captures if c.kind == found.capture), str(found.capture))
    seen_on = next((f"eager:{name}" for name in found.inputs if f"eager:{name}" in ids), None)
    return Variant(
        capture=found.row,
        inputs=found.inputs,
        module=found.module,
        explanation=found.explanation,
        evidence=evidence_lines(found.evidence),
        left=found.left_capture or seen_on,
        right=found.right_capture or of_kind,
    )


def evidence_lines(evidence: Mapping[str, Scalar | list[Scalar]]) -> tuple[tuple[str, str], ...]:
    """Return names and values of ``evidence`` as a person reads them."""
    lines: list[tuple[str, str]] = []
    for name, value in evidence.items():
        text = ", ".join(_scalar(part) for part in value) if isinstance(value, list) else _scalar(value)
        if text:
            lines.append((name.replace("_", " "), clipped(text, LONGEST_EVIDENCE)))
    return tuple(lines)


def _scalar(value: Scalar) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.3g}" if isinstance(value, float) else str(value)
