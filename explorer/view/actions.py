"""What the component asks for: each a record that says by ``do`` what it is."""

from __future__ import annotations

from typing import Annotated

import msgspec

from explorer.view.gaze import SHOWN, Gaze
from explorer.view.panes import SideName


class ShowPair(msgspec.Struct, frozen=True, tag_field="do", tag="pair"):
    """Show two captures side by side."""

    left: str
    right: str


class ShowMore(msgspec.Struct, frozen=True, tag_field="do", tag="more"):
    """Show these captures beside the pair; the empty name stands for one that is chosen for the reader."""

    captures: tuple[str, ...]


class SelectDifference(msgspec.Struct, frozen=True, tag_field="do", tag="difference"):
    """Select a row of the list of differences."""

    index: int


class Toggle(msgspec.Struct, frozen=True, tag_field="do", tag="toggle"):
    """Open or close a box: in all panes, or in one that is for itself."""

    key: str
    open: bool
    side: SideName | None = None


class Foresee(msgspec.Struct, frozen=True, tag_field="do", tag="foresee"):
    """Tell what would be seen if a box were opened or closed: the reader may be about to."""

    key: str
    open: bool
    side: SideName | None = None


class Unlock(msgspec.Struct, frozen=True, tag_field="do", tag="unlock"):
    """Let the boxes of a pane open for themselves, or with those of the others again."""

    side: SideName
    on: bool


class ShowCalls(msgspec.Struct, frozen=True, tag_field="do", tag="calls"):
    """Show ops as the Python calls that made them, or each for itself again."""

    on: bool


class ShowAutograd(msgspec.Struct, frozen=True, tag_field="do", tag="autograd"):
    """Show which ops pass gradients on, or their shapes again."""

    on: bool


class Enlarge(msgspec.Struct, frozen=True, tag_field="do", tag="enlarge"):
    """Give the graphs the room of the matrix and the source, or give it back."""

    on: bool


class OpenLibrary(msgspec.Struct, frozen=True, tag_field="do", tag="library"):
    """Show the lines of a library around a frame of the stack of an op; none where it is empty."""

    frame: str


class Remember(msgspec.Struct, frozen=True, tag_field="do", tag="remember"):
    """Keep how the reader looks at the page of the model ``name``."""

    name: str
    gaze: Gaze


class Seek(msgspec.Struct, frozen=True, tag_field="do", tag="seek"):
    """Look for ops; nothing is looked for where the text is empty."""

    text: Annotated[str, msgspec.Meta(pattern=rf"^{SHOWN}*\Z")]


class BringIntoSight(msgspec.Struct, frozen=True, tag_field="do", tag="focus"):
    """Open the boxes around an op and select it."""

    side: SideName
    node: str


Setting = ShowAutograd | ShowCalls | Enlarge | Seek | OpenLibrary | Remember
"""What changes how a page is shown, whatever it shows."""

Action = ShowPair | ShowMore | SelectDifference | Toggle | Foresee | Unlock | BringIntoSight | Setting


class _Numbered(msgspec.Struct):
    count: int = 0


def read(payload: object) -> tuple[Action, int]:
    """Return what the page asks for, and how many it has asked for with this one; 0 where it does not count.

    Raises
    ------
    msgspec.ValidationError
        It is none of the actions.
    """
    return msgspec.convert(payload, Action), msgspec.convert(payload, _Numbered).count
