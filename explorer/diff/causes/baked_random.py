"""``baked-random``: a number that Python, NumPy or the clock gave while capturing is frozen."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.diff.case import Case
from explorer.diff.causes.registry import cause
from explorer.divergence import Divergence

REMEDY = "Draw with torch (torch.rand, torch.randint), or draw outside the model and pass the number in."
DRAWS = frozenset({"rand", "randn", "randint", "bernoulli", "multinomial", "randperm", "exponential"})

OTHER_GENERATOR = (
    "`{name}` draws from torch's generator; ONNX Runtime has another one, so that the same seed gives other numbers."
)
FROZEN = (
    "`{name}` was called while {kind} captured the model, and what it gave is a constant in the graph; eager draws "
    "anew on every call."
)


@cause("baked-random")
def baked_randoms(case: Case, unexplained: frozenset[str]) -> Iterator[Divergence]:
    """Yield each line that draws a Python number, where the graph is wrong; torch's own draws under ONNX.

    Where a graph refuses an input of another size, no number is at fault.
    """
    resized = case.resized(sorted(unexplained))
    unexplained -= {name for name in resized if case.outcomes[name].outcome == "raises"}
    if not case.runs_python or not unexplained:
        return
    seen: set[tuple[str, int]] = set()
    for run in case.runs.values():
        for escape in run.escapes:
            fixed = escape.steady and run.deterministic
            if escape.source == "random" and not fixed and (escape.file, escape.line) not in seen:
                seen.add((escape.file, escape.line))
                yield case.found(
                    "baked-random",
                    "error",
                    escape.line,
                    f"`{escape.how}` was called while {case.name} captured the model, and the number that it gave "
                    "is a constant in the graph; eager draws anew on every call.",
                    inputs=tuple(sorted(unexplained)),
                    remedy=REMEDY,
                    evidence={"drawn by": escape.how, "value when captured": escape.value},
                    file=escape.file,
                )
    if case.maker in {"onnx", "onnx_ts"} and not seen:
        yield from _drawn_by_torch(case, unexplained)


def _drawn_by_torch(case: Case, unexplained: frozenset[str]) -> Iterator[Divergence]:
    lines = {op.location.line: op.op for op in case.graphs[case.first].compute if op.op in DRAWS and op.location}
    graph = case.capture.graph
    draws = graph is not None and any(op.op in DRAWS for op in graph.ops)
    for line, name in lines.items():
        yield case.found(
            "baked-random",
            "error",
            line,
            (OTHER_GENERATOR if draws else FROZEN).format(name=name, kind=case.name),
            inputs=tuple(sorted(unexplained)),
            remedy="Pass the random tensor in as an input.",
        )
