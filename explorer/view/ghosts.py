"""What is written where one graph has a box and the other has not: no more than what is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from explorer.report.schema import NodeEntry
from explorer.view.labels import clipped
from explorer.view.pair import Pair


@dataclass(frozen=True)
class Ghosts:
    """Writes the ghosts of one pair."""

    pair: Pair
    file: str
    ran: Mapping[str, Mapping[int, int]]
    """Lines of the model file that each example ran."""

    def note(self, left: Sequence[NodeEntry], right: Sequence[NodeEntry]) -> str:
        """Return what is written on the side that has none of the ops; empty where both, or neither, have."""
        if bool(left) is bool(right) or self.pair.alone:
            return ""
        kind, _, example = (self.pair.right if left else self.pair.left).partition(":")
        if kind == "eager" and self._passed_over(left or right, self.ran.get(example)):
            return clipped(f"not run on {example}")
        return "no counterpart"

    def _passed_over(self, nodes: Sequence[NodeEntry], ran: Mapping[int, int] | None) -> bool:
        """Whether the example ran none of the lines that the ops come from.

        An op that eager took apart has no counterpart although its line ran, so only the lines decide.
        """
        return bool(ran) and all(
            node.file == self.file and node.line is not None and not ran.get(node.line) for node in nodes
        )
