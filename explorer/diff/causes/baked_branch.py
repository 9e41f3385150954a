"""``baked-branch``: a Python branch is fixed to the side that it took when captured."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.diff.case import Case
from explorer.diff.causes.branches import frozen, is_check, is_choice
from explorer.diff.causes.choice_remedies import is_drawn, remedy_of
from explorer.diff.causes.reading import chooses, only_decides
from explorer.diff.causes.refused import kept_in_torch
from explorer.diff.causes.registry import cause
from explorer.diff.causes.unproven import risk, unproven
from explorer.diff.partings import Parting
from explorer.divergence import Divergence
from explorer.evidence import TRACERS

SENTENCE = (
    "On “{first}” the condition {text} {side} and the {kind} graph holds only what ran then. "
    "On {names} eager goes the other way; {fate}."
)
HANDLER = (
    "On “{first}” this line {was}, and the {kind} graph holds only that way. On {names} it {now} in eager; the graph "
    "cannot follow."
)
UNPROVEN = (
    "The condition `{text}` depends on the data and was fixed to the side that {who} {take}. "
    "An input that takes the other side gets a wrong result{failing}."
)
SILENT, OR_ERROR = " without an error", " or an error"
"""What may come of a side that is missing: what comes after one that returns early may not take what it is for."""

INSIDE = (
    "Python asks on this line whether a tensor is true, as max(), sorted() and any() do to choose. The {kind} graph "
    "holds what “{first}” chose; on “{name}” the answer is another."
)


@cause("baked-branch")
def baked_branches(case: Case, unexplained: frozenset[str]) -> Iterator[Divergence]:
    """Yield each branch that another example takes the other way; with one example, each that depends on data."""

    def is_branch(parting: Parting) -> bool:
        site = parting.site
        told = site.on_type or is_choice(case, parting) or is_check(case, parting.file, site.line, lost=True)
        if site.kind != "if" or told or is_drawn(case, parting):
            return False
        return not (site.raises and _is_handled(case, parting))

    yield from frozen(case, "baked-branch", is_branch, "data", SENTENCE)
    yield from frozen(case, "baked-branch", lambda one: one.site.kind == "try", "try", HANDLER)
    yield from _chosen_inside(case, unexplained)
    yield from _unproven(case)


def _is_handled(case: Case, parting: Parting) -> bool:
    """Whether a ``try`` of the same file takes up what a side of the choice raises: that is what is told."""
    function = case.source_of(parting.file).function_at(parting.site.line)
    called = case.source_of(parting.file).names.lines_calling(function.name) if function else ()
    lines = {parting.site.line, *called}
    return any(
        one.site.kind == "try" and one.file == parting.file and not lines.isdisjoint(one.site.lines)
        for one in case.partings
        if one.example == parting.example
    )


def _chosen_inside(case: Case, unexplained: frozenset[str]) -> Iterator[Divergence]:
    """Yield each line at which a function of Python's asks which tensor is larger, or true, and so chooses."""
    if case.maker not in TRACERS:  # the others refuse that
        return
    for escape, wrong in case.differing_escapes("data"):
        names = tuple(name for name in wrong if name in unexplained)
        idle = case.is_idle(escape.file, escape.line)
        if chooses(case, escape) and names and not idle and not only_decides(case, escape, names[0]):
            yield case.found(
                "baked-branch",
                "error",
                escape.line,
                INSIDE.format(kind=case.name, first=case.first, name=names[0]),
                inputs=names,
                remedy=kept_in_torch(case, escape.file, {escape.line}) or remedy_of(case, "data"),
                evidence={"condition": case.source_of(escape.file).code(escape.line)},
                file=escape.file,
            )


def _unproven(case: Case) -> Iterator[Divergence]:
    """Yield the branches on data that no example took the other way: a risk."""
    for one in unproven(case, "if"):
        text = UNPROVEN.format(
            text=one.site.text,
            who=one.who,
            take="take" if len(case.runs) > 1 else "takes",
            failing=OR_ERROR if one.site.leaves else SILENT,
        )
        remedy = remedy_of(case, "exit" if one.site.leaves else "data", one.as_parting(case.first))
        yield risk(case, "baked-branch", one, text, remedy)
