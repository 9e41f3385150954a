"""Examples whose inputs have the captured sizes and another dtype: no shape is at fault there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from explorer.diff.case import Case
from explorer.diff.usage import choices_by
from explorer.divergence import Divergence, Evidence
from explorer.graph import Value

OTHER_DTYPE = re.compile(r"[Tt]ensor dtype mismatch|Unexpected input data type|The graph takes \w+ where this example")
"""What an exported program, ONNX Runtime and the caller of a graph say of an input of another dtype."""

REMEDY = "Capture one graph for each dtype, or convert the input before the call."
FROZEN = (
    "What `.dtype` gives is fixed when the model is captured: capture one graph for each dtype, or convert before the "
    "call and back after it."
)


def of_dtype(case: Case, names: tuple[str, ...]) -> Iterator[Divergence]:
    """Yield what the graph does with the dtypes of ``names``."""
    if not names:
        return
    refused = case.outcomes[names[0]].outcome == "raises"
    file, line = _place(case, names)
    shapes = ", ".join(case.shapes(case.first)), ", ".join(case.shapes(names[0]))
    fate = "which it refuses" if refused else "on which it computes something else than eager"
    yield case.found(
        "specialised-type",
        "error",
        line,
        f"The {case.name} graph holds for the dtypes of “{case.first}” ({shapes[0]}); “{names[0]}” has others "
        f"({shapes[1]}), {fate}.",
        inputs=names,
        remedy=REMEDY if refused else FROZEN,
        evidence={"captured": shapes[0], "given": shapes[1], **_said(case, names)},
        file=file,
    )


def retyped(case: Case, name: str) -> bool:
    """Whether an example is told apart by its dtypes: its sizes are the captured ones, or a dtype is what is refused.

    A graph that refuses the sizes of an example as well says first what it looks at first.
    """
    outcome = case.outcomes[name]
    said = (outcome.message or "") if outcome.outcome == "raises" else ""
    return has_other_dtypes(case, name) and (
        _sizes(case, name) == _sizes(case, case.first) or OTHER_DTYPE.search(said) is not None
    )


def has_other_dtypes(case: Case, name: str) -> bool:
    """Whether a tensor among an example's inputs has another dtype than when captured."""
    now, captured = ([one.dtype for one in _tensors(case, each)] for each in (name, case.first))
    return now != captured


def _tensors(case: Case, name: str) -> list[Value]:
    return [op.outputs[0] for op in case.graphs[name].ops if op.role == "input" and op.outputs]


def _sizes(case: Case, name: str) -> list[tuple[object, ...] | None]:
    return [one.shape for one in _tensors(case, name)]


def _place(case: Case, names: tuple[str, ...]) -> tuple[str, int | None]:
    """Return the line at which the graph raises, if it tells one, or that reads a dtype, else the ``forward``."""
    outcome = case.outcomes[names[0]]
    if outcome.outcome == "raises":
        return (outcome.file or case.file, outcome.line) if outcome.line is not None else case.outermost()
    return _reading(case, names[0]) or case.outermost()


def _reading(case: Case, example: str) -> tuple[str, int] | None:
    """Return the first line that ran on an example and passes on a tensor's dtype, as ``h.to(x.dtype)`` does."""
    for file in (case.file, *case.others):
        ran = case.ran(example, file)
        passing = sorted(line for line, skipped in choices_by(case.source_of(file), "dtype")
                         if not skipped and ran.get(line))  # fmt: skip
        if passing:
            return file, passing[0]
    return None


def _said(case: Case, names: tuple[str, ...]) -> Evidence:
    """Return the words in which the graph refuses a dtype, as evidence."""
    said = (case.outcomes[name].message or "" for name in names if case.outcomes[name].outcome == "raises")
    return {"message": told} if (told := next(said, "")) else {}
