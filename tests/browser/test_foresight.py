"""What stands in a box is asked for once the pointer rests on it: it opens at once, and an older answer does not close it."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from playwright.sync_api import Browser, Page, expect

from explorer.view.assets import stage_script
from explorer.view.differences import rows_for
from explorer.view.payload import Ahead, payload, scene_of
from explorer.view.showing import choose
from tests.browser.opening import settled
from tests.view.fakes import gated_report

REST_MILLISECONDS = 1500
BOX = '.pane.left [data-box="/encoder"]'

PRESSED = """(box) => {
    const root = box.getRootNode();
    box.dispatchEvent(new MouseEvent("click", { bubbles: true, composed: true }));
    return root.querySelector(`.pane.left [data-box="/encoder"]`).classList.contains("open");
}"""
"""Click, and tell whether the box is open before anything else can happen."""

ANSWERED = """async ([script, data, answers]) => {
    const module = await import(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
    const parentElement = document.body.appendChild(document.createElement("div"));
    const asked = [];
    const draw = (one) => module.default({ parentElement, data: one, setTriggerValue: (_, action) => asked.push(action.do) });
    const isOpen = () => parentElement.querySelector(`.pane.left [data-box="/encoder"]`).classList.contains("open");
    draw(data);
    parentElement.querySelector(`.pane.left [data-box="/encoder"]`).dispatchEvent(new MouseEvent("click", { bubbles: true }));
    const seen = [isOpen()];
    await new Promise((done) => setTimeout(done, 200));
    for (const answer of answers) seen.push((draw(answer), isOpen()));
    return [asked, seen];
}"""
"""Click on a box that is known ahead, then hand over answers; tell what was asked for, and where the box was open."""


@pytest.fixture
def opened(page: Page, fake_app: str) -> Page:
    return settled(page, fake_app)


def test_a_box_on_which_the_pointer_rested_opens_before_the_server_is_asked(opened: Page) -> None:
    opened.locator(BOX).hover()
    opened.wait_for_timeout(REST_MILLISECONDS)
    assert opened.locator(BOX).evaluate(PRESSED)
    expect(opened).to_have_url(re.compile("open=(/|%2F)encoder"))  # the server knows of it
    opened.wait_for_timeout(REST_MILLISECONDS)
    expect(opened.locator('.pane.right [data-box="/encoder"]')).to_have_class(re.compile("open"))


def test_a_box_with_the_focus_opens_as_fast(opened: Page) -> None:
    opened.locator(BOX).focus()
    opened.wait_for_timeout(REST_MILLISECONDS)
    opened.keyboard.press("Enter")
    assert "open" in (opened.locator(BOX).get_attribute("class") or "")
    expect(opened.locator(BOX)).to_be_focused()


def test_a_box_that_was_not_foreseen_waits_for_the_server(opened: Page) -> None:
    assert not opened.locator(BOX).evaluate(PRESSED)
    expect(opened.locator(BOX)).to_have_class(re.compile("open"))


TOUCHED = """async ([script, data, answers]) => {
    const module = await import(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
    const parentElement = document.body.appendChild(document.createElement("div"));
    const asked = [];
    const draw = (one) => module.default({ parentElement, data: one, setTriggerValue: (_, action) => asked.push(action.do) });
    const box = () => parentElement.querySelector(`.pane.left [data-box="/encoder"]`);
    const isOpen = () => box().classList.contains("open");
    draw(data);
    box().dispatchEvent(new PointerEvent("pointerdown", { bubbles: true, pointerType: "touch" }));
    box().dispatchEvent(new MouseEvent("click", { bubbles: true }));
    const seen = [[asked.length, isOpen()]];
    for (const answer of answers) {
        draw(answer);
        seen.push([asked.length, isOpen()]);
        await new Promise((done) => setTimeout(done, 100));
    }
    await new Promise((done) => setTimeout(done, 500));
    return [asked, seen];
}"""
"""Press a box and let go before the server has answered; tell what was asked for, and where the box was open."""

REPORT = gated_report()


def data(*, done: int = 0, opened: bool = False, ahead: bool = False) -> Mapping[str, object]:
    """Return what the server sends of the handcrafted report."""
    rows = rows_for(REPORT)
    shown = choose(REPORT, rows, left=None, right=None, difference=None)
    assert shown is not None
    whole = scene_of(REPORT, shown, {"/encoder": True})
    scene = whole if opened else scene_of(REPORT, shown, {})
    known = Ahead(key="/encoder", open=True, side=None, scene=whole) if ahead else None
    return payload(REPORT, rows, shown, scene, done=done, ahead=known)


@pytest.mark.parametrize(
    ("answers", "seen"),
    [
        ([{"done": 0}], [True, True]),
        ([{"done": 0}, {"done": 1, "opened": True}], [True, True, True]),
        ([{"done": 1}], [True, False]),
    ],
    ids=["an older answer", "and its own", "the server decides"],
)
def test_an_answer_that_does_not_know_of_the_box_yet_does_not_close_it(
    page: Page, fake_app: str, answers: list[dict[str, object]], seen: list[bool]
) -> None:
    page.goto(fake_app)
    given = [data(**answer) for answer in answers]  # pyright: ignore[reportArgumentType]
    asked, found = page.evaluate(ANSWERED, [stage_script(), data(ahead=True), given])
    assert (asked, found) == (["toggle"], seen)


def test_a_box_that_is_pressed_is_asked_for_at_once_and_opens_when_it_is_there(page: Page, fake_app: str) -> None:
    page.goto(fake_app)
    answers = [data(ahead=True), data(done=1), data(done=2, opened=True)]
    asked, seen = page.evaluate(TOUCHED, [stage_script(), data(), answers])
    assert asked == ["foresee", "toggle"]
    assert seen == [[1, False], [1, True], [2, True], [2, True]]


def test_a_box_of_which_nothing_is_told_is_asked_for_once_more(page: Page, fake_app: str) -> None:
    page.goto(fake_app)
    asked, seen = page.evaluate(TOUCHED, [stage_script(), data(), [data()]])
    assert asked == ["foresee", "toggle"]
    assert seen == [[1, False], [1, False]]


def test_a_box_opens_by_touch(browser: Browser, fake_app: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, has_touch=True)
    opened = settled(context.new_page(), fake_app)
    opened.locator(BOX).tap()
    expect(opened.locator(BOX)).to_have_class(re.compile("open"))
    expect(opened).to_have_url(re.compile("open=(/|%2F)encoder"))
    context.close()


def test_of_two_boxes_that_are_pressed_in_a_row_none_is_forgotten(page: Page, fake_app: str) -> None:
    page.goto(fake_app)
    boxes = page.evaluate(IN_A_ROW, [stage_script(), data()])
    assert len(boxes) == 2, "the report has two closed boxes"
    keys, asked = boxes
    assert [key for kind, key in asked if kind == "toggle"] == keys


IN_A_ROW = """async ([script, data]) => {
    const module = await import(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
    const parentElement = document.body.appendChild(document.createElement("div"));
    const asked = [];
    let count = 0;
    const draw = (one) => module.default({ parentElement, data: one, setTriggerValue: (_, action) => (asked.push([action.do, action.key]), (count = action.count)) });
    draw(data);
    const keys = [...parentElement.querySelectorAll(`.pane.left [data-box][aria-expanded="false"]`)].map((box) => box.dataset.box).slice(0, 2);
    for (const key of keys) {
        const box = parentElement.querySelector(`.pane.left [data-box="${CSS.escape(key)}"]`);
        box.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true, pointerType: "touch" }));
        box.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    }
    for (let turn = 0; turn < 4; turn += 1) {
        await new Promise((done) => setTimeout(done, 300));
        draw({ ...data, done: count });
    }
    return [keys, asked];
}"""
"""Press two closed boxes at once, and let the server answer to all that it is asked; tell which they are, and what that was."""
