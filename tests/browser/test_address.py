"""The address of the real page: who opens it again finds what was left, pane by pane."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.opening import settled

WAIT = 120_000


def compared(page: Page) -> None:
    expect(page.get_by_test_id("graph-pane")).to_have_count(2, timeout=WAIT)
    page.wait_for_timeout(700)
    expect(page.get_by_test_id("progress")).to_have_count(0, timeout=WAIT)


def encoder(page: Page, side: str) -> Locator:
    return page.locator(f'.pane.{side} .box[data-box="/encoder"]').first


def hits_at(page: Page) -> list[float]:
    """From where to where the ops of the selected difference stand in the right pane."""
    found = [box.bounding_box() for box in page.locator(".pane.right .box.op.hit").all()]
    return [edge for one in found if one is not None for edge in (one["x"], one["y"], one["width"], one["height"])]


def test_panes_for_themselves_the_search_and_an_open_frame_are_found_again(page: Page, app: str) -> None:
    page.goto(f"{app}/?source=gated_mlp&left=eager:long&right=trace&captures=trace")
    compared(page)
    page.locator(".pane.right button.lock").click()
    expect(page.locator(".pane.right[data-alone]")).to_have_count(1)
    encoder(page, "right").dispatch_event("click")
    expect(encoder(page, "right")).to_have_class(re.compile("open"))
    page.locator('.pane.left [data-testid="graph-node"]').filter(has_text="gate").first.dispatch_event("click")
    inspector = page.get_by_test_id("inspector")
    inspector.locator("summary").first.click()
    inspector.locator("ol button", has_text="torch/").first.click()
    expect(page.get_by_test_id("library").first).to_be_visible()
    read = page.get_by_test_id("library").first.inner_text()
    page.keyboard.press("/")
    page.keyboard.type("sigmoid")
    hits = page.get_by_role("listbox", name="ops found").get_by_role("option")
    expect(hits).not_to_have_count(0)
    found = hits.all_inner_texts()
    expect(page).to_have_url(re.compile(r"alone=right.*right\.open=%2Fencoder.*op=left.*seek=sigmoid&frame=torch"))
    stood = hits_at(page)
    page.reload()
    compared(page)
    expect(page.locator(".pane.right[data-alone]")).to_have_count(1)
    expect(page.locator(".pane.left[data-alone]")).to_have_count(0)
    expect(encoder(page, "right")).to_have_class(re.compile("open"))
    expect(encoder(page, "left")).to_have_class(re.compile("closed"))
    expect(page.get_by_role("combobox", name="find ops")).to_have_value("sigmoid")
    assert hits.all_inner_texts() == found
    expect(page.locator(".pane.left .box.picked")).to_have_count(1)
    expect(page.get_by_test_id("library").first).to_be_visible()
    assert page.get_by_test_id("library").first.inner_text() == read
    assert stood
    assert hits_at(page) == pytest.approx(stood, abs=2)
    hits.first.click()
    expect(page).not_to_have_url(re.compile("seek="))


def test_what_an_address_asks_for_in_vain_is_told(page: Page, app: str) -> None:
    page.goto(f"{app}/?source=gated_mlp&captures=trace&alone=nowhere&frame=os.py:1")
    compared(page)
    expect(page.get_by_test_id("notice")).to_contain_text("asks for alone=nowhere and frame=os.py:1: not there.")


PLACES = """() => [...document.querySelectorAll("*")].flatMap((one) => (one.shadowRoot ? [...one.shadowRoot.querySelectorAll(".canvas .paper")] : []))
    .map((paper) => [paper.style.transform, paper.querySelector(".world").getAttribute("transform")])"""


def test_what_is_picked_and_where_the_panes_look_is_found_again(page: Page, fake_app: str) -> None:
    settled(page, f"{fake_app}/?source=gated_mlp&left=eager:wide&right=trace")
    page.locator('.pane.left [data-testid="graph-node"]').filter(has_text="gate").first.dispatch_event("click")
    inspected = page.get_by_test_id("inspector").inner_text()
    page.locator(".pane.left .canvas").hover(position={"x": 80, "y": 60})
    page.mouse.wheel(0, -300)
    expect(page).to_have_url(re.compile(r"left=eager%3Awide.*op=left%3A.*view="))
    places = page.evaluate(PLACES)
    settled(page, page.url)
    expect(page.locator(".pane.left .box.picked")).to_have_count(1)
    assert page.get_by_test_id("inspector").inner_text() == inspected
    for now, before in zip(_numbers(page.evaluate(PLACES)), _numbers(places), strict=True):
        assert now == pytest.approx(before, abs=2)  # a place is kept to the pixel of the scene

    page.keyboard.press("n")  # another pair, of which nothing is picked yet
    expect(page).not_to_have_url(re.compile("op=|view="))


def _numbers(places: list[list[str]]) -> list[float]:
    return [float(number) for place in places for text in place for number in re.findall(r"-?\d+\.?\d*", text)]


def test_a_line_that_was_picked_is_picked_again(page: Page, fake_app: str) -> None:
    settled(page, fake_app)
    page.locator('[data-testid="source-line"][data-line="16"]').click()
    expect(page).to_have_url(re.compile("line=16"))
    settled(page, page.url)
    expect(page.locator('[data-testid="source-line"].picked')).to_have_attribute("data-line", "16")


def test_back_leads_to_where_the_reader_came_from(page: Page, fake_app: str) -> None:
    """Each click was a step of the browser's history, to which the page then did not go back."""
    page.goto("about:blank")
    settled(page, f"{fake_app}/?source=gated_mlp")
    for capture, example in (("script", "wide"), ("trace", "short")):
        page.locator(f'[data-testid="matrix-cell"][data-capture="{capture}"][data-input="{example}"]').click()
        expect(page).to_have_url(re.compile(f"right={capture}"))
    page.go_back()
    expect(page).to_have_url("about:blank")
