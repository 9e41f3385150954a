"""What a producer warns of while it captures, each with the user's line."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from explorer.evidence import CaptureWarning
from explorer.source.places import Places

MOST_WARNINGS = 200

OURS = ("is deprecated", "We recommend specifying", "support for this functionality")
"""Warnings that speak of the producer's future, not of the model."""


@contextmanager
def collected_warnings(places: Places) -> Iterator[list[CaptureWarning]]:
    """Collect warnings instead of printing them; the list is filled when the context ends."""
    found: list[CaptureWarning] = []
    with warnings.catch_warnings(record=True) as raised:
        warnings.simplefilter("always")
        try:
            yield found
        finally:
            found += dict.fromkeys(_warning(one, places) for one in raised[:MOST_WARNINGS] if _matters(one))


def _matters(one: warnings.WarningMessage) -> bool:
    is_future = issubclass(one.category, DeprecationWarning | FutureWarning)
    return not is_future and not any(text in str(one.message) for text in OURS)


def _warning(one: warnings.WarningMessage, places: Places) -> CaptureWarning:
    place = places.location(one.filename, one.lineno, "") or places.in_text(str(one.message))
    return CaptureWarning(
        message=places.clean(str(one.message)),
        file=place.file if place else None,
        line=place.line if place else None,
    )
