"""``numerical-mismatch``: the result is beyond tolerance, and nothing else explains it."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.diff.case import Case
from explorer.diff.causes.output_structure import last_return
from explorer.diff.causes.registry import cause
from explorer.divergence import Divergence
from explorer.graph import Op

UNSPECIFIED = frozenset({"topk", "sort", "argsort", "unique", "unique2", "multinomial", "argmax", "argmin", "mode"})
"""Ops whose result on ties is left open, so that two correct programs differ."""


@cause("numerical-mismatch")
def numerical_mismatches(case: Case, unexplained: frozenset[str]) -> Iterator[Divergence]:
    """Yield the line of an op whose result is left open, else the return statement."""
    yield from _rounded(case)
    if not unexplained:
        return
    names = tuple(name for name in case.outcomes if name in unexplained)
    suspect = _suspect(case)
    line = suspect.location.line if suspect and suspect.location else last_return(case, names[0])
    outcome = case.outcomes[names[0]]
    if outcome.outcome == "raises":
        line = _type_test(case, names[0]) or line
        refused = names[0] == case.first
        text = f"The {case.kind} graph raises on “{names[0]}” where eager does not: {outcome.message}."
        name = "capture-failure" if refused else "specialised-type"
    else:
        text = f"On “{names[0]}” the {case.kind} graph returns other values than eager: {outcome.message}."
        name = "numerical-mismatch"
    remedy = (
        f"The order that `{suspect.op}` gives to equal values is not defined: do not rely on it." if suspect else ""
    )
    yield case.found(name, "error", line, text, inputs=names, remedy=remedy)


def _rounded(case: Case) -> Iterator[Divergence]:
    """Yield a warning where values are beyond tolerance by rounding alone."""
    names = tuple(name for name, one in case.outcomes.items() if one.outcome == "differs" and one.rounding)
    if not names:
        return
    outcome = case.outcomes[names[0]]
    yield case.found(
        "numerical-mismatch",
        "warning",
        last_return(case, names[0]),
        f"The {case.kind} graph's values are beyond tolerance on “{names[0]}”, by no more than the rounding of sums in "
        f"another order ({outcome.message}).",
        inputs=names,
        remedy="Compare with a tolerance that fits the model's depth, or in float64.",
        evidence={"max_abs_error": outcome.max_abs_error},
    )


def _suspect(case: Case) -> Op | None:
    return next((op for op in case.graphs[case.first].compute if op.op in UNSPECIFIED), None)


def _type_test(case: Case, example: str) -> int | None:
    """Return the first line at which the example's run asked for the form of its input."""
    for decision in case.runs[example].decisions:
        site = case.source.site(decision.line, decision.column, decision.kind)
        if decision.file == case.file and site.on_type:
            return site.line
    return None
