"""The index of the pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from docs.causes.making.lessons import LESSONS, Lesson, words
from explorer.divergence import LOUD_CAUSES

BEFORE = (
    "Why a static graph does not do what the model does when it runs. Each page has a small model that shows the",
    "cause, what each graph makes of it, what the explorer says, both graphs side by side, and a repair that was run.",
    "The pages and pictures are written by `python -m docs.causes`; only the [models](models) are by hand.\n",
    "The **eager** graph is what PyTorch does, operation by operation, when the model simply runs. A **static**",
    "graph is made once, by a **capture**, from one example input, and then runs without Python.\n",
)


def index() -> str:
    """Return the table of all causes, with the first sentence of each."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Causes\n"
    yield from BEFORE
    yield "## Errors and warnings\n"
    yield from _table(one for one in LESSONS if one.cause in LOUD_CAUSES)
    yield "\n## Notes: the structure differs, the results do not\n"
    yield from _table(one for one in LESSONS if one.cause not in LOUD_CAUSES)


def _table(lessons: Iterable[Lesson]) -> Iterator[str]:
    yield "| cause | in a sentence |"
    yield "| --- | --- |"
    for lesson in lessons:
        yield f"| [`{lesson.cause}`]({lesson.cause}.md) | {words(lesson.file)[0]} |"
