"""The page as a file, saved from the app in Chromium: it opens as its reader left the app."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.opening import settled


@pytest.fixture
def opened(page: Page, fake_app: str) -> Page:
    return settled(page, f"{fake_app}/?source=gated_mlp&left=eager:long&right=trace")


def save(page: Page, folder: Path) -> Path:
    with page.expect_download() as handed:
        page.get_by_role("button", name="Page (HTML)").click()
    assert handed.value.suggested_filename == "gated_mlp.html"
    path = folder / "gated_mlp.html"
    handed.value.save_as(path)
    return path


def box(page: Page, side: str, key: str) -> Locator:
    return page.locator(f'.pane.{side} .box[data-box="{key}"]').first


def shut(page: Page, side: str, key: str) -> None:
    page.locator(f'.pane.{side} .box[data-box="{key}"] > .strip').dispatch_event("click")


def go_to(page: Page, text: str) -> None:
    page.keyboard.press("/")
    page.keyboard.type(text)
    expect(page.get_by_role("listbox", name="ops found").get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")


def test_a_saved_page_opens_as_the_app_was_left(opened: Page, tmp_path: Path) -> None:
    opened.keyboard.press("g")
    expect(opened).to_have_url(re.compile("layer=autograd"))
    go_to(opened, "encoder.1")
    expect(opened.locator(".pane.left .box.picked")).to_have_count(1)
    opened.goto(save(opened, tmp_path).as_uri())
    expect(opened.get_by_test_id("graph-pane")).to_have_count(2)
    expect(box(opened, "left", "/encoder")).to_have_class(re.compile("open"))
    expect(opened.locator("main.stage")).to_have_class(re.compile("autograd"))
    expect(opened.locator('.pane.left .box[data-box="Lbe1"]')).to_have_class(re.compile("picked"))
    expect(opened.get_by_test_id("inspector")).to_contain_text("encoder.1")
    expect(opened.locator('[data-testid="difference"][aria-current="true"]')).to_have_attribute("data-index", "0")


def test_a_pane_for_itself_stays_so_in_a_saved_page_and_comes_back(opened: Page, tmp_path: Path) -> None:
    opened.locator(".pane.right button.lock").click()
    expect(opened.locator(".pane.right[data-alone]")).to_have_count(1)
    box(opened, "right", "/encoder").click()
    expect(box(opened, "right", "/encoder")).to_have_class(re.compile("open"))
    opened.goto(save(opened, tmp_path).as_uri())
    expect(opened.locator(".pane.right[data-alone]")).to_have_count(1)
    expect(box(opened, "right", "/encoder")).to_have_class(re.compile("open"))
    expect(box(opened, "left", "/encoder")).to_have_class(re.compile("closed"))
    box(opened, "left", "/encoder").click()
    expect(box(opened, "left", "/encoder")).to_have_class(re.compile("open"))
    lock = opened.locator(".pane.right button.lock")
    lock.click()
    expect(opened.locator(".pane.right[data-alone]")).to_have_count(0)
    shut(opened, "right", "/encoder")
    expect(box(opened, "left", "/encoder")).to_have_class(re.compile("closed"))
    lock.click()
    box(opened, "right", "/encoder").click()
    expect(box(opened, "right", "/encoder")).to_have_class(re.compile("open"))
    expect(box(opened, "left", "/encoder")).to_have_class(re.compile("closed"))


def test_it_can_be_saved_again(opened: Page, tmp_path: Path) -> None:
    first = save(opened, tmp_path).read_bytes()
    expect(opened.get_by_role("button", name="Page (HTML)")).to_be_enabled()
    box(opened, "left", "/encoder").click()
    expect(box(opened, "left", "/encoder")).to_have_class(re.compile("open"))
    assert save(opened, tmp_path).read_bytes() != first
