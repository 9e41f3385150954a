"""Choices by the data that a graph holds fixed and that no example takes the other way: what may go wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from explorer.diff.case import Case
from explorer.diff.causes.reading import asks_for_draw
from explorer.diff.partings import Parting
from explorer.diff.places import Site
from explorer.divergence import Divergence
from explorer.evidence import Decision, Escape

What = Literal["if", "loop", "check"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unproven:
    """A choice that all examples make alike."""

    file: str
    site: Site
    decision: Decision
    who: str
    """Which examples make it."""

    def as_parting(self, example: str) -> Parting:
        """Return the choice as one that nothing parts, as what asks for a remedy takes it."""
        taken = tuple(self.decision.choices())
        return Parting(self.site, example, taken, taken, self.file)


def unproven(case: Case, wanted: What) -> Iterator[Unproven]:
    """Yield the choices by data of one kind that no example makes otherwise, each place once.

    Where there are several examples, these are told of which the tracer warned, and that no check would have raised:
    what a graph holds fixed, it says, and that examples pass a check is what they are for.
    """
    if case.capture.graph is None or not case.runs_python:
        return
    several, parted = len(case.runs) > 1, {(one.file, one.site.line) for one in case.partings}
    seen: set[tuple[str, int]] = set()
    for decision in case.runs[case.first].decisions:
        site = case.source_of(decision.file).site(decision.line, decision.column, decision.kind)
        place = decision.file, site.line
        counts = decision.kind != "loop" or "range(" in site.text  # what a list holds is read, not how much it holds
        if decision.kind == "try" or _what(site) != wanted or place in seen or not counts:
            continue
        if several and (place in parted or site.raises or not case.warned(*place)):
            continue
        read = case.escapes_at(decision.file, site.lines)
        if asks_for_draw(site, read) or case.is_idle(*place):
            continue
        if any(_asks(site, one) for one in read):
            seen.add(place)
            yield Unproven(
                file=decision.file, site=site, decision=decision, who="all examples" if several else f"“{case.first}”"
            )


def risk(case: Case, cause: str, one: Unproven, text: str, remedy: str) -> Divergence:
    """Return the warning of a cause at a choice that no example makes otherwise."""
    return case.found(cause, "warning", one.site.line, text, inputs=(case.first,), remedy=remedy, file=one.file)


def _what(site: Site) -> What:
    return "loop" if site.kind == "loop" else "check" if site.raises else "if"


def _asks(site: Site, escape: Escape) -> bool:
    """Whether a condition reads what was read out of data on its lines: other code may stand there, too.

    A condition without a call asks for no more than the truth of something.
    """
    return escape.source == "data" and (escape.how == "__bool__" or "(" in site.text or site.text.endswith("…"))
