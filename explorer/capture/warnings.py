"""What a producer warns of while it captures, each with the user's line."""

from __future__ import annotations

import re
import warnings
from collections.abc import Hashable, Iterable, Iterator
from contextlib import contextmanager

from explorer.evidence import CaptureWarning
from explorer.source.places import Places

MOST_WARNINGS = 2_000
"""Warnings that are kept of a capture, those of one kind at one line last."""

FIGURE = re.compile(r"\d+")

LEFT_OUT = "Warnings that are left out: {0:,}."

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
            found += _kept(raised, places)


def _kept(raised: Iterable[warnings.WarningMessage], places: Places) -> Iterator[CaptureWarning]:
    """Yield what matters of what is ``raised``, each once, and at last how many are left out.

    Each line's first of a kind goes before others of it: what one line says again and again, of other figures each
    time, leaves out none of another line.
    """
    told = {(one.filename, one.lineno, one.category, str(one.message)): one for one in raised if _matters(one)}
    kinds: dict[CaptureWarning, Hashable] = {}
    for one in told.values():
        found = _warning(one, places)
        kinds.setdefault(found, (found.file, found.line, one.category, FIGURE.sub("0", found.message)))
    firsts: dict[Hashable, CaptureWarning] = {}
    for found, kind in kinds.items():
        firsts.setdefault(kind, found)
    order = sorted(kinds, key=lambda found: firsts[kinds[found]] is not found)
    kept = {*order[:MOST_WARNINGS]}
    yield from (found for found in kinds if found in kept)
    if rest := len(order) - len(kept):
        yield CaptureWarning(message=LEFT_OUT.format(rest))


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
