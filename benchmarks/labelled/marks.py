"""The marks of the model files, and whether what was measured bears them out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.labelled.captures import KINDS, Measured

SIGN = "#@"
REFUSED = "capture-failure"
BROKEN = "graph-break"
CAUSES = frozenset(
    {
        "baked-branch",
        "unrolled-loop",
        "baked-constant",
        "baked-random",
        "baked-state",
        "baked-mode",
        "specialised-shape",
        "specialised-type",
        "mutation",
        "lost-check",
        "output-structure",
        "numerical-mismatch",
        REFUSED,
        BROKEN,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A line, a capture, and the causes of which each is right."""

    line: int
    causes: frozenset[str]
    capture: str


def marks(path: Path) -> list[Mark]:
    """Return the marks of a model file, in order."""
    return [mark for number, line in enumerate(path.read_text().splitlines(), 1) for mark in _of_line(number, line)]


def unmarked(text: str) -> str:
    """Return a model file's text without its marks."""
    return "\n".join(line.partition(SIGN)[0].rstrip() for line in text.splitlines())


def inconsistencies(found: Iterable[Mark], measured: Mapping[str, Measured]) -> Iterator[str]:
    """Yield what is measured without a mark, marked without a measurement, or marked in words that do not exist."""
    found = list(found)
    for mark in found:
        if mark.capture not in KINDS or not mark.causes <= CAUSES:
            yield f"line {mark.line}: no such mark: {'|'.join(sorted(mark.causes))}: {mark.capture}"
    for kind, told in measured.items():
        own = [mark for mark in found if mark.capture == kind]
        yield from (f"{kind}: {one}" for one in _of_capture(own, told))
        if not found and told.warned:
            yield f"{kind}: a control that the tracer warns of, at line {_listed(told.warned)}"


def hints(found: Iterable[Mark], measured: Mapping[str, Measured]) -> Iterator[str]:
    """Yield where torch names another line than the one that is marked: each is right or wrong for a reason."""
    found = list(found)
    for kind, told in measured.items():
        cause = REFUSED if told.refused else BROKEN
        marked = {mark.line for mark in found if mark.capture == kind and cause in mark.causes}
        if told.lines and marked and not marked & set(told.lines):
            yield f"{kind}: {cause} marked at line {_listed(marked)}, torch names {_listed(told.lines)}"


def _of_line(number: int, line: str) -> Iterator[Mark]:
    for part in line.partition(SIGN)[2].split(";"):
        causes, _, captures = part.partition(":")
        for capture in captures.split():
            yield Mark(line=number, causes=frozenset(causes.strip().split("|")), capture=capture)


def _of_capture(own: list[Mark], told: Measured) -> Iterator[str]:
    wrong = {name: said for name, said in told.outcomes.items() if said != "agrees"}
    happened = {REFUSED: bool(told.refused), BROKEN: bool(told.broken)}
    named = {cause: [mark for mark in own if cause in mark.causes] for cause in happened}
    other = [mark for mark in own if not mark.causes <= happened.keys()]
    if told.refused and not named[REFUSED]:
        yield f"refused, not marked: {told.refused} (line {_listed(told.lines)})"
    if told.broken and not named[BROKEN]:
        yield f"breaks, not marked: {next(iter(told.broken.values()))} (line {_listed(told.lines)})"
    if wrong and not other:
        yield f"{wrong}, not marked: {dict(told.details)}"
    for mark in own:
        possible = [happened.get(cause, bool(wrong)) for cause in mark.causes]
        if not any(possible):
            yield f"line {mark.line}: {'|'.join(sorted(mark.causes))} is marked, not measured"


def _listed(lines: Iterable[int]) -> str:
    return ", ".join(str(line) for line in sorted(lines)) or "unknown"
