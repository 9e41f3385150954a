"""Each cause has a page, and what the page shows is what the explorer says today."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from docs.causes.making.index import index
from docs.causes.making.lessons import FOLDER, LESSONS, Lesson, listing, words
from docs.causes.making.page import FOREIGN, page
from docs.causes.making.picture import LARGEST, picture
from docs.causes.making.running import Taught, UntrueError, check_repaired, finding
from explorer.divergence import CAUSES
from explorer.evidence import Kind
from explorer.report.build import Builder
from explorer.report.schema import Report
from tests.cases import Workshop

SVG = "{http://www.w3.org/2000/svg}"
MARKED = re.compile(r"^► +(\d+)  ", flags=re.MULTILINE)
lessons = pytest.mark.parametrize("lesson", LESSONS, ids=lambda one: one.cause)
repairs = pytest.mark.parametrize("lesson", [one for one in LESSONS if one.repaired_by], ids=lambda one: one.cause)


def alone(lesson: Lesson) -> Lesson:
    """The lesson with only the capture that is drawn: it is all that these tests run."""
    return replace(lesson, captures=(lesson.shown,))


def report_of(workshop: Workshop, lesson: Lesson) -> Report:
    beside: tuple[Kind, ...] = ("script",) if "script" in lesson.captures else ()  # whether it helps is told
    return workshop.report(lesson.file.read_text(), *dict.fromkeys((lesson.shown, *beside)))


def repaired(workshop: Workshop, lesson: Lesson) -> Report:
    text, kind = (lesson.repaired or lesson.file).read_text(), lesson.shown
    static = workshop.static(text, kind, dynamic=lesson.repaired_by == "dynamic")
    return Builder(workshop.source(text), eager=workshop.eager(text), statics={kind: static}).report()


def page_of(lesson: Lesson) -> str:
    return (FOLDER / f"{lesson.cause}.md").read_text(encoding="utf-8")


def picture_of(lesson: Lesson) -> str:
    return (FOLDER / f"{lesson.cause}.svg").read_text(encoding="utf-8")


def test_every_cause_has_a_page_a_picture_and_a_model() -> None:
    assert tuple(one.cause for one in LESSONS) == CAUSES
    assert {path.stem for path in FOLDER.glob("*.md")} == {*CAUSES, "README"}
    assert {path.stem for path in FOLDER.glob("*.svg")} == set(CAUSES)
    models = {path for one in LESSONS for path in (one.file, one.repaired) if path}
    assert set((FOLDER / "models").glob("*.py")) == models


def test_the_index_is_up_to_date() -> None:
    assert (FOLDER / "README.md").read_text(encoding="utf-8") == index()


@lessons
def test_a_model_shows_its_cause_on_the_line_that_its_page_marks(workshop: Workshop, lesson: Lesson) -> None:
    told = finding(lesson, report_of(workshop, lesson))
    text = page_of(lesson)
    assert MARKED.findall(text) == [str(told.line)]
    assert told.explanation in text
    assert told.remedy in text


@repairs
def test_after_the_repair_the_finding_is_gone(workshop: Workshop, lesson: Lesson) -> None:
    check_repaired(alone(lesson), repaired(workshop, lesson))


@lessons
def test_a_page_is_that_of_its_models(lesson: Lesson) -> None:
    text = page_of(lesson)
    (marked,) = MARKED.findall(text)
    assert listing(lesson.file.read_text(), int(marked)) in text
    assert all(said.removeprefix("It is harmless: ")[1:] in text for said in words(lesson.file))
    if lesson.repaired:
        assert listing(lesson.repaired.read_text()) in text
    assert not [one for one in FOREIGN if one in text]


@lessons
def test_a_picture_has_the_boxes_of_today(workshop: Workshop, lesson: Lesson) -> None:
    report = report_of(workshop, lesson)
    drawn = picture(Taught(lesson=lesson, report=report, finding=finding(lesson, report), repaired=None))
    assert _texts(drawn) == _texts(picture_of(lesson))


@lessons
def test_a_picture_is_small_opaque_and_says_in_words_what_it_colours(lesson: Lesson) -> None:
    text = picture_of(lesson)
    assert len(text.encode()) <= LARGEST
    assert not [one for one in FOREIGN if one in text]
    root = ET.fromstring(text)  # noqa: S314 - a file of our own
    ground = root.find(f"{SVG}rect")
    assert ground is not None
    assert (ground.get("width"), ground.get("height")) == (root.get("width"), root.get("height"))
    faces = [one for one in root.iter(f"{SVG}rect") if one is not ground]
    dashed = sum("stroke-dasharray" in one.attrib for one in faces)
    assert dashed == sum(one.startswith("only in ") or one.endswith(" refuses the model") for one in _texts(text))
    assert {one.get("stroke-width") for one in faces if "stroke-dasharray" in one.attrib} <= {"2"}


def test_the_same_run_gives_the_same_picture(workshop: Workshop) -> None:
    lesson = LESSONS[0]
    report = report_of(workshop, lesson)
    found = Taught(lesson=lesson, report=report, finding=finding(lesson, report), repaired=None)
    assert picture(found) == picture(found)


def test_a_model_that_does_not_show_its_cause_is_refused(workshop: Workshop) -> None:
    with pytest.raises(UntrueError, match="does not show baked-branch in trace"):
        finding(LESSONS[0], repaired(workshop, LESSONS[0]))


def test_a_repair_that_leaves_the_cause_is_refused(workshop: Workshop) -> None:
    with pytest.raises(UntrueError, match="leaves: baked-branch in trace"):
        check_repaired(alone(LESSONS[0]), report_of(workshop, LESSONS[0]))


def test_a_page_that_tells_of_a_machine_is_refused(workshop: Workshop) -> None:
    lesson = LESSONS[-1]
    report = report_of(workshop, lesson)
    told = replace(finding(lesson, report), evidence={"message": "/home/me/model.py"})
    with pytest.raises(UntrueError, match="in it"):
        page(Taught(lesson=lesson, report=report, finding=told, repaired=None))


def _texts(svg: str) -> list[str]:
    return sorted("".join(one.itertext()) for one in ET.fromstring(svg).iter(f"{SVG}text"))  # noqa: S314 - our own
