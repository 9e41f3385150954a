"""How a reader looks at the page: what nothing else of it hangs on, and what its address keeps all the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

import msgspec

from explorer.view.labels import clipped
from explorer.view.panes import SIDES, SideName

TOGETHER: Literal["together"] = "together"
"""Stands for the panes that move as one."""
LARGEST = 10_000_000
NOTES = "shown"
SHOWN = r"[^\x00-\x1f\x7f\ud800-\udfff]"
"""A letter that can be written into an address."""

Node = Annotated[str, msgspec.Meta(max_length=200, pattern=rf"^{SHOWN}+\Z")]
Line = Annotated[int, msgspec.Meta(ge=1, le=LARGEST)]
Choice = Annotated[str, msgspec.Meta(max_length=200, pattern=rf"^((severity|cause|capture):{SHOWN}+)?\Z")]
Scale = Annotated[float, msgspec.Meta(gt=0, le=100)]
Pixels = Annotated[float, msgspec.Meta(ge=-LARGEST, le=LARGEST)]
Place = SideName | Literal["together"]
View = tuple[Scale, Pixels, Pixels]
"""Where a pane looks: its scale, and what of the scene is in its middle, across and down."""


class Gaze(msgspec.Struct, frozen=True, kw_only=True):
    """What is picked, what the differences are narrowed to, and where the panes look."""

    op: tuple[SideName, Node] | None = None
    line: Line | None = None
    only: Choice = ""
    """A severity, a cause or a capture, such as ``cause:baked-branch``; empty for all."""
    notes: bool = False
    """Whether notes are listed, too."""
    views: dict[Place, View] = msgspec.field(default_factory=dict[Place, View])
    """Of the panes that the reader has moved: by side, and ``together`` for those that move as one."""


def read(query: Mapping[str, str]) -> Gaze:
    """Return what ``query`` says of it, as far as it is valid."""
    asked = {"op": query.get("op", "").split(":", 1), "line": query.get("line"), "only": query.get("only")}
    views = {side: query.get(_name(side), "").split(",") for side in (TOGETHER, *SIDES)}
    known: dict[str, object] = {name: part for name, part in asked.items() if _is_valid({name: part})}
    known["views"] = {side: view for side, view in views.items() if _is_valid({"views": {side: view}})}
    return msgspec.convert({**known, "notes": query.get("notes") == NOTES}, Gaze, strict=False)


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
        **{_name(side): ",".join(f"{part:.9g}" for part in gaze.views[side])
           for side in (TOGETHER, *SIDES) if side in gaze.views},
    }  # fmt: skip


def _name(side: str) -> str:
    return "view" if side == TOGETHER else f"{side}.view"


NAMES = frozenset(written(Gaze())) | {_name(side) for side in (TOGETHER, *SIDES)}


def _is_valid(part: Mapping[str, object]) -> bool:
    """Whether a part of an address can be what it stands for."""
    try:
        msgspec.convert(part, Gaze, strict=False)
    except msgspec.ValidationError:
        return False
    return True
