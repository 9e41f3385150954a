"""Boxes that a reader opened or shut, in all panes and in those that are for themselves."""

from __future__ import annotations

from collections.abc import Collection

from explorer.view.actions import Toggle, Unlock
from explorer.view.panes import SideName

MOST_TOGGLED = 2000

Toggled = dict[str, bool]
ByPane = dict[SideName, Toggled]


def toggle(shared: Toggled, alone: ByPane, action: Toggle) -> None:
    """Open or shut one box, in all panes or in one."""
    toggled = alone.setdefault(action.side, dict(shared)) if action.side else shared
    if action.key in toggled or len(toggled) < MOST_TOGGLED:
        toggled[action.key] = action.open


def unlock(shared: Toggled, alone: ByPane, action: Unlock) -> None:
    """Let a pane be for itself, from what it shows, or be as the others again."""
    alone.pop(action.side, None)
    if action.on:
        alone[action.side] = dict(shared)


def open_all(shared: Toggled, alone: ByPane, keys: Collection[str]) -> bool:
    """Open these boxes in every pane, and return whether there are some, and not too many."""
    if not keys or len(shared) + len(keys) > MOST_TOGGLED:
        return False
    for toggled in (shared, *alone.values()):
        toggled.update(dict.fromkeys(keys, True))
    return True
