"""All that a mouse does to boxes and lines is done by the keyboard, in Chromium."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from explorer.view.standalone import to_html
from tests.browser.opening import settled
from tests.cases import Workshop, a_model


@pytest.fixture
def opened(page: Page, fake_app: str) -> Page:
    return settled(page, f"{fake_app}/?source=gated_mlp&left=eager:wide&right=script")


def box(page: Page, key: str) -> Locator:
    return page.locator(f'.pane.right .box[data-box="{key}"]').first


def test_a_branch_is_picked_closed_and_opened(opened: Page) -> None:
    """Enter picked its op, and only a mouse found its head to close it."""
    key = opened.locator(".pane.right .box.branch.open").first.get_attribute("data-box") or ""
    branch = box(opened, key)
    branch.locator("> .outline").press("Enter")
    expect(branch).to_have_class(re.compile("picked"))
    head = branch.get_by_role("button", name=re.compile("^close .+ line 18"))
    head.press("Enter")
    expect(branch).to_have_class(re.compile("closed"))
    expect(branch).to_be_focused()
    opened.keyboard.press(" ")
    expect(branch).to_have_class(re.compile("open"))
    expect(head).to_be_focused()


def test_the_matrix_is_one_stop_and_arrow_keys_go_from_cell_to_cell(opened: Page) -> None:
    """Tab stopped at every cell: 27 times of nine captures on three examples."""
    matrix = opened.get_by_test_id("matrix")
    stops = matrix.locator("button[tabindex='0']")
    expect(stops).to_have_count(1)
    expect(stops).to_have_attribute("aria-label", re.compile("^script on wide"))
    stops.focus()
    opened.keyboard.press("ArrowUp")
    expect(matrix.locator("button:focus")).to_have_attribute("aria-label", re.compile("^trace on wide"))
    opened.keyboard.press("Home")
    expect(matrix.locator("button:focus")).to_have_attribute("aria-label", re.compile("^trace on short"))
    opened.keyboard.press("ArrowLeft")
    expect(matrix.locator("button:focus")).to_have_attribute("aria-label", re.compile("^trace on short"))
    expect(stops).to_have_count(1)
    opened.keyboard.press("Enter")
    expect(opened.locator(".pane.right")).to_have_attribute("data-capture", "trace")
    expect(matrix.locator("button:focus")).to_have_attribute("aria-label", re.compile("^trace on short"))


def test_a_group_of_ops_that_was_opened_is_closed(page: Page, workshop: Workshop, tmp_path: Path) -> None:
    """It stayed open, whoever had opened it."""
    path = tmp_path / "model.html"
    text = a_model("return nn.functional.group_norm(x, 2).relu()", "'a': (torch.rand(2, 4, 3),)")
    path.write_bytes(to_html(workshop.report(text, "onnx_ts")))
    page.goto(path.as_uri())
    group = page.locator(".pane.right .box.group.closed")
    key = group.get_attribute("data-box") or ""
    group.press("Enter")
    group = page.locator(f'.pane.right .box.group[data-box="{key}"]')
    expect(group.locator(".stacked").first).to_be_visible()
    head = group.get_by_role("button", name=re.compile("^close "))
    expect(head).to_be_focused()
    head.press("Enter")
    expect(group).to_have_class(re.compile("closed"))
    expect(group).to_be_focused()


def test_lines_are_walked_by_arrow_keys_and_picked(opened: Page) -> None:
    """Lines without a finding were out of reach, and so was what stands in a fold."""
    line = opened.locator('[data-testid="source-line"]')
    opened.locator('[data-testid="source-line"].marked').first.focus()
    opened.keyboard.press("ArrowUp")
    above = opened.locator('[data-testid="source-line"]:focus')
    expect(above).to_have_attribute("data-line", "17")
    opened.keyboard.press("ArrowUp")
    opened.keyboard.press("Enter")
    expect(opened.locator('[data-testid="source-line"].picked')).to_have_attribute("data-line", "16")
    expect(opened.locator(".pane.left .box.online").first).to_be_attached()
    opened.keyboard.press("Home")
    expect(opened.get_by_test_id("fold").first).to_be_focused()
    opened.keyboard.press("Enter")
    opened.keyboard.press("ArrowDown")
    expect(line.first).to_be_focused()
    opened.keyboard.press("Tab")
    opened.keyboard.press("Shift+Tab")
    expect(line.first).to_be_focused()


def test_what_the_keyboard_comes_to_is_in_sight(opened: Page) -> None:
    """The browser cannot scroll to it: the drawing is moved by its style."""
    canvas = opened.locator(".pane.left .canvas")
    around = canvas.bounding_box()
    assert around is not None
    for _ in range(3):
        opened.mouse.move(around["x"] + 4, around["y"] + 10)
        opened.mouse.down()
        opened.mouse.move(around["x"] + 4, around["y"] + around["height"] - 10, steps=4)
        opened.mouse.up()
    first = opened.locator(".pane.left [data-box]").first.bounding_box()
    assert first is not None
    assert first["y"] > around["y"] + around["height"], "all of it is below"
    canvas.focus()
    opened.keyboard.press("Tab")
    focused = opened.locator(".pane.left [data-box]:focus, .pane.left [data-box] :focus").first
    expect(focused).to_be_visible()
    found = focused.bounding_box()
    assert found is not None
    assert around["y"] <= found["y"] <= around["y"] + around["height"] - 10
