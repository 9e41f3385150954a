"""The component alone, over a handcrafted report: keys, clicks, zoom, themes, sizes and hostile text."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect


def part(page: Page, name: str) -> Locator:
    return page.get_by_test_id(name)


@pytest.fixture
def opened(page: Page, fake_app: str) -> Page:
    page.goto(fake_app)
    expect(part(page, "graph-pane")).to_have_count(2)
    expect(part(page, "matrix-cell").filter(has_text="…")).to_have_count(0)
    page.wait_for_timeout(800)
    return page


def selected(page: Page) -> Locator:
    return page.locator('[data-testid="difference"][aria-current="true"]')


def placed(page: Page, side: str) -> str | None:
    return page.locator(f".pane.{side} .world").get_attribute("transform")


def test_n_and_p_walk_the_differences_and_the_panes_follow(opened: Page) -> None:
    expect(selected(opened)).to_have_attribute("data-cause", "baked-branch")
    opened.keyboard.press("n")
    expect(selected(opened)).to_have_attribute("data-cause", "capture-failure")
    expect(part(opened, "graph-pane").nth(1)).to_have_attribute("data-capture", "export")
    expect(opened).to_have_url(re.compile("difference=2"))
    opened.keyboard.press("p")
    expect(selected(opened)).to_have_attribute("data-cause", "baked-branch")
    expect(part(opened, "graph-pane").nth(1)).to_have_attribute("data-capture", "trace")


def test_an_op_shows_its_line_and_its_partner(opened: Page) -> None:
    opened.locator('.pane.right [data-testid="graph-node"][data-node="tsh"]').click()
    expect(part(opened, "inspector")).to_contain_text("aten::addmm")
    expect(part(opened, "inspector")).to_contain_text("◇ only right")
    expect(part(opened, "inspector")).to_contain_text("AddmmBackward0")
    expect(opened.locator('[data-testid="source-line"][data-line="19"]')).to_have_class(re.compile("picked"))
    expect(opened.locator(".pane.left .box.picked")).to_have_count(1)


def test_a_line_selects_its_difference(opened: Page) -> None:
    opened.keyboard.press("n")
    opened.locator('[data-testid="source-line"][data-line="18"]').click()
    expect(selected(opened)).to_have_attribute("data-cause", "baked-branch")


def test_a_box_opens_in_both_panes_and_stays_under_the_pointer(opened: Page) -> None:
    box = opened.locator('.pane.left [data-box="/encoder"]')
    before = box.bounding_box()
    box.click()
    expect(opened.locator('.pane.right [data-box="/encoder"]')).to_have_class(re.compile("open"))
    after = opened.locator('.pane.left [data-box="/encoder"]').bounding_box()
    assert before is not None
    assert after is not None
    assert abs(before["y"] - after["y"]) < 4
    opened.locator('.pane.left [data-box="/encoder"] .strip').click()
    expect(opened.locator('.pane.left [data-box="/encoder"]')).to_have_class(re.compile("closed"))


def test_panes_pan_and_zoom_as_one_and_keep_it_over_a_rerun(opened: Page) -> None:
    canvas = opened.locator(".pane.left svg.canvas")
    canvas.hover(position={"x": 20, "y": 300})
    opened.mouse.wheel(0, -300)
    opened.mouse.down()
    opened.mouse.move(400, 600)
    opened.mouse.up()
    moved = placed(opened, "left")
    assert moved == placed(opened, "right")
    opened.keyboard.press("n")
    opened.keyboard.press("p")
    opened.locator('[data-testid="matrix-cell"][data-capture="trace"][data-input="long"]').click()
    opened.wait_for_timeout(500)
    assert placed(opened, "left") == placed(opened, "right")


def test_cells_and_boxes_work_by_keyboard(opened: Page) -> None:
    cell = opened.locator('[data-testid="matrix-cell"][data-capture="script"][data-input="short"]')
    cell.focus()
    cell.press("Enter")
    expect(part(opened, "graph-pane").nth(1)).to_have_attribute("data-capture", "script")
    box = opened.locator('.pane.left [data-box="/encoder"]')
    box.focus()
    box.press("Enter")
    expect(opened.locator('.pane.left [data-box="/encoder"]')).to_have_class(re.compile("open"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (1920, 1080)], ids=["1440", "1920"])
def test_the_page_fits_its_window_in_both_themes(
    browser: Browser, fake_app: str, scheme: str, size: tuple[int, int]
) -> None:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)  # pyright: ignore[reportArgumentType]
    page = context.new_page()
    page.goto(fake_app)
    expect(part(page, "graph-pane")).to_have_count(2, timeout=60_000)
    scrolled = "[...document.querySelectorAll('[data-testid=stMain], html')].map(e => e.scrollHeight - e.clientHeight)"
    assert max(page.evaluate(scrolled)) <= 1
    background = "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
    assert page.evaluate(background) == {"light": "rgb(255, 255, 255)", "dark": "rgb(15, 19, 25)"}[scheme]
    for pane in part(page, "graph-pane").all():
        box = pane.bounding_box()
        assert box is not None
        assert box["height"] > 300
        assert box["y"] + box["height"] <= size[1]
    context.close()


def test_what_a_model_wrote_is_never_markup(page: Page, fake_app: str) -> None:
    page.goto(f"{fake_app}/?source=residual_block")  # the fake shows the text of what is asked for
    expect(part(page, "graph-pane")).to_have_count(2)
    page.get_by_test_id("stSidebar").get_by_text("Write", exact=True).click()
    hostile = '# </script><img src=x onerror="window.hacked = 1">\ndef build_model(): ...\n'
    page.get_by_test_id("stSidebar").get_by_role("textbox").fill(hostile)
    page.get_by_test_id("stSidebar").get_by_role("button", name="Run").click()
    expect(part(page, "source")).to_contain_text("<img src=x onerror=")
    assert page.evaluate("window.hacked") is None
    assert page.locator("main.stage img").count() == 0
