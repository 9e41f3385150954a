"""``capture-failure``: the capture refuses the model, with the reason and the line."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.diff.case import Case
from explorer.diff.causes.output_structure import last_return
from explorer.diff.causes.registry import cause
from explorer.divergence import Divergence


@cause("capture-failure")
def capture_failures(case: Case, _unexplained: frozenset[str]) -> Iterator[Divergence]:
    """The line that the producer names, or the return statement where it names none."""
    failure = case.capture.failure
    if failure is None:
        return
    line = failure.line if failure.line is not None else last_return(case, case.first)
    yield case.found(
        "capture-failure",
        "error",
        line,
        failure.reason,
        inputs=tuple(case.runs),
        remedy=failure.hint,
        evidence={"error": failure.error, "message": failure.message[:400]},
        file=failure.file,
        function=failure.function,
    )
