"""The whole of one comparison: capture and verify in the worker, then align, explain and report.

:func:`stream` yields a :class:`Progress` whenever something is known; the last one is complete.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass

from explorer.options import ModelSource, Options
from explorer.report.schema import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What is known so far: a report of what is done, and what is still to come."""

    report: Report
    """Complete for every capture that is not ``pending``; graphs and alignments included."""
    pending: tuple[str, ...]
    """Kinds still to be captured, in order."""
    doing: str
    """What is being done now, one phrase such as ``capturing onnx``; empty at the end."""
    cancelled: bool = False


def stream(
    source: ModelSource, options: Options, *, cancel: threading.Event | None = None
) -> Iterator[Progress]:
    """Compare ``source``, yielding what is known after each capture.

    Raises
    ------
    SourceError
        The file cannot be loaded, or holds no model.
    NothingRunsError
        The model runs on none of its examples.
    """
    raise NotImplementedError


def compare(source: ModelSource, options: Options) -> Report:
    """Compare ``source`` and return the complete report, graphs and alignments included."""
    raise NotImplementedError
