"""``specialised-shape``: the graph only holds for the shapes that it was captured with."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.diff.case import Case
from explorer.diff.causes.registry import cause
from explorer.divergence import Divergence

REMEDY = "Capture with dynamic shapes (dynamic_shapes= or dynamic_axes=), or one graph for each shape."


@cause("specialised-shape")
def specialised_shapes(case: Case, unexplained: frozenset[str]) -> Iterator[Divergence]:
    """Yield the first line that reads a size that differs, or the ``forward`` that takes the input."""
    if not case.runs_python or case.stranger:
        return
    resized = case.resized(sorted(unexplained))
    if not resized:
        return
    reads = [escape for escape, wrong in case.differing_escapes("shape") if set(wrong) & set(resized)]
    line = reads[0].line if reads else case.entry_line()
    file = reads[0].file if reads else case.file
    shapes = ", ".join(case.shapes(case.first)), ", ".join(case.shapes(resized[0]))
    yield case.found(
        "specialised-shape",
        "error",
        line,
        f"The {case.name} graph holds for the shapes of “{case.first}” ({shapes[0]}); “{resized[0]}” has others "
        f"({shapes[1]}), which it refuses or computes wrongly.",
        inputs=resized,
        remedy=REMEDY,
        evidence={"captured": shapes[0], "given": shapes[1]},
        file=file,
    )
