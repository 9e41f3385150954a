"""Run a model of the pages, and see to it that it shows what it is there to show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from docs.causes.making.lessons import Lesson, source
from explorer import compare
from explorer.report.schema import CaptureEntry, Divergence, Report


class UntrueError(Exception):
    """A model does not show its cause, or its repair does not take it away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """A lesson and what came of it."""

    lesson: Lesson
    report: Report
    finding: Divergence
    repaired: Report | None
    """The run of the repaired model; ``None`` where there is nothing to repair."""


def taught(lesson: Lesson) -> Taught:
    """Run the model and its repair, in processes of their own.

    Raises
    ------
    UntrueError
        The cause is not found in the first, or something is found in the second.
    """
    report = compare(source(lesson.file), captures=lesson.captures)
    repaired = None
    if lesson.repaired_by:
        file = lesson.repaired or lesson.file
        repaired = compare(source(file), captures=lesson.captures, dynamic=lesson.repaired_by == "dynamic")
        check_repaired(lesson, repaired)
    return Taught(lesson=lesson, report=report, finding=finding(lesson, report), repaired=repaired)


def finding(lesson: Lesson, report: Report) -> Divergence:
    """Return what the explorer says of the cause, about the capture that is drawn.

    Raises
    ------
    UntrueError
        It says nothing of it, or of no line of the model file.
    """
    found = [one for one in report.divergences if (one.cause, one.capture) == (lesson.cause, lesson.shown)]
    if not found or found[0].file != report.source.file or found[0].line is None:
        told = ", ".join(f"{one.cause} in {one.capture} at {one.file}:{one.line}" for one in report.divergences)
        raise UntrueError(f"{lesson.file.name} does not show {lesson.cause} in {lesson.shown}; found: {told}")
    return found[0]


def check_repaired(lesson: Lesson, report: Report) -> None:
    """See that nothing is wrong with the repaired model in any of the captures that are shown.

    Raises
    ------
    UntrueError
        Something is.
    """
    left = [f"{one.cause} in {one.capture}" for one in report.divergences if one.severity != "note"]
    cells = ((kind, name, one.outcome) for kind, row in report.matrix.items() for name, one in row.items())
    left += [f"{kind} {outcome} on {name}" for kind, name, outcome in cells if outcome != "agrees"]
    if left or len(report.matrix) != len(lesson.captures):
        raise UntrueError(
            f"the repair of {lesson.file.name} leaves: {', '.join(left) or 'a capture that is not there'}"
        )


def statics(report: Report) -> Iterable[CaptureEntry]:
    """Return the static captures of a report."""
    return (one for one in report.captures if one.kind != "eager")
