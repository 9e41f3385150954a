"""A report with fewer static graphs: what is switched off is left out, nothing is run again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import lru_cache

from explorer.evidence import STATIC_KINDS, Kind, Outcome
from explorer.report.schema import Report
from explorer.report.verdict import verdict
from explorer.view.identity import SameReport
from explorer.view.matching import showable
from explorer.view.reference import is_beside, measure_name, stored_of


def narrowed(report: Report, kinds: Collection[Kind]) -> Report:
    """Return ``report`` without the static graphs that are not in ``kinds``, kept; itself where none is."""
    return _narrowed(SameReport(report), tuple(kind for kind in STATIC_KINDS if kind in kinds))


def kinds_in(report: Report) -> set[str]:
    """Return the kinds of which ``report`` has a capture of the model's: one of a file beside it is none of these."""
    return {one.kind for one in report.captures if one.status != "skipped" and not is_beside(one)}


@lru_cache(maxsize=32)
def _narrowed(key: SameReport, kinds: tuple[Kind, ...]) -> Report:
    report = key.report
    kept = {one.id for one in report.captures if one.kind in kinds or is_beside(one)}
    kept |= {one.id for one in (stored_of(report),) if one}
    captures = tuple(one for one in report.captures if one.kind == "eager" or one.id in kept)
    if len(captures) == len(report.captures):
        return report
    ids = set(showable(replace(report, captures=captures)))
    matrix: dict[str, Mapping[str, Outcome]] = {
        kind: row for kind, row in report.matrix.items() if kind not in STATIC_KINDS or kind in kinds
    }
    divergences = tuple(one for one in report.divergences if one.source or one.capture in kinds)
    first, second = "", ""
    if report.verdict:  # where nothing can be said of all, nothing can of a part
        first, second = verdict(
            matrix,
            divergences,
            captures,
            report.inputs,
            file=report.source.file,
            beside=measure_name(report),
        )
    return replace(
        report,
        captures=captures,
        matrix=matrix,
        divergences=divergences,
        verdict=first,
        summary=second,
        graphs=None if report.graphs is None else {one: made for one, made in report.graphs.items() if one in ids},
        alignments=None
        if report.alignments is None
        else tuple(one for one in report.alignments if one.left in ids and one.right in ids),
    )
