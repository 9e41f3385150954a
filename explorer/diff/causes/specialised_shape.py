"""``specialised-shape``: the graph only holds for the shapes that it was captured with."""

from __future__ import annotations

import re
from collections.abc import Iterator

from explorer.diff.case import Case
from explorer.diff.causes.dtypes import of_dtype, retyped
from explorer.diff.causes.registry import cause
from explorer.diff.causes.sizes import asks_for, input_sizes
from explorer.diff.usage import fixed_from, makes_tensor_at
from explorer.divergence import Divergence
from explorer.evidence import TRACERS, Escape
from explorer.graph import Scalar

SIZE_OF_ONE = re.compile(r"size\(\)\[\d+\] == 1\b")
ONES = (
    "torch.export fixes a size of 0 or 1 even where sizes are left open: put an example first in which this size is at "
    "least 2."
)
REMEDY = "Capture with dynamic shapes (dynamic_shapes= or dynamic_axes=), or one graph for each shape."

IN_PYTHON = (
    "Compute from the size itself what Python makes a number of (n ** 0.5 in place of math.sqrt(n), no int()), or "
    "capture one graph for each shape."
)
"""A trace has no option that leaves sizes open: it does so, but for what Python computes."""

OF_TENSOR = (
    "A tensor made of Python's numbers is a constant to a tracer: use the sizes in arithmetic, or make each a tensor "
    "by torch.full((), size) and put them together with torch.stack."
)

INDEXED = (
    "The tracer fixes the shape of what is written by an index: write it with index_copy or index_add, or choose with "
    "torch.where."
)

OPENS = frozenset({"export", "onnx", "onnx_ts", "dynamo"})
"""Captures that leave sizes open where they are asked to."""
AS_MANY = (
    "Make the list as long as it can be, and mask what is beyond it: of numbers that are read in one go, torch.export "
    "leaves each open, but not how many there are."
)
FIXED = "Sizes were left open, and this one was fixed all the same: compute it from the input in tensor operations."


@cause("specialised-shape")
def specialised_shapes(case: Case, unexplained: frozenset[str]) -> Iterator[Divergence]:
    """Yield what the graph does with the shapes, the dtypes and the arguments of other examples."""
    if not case.runs_python or case.stranger:
        return
    yield from _other_arguments(case, unexplained)
    others = [name for name in case.resized(sorted(unexplained)) if _is_same_call(case, name)]
    yield from of_dtype(case, tuple(name for name in others if retyped(case, name)))
    resized = tuple(name for name in others if not retyped(case, name))
    if not resized:
        return
    reads = input_sizes(case, resized)
    file, line = _place(case, reads, resized)
    shapes = ", ".join(case.shapes(case.first)), ", ".join(case.shapes(resized[0]))
    yield case.found(
        "specialised-shape",
        "error",
        line,
        f"The {case.name} graph holds for the shapes of “{case.first}” ({shapes[0]}); “{resized[0]}” has others "
        f"({shapes[1]}), {_fate(case, resized)}.",
        inputs=resized,
        remedy=_remedy(case, resized, file, line),
        evidence={"captured": shapes[0], "given": shapes[1], **_said(case, resized)},
        file=file,
        lines=_taking(case, reads, file, line),
    )


def _taking(case: Case, reads: list[Escape], file: str, line: int | None) -> frozenset[int] | None:
    """Return the lines that take the size which ``line`` reads: a branch that parts besides is not of it."""
    if line is None or (file, line) not in {(one.file, one.line) for one in reads}:
        return None
    lines = frozenset({line, *case.uses(file, line)})
    return lines if any(case.ops_at(graph, file, lines) for graph in case.graphs.values()) else None


def _fate(case: Case, resized: tuple[str, ...]) -> str:
    """Say what the graph does with other shapes; of several, on which it does what."""
    raised = [name for name in resized if case.outcomes[name].outcome == "raises"]
    others = [name for name in resized if name not in raised]
    if raised and others:
        refused, wrong = (" and ".join(f"“{name}”" for name in names[:3]) for names in (raised, others))
        return f"as have others: it refuses {refused}, and computes something else than eager on {wrong}"
    return "which it refuses" if raised else "on which it computes something else than eager"


def _said(case: Case, resized: tuple[str, ...]) -> dict[str, Scalar | list[Scalar]]:
    """Return the words in which the graph refuses a shape, as evidence."""
    said = (case.outcomes[name].message or "" for name in resized if case.outcomes[name].outcome == "raises")
    return {"message": told} if (told := next(said, "")) else {}


def _remedy(case: Case, resized: tuple[str, ...], file: str, line: int | None) -> str:
    if case.maker == "trace":
        if line is not None and makes_tensor_at(case.source_of(file), line):
            return OF_TENSOR
        return INDEXED if _is_written_by_index(case, file, line) else IN_PYTHON
    if case.maker in TRACERS and case.dynamic and _is_written_by_index(case, file, line):
        return INDEXED
    ones = _guards_one(case, resized)
    if case.dynamic and case.maker in OPENS:
        if any((one.file, one.line) == (file, line) for one in _lists(case, resized)):
            return AS_MANY
        return ONES if ones else FIXED
    return f"{REMEDY} {ONES}" if ones else REMEDY


def _is_written_by_index(case: Case, file: str, line: int | None) -> bool:
    ops = case.graphs[case.first].compute
    return any(
        op.op == "index_put" and op.location and (op.location.file, op.location.line) == (file, line) for op in ops
    )


def _place(case: Case, reads: list[Escape], resized: tuple[str, ...]) -> tuple[str, int | None]:
    """Return the line that fixes a size that differs, else one that chooses by it, or reads it, else the ``forward``.

    A size is fixed where Python makes a number of its own of it, as ``int(n * 0.5)`` does.
    """
    for one in reads:
        if (line := fixed_from(case.source_of(one.file), one.line)) is not None:
            return one.file, line
    for one in reads:
        chosen = (at.site.line for at in case.partings if at.example in resized and asks_for(case, at, one))
        if (line := next(chosen, None)) is not None:
            return one.file, line
    reads = reads or (_lists(case, resized) if case.dynamic else [])
    if reads:
        return reads[0].file, reads[0].line
    raised = (case.outcomes[name] for name in resized if case.outcomes[name].line is not None)
    told = next(((one.file or case.file, one.line) for one in raised), None)
    return told or case.outermost()


def _lists(case: Case, resized: tuple[str, ...]) -> list[Escape]:
    """Return what reads a whole tensor as a list, of another length on one of the ``resized`` examples."""
    read = (escape for escape, wrong in case.differing_escapes("data")
            if escape.how == "tolist" and not set(wrong).isdisjoint(resized))  # fmt: skip
    lengths = ((one, {str(value).count(",") for name in (case.first, *resized) for value in case.read(name, one)})
               for one in read)  # fmt: skip
    return [one for one, found in lengths if len(found) > 1]


def _other_arguments(case: Case, unexplained: frozenset[str]) -> Iterator[Divergence]:
    """Yield the examples that give other arguments than the captured one: no shape is at fault there."""
    others = tuple(name for name in sorted(unexplained) if not _is_same_call(case, name))
    if not others or case.first in case.wrong:
        return
    file, line = case.outermost()
    ours, theirs = (", ".join(case.given(name)) or "no tensor" for name in (case.first, others[0]))
    yield case.found(
        "specialised-type",
        "error",
        line,
        f"The {case.name} graph takes the arguments of “{case.first}” ({ours}); “{others[0]}” gives others ({theirs}).",
        inputs=others,
        remedy="Capture one graph for each form of the call, or give every argument on every call.",
        evidence={"captured": ours, "given": theirs},
        file=file,
    )


def _is_same_call(case: Case, name: str) -> bool:
    return case.given(name) == case.given(case.first)


def _guards_one(case: Case, resized: tuple[str, ...]) -> bool:
    """Whether the graph refuses for a size that was 1 when captured, which torch.export fixes always."""
    return any(SIZE_OF_ONE.search(case.outcomes[name].message or "") for name in resized)
