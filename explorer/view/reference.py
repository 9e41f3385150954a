"""What the static graphs of a report are compared with: eager's, or the stored graph that the source holds."""

from __future__ import annotations

from explorer.options import STORED
from explorer.report.schema import CaptureEntry, Report


def stored_of(report: Report) -> CaptureEntry | None:
    """Return the stored graph of a source that has no Python behind it; ``None`` where eager is the measure."""
    return report.captures[0] if report.source.kind in STORED and report.captures else None


def statics_of(report: Report) -> tuple[CaptureEntry, ...]:
    """Return the captures that are compared with something."""
    stored = stored_of(report)
    return tuple(one for one in report.captures if one is not stored and (one.kind != "eager" or is_beside(one)))


def is_beside(capture: CaptureEntry) -> bool:
    """Whether it is of a file that was handed in beside the model; it then has that file's name."""
    return capture.id.partition(":")[0] != capture.kind


def name_of(capture: CaptureEntry) -> str:
    """Return what a capture is called in a sentence: its kind, or the file beside the model."""
    return capture.id if is_beside(capture) else capture.kind


def row_name(report: Report, capture: CaptureEntry) -> str:
    """Return what the matrix calls a capture: its kind, or the file beside the model."""
    return capture.kind if capture is stored_of(report) else name_of(capture)


def measure_of(report: Report, example: str) -> str:
    """Return the id of the capture that a static graph stands beside on ``example``."""
    stored = stored_of(report)
    return stored.id if stored else f"eager:{example}"


def measure_name(report: Report) -> str:
    """Return in words what the static graphs are compared with."""
    return "the stored graph" if stored_of(report) else "eager"
