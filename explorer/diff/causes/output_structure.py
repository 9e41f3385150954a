"""``output-structure``: names, nesting, None or dtype of the outputs changed."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.diff.case import Case
from explorer.diff.causes.registry import cause
from explorer.divergence import Divergence

REMEDY = "Return tensors, or plain tuples and dicts of them, and build the class outside the captured model."


@cause("output-structure")
def output_structures(case: Case, unexplained: frozenset[str]) -> Iterator[Divergence]:
    """Yield the return statement, where eager's outputs and the graph's are not of one structure."""
    changed = tuple(name for name, one in case.outcomes.items()
                    if name in unexplained and one.where in {"structure", "dtype"})  # fmt: skip
    if not changed:
        return
    message = case.outcomes[changed[0]].message or ""
    yield case.found(
        "output-structure",
        "error",
        last_return(case, changed[0]),
        f"The {case.kind} graph returns another structure than eager: {message}.",
        inputs=changed,
        remedy=REMEDY,
    )


def last_return(case: Case, example: str) -> int | None:
    """Return the line of the outermost ``forward``'s return statement that ran on ``example``."""
    ran = case.runs[example].lines
    classes = [node for node in case.source.forwards() if node.lineno <= max(ran, default=0)]
    returns = [line for node in classes for line in case.source.returns_of(node.lineno) if line in ran]
    return returns[-1] if returns else None
