"""What is written where one graph has a box and the other has not: no more than what is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from explorer.report.schema import NodeEntry
from explorer.view.labels import clipped
from explorer.view.panes import Panes


@dataclass(frozen=True)
class Ghosts:
    """Writes the ghosts of the graphs side by side."""

    panes: Panes
    file: str
    ran: Mapping[str, Mapping[int, int]]
    """Lines of the model file that each example ran."""

    def note(self, sides: Sequence[Sequence[NodeEntry]], at: int) -> str:
        """Return what is written in the pane at the place ``at`` that has none of the ops; empty where it has some."""
        if sides[at] or not any(sides):
            return ""
        kind, _, example = self.panes.sides[at].capture.partition(":")
        if kind == "eager" and self._passed_over(next(filter(None, sides)), self.ran.get(example)):
            return clipped(f"not run on {example}")
        return "no counterpart"

    def _passed_over(self, nodes: Sequence[NodeEntry], ran: Mapping[int, int] | None) -> bool:
        """Whether the example ran none of the lines that the ops come from.

        An op that eager took apart has no counterpart although its line ran, so only the lines decide.
        """
        return bool(ran) and all(
            node.file == self.file and node.line is not None and not ran.get(node.line) for node in nodes
        )
