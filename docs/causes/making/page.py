"""The page of one cause, in Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from docs.causes.making.lessons import Lesson, listing, words
from docs.causes.making.running import Taught, UntrueError, statics
from explorer.divergence import Divergence
from explorer.evidence import Outcome
from explorer.graph import Scalar
from explorer.report.schema import CaptureEntry, Report

SEVERITIES = {
    "error": "shown wrong, refused or lost on an example",
    "warning": "nothing is wrong on these examples, but there is something to know",
    "note": "the structure differs, the results do not",
}
KINDS = {
    "trace": "recorded by `torch.jit.trace`",
    "script": "compiled by `torch.jit.script`",
    "export": "a program of `torch.export`",
    "onnx": "ONNX by `torch.onnx.export`",
    "onnx_ts": "ONNX by the older exporter, which traces",
    "ort": "that ONNX graph as ONNX Runtime optimises it",
    "dynamo": "the graphs of `torch.compile`",
}
LEGEND = "Dashed red boxes are in one of the two graphs alone; of thick yellow ones the last line says what is another."
FOREIGN = ("/tmp/", "/home/", "/root/", "site-packages", str(Path(__file__).parents[3]))  # noqa: S108 - looked for
"""What would tell of the machine that wrote the page."""


def page(taught: Taught) -> str:
    """Return the page of a cause.

    Raises
    ------
    UntrueError
        It would tell of the machine that it was written on.
    """
    text = "\n".join(_lines(taught)) + "\n"
    if found := [one for one in FOREIGN if one in text]:
        raise UntrueError(f"the page of {taught.lesson.cause} has {found} in it")
    return text


def _lines(taught: Taught) -> Iterator[str]:
    lesson, told, report = taught.lesson, taught.finding, taught.report
    means, harmless = _means(lesson)
    yield f"# `{lesson.cause}`\n"
    yield "\n\n".join(means)
    yield f"\nSeverity: **{told.severity}** ({SEVERITIES[told.severity]}).\n"
    yield "## A model that shows it\n"
    yield f"[{lesson.file.name}](models/{lesson.file.name}); ► marks the line that the explorer names.\n"
    yield _fenced(listing(report.source.text, told.line), "python")
    yield "## What each graph does\n"
    yield f"{_captured(report)}\n"
    yield from _matrix(report)
    yield "\n## What the explorer says\n"
    yield from _finding(told)
    yield "## The two graphs\n"
    yield f"![{_alt(taught)}]({lesson.cause}.svg)\n"
    if told.right_capture is not None:
        yield f"{LEGEND}\n"
    if harmless:
        yield f"## Why it is harmless\n\n{harmless}"
    else:
        yield from _repair(taught)
    yield "\n[All causes](README.md)"


def _means(lesson: Lesson) -> tuple[list[str], str]:
    """Return what the cause means, and why it is harmless where nothing is to be repaired."""
    said = words(lesson.file)
    if lesson.repaired_by:
        return said, ""
    begins = "It is harmless: "
    last = said[-1]
    if not last.startswith(begins):
        raise UntrueError(f"{lesson.file.name} does not say why {lesson.cause} is harmless")
    return said[:-1], last.removeprefix(begins)[:1].upper() + last.removeprefix(begins)[1:]


def _fenced(text: str, language: str = "text") -> str:
    return f"```{language}\n{text}\n```\n"


def _captured(report: Report) -> str:
    """Say of which example the graphs are made."""
    first, *others = (f"“{one.name}”" for one in report.inputs)
    each = "Each graph is" if len(report.matrix) > 1 else "The graph is"
    return f"{each} captured on the first example, {first}, and then run on {first} and {' and '.join(others)}."


def _matrix(report: Report) -> Iterator[str]:
    """Yield the table of captures and examples."""
    captures: dict[str, CaptureEntry] = {one.kind: one for one in statics(report)}
    names = [one.name for one in report.inputs]
    yield f"| graph | {' | '.join(f'“{name}”' for name in names)} |"
    yield f"| --- |{' --- |' * len(names)}"
    raised = {one.name: one.raised is not None for one in report.inputs}
    for kind, row in report.matrix.items():
        cells = [_cell(captures[kind], row[name], raised=raised[name]) for name in names]
        yield f"| `{kind}`: {KINDS[kind]} | {' | '.join(cells)} |"


def _cell(capture: CaptureEntry, outcome: Outcome, *, raised: bool) -> str:
    """Return in a few words what a graph does on an example."""
    if capture.status != "ok":
        return "⊘ refused: no graph"
    error, said = outcome.max_abs_error, _inline(outcome.message or "")
    match outcome.outcome:
        case "agrees":
            return "✓ both raise" if raised else "✓ agrees"
        case "differs":
            return f"≠ off by {error:.3g}" if outcome.where == "value" and error is not None else f"≠ {said}"
        case "raises":
            return f"✗ raises: {said}"
        case "returns":
            return "✗ returns a result where eager raises"
        case "not-run":
            return "· not run"


def _inline(message: str) -> str:
    """Return the first line of a message, safe in a cell of a table."""
    line = message.splitlines()[0] if message else ""
    return line.replace("|", "\\|").replace("<", "&lt;").replace("[", "\\[")


def _finding(told: Divergence) -> Iterator[str]:
    """Yield what the report says: explanation, place, evidence, remedy."""
    on = f" on {' and '.join(f'“{name}”' for name in told.inputs)}" if told.inputs else ""
    yield f"> **{told.severity}** `{told.cause}` in `{told.capture}`, {told.file}:{told.line}{on}"
    yield f">\n> {told.explanation}"
    if told.remedy:
        yield f">\n> → {told.remedy}"
    yield ""
    if told.evidence:
        yield "Its evidence:\n"
        yield _fenced("\n".join(f"{name}: {_value(value)}" for name, value in told.evidence.items()))


def _value(value: Scalar | list[Scalar]) -> str:
    """Return a piece of evidence on one line: of a long message the first paragraph."""
    if isinstance(value, float):
        return f"{value:.6g}"
    text = str(value)
    first = text.split("\n\n", maxsplit=1)[0]
    return " ".join(first.split()) + (" …" if first != text.rstrip() else "")


def _alt(taught: Taught) -> str:
    left, right = sides(taught)
    return f"On the left {left}, on the right {right}"


def sides(taught: Taught) -> tuple[str, str]:
    """Return what the two sides of the picture are called."""
    example = taught.lesson.beside or (taught.finding.left_capture or "").partition(":")[2]
    return f"eager on “{example}”", f"the {taught.lesson.shown} graph"


def _repair(taught: Taught) -> Iterator[str]:
    """Yield what to do, and what the explorer says once it is done."""
    lesson, report = taught.lesson, taught.repaired
    if report is None:
        return
    yield "## What to do\n"
    if lesson.repaired is None:
        yield "The model stays as it is; it is captured with sizes left open:\n"
        yield _fenced(f"parallax compare {lesson.file.name} --capture {','.join(lesson.captures)} --dynamic", "bash")
    else:
        yield f"{' '.join(words(lesson.repaired))}\n"
        yield f"[{lesson.repaired.name}](models/{lesson.repaired.name}):\n"
        yield _fenced(listing(report.source.text), "python")
    yield f"Run again, the finding is gone: “{report.verdict}.”\n"
    yield from _matrix(report)
