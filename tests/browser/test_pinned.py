"""Titles of open boxes in Chromium: they stay at the edge of a pane while their box is in sight, and no longer."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.opening import settled

BRANCH = re.compile(r"· line 18$")


@pytest.fixture
def opened(page: Page, fake_app: str) -> Page:
    """A script with both sides of a branch beside eager, which has one of them."""
    settled(page, f"{fake_app}/?source=gated_mlp&left=eager:wide&right=script")
    page.locator('.pane.left [data-box="/encoder"]').focus()
    return page


def pins(page: Page, side: str) -> Locator:
    return page.locator(f".pane.{side} .pin")


def box(page: Page, side: str, title: str) -> Locator:
    """The frame of an open box, by the title that is drawn above it."""
    names = page.locator(f".pane.{side} .frame-name").filter(has=page.locator(".name", has_text=title))
    place = names.get_attribute("transform")
    return page.locator(f'.pane.{side} .box.open[transform="{place}"]:not(.frame-name)')


def places(one: Locator) -> tuple[float, float]:
    """Where something begins and ends, from the top."""
    found = one.bounding_box()
    assert found is not None
    return found["y"], found["y"] + found["height"]


def drag(page: Page, side: str, down: float) -> None:
    """Drag a pane at its edge, where no box is."""
    found = page.locator(f".pane.{side} .canvas").bounding_box()
    assert found is not None
    x, y = found["x"] + 4, found["y"] + found["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + down, steps=4)
    page.mouse.up()


def bring_up(page: Page, side: str, title: str, above: float) -> None:
    """Drag a pane until the upper border of a box stands ``above`` pixels above the edge."""
    top, _ = places(box(page, side, title))
    edge, _ = places(page.locator(f".pane.{side} .canvas"))
    drag(page, side, edge - above - top)


def test_the_title_of_a_box_stays_at_the_edge_with_those_around_it_above(opened: Page) -> None:
    expect(pins(opened, "right")).to_have_count(0)
    bring_up(opened, "right", "then", 40)
    expect(pins(opened, "right").first).to_have_text(BRANCH)
    expect(pins(opened, "right").filter(has_text="then")).to_have_count(1)
    edge, _ = places(opened.locator(".pane.right .canvas"))
    outer, inner = places(pins(opened, "right").first), places(pins(opened, "right").filter(has_text="then"))
    assert abs(outer[0] - edge) < 2
    assert outer[1] <= inner[0] + 1
    left, right = (
        one.bounding_box() for one in (box(opened, "right", "then"), pins(opened, "right").filter(has_text="then"))
    )
    assert left is not None
    assert right is not None
    assert abs(left["x"] - right["x"]) < 2


def test_a_title_is_not_told_twice(opened: Page) -> None:
    bring_up(opened, "right", "then", -60)
    expect(pins(opened, "right").filter(has_text="then")).to_have_count(0)


def test_a_title_goes_with_its_box(opened: Page) -> None:
    bring_up(opened, "right", "then", 40)
    expect(pins(opened, "right").filter(has_text="then")).to_have_count(1)
    top, bottom = places(box(opened, "right", "then"))
    edge, _ = places(opened.locator(".pane.right .canvas"))
    drag(opened, "right", edge - bottom + 10)
    expect(pins(opened, "right").filter(has_text="then")).to_have_count(0)
    drag(opened, "right", top - bottom)
    expect(pins(opened, "right")).to_have_count(0)


def test_the_title_of_a_box_that_a_pane_has_not_is_a_ghost(opened: Page) -> None:
    bring_up(opened, "left", "then", 40)
    ghost, solid = (pins(opened, side).filter(has_text="then") for side in ("left", "right"))
    expect(ghost).to_have_class("pin ghost")
    expect(solid).to_have_class("pin")
    expect(ghost).to_have_css("border-left-style", "dashed")
    expect(solid).to_have_css("border-left-style", "solid")
    expect(pins(opened, "left").filter(has_text="else")).to_have_class("pin")


def test_a_click_goes_through_a_pinned_title(opened: Page) -> None:
    bring_up(opened, "right", "then", 20)
    pin = pins(opened, "right").filter(has_text="then").bounding_box()
    assert pin is not None
    under = "([x, y]) => document.elementFromPoint(x, y).closest('.pin')"
    assert opened.evaluate(under, [pin["x"] + 5, pin["y"] + 5]) is None
