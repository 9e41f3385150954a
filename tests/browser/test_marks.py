"""How it looks, and sounds, that Python read a number and that an exporter writes something otherwise."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from tests.browser.captured import open_file
from tests.cases import Workshop

COLOUR = """([part, property, name]) => {
    const probe = part.closest(".stage").appendChild(document.createElement("i"));
    probe.style.color = `var(${name})`;
    const [is, wanted] = [getComputedStyle(part)[property], getComputedStyle(probe).color];
    probe.remove();
    return is === wanted;
}"""
"""Whether a part has a colour of the style sheet by its name."""


def box(page: Page, side: str, title: str) -> Locator:
    return page.locator(f".pane.{side} .box:not(.frame-name)").filter(has=page.locator(".title", has_text=title))


def wire(page: Page, side: str, source: str, target: str) -> Locator:
    ends = [box(page, "left", title).get_attribute("data-box") for title in (source, target)]
    return page.locator(f'.pane.{side} .wire[data-source="{ends[0]}"][data-target="{ends[1]}"]')


def has_colour(part: Locator, style: str, name: str) -> bool:
    return part.evaluate(f"(part, [style, name]) => ({COLOUR})([part, style, name])", [style, name])


def legend(page: Page, side: str) -> Locator:
    return page.locator(f".pane.{side} footer.legend")


@pytest.fixture
def number(page: Page, workshop: Workshop, tmp_path: Path) -> Page:
    open_file(page, workshop, tmp_path, "number")
    return page


@pytest.fixture
def quiet(page: Page, workshop: Workshop, tmp_path: Path) -> Page:
    open_file(page, workshop, tmp_path, "quiet")
    return page


@pytest.fixture
def state(page: Page, workshop: Workshop, tmp_path: Path) -> Page:
    open_file(page, workshop, tmp_path, "state")
    return page


def test_state_stands_at_what_reads_it_and_at_what_writes_it(state: Page) -> None:
    for op, place, tips in (("item", "above", 1), ("add", "below", 2)):
        mark = box(state, "left", op).get_by_test_id("state")
        expect(mark).to_have_class(f"state {place}")
        expect(mark.locator("text:not(.unlike)")).to_have_text("seen")
        expect(mark.locator(".unlike")).to_be_hidden()
        expect(mark.locator(".tip")).to_have_count(tips)
        expect(mark.locator(".line")).to_have_css("stroke-dasharray", "2.5px, 2px")
    expect(box(state, "left", "add")).to_have_attribute("aria-label", re.compile("reads seen, writes to seen, line"))
    expect(legend(state, "left").locator(".state")).to_have_text("state")


def test_state_that_a_graph_leaves_alone_is_a_ghost_there(state: Page) -> None:
    mark = box(state, "right", "item").get_by_test_id("state")
    expect(mark).to_have_class("state above ghost")
    expect(mark.locator(".tip")).to_have_count(0)
    expect(mark.locator(".pill")).to_have_css("stroke-dasharray", "3px, 2px")
    box(state, "left", "item").press("Enter")
    expect(state.get_by_test_id("inspector")).to_contain_text("reads seen")


def test_no_state_lies_on_a_box_and_every_wire_ends_at_one(state: Page) -> None:
    """The room above and below is kept for it, and the wires cross it."""
    boxes = state.locator(".pane.left .box:not(.frame-name, .open) > .outline")
    areas = [one for part in boxes.all() if (one := part.bounding_box())]
    for pill in state.locator(".pane.left .state .pill").all():
        area = pill.bounding_box()
        assert area is not None
        assert not [one for one in areas if _overlaps(area, one)]
    for one in state.locator(".pane.left .wire").all():
        end = one.evaluate(
            "(path) => { const { x, y } = path.getPointAtLength(path.getTotalLength()); return [x, y]; }"
        )
        target = state.locator(f'.pane.left .box:not(.frame-name)[data-box="{one.get_attribute("data-target")}"]')
        if target.count():
            top = target.evaluate("(box) => box.transform.baseVal[0].matrix.f")
            assert end[1] == pytest.approx(top, abs=0.6)


def _overlaps(one: FloatRect, other: FloatRect) -> bool:
    return all(
        one[start] < other[start] + other[size] and other[start] < one[start] + one[size]
        for start, size in (("x", "width"), ("y", "height"))
    )


def test_what_python_read_leads_on_in_dots_and_is_a_ghost_where_a_number_is_kept(number: Page) -> None:
    for op in ("div", "mul"):
        expect(wire(number, "left", "item", op)).to_have_class("wire control")
        expect(wire(number, "left", "item", op)).to_have_css("stroke-dasharray", "1.5px, 3px")
        expect(wire(number, "right", "item", op)).to_have_class("wire ghost")
        expect(wire(number, "right", "item", op)).to_have_css("stroke-dasharray", "4px, 3px")
    expect(wire(number, "left", "clamp", "mul")).to_have_css("stroke-dasharray", "none")
    expect(legend(number, "left")).to_contain_text("read by Python")
    expect(legend(number, "right")).not_to_contain_text("read by Python")
    expect(legend(number, "left")).not_to_contain_text("goes another way")


def test_both_numbers_stand_at_their_op_with_a_sign_and_words(number: Page) -> None:
    for side, held in (("left", "other=0.07087"), ("right", "other=0.007874")):
        taken = box(number, side, "div").locator(".taken")
        expect(taken).to_have_text(held)
        expect(box(number, side, "div").locator(".sign")).to_have_text("≠")  # the sign of the box says it, once
        expect(taken).to_have_class("taken apart")
        said = f"div f32[2, 3] {held}, another number, changed, line 18"
        expect(box(number, side, "div")).to_have_attribute("aria-label", said)
        expect(legend(number, side)).to_contain_text("1 other value")
    assert has_colour(box(number, "left", "div").locator(".taken"), "fill", "--bad")


def test_an_equal_number_is_told_without_a_sign(number: Page) -> None:
    number.locator('[data-testid="matrix-cell"][data-capture="trace"][data-input="soft"]').click()
    taken = box(number, "left", "div").locator(".taken")
    expect(taken).to_have_text("other=0.007874")
    expect(taken).to_have_class("taken")
    expect(box(number, "left", "div")).to_have_attribute("aria-label", "div f32[2, 3] other=0.007874, line 18")
    expect(legend(number, "left")).not_to_contain_text("other value")
    assert has_colour(taken, "fill", "--fg")


def test_what_is_written_otherwise_is_muted_and_named(quiet: Page) -> None:
    for side in ("left", "right"):
        lstm = box(quiet, side, "lstm · LSTM")
        expect(lstm).to_have_class("box module closed there match-changed differs quiet")
        expect(lstm.locator(".badge")).to_have_text("2 differ ~")
        assert has_colour(lstm.locator("> .outline"), "stroke", "--muted")
        assert has_colour(lstm.locator(".badge"), "fill", "--muted")
        entry = legend(quiet, side).locator(".quiet")
        expect(entry).to_have_text("~ written otherwise")
        assert has_colour(entry.locator("b"), "color", "--muted")


def test_what_is_written_otherwise_is_called_so_and_never_different(quiet: Page) -> None:
    lstm = box(quiet, "right", "lstm · LSTM")
    expect(lstm).to_have_attribute("aria-label", "lstm · LSTM, 2 differ, written otherwise")
    lstm.press("Enter")
    inside = box(quiet, "right", "expand").first
    expect(inside.locator("> .sign")).to_have_text("~")
    row = inside.get_by_test_id("graph-node").first
    expect(row).to_have_attribute("aria-label", re.compile(r"^expand .*, written otherwise, line"))
    row.press("Enter")
    expect(quiet.get_by_test_id("inspector")).to_contain_text("~ written otherwise")
    for one in quiet.locator(".pane .box.quiet").all():
        assert "≠" not in (one.text_content() or "")


def test_an_other_number_has_its_own_sign_where_the_box_has_none(quiet: Page) -> None:
    cut = box(quiet, "left", "slice")
    expect(cut.locator("> .sign")).to_have_count(0)
    expect(cut.locator(".taken")).to_have_text(re.compile("≠$"))
    expect(legend(quiet, "left")).to_contain_text("1 ≠ other value")


def test_what_a_cause_is_about_is_not_muted(quiet: Page) -> None:
    taken = box(quiet, "left", "slice").locator(".taken")
    expect(box(quiet, "left", "slice")).not_to_have_class(re.compile("quiet"))
    assert has_colour(taken, "fill", "--bad")
    assert has_colour(box(quiet, "left", "sum").locator("> .outline"), "stroke", "--left")


def test_a_stub_leads_to_what_it_names(page: Page, workshop: Workshop, tmp_path: Path) -> None:
    open_file(page, workshop, tmp_path, "hub")
    stub = page.locator(".pane.left").get_by_test_id("stub").last
    expect(stub).to_have_attribute("aria-label", "takes sigmoid: go there")
    stub.focus()
    stub.press("Enter")
    source = box(page, "left", "sigmoid")
    expect(source).to_have_class(re.compile("reached"))
    expect(source).to_be_in_viewport()
    expect(source).not_to_have_class(re.compile("reached"), timeout=4000)
    stub.press("Enter")  # what is drawn anew while a stub has the focus
    page.locator(".difference, .matrix td").first.click()
    expect(page.get_by_test_id("graph-pane")).to_have_count(2)


def test_what_a_finding_is_about_is_not_red_where_it_matches(number: Page) -> None:
    """Red is for what differs; what is selected is framed in the colour of text."""
    for part in number.locator(".pane.left .hit.match-same:not(.ghost) > .outline").all():
        assert has_colour(part, "stroke", "--fg")
    assert has_colour(box(number, "left", "div").locator(".outline"), "stroke", "--bad")
