"""``lost-check``: an assert or a raise is gone; eager raises where the graph returns."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.diff.case import Case
from explorer.diff.causes.registry import cause
from explorer.diff.causes.unproven import risk, unproven
from explorer.diff.usage import lines_calling
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
NO_OPERATION = "torch.jit.script drops torch._assert_async: for it, use assert or raise under torch.jit.is_scripting()."
NO_CHECK = (
    "torch.export lost this torch._check: use torch._assert_async(condition), or check the input before the model."
)

DROPPED = {("script", "_assert_async"): NO_OPERATION, ("export", "_check"): NO_CHECK}
"""What helps where a capture drops the very call that checks."""


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
            remedy=_remedy(case, file, line),
            evidence={"eager raises": error},
            file=file,
        )
    for one in unproven(case, "check"):
        text = UNPROVEN.format(text=one.site.text, kind=case.name)
        yield risk(case, "lost-check", one, text, _remedy(case, one.file, one.site.line))


def _remedy(case: Case, file: str, line: int | None) -> str:
    """Return what helps against a check that is gone, by how it is written: a script keeps statements alone."""
    source = case.source_of(file)
    for (maker, name), told in DROPPED.items():
        if case.maker == maker and line in lines_calling(source, frozenset({name})):
            return told
    kept = case.scripts and line is not None and source.statement_at(line) == "check"
    return REMEDY.get(case.maker, OTHERWISE + (SCRIPTED if kept else ""))
