"""``mutation``: an in-place write to an argument or a parameter is lost or kept differently."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.diff.case import Case
from explorer.diff.causes.registry import cause
from explorer.divergence import Divergence

REMEDY = "Return the new value instead of writing it into the argument, or clone before writing."


@cause("mutation")
def mutations(case: Case, unexplained: frozenset[str]) -> Iterator[Divergence]:
    """Yield each write to an argument that the graph does not make, and each write to a parameter."""
    lost = tuple(name for name, one in case.outcomes.items() if one.outcome == "differs" and one.where == "argument")
    seen: set[tuple[str, int]] = set()
    for run in case.runs.values():
        for change in run.changes:
            place = change.location
            if place is None or (place.file, place.line) in seen:
                continue
            inputs = lost if change.kind == "argument" else tuple(sorted(unexplained))
            if change.kind not in {"argument", "parameter"} or not inputs:
                continue
            seen.add((place.file, place.line))
            what = "argument" if change.kind == "argument" else "parameter"
            yield case.found(
                "mutation",
                "error",
                place.line,
                f"This line writes into the {what} `{change.name}`, which the caller sees in eager; after the "
                f"{case.name} graph it is not the same.",
                inputs=inputs,
                remedy=REMEDY,
                evidence={"written": change.name},
                file=place.file,
            )
