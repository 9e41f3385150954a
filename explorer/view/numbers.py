"""What stands in a box beside shape and attributes: a number that Python handed to the op, or the mode it works in."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.report.schema import NodeEntry
from explorer.view import labels
from explorer.view.readings import number_in
from explorer.view.union import Union, Unit

MODES = {True: "training", False: "eval"}


class Numbers:
    """The numbers and modes of the ops of a union, and where a graph has others than the first one."""

    def __init__(self, union: Union) -> None:
        self._union = union

    def of(self, unit: Unit, node: NodeEntry, at: int) -> str:
        """Return what Python handed to an op, or what a static graph has in its stead; its mode, where any trains."""
        names = self._union.taken.get(unit.key, ())
        found = (number_in(node, name, self._union.constants[at], alone=len(names) == 1) for name in names)
        return labels.clipped(" ".join(filter(None, (*found, self._mode(unit, node)))))

    def is_apart(self, unit: Unit, at: int) -> bool:
        """Whether a graph has another number here than the first one; for the first, whether any has."""
        numbers = [{self.of(unit, node, side) for node in nodes} - {""} for side, nodes in enumerate(unit.sides)]
        others: Sequence[set[str]] = numbers[1:] if at == 0 else numbers[at : at + 1]
        return bool(numbers[0]) and any(other and other != numbers[0] for other in others)

    def _mode(self, unit: Unit, node: NodeEntry) -> str:
        if not any(one.attributes.get("training") is True for one in unit.nodes):
            return ""
        mode = node.attributes.get("training")
        return MODES[mode] if isinstance(mode, bool) else ""
