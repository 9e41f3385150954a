"""Where a node of a TorchScript graph comes from in the source, what TorchScript itself has no place of included.

NOTE: the compiler of scripts gives no place to what it makes for an assignment to an attribute or for a ``with``, nor
to a dict or a list that is written out. The place of the first is the statement of the same function that assigns,
after what was compiled before it and after what it assigns; that of a ``with`` is told by what it is given; that of the
others is the place of what is written in them first. Constants are compiled in front of all else, so that they tell
nothing of what comes after them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from explorer.capture.statements import statements_of
from explorer.capture.torchscript_values import ScriptedPlace, frames_of, scripted_place
from explorer.graph import Location
from explorer.source.places import Places


def stack_of(node: Any, places: Places, function: str, before: str = "", around: str = "") -> tuple[Location, ...]:
    """Return the frames of a node, the innermost first.

    ``before`` is the place of the last node before it, ``around`` that of any node of its function.
    """
    told = str(node.sourceRange())
    if not told and node.kind() == "prim::SetAttr":
        found = _where_set(node.s("name"), first_told([node.inputsAt(1).node()]), before, around)
        return _placed(found, places, function)
    if not told and node.kind() in {"prim::Enter", "prim::Exit"}:
        return _placed(_where_entered(first_told([node.inputsAt(0).node()])), places, function)
    if not told and node.kind() == "prim::DictConstruct":
        told = first_told([value.node() for value in node.inputs()])
    return frames_of(told, places, function)


def _placed(found: ScriptedPlace | None, places: Places, function: str) -> tuple[Location, ...]:
    place = found and places.location(found.file, found.line, function, found.column)
    return (place,) if place else ()


def _where_entered(made: str) -> ScriptedPlace | None:
    """Return the place of the ``with`` that is given what was ``made``; where the file is not there, of that itself."""
    place = scripted_place(made)
    found = statements_of(place.file).place_of_with(place.line) if place else None
    return ScriptedPlace(place.file, *found) if place and found else place


def first_told(nodes: Iterable[Any]) -> str:
    """Return the place of the first of ``nodes`` that has one."""
    return next((told for node in nodes if (told := str(node.sourceRange()))), "")


def _where_set(attribute: str, value: str, before: str, around: str) -> ScriptedPlace | None:
    """Return the place of the first statement that sets an attribute behind ``before`` and its ``value``."""
    known = [place for one in (value, before) if (place := scripted_place(one))]
    anywhere = scripted_place(around)
    for one in known:
        statements = statements_of(one.file)
        function = statements.function_at(one.line)
        lines = [at.line for at in known if at.file == one.file and statements.function_at(at.line) is function]
        if (found := statements.place_that_sets(attribute, max(lines))) is not None:
            return ScriptedPlace(one.file, *found)
    if anywhere and not known:
        found = statements_of(anywhere.file).place_that_sets(attribute, anywhere.line, whole=True)
        return ScriptedPlace(anywhere.file, *found) if found is not None else None
    return None
