"""What stands beside the verdict: finding ops, and stepping through the comparison on a projector."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from explorer.view.assets import stage_script
from tests.browser.opening import settled


@pytest.fixture
def opened(page: Page, fake_app: str) -> Page:
    return settled(page, fake_app)


def stage(page: Page) -> Locator:
    return page.locator("main.stage")


def seek(page: Page, text: str) -> Locator:
    page.keyboard.press("/")
    page.keyboard.type(text)
    return page.get_by_role("listbox", name="ops found").get_by_role("option")


def test_an_op_in_a_closed_box_is_found_and_shown(opened: Page) -> None:
    expect(opened.locator('[data-node="be1"]')).to_have_count(0)
    found = seek(opened, "encoder.1")
    expect(found).to_have_count(1)
    opened.keyboard.press("Enter")
    expect(opened.locator('.pane.left [data-box="/encoder"]')).to_have_class(re.compile("open"))
    expect(opened.locator(".pane.left .box.picked")).to_have_count(1)
    expect(opened.get_by_test_id("inspector")).to_contain_text("encoder.1")
    expect(opened.get_by_role("combobox", name="find ops")).to_have_value("")


def test_what_is_not_there_is_said_with_what_may_be_asked(opened: Page) -> None:
    seek(opened, "conv3d")
    expect(opened.get_by_role("listbox", name="ops found")).to_contain_text("No op of these graphs")
    opened.keyboard.press("Escape")
    expect(opened.get_by_role("listbox", name="ops found")).to_have_count(0)


def test_a_line_that_runs_no_op_leads_to_one_that_does(opened: Page) -> None:
    hits = seek(opened, "line 17")
    expect(opened.get_by_role("listbox", name="ops found")).to_contain_text("Line 17 runs no op of these graphs")
    expect(hits).to_have_count(2)
    opened.keyboard.press("Enter")
    expect(opened.locator('[data-testid="source-line"].picked')).to_have_attribute("data-line", "16")


def test_where_python_calls_cannot_be_shown_the_button_says_why(opened: Page, fake_app: str) -> None:
    button = opened.get_by_role("button", name="Python calls")
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(button).to_have_attribute("title", "no Python calls were recorded with these graphs")
    button.click(force=True)
    expect(button).to_have_attribute("aria-pressed", "false")
    opened.goto(f"{fake_app}/?source=gated_mlp&left=script&right=trace")
    expect(button).to_have_attribute("title", re.compile("only a graph of eager knows"))


def test_the_keys_of_the_page_are_letters_while_an_op_is_asked_for(opened: Page) -> None:
    seek(opened, "nnpf")
    expect(stage(opened)).not_to_have_class(re.compile("presenting"))
    expect(opened.locator('[data-testid="difference"][aria-current="true"]')).to_have_attribute("data-index", "0")


def test_a_talk_goes_from_the_verdict_to_what_helps(opened: Page) -> None:
    opened.keyboard.press("f")
    expect(stage(opened)).to_have_class(re.compile("step-verdict"))
    expect(opened.get_by_test_id("verdict")).to_be_visible()
    assert opened.evaluate("() => document.elementFromPoint(20, 400).closest('[data-testid=stSidebar]')") is None
    caption = opened.locator(".caption")
    for step, seen in (("line", "the line"), ("left", "eager on long"), ("right", "trace"), ("remedy", "what to do")):
        opened.keyboard.press("ArrowRight")
        expect(stage(opened)).to_have_class(re.compile(f"step-{step}"))
        expect(caption).to_contain_text(seen)
    expect(opened.locator(".explanation .remedy").first).to_be_in_viewport()
    opened.keyboard.press("ArrowLeft")
    expect(stage(opened)).to_have_class(re.compile("step-right"))
    opened.keyboard.press("Escape")
    expect(stage(opened)).not_to_have_class(re.compile("presenting"))
    expect(opened.get_by_test_id("matrix")).to_be_visible()


def test_the_line_of_a_difference_is_in_sight_in_a_talk(opened: Page) -> None:
    opened.keyboard.press("f")
    opened.keyboard.press("ArrowRight")
    expect(opened.locator('[data-testid="source-line"][data-line="18"]')).to_be_in_viewport()


def test_one_graph_turns_into_the_other_at_the_same_place(opened: Page) -> None:
    opened.get_by_role("button", name="Present").click()
    for _ in range(2):
        opened.keyboard.press("ArrowRight")
    opened.wait_for_timeout(900)
    left, right = (opened.locator(f".pane.{side} .box.input").first.bounding_box() for side in ("left", "right"))
    assert left is not None
    assert left == right
    expect(opened.locator(".pane.right")).to_have_css("opacity", "0")
    opened.keyboard.press("ArrowRight")
    expect(opened.locator(".pane.right")).to_have_css("opacity", "1")
    expect(opened.locator(".pane.left")).to_have_css("opacity", "0")


def test_in_a_talk_a_tall_graph_is_seen_in_part_and_large(opened: Page) -> None:
    scale = """(world) => Number(world.getAttribute("transform").match(/scale\\(([\\d.]+)\\)/)[1])"""
    world = opened.locator(".pane.left .world")
    at_a_desk = world.evaluate(scale)
    opened.keyboard.press("f")
    opened.keyboard.press("ArrowRight")
    opened.keyboard.press("ArrowRight")
    opened.wait_for_timeout(900)
    assert world.evaluate(scale) >= 1.4 > at_a_desk
    for box in opened.locator(".pane.left .box.op.hit.there").all():
        expect(box).to_be_in_viewport()
    opened.keyboard.press("Escape")
    opened.wait_for_timeout(900)
    assert world.evaluate(scale) == at_a_desk


def test_after_a_talk_the_panes_look_where_they_did(opened: Page) -> None:
    opened.locator(".pane.left .canvas").hover(position={"x": 80, "y": 60})
    opened.mouse.wheel(0, -300)
    expect(opened).to_have_url(re.compile("view="))
    url, place = opened.url, opened.locator(".pane.left .paper").get_attribute("style")
    opened.keyboard.press("f")
    opened.keyboard.press("ArrowRight")
    opened.keyboard.press("ArrowRight")
    opened.wait_for_timeout(900)
    opened.keyboard.press("Escape")
    opened.wait_for_timeout(1500)
    numbers = [float(one) for one in re.findall(r"-?[\d.]+(?=px)", str(place))]
    after = opened.locator(".pane.left .paper").get_attribute("style")
    assert [float(one) for one in re.findall(r"-?[\d.]+(?=px)", str(after))] == pytest.approx(numbers, abs=2)
    assert opened.url == url


def test_a_talk_goes_on_over_the_next_difference(opened: Page) -> None:
    opened.keyboard.press("f")
    for _ in range(5):
        opened.keyboard.press("ArrowRight")
    expect(opened.locator(".caption h2")).to_contain_text("capture-failure")
    expect(opened.locator('[data-testid="difference"][aria-current="true"]')).to_have_attribute("data-index", "1")


def test_the_graphs_alone_have_the_page_and_the_address_keeps_it(opened: Page) -> None:
    canvas = opened.locator(".pane.left .canvas")
    small = canvas.bounding_box()
    opened.keyboard.press("m")
    expect(opened.get_by_test_id("matrix")).to_be_hidden()
    expect(opened.get_by_test_id("source-line").first).to_be_hidden()
    large = canvas.bounding_box()
    assert small is not None
    assert large is not None
    assert large["height"] > 1.5 * small["height"]
    expect(opened).to_have_url(re.compile("page=graphs"))
    opened.reload()
    expect(opened.get_by_role("button", name="Graphs only")).to_have_attribute("aria-pressed", "true")
    expect(opened.get_by_test_id("matrix")).to_be_hidden()
    opened.get_by_role("button", name="Graphs only").click()
    expect(opened.get_by_test_id("matrix")).to_be_visible()
    expect(opened).not_to_have_url(re.compile("page="))


def test_what_the_verdict_sums_up_has_the_width_of_the_page(opened: Page) -> None:
    told, tools = opened.locator(".verdict p").bounding_box(), opened.get_by_test_id("tools").bounding_box()
    assert told is not None
    assert tools is not None
    assert told["x"] + told["width"] >= tools["x"] + tools["width"] - 1
    assert told["y"] >= tools["y"] + tools["height"] - 1


def test_autograd_nodes_are_shown_in_place_of_shapes_and_the_address_keeps_it(opened: Page) -> None:
    name = opened.locator(".pane.left .box.op:has-text('head') .gradient")
    expect(name).to_be_hidden()
    opened.keyboard.press("g")
    expect(name).to_be_visible()
    expect(name).to_have_text(re.compile("^↩ Addmm(Backward0|…)$"))  # as far as there is room
    expect(opened.locator(".pane.left .box.op:has-text('head') .detail")).to_be_hidden()
    expect(
        opened.locator(
            ".pane.left .box.op:has-text('softmax') .gradient, .pane.left .box.op:has-text('div') .gradient"
        ).first
    ).to_have_text("no gradient")
    assert opened.locator(".pane.right .gradient").count() == 0
    expect(opened).to_have_url(re.compile("layer=autograd"))
    opened.get_by_role("button", name="Autograd").click()
    expect(name).to_be_hidden()
    expect(opened).not_to_have_url(re.compile("layer"))


def test_the_hit_that_arrow_keys_chose_is_told_and_stays_chosen(opened: Page) -> None:
    """What the page drew anew forgot the choice, and nothing told it."""
    hits = seek(opened, "addmm")
    expect(hits.nth(2)).to_be_visible()
    for _ in range(2):
        opened.keyboard.press("ArrowDown")
    field = opened.get_by_role("combobox", name="find ops")
    chosen = field.get_attribute("aria-activedescendant") or ""
    expect(hits.nth(1)).to_have_attribute("id", chosen)
    expect(hits.nth(1)).to_have_attribute("aria-selected", "true")
    expect(hits.nth(0)).to_have_attribute("aria-selected", "false")
    opened.get_by_role("button", name="Autograd").dispatch_event("click")
    expect(opened).to_have_url(re.compile("layer=autograd"))
    opened.wait_for_timeout(500)
    expect(hits.nth(1)).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", chosen)


SHRINK = """async (script) => {
    const { Presenter } = await import(URL.createObjectURL(new Blob([`${script}\\nexport { Presenter };`], { type: "text/javascript" })));
    const row = { severity: "error", cause: "gone", sign: "≠", place: "", line: 1 };
    const stage = {
        data: { name: "a model", rows: [row, row], shown: {}, captures: [] }, state: { difference: 1 },
        root: document.createElement("div"), arrange: () => {}, sight: { refit: () => {} }, select: () => {},
    };
    const presenter = new Presenter(stage);
    presenter.go(8);
    stage.data.rows = [row];
    presenter.write();
    return [presenter.place.textContent.split(" ").slice(0, 3).join(" "), stage.root.className];
}"""
"""Write the place of a talk after a difference has gone."""


def test_a_talk_ends_where_its_differences_do(opened: Page) -> None:
    place, classes = opened.evaluate(SHRINK, stage_script())
    assert place == "5 / 5"
    assert classes == "presenting step-remedy"


FIT = """async (script) => {
    const { Viewport } = await import(URL.createObjectURL(new Blob([`${script}\\nexport { Viewport };`], { type: "text/javascript" })));
    const view = new Viewport(() => {});
    view.fit({ width: 100000, height: 1000 }, 1000, 600);
    return (view.x + (100000 * view.scale + view.x)) / 2;
}"""
"""Fit a graph that is too wide even for the least scale, and return where its middle is."""


def test_a_graph_too_large_for_the_least_scale_stands_in_the_middle(opened: Page) -> None:
    assert opened.evaluate(FIT, stage_script()) == pytest.approx(500)
