"""Conditions that ask whether the model is being captured: eager takes the one side, what is captured the other."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.diff.case import Case
from explorer.diff.usage import choices_by
from explorer.divergence import Divergence
from explorer.evidence import Kind

ASKED: dict[str, frozenset[Kind]] = {
    "is_in_onnx_export": frozenset({"onnx", "onnx_ts"}),
    "is_tracing": frozenset({"trace", "onnx_ts"}),
    "is_scripting": frozenset({"script"}),
    "is_exporting": frozenset({"export", "onnx"}),
    "is_compiling": frozenset({"dynamo", "export", "onnx"}),
    "is_dynamo_compiling": frozenset({"dynamo", "export", "onnx"}),
}
"""Torch's functions, and the captures while which each is true."""

REMEDY = "Have both sides compute the same, or leave the condition out; what must differ can be a model of its own."


def chosen_by_capture(case: Case, unexplained: frozenset[str]) -> Iterator[Divergence]:
    """Yield each condition that asks for the capture itself, where the graph holds what eager did not run.

    Both sides may well give the same, as where one leaves out checks: it is told of what nothing else explains.
    """
    wrong = tuple(name for name in case.outcomes
                  if name in unexplained and case.outcomes[name].outcome in {"differs", "raises"})  # fmt: skip
    if not wrong or case.other or case.stored:
        return
    for file in (case.file, *case.others):
        ran = case.ran(case.first, file)
        for name in (name for name, kinds in ASKED.items() if case.maker in kinds):
            for line, skipped in choices_by(case.source_of(file), name):
                if ran.get(line) and _is_other(case, file, [line, *skipped]):
                    text = case.source_of(file).code(line)
                    yield case.found(
                        "baked-branch",
                        "error",
                        line,
                        f"`{text}` asks whether the model is being captured: eager takes the one side, the {case.name} "
                        "graph holds the other, which does not give the same.",
                        inputs=wrong,
                        remedy=REMEDY,
                        evidence={"condition": text},
                        file=file,
                    )


def _is_other(case: Case, file: str, lines: list[int]) -> bool:
    """Whether the graph's ops in the function around a choice stand on other lines of it than those that eager ran."""
    function = case.source_of(file).function_at(lines[0])
    end = (function.end_lineno if function else None) or lines[-1]
    around = range(lines[0], max(end, lines[-1]) + 1)
    sides = [{line for line in around if case.ops_at(graph, file, {line})}
             for graph in (case.graphs.get(case.first), case.capture.graph)]  # fmt: skip
    return sides[0] != sides[1]
