"""The headline: what is read first, and whether it is good news, bad news, or not yet known.

NOTE: silence of the causes is no success. A check is only drawn where every capture that was asked for is
done and was judged on every example; what was cancelled, is still to come or was not asked for is told so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from explorer.report.schema import Report
from explorer.view.reference import name_of, statics_of

Tone = Literal["error", "warning", "good", "neutral"]

_STRESSED = re.compile(r"\b(wrong|differ|disagree|refuse|raise|fail|lose|lost)\w*\b.*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """The verdict as the page shows it."""

    lead: str
    stress: str
    """The bad news of the sentence, which is stressed."""
    summary: str
    tone: Tone
    nothing: str
    """What the list of differences says where it is empty."""


def headline(report: Report, pending: Sequence[str] = ()) -> Headline:
    """Return the headline of ``report``, of which the captures ``pending`` are still to come."""
    static = statics_of(report)
    if all(capture.status == "skipped" for capture in static) or not report.verdict:
        return _nothing_known(report, pending)
    severities = {divergence.severity for divergence in report.divergences}
    whole = not pending and _judged(report)
    tone: Tone = (
        "error" if "error" in severities else "warning" if "warning" in severities else "good" if whole else "neutral"
    )
    found = _STRESSED.search(report.verdict) if tone in ("error", "warning") else None
    at = found.start() if found else len(report.verdict)
    return Headline(
        lead=report.verdict[:at],
        stress=report.verdict[at:],
        summary=report.summary,
        tone=tone,
        nothing=_nothing_found(pending, whole=whole),
    )


def _judged(report: Report) -> bool:
    """Whether each static graph was made, and seen on every example."""
    static = statics_of(report)
    outcomes = [outcome for row in report.matrix.values() for outcome in row.values()]
    made = bool(outcomes) and all(one.status == "ok" for one in static)
    return made and all(one.outcome != "not-run" for one in outcomes)


def _nothing_found(pending: Sequence[str], *, whole: bool) -> str:
    if whole:
        return "✓ Nothing diverges on these examples."
    return "Nothing found so far." if pending else "Nothing found in what was compared."


def _nothing_known(report: Report, pending: Sequence[str]) -> Headline:
    cancelled = any(capture.status == "skipped" for capture in report.captures)
    rest = ""
    if pending:
        lead, nothing = f"Comparing {report.source.name} …", "Nothing found so far."
    elif cancelled:
        lead, nothing = "Nothing is known of the static graphs", "Nothing was compared."
    else:
        lead, nothing = "No static graph is switched on", "Nothing is compared."
        rest = "Switch one on in the sidebar to compare it with eager."
    return Headline(
        lead=lead, stress="", summary=f"{_eager_ran(report)} {rest}".strip(), tone="neutral", nothing=nothing
    )


def _eager_ran(report: Report) -> str:
    count = sum(name_of(capture) == "eager" and capture.status == "ok" for capture in report.captures)
    if not count:
        return ""
    return f"Eager ran on {'one example' if count == 1 else f'{count} examples'}."
