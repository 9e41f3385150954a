"""What the matrix knows of the pair in the panes, in words: a cell has room for a sign and a figure only."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.evidence import Outcome
from explorer.report.schema import CaptureEntry, Report
from explorer.view.labels import clipped
from explorer.view.reference import is_beside, measure_name, name_of, row_name, statics_of, stored_of

LONGEST_MESSAGE = 320

WORDS = {
    "agrees": ("✓", "agrees with eager"),
    "differs": ("≠", "differs from eager"),
    "raises": ("✗", "raises where eager does not"),
    "returns": ("≠", "returns where eager raises"),
    "not-run": ("·", "was not run"),
}
WRONG = frozenset({"differs", "raises", "returns"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """A cell in words."""

    capture: str
    input: str
    outcome: str
    """The outcome, ``refused`` or ``rounding``."""
    sign: str
    words: str
    facts: tuple[tuple[str, str], ...]
    message: str
    """The worker's own words, where there are any."""


def is_wrong(outcome: Outcome) -> bool:
    """Whether a graph does something else than eager, by more than rounding."""
    return outcome.outcome in WRONG and not outcome.rounding


def outcome_of(report: Report, left: str, right: str) -> Outcome | None:
    """Return how the static graph of the pair did on the example of the other side, if that is what it is."""
    cell = _cell(report, left, right)
    return report.matrix.get(row_name(report, cell[0]), {}).get(cell[1]) if cell else None


def saying(report: Report, left: str, right: str) -> Saying | None:
    """Return what the matrix says of the pair; ``None`` for two static graphs, or two of eager."""
    cell = _cell(report, left, right)
    if cell is None:
        return None
    capture, example = cell
    if capture.status == "failed":
        words = "cannot be used" if is_beside(capture) else "refuses the model"
        return _said(capture, example, "refused", ("⊘", words), message=capture.reason or "")
    outcome = report.matrix.get(row_name(report, capture), {}).get(example)
    if capture.status == "skipped" or outcome is None:
        return _said(capture, example, "not-run", ("·", "is not known"), message=capture.reason or "")
    if outcome.rounding:
        return _said(capture, example, "rounding", ("≈", "differs by rounding"), facts=_facts(outcome))
    words = WORDS[outcome.outcome]
    words = words[0], words[1].replace("eager", measure_name(report))
    if outcome.outcome == "agrees" and outcome.max_abs_error is None:
        words = (words[0], "raises as eager does") if _raises(report, example) else words
    return _said(capture, example, outcome.outcome, words, facts=_facts(outcome), message=outcome.message or "")


def _said(
    capture: CaptureEntry,
    example: str,
    outcome: str,
    words: tuple[str, str],
    *,
    facts: tuple[tuple[str, str], ...] = (),
    message: str = "",
) -> Saying:
    if capture.kind == "dynamo" and capture.input not in (None, example) and outcome == "agrees":
        facts = (*facts, ("graph of", f"{capture.input}; for others Dynamo makes its own"))
    return Saying(
        capture=name_of(capture),
        input=example,
        outcome=outcome,
        sign=words[0],
        words=words[1],
        facts=facts,
        message=clipped(message, LONGEST_MESSAGE),
    )


def _facts(outcome: Outcome) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, f"{value:.3g}")
        for name, value in (("largest error", outcome.max_abs_error), ("relative", outcome.max_rel_error))
        if value or (value is not None and name == "largest error")
    )


def _raises(report: Report, example: str) -> bool:
    return any(one.name == example and one.raised is not None for one in report.inputs)


def _cell(report: Report, left: str, right: str) -> tuple[CaptureEntry, str] | None:
    entries = [one for one in report.captures if one.id in (left, right)]
    stored = stored_of(report)
    static = [one for one in statics_of(report) if one in entries]
    examples = [one.input for one in entries if one.kind == "eager" and not is_beside(one)]
    if stored in entries:
        examples = [one.name for one in report.inputs[:1]]
    return (static[0], examples[0]) if len(static) == 1 and examples and examples[0] is not None else None
