"""``unrolled-loop``: a loop's trip count is fixed at what it was when captured."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from explorer.diff.case import Case
from explorer.diff.causes.branches import frozen, listed, remedy_of
from explorer.diff.causes.registry import cause
from explorer.diff.causes.unproven import risk, unproven
from explorer.diff.conditions import is_generator
from explorer.diff.partings import Parting
from explorer.divergence import Divergence

SENTENCE = "The loop on {text} was unrolled as often as it ran on “{first}”. Eager takes {counts}; {fate}."


UNPROVEN = (
    "How often the loop on `{text}` turns depends on the data, and it was unrolled as often as it ran on {who}. "
    "An input that takes another number of turns gets a wrong result without an error."
)


@cause("unrolled-loop")
def unrolled_loops(case: Case, _unexplained: frozenset[str]) -> Iterator[Divergence]:
    """Yield each loop that ran another number of times on another example; a warning where the data may have it so."""

    def is_loop(parting: Parting) -> bool:
        return parting.site.kind == "loop" and not _follows(case, parting)

    for one in frozen(case, "unrolled-loop", is_loop, "loop", SENTENCE):
        yield _with_other_values(case, one)
    for one in unproven(case, "loop"):
        text = UNPROVEN.format(text=one.site.text, who=one.who)
        yield risk(case, "unrolled-loop", one, text, remedy_of(case, "loop"))


def _with_other_values(case: Case, one: Divergence) -> Divergence:
    """Return a loop over values that were read, with the examples on which it turns as often, over other ones."""
    read = ((escape, names) for escape, names in case.differing_escapes("data")
            if (escape.file, escape.line) == (one.file, one.line))  # fmt: skip
    more = tuple(dict.fromkeys(name for _, names in read for name in names if name not in one.inputs))
    if not more or one.severity != "error":
        return one
    said = f"{one.explanation} On {listed(more)} it turns as often, over other values."
    return replace(one, inputs=(*one.inputs, *more), explanation=said)


def _follows(case: Case, loop: Parting) -> bool:
    """Whether a loop turns as another choice has it: one in the generator that it is over, a type test, its filter."""
    return any(_feeds(case, one, loop) for one in case.wrong_partings if one.example == loop.example and one != loop)


def _feeds(case: Case, choice: Parting, loop: Parting) -> bool:
    source, site = case.source_of(choice.file), choice.site
    if choice.file == loop.file and source.filters(site, loop.site):
        return True
    function = source.function_at(site.line)
    if function is None:
        return False
    if is_generator(function) and re.search(rf"\b{re.escape(function.name)}\(", loop.site.text) is not None:
        return True
    here = choice.file == loop.file and site.line < loop.site.line and source.function_at(loop.site.line) is function
    return here and site.on_type and bool(site.binds & loop.site.names & site.names)
