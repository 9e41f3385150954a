"""Panes that are for themselves in Chromium: what the reader goes to comes into sight in each of them, as it is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.captured import open_file
from tests.browser.opening import settled
from tests.cases import Workshop

AWAY = 2000
"""Pixels that a pane is moved by, so that nothing of its graph is in sight."""


@pytest.fixture
def opened(page: Page, fake_app: str) -> Page:
    settled(page, f"{fake_app}/?source=gated_mlp&left=eager:long&right=trace")
    unlock(page)
    return page


def unlock(page: Page, side: str = "right") -> None:
    page.locator(f".pane.{side} button.lock").click()
    expect(page.locator(f".pane.{side}[data-alone]")).to_have_count(1)


def toggle(page: Page, side: str, key: str) -> None:
    page.locator(f'.pane.{side} .box[data-box="{key}"] > .strip').dispatch_event("click")


def placed(page: Page, side: str) -> str | None:
    return page.locator(f".pane.{side} .paper").get_attribute("style")


def move_away(page: Page, *sides: str) -> None:
    for side in sides:
        page.locator(f".pane.{side} .canvas").hover(position={"x": 8, "y": 60})
        page.keyboard.down("Shift")
        page.mouse.wheel(0, AWAY)
        page.keyboard.up("Shift")


def assert_in_sight(box: Locator) -> None:
    """A box of an SVG is in the viewport of the page where its pane cuts it off, so its pane is asked."""
    inside = """(one) => {
        const [box, pane] = [one, one.closest(".canvas")].map((part) => part.getBoundingClientRect());
        return box.left >= pane.left && box.right <= pane.right && box.top >= pane.top && box.bottom <= pane.bottom;
    }"""
    expect(box).to_have_count(1)
    assert box.evaluate(inside)


def test_a_jump_in_a_pane_for_itself_moves_that_pane_alone(page: Page, workshop: Workshop, tmp_path: Path) -> None:
    open_file(page, workshop, tmp_path, "hub")
    unlock(page)
    for side, other in (("right", "left"), ("left", "right")):
        move_away(page, side)
        still, before = placed(page, other), placed(page, side)
        page.locator(f'.pane.{side} [data-testid="stub"][role="button"]').last.dispatch_event("click")
        assert placed(page, side) != before
        assert placed(page, other) == still
        assert_in_sight(page.locator(f".pane.{side} .reached"))
        expect(page.locator(f".pane.{other} .reached")).to_have_count(0)
        page.wait_for_timeout(1700)


def test_a_hit_comes_into_sight_in_every_pane_and_opens_its_boxes_there(opened: Page) -> None:
    move_away(opened, "left", "right")
    opened.keyboard.press("/")
    opened.keyboard.type("encoder.1")
    expect(opened.locator("#hits [role=option]")).to_have_count(1)
    opened.keyboard.press("Enter")
    expect(opened.locator(".pane.left .box.picked")).to_have_count(1)
    key = opened.locator(".pane.left .box.picked").get_attribute("data-box")
    for side in ("left", "right"):
        assert_in_sight(opened.locator(f'.pane.{side} .box[data-box="{key}"]'))


def test_a_line_brings_its_boxes_into_sight_in_every_pane(opened: Page) -> None:
    toggle(opened, "right", "/encoder")
    expect(opened.locator('.pane.right [data-box="/encoder/0"]')).to_have_count(1)
    move_away(opened, "left", "right")
    opened.locator('[data-testid="source-line"][data-line="16"]').click()
    for side in ("left", "right"):
        online = opened.locator(f".pane.{side} .box.online")
        expect(online).not_to_have_count(0)
        assert_in_sight(online.first)


def test_a_difference_is_marked_and_comes_into_sight_where_it_is_in_each_pane(opened: Page, fake_app: str) -> None:
    opened.goto(f"{fake_app}/?source=gated_mlp&left=eager:long&right=trace&more=script")
    expect(opened.get_by_test_id("graph-pane")).to_have_count(3)
    expect(opened.get_by_test_id("matrix-cell").filter(has_text="…")).to_have_count(0)
    opened.wait_for_timeout(800)
    unlock(opened)
    key = opened.locator(".pane.right .box.branch.open").first.get_attribute("data-box") or ""
    toggle(opened, "right", key)
    closed = opened.locator(f'.pane.right .box.closed[data-box="{key}"]')
    expect(closed).to_have_class(re.compile(r"\bhit\b"))
    expect(opened.locator(f'.pane.left [data-box="{key}"].hit')).to_have_count(0)
    expect(opened.locator(".pane.left .box.op.hit").first).to_be_visible()
    expect(opened.locator(".pane.right .box.op.hit")).to_have_count(0)
    move_away(opened, "left", "right")
    opened.locator('[data-testid="difference"][data-index="0"]').click()
    assert_in_sight(closed)
    assert_in_sight(opened.locator(".pane.left .box.op.hit").first)


def test_those_that_move_as_one_keep_their_buttons(opened: Page) -> None:
    expect(opened.locator(".pane .zoom")).to_have_count(2)
    opened.locator(".pane.right button.lock").click()
    expect(opened.locator(".pane .zoom")).to_have_count(1)
    opened.locator(".pane.left button.lock").click()
    expect(opened.locator(".pane.right .zoom")).to_have_count(1)
    expect(opened.locator(".pane.left .zoom")).to_have_count(1)


def test_an_op_is_told_beside_its_partners_as_they_are_in_its_pane(opened: Page) -> None:
    toggle(opened, "right", "/encoder")
    toggle(opened, "right", "/encoder/0")
    opened.locator('.pane.right [data-box^="/encoder/0"] ~ [data-testid="graph-node"]').first.wait_for(state="attached")
    inner = opened.locator('.pane.right [data-testid="graph-node"]').filter(has_text="addmm").first
    inner.dispatch_event("click")
    told = opened.get_by_test_id("inspector")
    expect(told).to_contain_text("in trace")
    expect(told).to_contain_text("in eager:long")
    expect(told).not_to_contain_text("not in eager:long")
