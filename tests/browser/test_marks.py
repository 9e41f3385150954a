"""How it looks, and sounds, that Python read a number and that an exporter writes something otherwise."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

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


def test_what_python_read_leads_on_in_dots_and_is_a_ghost_where_a_number_is_kept(number: Page) -> None:
    for op in ("div", "mul"):
        expect(wire(number, "left", "item", op)).to_have_class("wire control")
        expect(wire(number, "left", "item", op)).to_have_css("stroke-dasharray", "1.5px, 3px")
        expect(wire(number, "right", "item", op)).to_have_class("wire ghost")
        expect(wire(number, "right", "item", op)).to_have_css("stroke-dasharray", "4px, 3px")
    expect(wire(number, "left", "clamp", "mul")).to_have_css("stroke-dasharray", "none")
    expect(legend(number, "left")).to_contain_text("read by Python")
    expect(legend(number, "right")).not_to_contain_text("read by Python")


def test_both_numbers_stand_at_their_op_with_a_sign_and_words(number: Page) -> None:
    for side, held in (("left", "other=0.07087"), ("right", "other=0.007874")):
        taken = box(number, side, "div").locator(".taken")
        expect(taken).to_have_text(f"{held} ≠")
        expect(taken).to_have_class("taken apart")
        said = f"div f32[2, 3] {held}, another number, changed, line 18"
        expect(box(number, side, "div")).to_have_attribute("aria-label", said)
        expect(legend(number, side)).to_contain_text("1 ≠ other number")
    assert has_colour(box(number, "left", "div").locator(".taken"), "fill", "--bad")


def test_an_equal_number_is_told_without_a_sign(number: Page) -> None:
    number.locator('[data-testid="matrix-cell"][data-capture="trace"][data-input="soft"]').click()
    taken = box(number, "left", "div").locator(".taken")
    expect(taken).to_have_text("other=0.007874")
    expect(taken).to_have_class("taken")
    expect(box(number, "left", "div")).to_have_attribute("aria-label", "div f32[2, 3] other=0.007874, line 18")
    expect(legend(number, "left")).not_to_contain_text("other number")
    assert has_colour(taken, "fill", "--fg")


def test_what_is_written_otherwise_is_muted_and_named(quiet: Page) -> None:
    for side in ("left", "right"):
        lstm = box(quiet, side, "lstm · LSTM")
        expect(lstm).to_have_class("box module closed there match-changed differs quiet")
        expect(lstm.locator(".badge")).to_have_text("2 differ ≠")
        assert has_colour(lstm.locator("> .outline"), "stroke", "--muted")
        assert has_colour(lstm.locator(".badge"), "fill", "--muted")
        entry = legend(quiet, side).locator(".quiet")
        expect(entry).to_have_text("≠ written otherwise")
        assert has_colour(entry.locator("b"), "color", "--muted")


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
