"""What the address of the page says, checked: a URL is written by anyone."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from explorer.evidence import STATIC_KINDS, Kind
from explorer.view.labels import clipped

_CAPTURE = re.compile(r"[\w.\-]{1,40}(:[^\x00-\x1f\x7f]{1,120})?")
NO_KINDS = "none"
MOST_DIFFERENCES = 100_000
LONGEST_TOLD = 60
"""Letters of a part of the address that is quoted to the reader."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permalink:
    """A sample, the two captures side by side, the selected difference (from 0), the kinds asked for."""

    source: str | None = None
    left: str | None = None
    right: str | None = None
    difference: int | None = None
    captures: tuple[Kind, ...] | None = None
    unread: tuple[str, ...] = field(default=(), compare=False)
    """Parts of the address that mean nothing, as ``name=value``; they are as if absent, but are told."""


def parse(query: Mapping[str, str], samples: Collection[str]) -> Permalink:
    """Return what ``query`` says as far as it is valid; what is not is as if it were absent."""
    source = query.get("source")
    read = Permalink(
        source=source if source in samples else None,
        left=_capture(query.get("left")),
        right=_capture(query.get("right")),
        difference=_number(query.get("difference")),
        captures=_kinds(query.get("captures")),
    )
    return replace(read, unread=tuple(_unread(query, read)))


def _unread(query: Mapping[str, str], read: Permalink) -> Iterator[str]:
    for name in ("source", "left", "right", "difference", "captures"):
        if query.get(name) and getattr(read, name) is None:
            yield clipped(f"{name}={query[name]}", LONGEST_TOLD)


def write(link: Permalink) -> dict[str, str]:
    """Return the query that :func:`parse` reads as ``link``."""
    asked = {
        "source": link.source,
        "left": link.left,
        "right": link.right,
        "difference": None if link.difference is None else str(link.difference + 1),
        "captures": None if link.captures is None else ",".join(link.captures) or NO_KINDS,
    }
    return {name: value for name, value in asked.items() if value is not None}


def _capture(text: str | None) -> str | None:
    return text if text and _CAPTURE.fullmatch(text) else None


def _number(text: str | None) -> int | None:
    if text is None or not re.fullmatch(r"[0-9]{1,6}", text):
        return None
    number = int(text)
    return number - 1 if 1 <= number <= MOST_DIFFERENCES else None


def _kinds(text: str | None) -> tuple[Kind, ...] | None:
    if text == NO_KINDS:
        return ()
    named: frozenset[object] = frozenset((text or "").split(","))
    kinds: tuple[Kind, ...] = tuple(kind for kind in STATIC_KINDS if kind in named)
    return kinds or None
