"""What is read out of tensors for a condition: in it, for it, or in a function that it calls."""

from __future__ import annotations

import re

from explorer.diff.case import Case
from explorer.diff.partings import Parting
from explorer.diff.places import Site
from explorer.diff.usage import makes_bool, names_in_passing
from explorer.evidence import Escape


def asks_for_condition(case: Case, escape: Escape, parting: Parting) -> bool:
    """Whether ``escape`` is read at the ``return`` of a function that the condition calls."""
    name = case.source_of(escape.file).function_name(escape.line)
    calls = name is not None and re.search(rf"\b{re.escape(name)}\(", parting.site.text) is not None
    return calls and escape.line in case.source_of(escape.file).returns_of(escape.line)


def place_of(case: Case, parting: Parting) -> tuple[str, int]:
    """Return where a decision is made: in the function that gives the condition its truth value, if that reads it."""
    read = (one for run in case.runs.values() for one in run.escapes if one.source == "data" and one.how == "__bool__")
    places = {(one.file, one.line): one for one in read}  # a loop reads a place as often as it turns
    inner = next((one for one in places.values() if asks_for_condition(case, one, parting)), None)
    return (parting.file, parting.site.line) if inner is None else (inner.file, inner.line)


def chooses(case: Case, escape: Escape) -> bool:
    """Whether Python asked for the truth of a tensor to choose by it; what ``bool(t)`` gives is a value like others."""
    return escape.how == "__bool__" and not makes_bool(case.source_of(escape.file), escape.line)


def only_decides(case: Case, escape: Escape, example: str) -> bool:
    """Whether on an example the value is read for a condition alone, which is told as a branch or a loop.

    A loop over the values themselves gives them to its body: where it always turns as often, they are what differs. So
    they are where a ``try`` goes on.
    """
    place = escape.file, escape.line
    parted = {(one.file, line) for one in case.partings for line in one.site.lines
              if one.site.kind != "try" or one.example == example}  # fmt: skip
    if place in parted and not _chosen_by_draw(case, place):
        passing = names_in_passing(case.source_of(escape.file), escape.line)
        if not (passing and case.handing.conditions(*place) is None):
            return True
    if any(asks_for_condition(case, escape, one) for one in case.partings):
        return True
    asked = case.handing.conditions(*place)
    return bool(asked) and asked <= parted


def asks_for_draw(site: Site, read: list[Escape]) -> bool:
    """Whether a condition asks for what it draws, and for nothing that is read out of data on its lines."""
    asked = {one.source for one in read if f"{one.how.strip('_').rpartition('.')[2]}(" in site.text}
    return "random" in asked and "data" not in asked


def _chosen_by_draw(case: Case, place: tuple[str, int]) -> bool:
    """Whether it is random numbers alone that conditions on the line of a read ask for."""
    here = [one.site for one in case.partings if _holds(one, place)]
    return bool(here) and all(asks_for_draw(one, case.escapes_at(place[0], one.lines)) for one in here)


def _holds(parting: Parting, place: tuple[str, int]) -> bool:
    return parting.file == place[0] and place[1] in parting.site.lines
