"""Raises of a graph that no choice which it has fixed is to blame for."""

from __future__ import annotations

from explorer.diff.case import Case
from explorer.diff.naming import lines_of
from explorer.diff.partings import Parting
from explorer.diff.usage import sides_at, written_at


def raises_apart(case: Case, parting: Parting) -> bool:
    """Whether the graph raises at a line that it has rightly, and that takes nothing of what a choice has made.

    Eager came there on both examples: outside of the sides of the choice, or on one that it took as often as the graph.
    """
    outcome = case.outcomes[parting.example]
    line, file = outcome.line, outcome.file or case.file
    if outcome.outcome != "raises" or line is None or parting.site.kind != "if" or file != parting.file:
        return False
    both = all(case.ran(name, file).get(line) for name in (case.first, parting.example))
    sides = sides_at(case.source_of(file), parting.site.line)
    if not both or sides is None or line in parting.site.lines or _leads_to(case, file, line, parting.site.line):
        return False
    for way, side in enumerate(reversed(sides)):
        if line in side:
            pairs = zip(parting.captured, parting.taken, strict=False)
            return all(taken == way for captured, taken in pairs if captured == way)
    return not _takes_of(case, file, line, {one for side in sides for one in side})


def _leads_to(case: Case, file: str, line: int, choice: int) -> bool:
    """Whether ``line`` called the function of a choice, so that a raise there may be one behind that."""
    source = case.source_of(file)
    function = source.function_at(choice)
    if function is None or function is source.function_at(line):
        return False
    inside = lines_of(function)
    called = (graph.by_id[one] for graph in case.graphs.values() for one in graph.standing_on(file, {line}))
    return any(place.file == file and place.line in inside for op in called for place in op.stack)


def _takes_of(case: Case, file: str, line: int, side: set[int]) -> bool:
    """Whether ``line`` reads, directly or by way of other names, what lines of ``side`` assign or write to."""
    source = case.source_of(file)
    made, names = written_at(source, side), source.names
    return any(names.at(one) & made for one in {line, *names.behind(names.at(line), line)})
