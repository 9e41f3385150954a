"""Three and four graphs side by side in Chromium: they are added, move together or alone, and are closed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.opening import settled


@pytest.fixture
def opened(page: Page, fake_app: str) -> Page:
    return settled(page, f"{fake_app}/?source=gated_mlp&left=eager:long&right=trace")


def captures(page: Page) -> list[str | None]:
    return [pane.get_attribute("data-capture") for pane in page.get_by_test_id("graph-pane").all()]


def add(page: Page) -> None:
    before = page.get_by_test_id("graph-pane").count()
    page.get_by_role("button", name="show another graph beside these").click()
    expect(page.get_by_test_id("graph-pane")).to_have_count(before + 1)


def placed(page: Page, side: str) -> tuple[str | None, str | None]:
    paper = page.locator(f".pane.{side} .paper")
    return paper.get_attribute("style"), paper.locator(".world").get_attribute("transform")


def zoomed(page: Page, canvas: Locator) -> None:
    canvas.hover(position={"x": 30, "y": 60})
    page.mouse.wheel(0, -300)


def test_up_to_four_graphs_share_one_layout_and_the_address_keeps_them(opened: Page) -> None:
    add(opened)
    add(opened)
    expect(opened.get_by_role("button", name="show another graph beside these")).to_have_count(0)
    expect(opened).to_have_url(re.compile(r"more="))
    shown = captures(opened)
    assert len(set(shown)) == 4
    corners = {
        pane.locator('[data-box="/encoder"]').get_attribute("transform")
        for pane in opened.get_by_test_id("graph-pane").all()
    }
    assert len(corners) == 1
    opened.reload()
    expect(opened.get_by_test_id("graph-pane")).to_have_count(4)
    assert captures(opened) == shown


def test_a_graph_beside_the_pair_is_chosen_and_closed(opened: Page) -> None:
    add(opened)
    opened.locator(".pane.third select").select_option("eager:wide")
    expect(opened.locator(".pane.third")).to_have_attribute("data-capture", "eager:wide")
    add(opened)
    fourth = captures(opened)[3]
    opened.get_by_role("button", name="close the graph of eager:wide").click()
    expect(opened.get_by_test_id("graph-pane")).to_have_count(3)
    assert captures(opened)[2] == fourth


def test_a_pane_can_move_alone_and_comes_back(opened: Page) -> None:
    add(opened)
    lock = opened.locator(".pane.right button.lock")
    lock.click()
    expect(lock).to_have_attribute("aria-pressed", "true")
    still = placed(opened, "left")
    zoomed(opened, opened.locator(".pane.right .canvas"))
    assert placed(opened, "left") == still == placed(opened, "third")
    assert placed(opened, "right") != still
    zoomed(opened, opened.locator(".pane.left .canvas"))
    assert placed(opened, "left") == placed(opened, "third") != still
    lock.click()
    expect(lock).to_have_attribute("aria-pressed", "false")
    assert placed(opened, "right") == placed(opened, "left")


def test_a_pane_can_open_and_select_alone_and_comes_back(opened: Page) -> None:
    lock = opened.locator(".pane.right button.lock")
    lock.click()
    expect(opened.locator(".pane.right[data-alone]")).to_have_count(1)
    encoder = {side: opened.locator(f'.pane.{side} [data-box="/encoder"]') for side in ("left", "right")}
    encoder["right"].click()
    expect(encoder["right"]).to_have_class(re.compile("open"))
    expect(encoder["left"]).to_have_class(re.compile("closed"))
    opened.locator('.pane.left [data-testid="graph-node"][data-op="mean"]').first.click()
    expect(opened.locator(".pane.left .box.picked")).to_have_count(1)
    expect(opened.locator(".pane.right .box.picked")).to_have_count(0)
    lock.click()
    expect(opened.locator(".pane.right[data-alone]")).to_have_count(0)
    expect(encoder["right"]).to_have_class(re.compile("closed"))
    encoder["right"].click()
    expect(encoder["left"]).to_have_class(re.compile("open"))


def test_an_op_of_one_graph_is_told_beside_its_partners_in_all_others(opened: Page) -> None:
    add(opened)
    opened.locator('.pane.left [data-testid="graph-node"][data-op="sigmoid"]').first.click()
    inspector = opened.get_by_test_id("inspector")
    expect(inspector).to_contain_text("in eager:long")
    expect(inspector).to_contain_text(f"in {captures(opened)[1]}")
    expect(inspector).to_contain_text(f"in {captures(opened)[2]}")


def test_with_three_graphs_the_differences_stand_beside_the_source(opened: Page) -> None:
    add(opened)
    listed = opened.locator(".side").bounding_box()
    source = opened.locator(".card.source").bounding_box()
    pane = opened.locator(".pane.third").bounding_box()
    assert listed is not None
    assert source is not None
    assert pane is not None
    assert listed["x"] >= source["x"] + source["width"]
    assert listed["y"] + listed["height"] <= pane["y"]
    opened.keyboard.press("n")
    expect(opened.locator('[data-testid="difference"][aria-current="true"]')).to_have_attribute("data-index", "1")


def test_on_a_projector_three_graphs_end_in_what_to_do(opened: Page) -> None:
    add(opened)
    opened.keyboard.press("f")
    for _ in range(4):
        opened.keyboard.press("ArrowRight")
    expect(opened.locator(".caption p").first).to_have_text("what to do")
    expect(opened.locator(".explanation .remedy").first).to_be_visible()
    opened.keyboard.press("Escape")
    expect(opened.locator(".two > aside")).to_have_count(1)


def other_source(page: Page, name: str) -> None:
    page.get_by_test_id("stSidebar").get_by_test_id("stSelectbox").click()
    page.get_by_role("option", name=name).click()
    expect(page).to_have_url(re.compile(f"source={name}"))
    expect(page.get_by_test_id("matrix-cell").filter(has_text="…")).to_have_count(0)
    page.wait_for_timeout(800)


def test_another_source_is_placed_anew_though_its_graphs_are_called_the_same(opened: Page) -> None:
    first = placed(opened, "left")
    opened.locator(".pane.right button.lock").click()
    expect(opened.locator(".pane.right[data-alone]")).to_have_count(1)
    for side in ("left", "right"):
        zoomed(opened, opened.locator(f".pane.{side} .canvas"))
    other_source(opened, "warm_up")
    assert captures(opened) == ["eager:long", "trace"]
    expect(opened.locator(".pane.right button.lock")).to_have_attribute("aria-pressed", "false")
    assert placed(opened, "left") == placed(opened, "right") == first


def test_the_first_hit_of_another_source_comes_into_sight(opened: Page) -> None:
    """The turn of its search was that of the first search before, which had been gone to."""
    for source in ("", "warm_up"):
        if source:
            other_source(opened, source)
        field = opened.get_by_role("combobox", name="find ops")
        field.fill("encoder.1")
        expect(opened.locator("#hits [role=option]")).to_have_count(1)
        field.press("Enter")
        expect(opened.locator(".pane.left .box.picked")).to_have_count(1)
