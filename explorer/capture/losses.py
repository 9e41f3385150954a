"""What of an eager run could not be told: where recording raises, that is named, and the model runs on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from explorer.source.encoding import words_of
from explorer.source.memory import reraise_want_of_memory

Kept = TypeVar("Kept")

LEFT = "What left the graph"
CHOSEN = "What was chosen"
CHANGED = "What the run changed"
MODULES = "Which modules ran"
HANDED = "What memory was handed out"
GRAPH = "The graph"


@dataclass
class Losses:
    """Knows in words what was lost, and why at the first time."""

    said: dict[str, str] = field(default_factory=dict[str, str])
    """A sentence for each kind of thing that was lost."""

    def add(self, what: str, error: Exception) -> None:
        """Note that recording ``what`` raised ``error``; want of memory is raised on, as it is no fault of ours."""
        if isinstance(error, MemoryError):
            raise error
        reraise_want_of_memory(error)
        reason = f"{type(error).__name__}: {words_of(error)[:200]}".rstrip(": .")
        self.said.setdefault(what, f"{what} could not be told in full: {reason}.")

    def kept(self, what: str, make: Callable[[], Kept], instead: Kept) -> Kept:
        """Return what ``make`` gives, or ``instead`` where it raises."""
        try:
            return make()
        except Exception as error:  # noqa: BLE001 - not the model's
            self.add(what, error)
            return instead
