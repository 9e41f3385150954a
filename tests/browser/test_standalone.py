"""The page as a file, and pictures of the graphs, in Chromium."""

from __future__ import annotations

import re
import struct
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from explorer.view.standalone import to_html
from tests.view.fakes import gated_report

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def opened(page: Page, tmp_path: Path) -> Page:
    path = tmp_path / "model.html"
    path.write_bytes(to_html(gated_report()))
    page.goto(path.as_uri())
    expect(page.get_by_test_id("graph-pane")).to_have_count(2)
    return page


def test_it_is_read_as_the_app_is(opened: Page) -> None:
    selected = opened.locator('[data-testid="difference"][aria-current="true"]')
    expect(selected).to_have_attribute("data-cause", "baked-branch")
    opened.keyboard.press("n")
    expect(selected).to_have_attribute("data-cause", "capture-failure")
    expect(opened.get_by_test_id("graph-pane").nth(1)).to_have_attribute("data-capture", "export")
    opened.locator('[data-testid="matrix-cell"][data-capture="script"][data-input="wide"]').click()
    panes = opened.get_by_test_id("graph-pane")
    expect(panes.nth(0)).to_have_attribute("data-capture", "eager:wide")
    expect(panes.nth(1)).to_have_attribute("data-capture", "script")


def test_its_address_keeps_what_is_selected(opened: Page) -> None:
    opened.keyboard.press("n")
    expect(opened).to_have_url(re.compile(r"#difference%3A1$"))
    opened.reload()
    expect(opened.locator('[data-testid="difference"][aria-current="true"]')).to_have_attribute("data-index", "1")


def test_it_offers_no_pair_that_it_does_not_hold(opened: Page) -> None:
    choice = opened.locator(".pane.left select")
    assert choice.locator("option:not([disabled])").evaluate_all("all => all.map((one) => one.value)") == [
        "eager:short", "eager:long", "eager:wide"
    ]  # fmt: skip
    choice.select_option("eager:wide")
    expect(opened.get_by_test_id("graph-pane").nth(0)).to_have_attribute("data-capture", "eager:wide")


def saved(page: Page, kind: str) -> Path:
    with page.expect_download() as handed:
        page.get_by_role("button", name=f"save both graphs as a picture ({kind})").click()
    assert handed.value.suggested_filename == f"gated_mlp-eager-long-trace.{kind.lower()}"
    return Path(handed.value.path())


def test_a_picture_holds_both_graphs_with_their_style(opened: Page) -> None:
    picture = ET.parse(saved(opened, "SVG")).getroot()  # noqa: S314 - our own
    texts = ["".join(one.itertext()) for one in picture.iter(f"{SVG}text")]
    assert texts[0].startswith("gated_mlp: ")
    assert texts.count("softmax") == 2  # there, and as a ghost
    assert {"if gate.mean() > 0.5 · line 18", "eager on long", "trace from short"} <= set(texts)
    drawn = [one for one in picture.iter() if one.tag in {f"{SVG}rect", f"{SVG}path"}]
    assert all(one.get("fill") for one in drawn)
    assert not [name for one in picture.iter() for name in one.keys() if name in {"class", "tabindex"}]  # noqa: SIM118


def test_a_picture_of_points_is_twice_as_large_as_it_is_drawn(opened: Page) -> None:
    drawn = ET.parse(saved(opened, "SVG")).getroot()  # noqa: S314 - our own
    width, height = struct.unpack(">II", saved(opened, "PNG").read_bytes()[16:24])
    assert (width, height) == tuple(2 * int(drawn.get(name, "0")) for name in ("width", "height"))
