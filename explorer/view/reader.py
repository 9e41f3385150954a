"""What a reader made of the page, beside the choice of what is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from explorer.view.differences import Row
from explorer.view.gaze import Gaze
from explorer.view.notices import Notice
from explorer.view.panes import SideName
from explorer.view.seeking import Focus


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """What one reader opened, shut, switched on and went to."""

    toggled: Mapping[str, bool] = field(default_factory=dict[str, bool])
    """Boxes that he opened or shut."""
    alone: Mapping[SideName, Mapping[str, bool]] = field(default_factory=dict[SideName, Mapping[str, bool]])
    """The same for each pane that is for itself."""
    focus: Focus | None = None
    """The op that is brought into sight for him."""
    autograd: bool = False
    """Whether the autograd nodes are shown."""
    calls: bool = False
    """Whether ops are shown as Python calls."""
    large: bool = False
    """Whether the graphs have the room of the matrix and the source."""
    gaze: Gaze | None = field(default_factory=Gaze)
    """What he picked, and where he looks; ``None`` while what he asked for is still to come."""
    library: str = ""
    """The frame of a library's that is open."""
    notice: Notice | None = None
    """What is said above everything."""
    removed: tuple[Row, ...] = ()
    """Differences that his edit removed."""


NOBODY = Reader()
"""The page as it opens by itself."""
