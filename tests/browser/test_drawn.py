"""What the panes draw, compared with the text files under ``tests/golden/drawn`` (how to renew them: its README)."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.captured import MODELS, open_file
from tests.browser.drawn import listing
from tests.cases import Workshop

FOLDER = Path(__file__).parents[1] / "golden" / "drawn"
WRITE = "EXPLORER_WRITE_GOLDEN"
LARGE = (2600, 2400)
"""A window in which every drawing stands whole, so that no text is left out as too small and no title is pinned."""

PAIR = "left=eager:long&right=trace"


def as_it_opens(_page: Page) -> None:
    """Leave the page as it is."""


def with_the_encoder_open(page: Page) -> None:
    page.locator('.pane.left [data-box="/encoder"]').click()
    expect(page.locator('.pane.right [data-box="/encoder"].open')).to_have_count(1)


def with_the_encoders_title_out_of_sight(page: Page) -> None:
    with_the_encoder_open(page)
    page.locator(".pane.right .lock").click()
    for side in ("left", "right"):
        canvas = page.locator(f".pane.{side} .canvas").bounding_box()
        title = page.locator(f'.pane.{side} [data-box="/encoder"]').bounding_box()
        assert canvas is not None
        assert title is not None
        page.mouse.move(canvas["x"] + 5, canvas["y"] + canvas["height"] - 20)
        page.mouse.down()
        page.mouse.move(canvas["x"] + 5, canvas["y"] + canvas["height"] - 20 - (title["y"] - canvas["y"]) - 30, steps=4)
        page.mouse.up()


def with_the_autograd_layer(page: Page) -> None:
    page.get_by_role("button", name="Autograd").click()
    expect(page.locator(".pane.left .gradient").first).to_be_visible()


def with_a_line_picked(page: Page) -> None:
    page.locator('[data-testid="source-line"][data-line="16"]').click()
    expect(page.locator(".pane.left .box.online").first).to_be_visible()


STATES: dict[str, tuple[str, Callable[[Page], None]]] = {
    "pair": (PAIR, as_it_opens),
    "pair.agrees": ("left=eager:short&right=trace", as_it_opens),
    "pair.script": ("left=eager:wide&right=script", as_it_opens),
    "pair.refused": ("left=eager:long&right=export", as_it_opens),
    "three": (f"{PAIR}&more=script", as_it_opens),
    "opened": (PAIR, with_the_encoder_open),
    "pinned": (PAIR, with_the_encoders_title_out_of_sight),
    "autograd": (PAIR, with_the_autograd_layer),
    "line": (PAIR, with_a_line_picked),
}
"""Of the handcrafted report: what the address asks for, and what is done then."""


@pytest.fixture
def large(page: Page) -> Page:
    page.set_viewport_size({"width": LARGE[0], "height": LARGE[1]})
    return page


@pytest.mark.parametrize("state", STATES)
def test_the_panes_draw_what_they_drew(large: Page, fake_app: str, state: str) -> None:
    query, act = STATES[state]
    large.goto(f"{fake_app}/?source=gated_mlp&{query}")
    expect(large.get_by_test_id("graph-pane")).to_have_count(3 if state == "three" else 2)
    expect(large.get_by_test_id("matrix-cell").filter(has_text="…")).to_have_count(0)
    large.wait_for_timeout(800)
    act(large)
    _compare(listing(large), f"fake.{state}")


@pytest.mark.parametrize("name", MODELS)
def test_a_captured_model_is_drawn_as_it_was(large: Page, workshop: Workshop, tmp_path: Path, name: str) -> None:
    open_file(large, workshop, tmp_path, name)
    _compare(listing(large), f"model.{name}")


def _compare(text: str, name: str) -> None:
    path = FOLDER / f"{name}.txt"
    if os.environ.get(WRITE):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), f"to renew: {WRITE}=1 python -m pytest {Path(__file__).name}"


def test_each_drawing_belongs_to_a_case() -> None:
    named = {f"fake.{state}.txt" for state in STATES} | {f"model.{name}.txt" for name in MODELS}
    assert {path.name for path in FOLDER.glob("*")} == named


def test_a_drawing_names_no_pixel() -> None:
    for path in FOLDER.glob("*.txt"):
        assert "px" not in path.read_text(encoding="utf-8"), path.name
