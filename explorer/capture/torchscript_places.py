"""Where a node of a TorchScript graph comes from in the source, what TorchScript itself has no place of included.

NOTE: the compiler of scripts gives no place to what it makes for an assignment to an attribute, nor to a dict or a list
that is written out. The place of the first is the statement that assigns, after what was compiled just before; that of
the others is the place of what is written in them first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from explorer.capture.statements import statements_of
from explorer.capture.torchscript_values import SCRIPTED_FRAME, frames_of
from explorer.graph import Location
from explorer.source.places import Places


def stack_of(node: Any, places: Places, function: str, before: str = "") -> tuple[Location, ...]:
    """Return the frames of a node, the innermost first; ``before`` is the place of the last node before it."""
    told = str(node.sourceRange())
    if not told and node.kind() == "prim::SetAttr":
        told = _where_set(node.s("name"), before or _first_told([node.inputsAt(1).node()]))
    elif not told and node.kind() == "prim::DictConstruct":
        told = _first_told([value.node() for value in node.inputs()])
    return frames_of(told, places, function)


def last_told(nodes: Sequence[Any]) -> str:
    """Return the place of the last of ``nodes`` that has one."""
    return _first_told(reversed(nodes))


def _first_told(nodes: Any) -> str:
    return next((told for node in nodes if (told := str(node.sourceRange()))), "")


def _where_set(attribute: str, before: str) -> str:
    """Return the place of the first statement that sets an attribute, from the place ``before`` on."""
    match = SCRIPTED_FRAME.search(before)
    line = statements_of(match["file"]).line_that_sets(attribute, int(match["line"])) if match else None
    return f'File "{match["file"]}", line {line}' if match and line is not None else ""
