"""``baked-mode``: train or eval behaviour (dropout, batch norm) is frozen or changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from explorer.diff.case import Case
from explorer.diff.causes.registry import cause
from explorer.diff.passing import DROPS
from explorer.divergence import Divergence
from explorer.graph import Location, Op

REMEDIES = {
    "onnx_ts": "Call model.eval() before capturing, or export with training=TrainingMode.PRESERVE where training is "
    "meant.",
    "onnx": "Call model.eval() before capturing; where training is meant, use the older exporter (dynamo=False) with "
    "training=TrainingMode.PRESERVE.",
}


@cause("baked-mode")
def baked_modes(case: Case, unexplained: frozenset[str]) -> Iterator[Divergence]:
    """Yield each line whose op ran in training mode in eager, where an ONNX graph is wrong."""
    wrong = {name for name in unexplained if case.outcomes[name].outcome == "differs"}  # a mode makes nothing raise
    if case.maker not in {"onnx", "onnx_ts"} or not wrong:
        return
    seen: set[int] = set()
    for op in case.graphs[case.first].compute:
        if not _trains(op) or op.location is None or op.location.line in seen:
            continue
        seen.add(op.location.line)
        place = _switch(case, op) or _switch_before(case, op.location) or op.location
        yield case.found(
            "baked-mode",
            "error",
            place.line,
            f"`{op.op}` runs in training mode in eager; the {case.name} graph computes it as in evaluation, or draws "
            "other numbers.",
            inputs=tuple(sorted(wrong)),
            remedy=REMEDIES[case.maker],
            evidence={"op": op.target},
            file=place.file,
        )


def _switch(case: Case, op: Op) -> Location | None:
    """Return where the model itself switched the module of ``op`` to training, if it did."""
    switched = (one for one in case.runs[case.first].changes if one.name == f"{op.module}.training" and one.location)
    return next((one.location for one in switched), None)


def _switch_before(case: Case, place: Location) -> Location | None:
    """Return the line before ``place``, in its function, that calls ``train``: it may have been switched back since."""
    line = case.source_of(place.file).call_before(place.line, "train")
    return replace(place, line=line) if line is not None else None


def _trains(op: Op) -> bool:
    if op.op == "batch_norm":
        return op.attributes.get("training") is True or op.attributes.get("train") is True
    if op.op in {"bernoulli", "rand"}:
        return any(frame.function in DROPS and not frame.user for frame in op.stack)
    return op.op in {"dropout", "rrelu"}
