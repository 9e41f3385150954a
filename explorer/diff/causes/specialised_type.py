"""``specialised-type``: a branch on None, a type, a rank, a dtype or a key is fixed."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.diff.case import Case
from explorer.diff.causes.branches import REMEDIES, frozen
from explorer.diff.causes.registry import cause
from explorer.divergence import Divergence

SENTENCE = (
    "{text} asks for the form of the input, and was settled for “{first}” when {kind} captured it. "
    "On {names} eager goes the other way; the graph cannot."
)


@cause("specialised-type")
def specialised_types(case: Case, _unexplained: frozenset[str]) -> Iterator[Divergence]:
    """Yield each condition on the form of an input that went another way on another example."""
    yield from frozen(
        case,
        "specialised-type",
        lambda parting: parting.site.on_type and parting.site.kind == "if" and not _is_check(case, parting.site.line),
        REMEDIES["type"],
        SENTENCE,
    )


def _is_check(case: Case, line: int) -> bool:
    return any(run.raised and run.raised.line and case.source.guard_of(run.raised.line) == line
               for run in case.runs.values())  # fmt: skip
