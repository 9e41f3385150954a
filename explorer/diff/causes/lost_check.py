"""``lost-check``: an assert or a raise is gone; eager raises where the graph returns."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.diff.case import Case
from explorer.diff.causes.registry import cause
from explorer.diff.causes.unproven import unproven
from explorer.divergence import Divergence

REMEDY = {
    "export": "Use torch._check, which exported graphs keep, or check the input before the model.",
    "onnx": "Check the input before the model: an ONNX graph cannot raise.",
    "script": "Check the input before the model, or use assert or raise, which a script keeps.",
    "onnx_ts": "Check the input before the model: an ONNX graph cannot raise.",
}
UNPROVEN = (
    "`{text}` checks the data, and the {kind} graph does not hold the check: where eager raises an error it returns a "
    "result. None of the examples shows that."
)
OTHERWISE = "Check the input before the model."
SCRIPTED = " torch.jit.script keeps the check."


@cause("lost-check")
def lost_checks(case: Case, _unexplained: frozenset[str]) -> Iterator[Divergence]:
    """Yield each line at which eager raises on an example and the graph returns a result."""
    places: dict[tuple[str, int | None], list[str]] = {}
    for name, outcome in case.outcomes.items():
        raised = case.runs[name].raised
        if outcome.outcome == "returns" and raised is not None:
            file, line = raised.file or case.file, raised.line
            line = case.source_of(file).guard_of(line) if line is not None else None
            places.setdefault((file, line), []).append(name)
    for (file, line), names in places.items():
        raised = case.runs[names[0]].raised
        error = raised.reason if raised else "an error"
        yield case.found(
            "lost-check",
            "error",
            line,
            f"On “{names[0]}” eager raises ({error}); the {case.name} graph has no such check and returns a result.",
            inputs=tuple(names),
            remedy=_remedy(case),
            evidence={"eager raises": error},
            file=file,
        )
    for risk in unproven(case, "check"):
        yield case.found(
            "lost-check",
            "warning",
            risk.site.line,
            UNPROVEN.format(text=risk.site.text, kind=case.name),
            inputs=(case.first,),
            remedy=_remedy(case),
            file=risk.file,
        )


def _remedy(case: Case) -> str:
    return REMEDY.get(case.maker, OTHERWISE + (SCRIPTED if case.scripts else ""))
