"""``numerical-mismatch``: the result is beyond tolerance, and nothing else explains it."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.diff.case import Case
from explorer.diff.causes.output_structure import last_return
from explorer.diff.causes.registry import cause
from explorer.graph import Op
from explorer.divergence import Divergence

UNSPECIFIED = frozenset({"topk", "sort", "argsort", "unique", "unique2", "multinomial", "argmax", "argmin", "mode"})
"""Ops whose result on ties is left open, so that two correct programs differ."""


@cause("numerical-mismatch")
def numerical_mismatches(case: Case, unexplained: frozenset[str]) -> Iterator[Divergence]:
    """The line of an op whose result is left open, else the return statement; also what raises unexplained."""
    if not unexplained:
        return
    names = tuple(name for name in case.outcomes if name in unexplained)
    suspect = _suspect(case)
    line = suspect.location.line if suspect and suspect.location else last_return(case, names[0])
    outcome = case.outcomes[names[0]]
    if outcome.outcome == "raises":
        text = f"The {case.kind} graph raises on “{names[0]}” where eager does not: {outcome.message}."
        name = "specialised-type"
    else:
        text = f"On “{names[0]}” the {case.kind} graph returns other values than eager: {outcome.message}."
        name = "numerical-mismatch"
    remedy = f"The order that `{suspect.op}` gives to equal values is not defined: do not rely on it." if suspect else ""
    yield case.found(name, "error", line, text, inputs=names, remedy=remedy)


def _suspect(case: Case) -> Op | None:
    return next((op for op in case.graphs[case.first].compute if op.op in UNSPECIFIED), None)
