"""``output-structure``: names, nesting, None or dtype of the outputs changed."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.diff.case import Case
from explorer.diff.causes.baked_mode import choice_by_mode
from explorer.diff.causes.branches import applies
from explorer.diff.causes.dtypes import FROZEN, has_other_dtypes
from explorer.diff.causes.registry import cause
from explorer.divergence import Divergence

REMEDY = "Return tensors, or plain tuples and dicts of them, and build the class outside the captured model."

OF_DTYPE = "Give the dtype where the tensor is made (dtype=, or .to() of it), so that no default decides it."


@cause("output-structure")
def output_structures(case: Case, unexplained: frozenset[str]) -> Iterator[Divergence]:
    """Yield the return statement, where eager's outputs and the graph's are not of one structure."""
    chosen = _chosen_otherwise(case)
    changed = tuple(
        name
        for name, one in case.outcomes.items()
        if name in unexplained - chosen and one.where in {"structure", "dtype"}
    )
    if not changed or choice_by_mode(case, frozenset(changed)) is not None:
        return
    message = case.outcomes[changed[0]].message or ""
    file, line = return_place(case, changed[0])
    yield case.found(
        "output-structure",
        "error",
        line,
        f"The {case.name} graph returns another structure than {case.beside}: {message}.",
        inputs=changed,
        remedy=_remedy(case, changed),
        file=file,
    )


def _remedy(case: Case, changed: tuple[str, ...]) -> str:
    """Return what helps: a dtype that follows the input's is frozen, another one is a default's."""
    if any(case.outcomes[name].where != "dtype" for name in changed):
        return REMEDY
    follows = case.first not in changed and all(has_other_dtypes(case, name) for name in changed)
    return FROZEN if follows and case.runs_python else OF_DTYPE


def _chosen_otherwise(case: Case) -> frozenset[str]:
    """Return the examples on which a choice that the graph has fixed went another way: what comes out follows it."""
    if case.first in case.wrong:
        return frozenset()
    return frozenset(one.example for one in case.wrong_partings if applies(case, one))


def return_place(case: Case, example: str) -> tuple[str, int | None]:
    """Return file and line of the outermost ``forward``'s last return statement that ran on ``example``."""
    file, entry = case.entry(example) or (case.file, None)
    returns = case.source_of(file).returns_of(entry) if entry is not None else []
    ran = case.ran(example, file)
    return file, next((line for line in reversed(returns) if line in ran), None)
