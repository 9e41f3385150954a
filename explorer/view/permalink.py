"""What the address of the page says, checked: a URL is written by anyone."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote, unquote

from explorer.evidence import STATIC_KINDS, Kind
from explorer.options import Arrangement, ModelSource
from explorer.source.inputs import FileSpec, parse_arguments
from explorer.view.gaze import NAMES as GAZE_NAMES
from explorer.view.gaze import Gaze
from explorer.view.gaze import read as read_gaze
from explorer.view.gaze import unread as unread_gaze
from explorer.view.gaze import written as written_gaze
from explorer.view.labels import clipped
from explorer.view.library import is_shown
from explorer.view.panes import MOST_MORE, SIDES, SideName
from explorer.view.seeking import LONGEST

_CAPTURE = re.compile(r"[\w.\-]{1,40}(:[^\x00-\x1f\x7f]{1,120})?")
KEPT = re.compile(r"[\w\-]{22}", re.ASCII)
"""A name under which something is kept."""
NO_KINDS = "none"
AUTOGRAD = "autograd"
CALLS = "calls"
GRAPHS = "graphs"
MOST_DIFFERENCES = 100_000
MOST_PARTS = 40
"""Boxes, or examples, that an address keeps, at most."""
LONGEST_LIST = 1500
LONGEST_NAME = 120
"""Letters of an example's name."""
UNQUOTED = "/:#=[];"
LONGEST_TOLD = 60
"""Letters of a part of the address that is quoted to the reader."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alone:
    """A pane that is for itself, with the boxes that the reader opened or shut in it."""

    side: SideName
    opened: tuple[str, ...] = ()
    shut: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Permalink:
    """A sample, or what a reader handed in, and what is shown of it.

    Beside the pair, the selected difference (from 0) and the kinds asked for: further examples and what is made of all
    of them, the boxes that the reader opened or shut, and how he looks at it.
    """

    source: str | None = None
    kept: str | None = None
    """The name under which it is kept what a reader handed in."""
    left: str | None = None
    right: str | None = None
    more: tuple[str, ...] = ()
    """Captures beside the pair."""
    difference: int | None = None
    captures: tuple[Kind, ...] | None = None
    autograd: bool = False
    """Whether the autograd nodes are shown."""
    calls: bool = False
    """Whether ops are shown as Python calls."""
    large: bool = False
    """Whether the graphs have the room of the matrix and the source."""
    examples: tuple[str, ...] = ()
    arranged: Arrangement = field(default_factory=Arrangement)
    opened: tuple[str, ...] = ()
    shut: tuple[str, ...] = ()
    alone: tuple[Alone, ...] = ()
    gaze: Gaze = field(default_factory=Gaze)
    sought: str = ""
    """What is looked for among the ops."""
    library: str = ""
    """The frame of a library's that is open."""
    unread: tuple[str, ...] = field(default=(), compare=False)
    """Parts of the address that mean nothing, as ``name=value``; they are as if absent, but are told."""


def parse(query: Mapping[str, str], samples: Collection[str]) -> Permalink:
    """Return what ``query`` says as far as it is valid; what is not is as if it were absent."""
    source = query.get("source")
    read = Permalink(
        source=source if source in samples else None,
        kept=_kept(query.get("kept")),
        left=_capture(query.get("left")),
        right=_capture(query.get("right")),
        more=tuple(one for one in _several(query.get("more")) if _CAPTURE.fullmatch(one))[:MOST_MORE],
        difference=_number(query.get("difference")),
        captures=_kinds(query.get("captures")),
        autograd=query.get("layer") == AUTOGRAD,
        calls=query.get("ops") == CALLS,
        large=query.get("page") == GRAPHS,
        examples=_several(query.get("examples")),
        arranged=_arrangement(query),
        opened=_several(query.get("open")),
        shut=_several(query.get("shut")),
        alone=tuple(_alone(query)),
        gaze=read_gaze(query),
        sought=_sought(query.get("seek")),
        library=_frame(query.get("frame")),
    )
    return replace(read, unread=tuple(_unread(query, read)))


def _unread(query: Mapping[str, str], read: Permalink) -> Iterator[str]:
    for name in ("source", "kept", "left", "right", "difference", "captures"):
        if query.get(name) and getattr(read, name) is None:
            yield clipped(f"{name}={query[name]}", LONGEST_TOLD)
    yield from unread_gaze(query, read.gaze)
    for name, parts in _added(query, read).items():
        if query.get(name) and not parts:
            yield clipped(f"{name}={query[name]}", LONGEST_TOLD)


def _added(query: Mapping[str, str], read: Permalink) -> dict[str, object]:
    """Return by name what was read of the parts that may stand beside a pair."""
    sides = {one.side: one for one in read.alone}
    boxes = {
        f"{side}.{name}": side in sides and getattr(sides[side], kept)
        for side in SIDES
        for name, kept in (("open", "opened"), ("shut", "shut"))
    }
    whole = len(sides) == len(_several(query.get("alone")))
    return {"alone": whole, **boxes, "seek": read.sought, "frame": read.library}


def write(link: Permalink) -> dict[str, str]:
    """Return the query that :func:`parse` reads as ``link``."""
    return {name: value for name, value in _written(link).items() if value is not None}


def address(link: Permalink, *, whole: bool) -> dict[str, str | None]:
    """Return what the page is to write into its address: each name with its value, or nothing where it has none.

    Unless it is the ``whole``, what says how the reader looks at it stays as it is.
    """
    written = _written(link)
    names = dict.fromkeys((*written, *sorted(NAMES)))
    return {name: written.get(name) for name in names if whole or name not in GAZE_NAMES}


def _written(link: Permalink) -> dict[str, str | None]:
    return {
        "source": link.source,
        "kept": link.kept,
        "left": link.left,
        "right": link.right,
        "more": _joined(link.more),
        "difference": None if link.difference is None else str(link.difference + 1),
        "captures": None if link.captures is None else ",".join(link.captures) or NO_KINDS,
        "ops": CALLS if link.calls else None,
        "page": GRAPHS if link.large else None,
        "layer": AUTOGRAD if link.autograd else None,
        "examples": _joined(link.examples),
        "first": link.arranged.first,
        "without": _joined(link.arranged.removed),
        "renamed": _joined([f"{quote(old, safe='')}={quote(new, safe='')}" for old, new in link.arranged.renamed]),
        "open": _joined(link.opened),
        "shut": _joined(link.shut),
        "alone": _joined([one.side for one in link.alone]),
        **{f"{one.side}.open": _joined(one.opened) for one in link.alone},
        **{f"{one.side}.shut": _joined(one.shut) for one in link.alone},
        **written_gaze(link.gaze),
        "seek": _sought(link.sought) or None,
        "frame": _frame(link.library) or None,
    }


def with_examples(link: Permalink, source: ModelSource) -> Permalink:
    """Return ``link`` with the examples of ``source``, but for those of files, which an address does not hold."""
    wanted = source.arranged
    written = {name: spec for name, spec in source.inputs if name not in wanted.removed and not _names_file(spec)}
    gone = {name for name, _ in source.inputs} - written.keys()
    return replace(
        link,
        examples=tuple(f"{name}={spec}" for name, spec in written.items()),
        arranged=Arrangement(
            first=None if wanted.first in gone else wanted.first,
            removed=tuple(name for name in wanted.removed if name not in gone),
            renamed=wanted.renamed,
        ),
    )


def _names_file(spec: str) -> bool:
    return any(isinstance(one, FileSpec) for one in parse_arguments(spec))


def _arrangement(query: Mapping[str, str]) -> Arrangement:
    pairs = (pair.partition("=") for pair in _several(query.get("renamed")))
    renamed = ((unquote(old), unquote(new)) for old, _, new in pairs)
    first = query.get("first")
    return Arrangement(
        first=first if first and _is_name(first) else None,
        removed=tuple(filter(_is_name, _several(query.get("without")))),
        renamed=tuple(pair for pair in renamed if all(map(_is_name, pair))),
    )


def _is_name(text: str) -> bool:
    return bool(text.strip()) and text.isprintable() and len(text) <= LONGEST_NAME


def _kept(text: str | None) -> str | None:
    return text if text and KEPT.fullmatch(text) else None


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


def _several(text: str | None) -> tuple[str, ...]:
    """Return the parts that :func:`_joined` has put together, in order."""
    parts = [unquote(part) for part in (text or "")[:LONGEST_LIST].split(",")]
    return tuple(part for part in parts[:MOST_PARTS] if part and part.isprintable())


def _joined(parts: Collection[str]) -> str | None:
    """Return ``parts`` as one, with commas of their own written otherwise; as many as an address holds."""
    kept: list[str] = []
    for part in list(parts)[:MOST_PARTS]:
        kept.append(quote(part, safe=UNQUOTED))
        if sum(map(len, kept)) + len(kept) > LONGEST_LIST:
            kept.pop()
            break
    return ",".join(kept) or None


def _alone(query: Mapping[str, str]) -> Iterator[Alone]:
    """Yield the panes that are for themselves, in their order."""
    named = _several(query.get("alone"))
    for side in SIDES:
        if side in named:
            opened, shut = (_several(query.get(f"{side}.{name}")) for name in ("open", "shut"))
            yield Alone(side=side, opened=opened, shut=shut)


def _sought(text: str | None) -> str:
    asked = (text or "").strip()
    return asked if len(asked) <= LONGEST and asked.isprintable() else ""


def _frame(text: str | None) -> str:
    return text if text and is_shown(text) else ""


NAMES = frozenset(_written(Permalink(alone=tuple(Alone(side=side) for side in SIDES)))) | GAZE_NAMES
"""Of all parts of an address that are the page's."""
