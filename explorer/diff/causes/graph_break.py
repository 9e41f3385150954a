"""``graph-break``: Dynamo splits the graph and returns to Python; the results stay right."""

from __future__ import annotations

import re
from collections.abc import Iterator

from explorer.diff.case import Case
from explorer.diff.causes.masking import masked
from explorer.diff.causes.packing import unpacked
from explorer.diff.causes.refused import RESIZED, of_statement
from explorer.diff.causes.registry import cause
from explorer.diff.loops import loop_around, resizes
from explorer.divergence import Divergence
from explorer.evidence import Failure

REMEDY = "Keep the step in tensors, or move it out of the model; torch.compile(fullgraph=True) names the first."

DRAWN = "Python's or NumPy's random numbers are drawn."
DRAW = "Draw with torch (torch.rand, torch.randint), or draw outside of the model and pass the number in."

OF_LOOP = re.compile(r"graph break in (?:a for/while )?loop", re.IGNORECASE)
"""Dynamo's words for a frame that it gives up; the rest of its message holds the user's code, too."""


@cause("graph-break")
def graph_breaks(case: Case, _unexplained: frozenset[str]) -> Iterator[Divergence]:
    """Yield each line at which Dynamo returned to Python on some example."""
    places = {(one.file or case.file, one.line) for one in case.capture.breaks if one.line is not None}
    for one in case.capture.breaks:
        file = one.file or case.file
        lines = {line for other, line in places if other == file}
        of_loop = OF_LOOP.search(one.message)
        if one.line is not None and of_loop and case.source_of(file).is_loop_around(one.line, lines):
            continue  # Dynamo names the loop where it cannot resume inside it; the line itself is told
        drawn = one.line is not None and _is_drawn(case, file, one.line)
        reason = DRAWN if drawn else one.reason
        yield case.found(
            "graph-break",
            "warning",
            one.line,
            f"Dynamo ends its graph here and goes on in Python. {reason}",
            inputs=tuple(case.runs),
            remedy=DRAW if drawn else _remedy(case, one),
            evidence={"reason": one.message[:400]},
            file=one.file,
            function=one.function,
        )


def _remedy(case: Case, one: Failure) -> str:
    """Return what helps against a break: by the statement that decides, where one does, else by Dynamo's reason."""
    told, file = "", one.file or case.file
    if one.line is not None:
        told = unpacked(case, file, one.line) or (_of_data(case, file, one.line) if one.about == "data" else "")
    return told or one.hint or REMEDY


def _is_drawn(case: Case, file: str, line: int) -> bool:
    """Whether a line reads nothing but what Python or NumPy drew, which Dynamo takes for a tensor of its own."""
    read = case.escapes_at(file, range(line, line + 1))
    return {one.source for one in read} == {"random"} and not any(one.how.startswith("time.") for one in read)


def _of_data(case: Case, file: str, line: int) -> str:
    source = case.source_of(file)
    shrinks = RESIZED if resizes(loop_around(source, line)) else ""
    return of_statement(case, file, line) or shrinks or masked(case, file, line)
