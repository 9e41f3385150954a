"""How a reader looks at the page: what nothing else of it hangs on, and what its address keeps all the same."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

import msgspec

from explorer.view.labels import clipped
from explorer.view.panes import SIDES, SideName

LONGEST_NODE = 200
LONGEST_CHOICE = 200
CHOICE = r"^(severity|cause|capture):[\w.:\-]+$"
TOGETHER: Literal["together"] = "together"
"""Stands for the panes that move as one."""
LARGEST = 10_000_000
NOTES = "shown"

SHOWN = r"^[^\x00-\x1f\x7f\ud800-\udfff]*$"
"""What can be written into an address."""

Node = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_NODE, pattern=SHOWN)]
Scale = Annotated[float, msgspec.Meta(gt=0, le=100)]
Pixels = Annotated[float, msgspec.Meta(ge=-LARGEST, le=LARGEST)]
Place = SideName | Literal["together"]
View = tuple[Scale, Pixels, Pixels]
"""Where a pane looks: its scale, and what of the scene is in its middle, across and down."""


class Gaze(msgspec.Struct, frozen=True, kw_only=True):
    """What is picked, what the differences are narrowed to, and where the panes look."""

    op: tuple[SideName, Node] | None = None
    line: Annotated[int, msgspec.Meta(ge=1, le=LARGEST)] | None = None
    only: Annotated[str, msgspec.Meta(max_length=LONGEST_CHOICE, pattern=SHOWN)] = ""
    """A severity, a cause or a capture, such as ``cause:baked-branch``; empty for all."""
    notes: bool = False
    """Whether notes are listed, too."""
    views: dict[Place, View] = msgspec.field(default_factory=dict[Place, View])
    """Of the panes that the reader has moved: by side, and ``together`` for those that move as one."""


def read(query: Mapping[str, str]) -> Gaze:
    """Return what ``query`` says of it, as far as it is valid."""
    line = query.get("line", "")
    only = query.get("only", "")
    return Gaze(
        op=_op(query.get("op")),
        line=int(line) if re.fullmatch(r"[1-9][0-9]{0,6}", line) else None,
        only=only if len(only) <= LONGEST_CHOICE and re.fullmatch(CHOICE, only) else "",
        notes=query.get("notes") == NOTES,
        views={side: view for side in (TOGETHER, *SIDES) if (view := _view(query.get(_name(side)))) is not None},
    )


def unread(query: Mapping[str, str], gaze: Gaze) -> Iterator[str]:
    """Yield the parts of ``query`` about it that mean nothing."""
    known = {"op": gaze.op, "line": gaze.line, "only": gaze.only, "notes": gaze.notes}
    known |= {_name(side): gaze.views.get(side) for side in (TOGETHER, *SIDES)}
    yield from (f"{name}={clipped(query[name], 40)}" for name, value in known.items() if query.get(name) and not value)


def written(gaze: Gaze) -> dict[str, str | None]:
    """Return the query that :func:`read` reads as ``gaze``."""
    return {
        "op": ":".join(gaze.op) if gaze.op else None,
        "line": str(gaze.line) if gaze.line else None,
        "only": gaze.only or None,
        "notes": NOTES if gaze.notes else None,
        **{_name(side): ",".join(f"{part:g}" for part in gaze.views[side])
           for side in (TOGETHER, *SIDES) if side in gaze.views},
    }  # fmt: skip


def address(gaze: Gaze) -> dict[str, str | None]:
    """Return :func:`written`, with what is not there told, too."""
    return {**dict.fromkeys(sorted(NAMES)), **written(gaze)}


def without(query: Mapping[str, str]) -> dict[str, str]:
    """Return ``query`` without what says how the reader looks at the page."""
    return {name: value for name, value in query.items() if name not in NAMES}


def _name(side: str) -> str:
    return "view" if side == TOGETHER else f"{side}.view"


NAMES = frozenset(written(Gaze())) | {_name(side) for side in (TOGETHER, *SIDES)}


def _op(text: str | None) -> tuple[SideName, str] | None:
    side, _, node = (text or "").partition(":")
    name: SideName | None = next((one for one in SIDES if one == side), None)
    return (name, node) if name and node and len(node) <= LONGEST_NODE and node.isprintable() else None


def _view(text: str | None) -> View | None:
    try:
        scale, x, y = map(float, (text or "").split(","))
    except ValueError:
        return None
    is_finite = all(math.isfinite(one) and abs(one) <= LARGEST for one in (scale, x, y))
    return (scale, x, y) if is_finite and 0 < scale <= 100 else None  # noqa: PLR2004
