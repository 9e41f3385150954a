"""The page as a file, and pictures of the graphs, in Chromium."""

from __future__ import annotations

import re
import struct
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from explorer.view.gaze import Gaze
from explorer.view.payload import scene_of
from explorer.view.reader import Reader
from explorer.view.showing import Shown
from explorer.view.standalone import to_html
from tests.cases import Workshop, a_model
from tests.view.fakes import gated_report

SVG = "{http://www.w3.org/2000/svg}"
PANES = ("left", "right")
PLACES = """side => Object.fromEntries([...document.querySelectorAll(`.pane.${side} .box[data-box]`)].map((one) => {
  const [x, y] = one.getAttribute("transform").match(/-?[\\d.]+/g).map(Number);
  const outline = one.querySelector(":scope > .outline");
  const [width, height] = ["width", "height"].map((name) => Number(outline.getAttribute(name)));
  return [one.dataset.box, { x, y, width, height, isOpen: one.matches(".open:not(.group)") }];
}))"""
ENDS = """side => [...document.querySelectorAll(`.pane.${side} .wire`)].map((one) => {
  const places = one.getAttribute("d").match(/-?[\\d.]+/g).map(Number);
  return [one.dataset.source, places.slice(0, 2), one.dataset.target, places.slice(-2)];
})"""
Places = dict[str, dict[str, float]]


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


def test_it_opens_on_what_was_picked_and_where_the_panes_looked(page: Page, tmp_path: Path) -> None:
    report = gated_report()
    gaze = Gaze(op=("left", "bg"), line=16, views={"together": (1.25, 200.0, 120.0)})
    path = tmp_path / "model.html"
    path.write_bytes(to_html(report, Shown(left="eager:long", right="trace", difference=0), Reader(gaze=gaze)))
    page.goto(path.as_uri())
    picked = page.locator(".pane.left .box.picked")
    expect(picked).to_have_count(1)
    expect(picked).to_have_attribute("data-node", "bg")
    expect(page.locator(".pane.left .world")).to_have_attribute("transform", re.compile(r"scale\(1\.25"))
    expect(page.locator('[data-testid="source-line"].picked')).to_have_count(1)


BEFORE_IT = "<script>delete window.DecompressionStream</script>"


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        pytest.param(
            lambda text: re.sub(r'(id="report">.{2000}).{400}', r"\1", text), "The file is damaged", id="damaged"
        ),
        pytest.param(lambda text: text.replace("<meta", f"{BEFORE_IT}<meta", 1), "of 2023 or later", id="old-browser"),
    ],
)
def test_a_file_that_cannot_be_unpacked_says_so(
    page: Page, tmp_path: Path, broken: Callable[[str], str], said: str
) -> None:
    """The page stayed blank."""
    path = tmp_path / "model.html"
    path.write_text(broken(to_html(gated_report()).decode()))
    page.goto(path.as_uri())
    expect(page.get_by_role("alert")).to_contain_text("This report cannot be shown.")
    expect(page.get_by_role("alert")).to_contain_text(said)
    expect(page.get_by_text("Unpacking")).to_have_count(0)


def test_a_file_without_its_end_says_how_to_go_on(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "model.html"
    path.write_text(to_html(gated_report()).decode().partition('<script type="module">')[0][:-400])
    page.goto(path.as_uri())
    expect(page.get_by_role("status")).to_contain_text("Unpacking the report …")
    expect(page.get_by_text("If this stays, the file is cut off")).to_be_visible()


def test_without_scripts_it_says_what_it_needs(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "model.html"
    path.write_bytes(to_html(gated_report()))
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(path.as_uri())
    expect(page.locator("noscript p")).to_be_visible()
    expect(page.locator("#page")).to_be_hidden()
    page.context.close()


def test_a_script_that_is_not_its_own_does_not_run_in_it(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "model.html"
    path.write_text(to_html(gated_report()).decode().replace("<body>", "<body><script>window.ran = true</script>", 1))
    page.goto(path.as_uri())
    expect(page.get_by_test_id("graph-pane")).to_have_count(2)
    assert page.evaluate("window.ran") is None


def test_its_address_keeps_what_is_selected(opened: Page) -> None:
    opened.keyboard.press("n")
    expect(opened).to_have_url(re.compile(r"#difference%3A2$"))
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
        page.get_by_role("button", name=f"save the graphs as a picture ({kind})").click()
    assert handed.value.suggested_filename == f"gated_mlp-eager-long-trace-baked-branch.{kind.lower()}"
    return Path(handed.value.path())


def test_a_picture_holds_both_graphs_with_their_style(opened: Page) -> None:
    picture = ET.parse(saved(opened, "SVG")).getroot()  # noqa: S314 - our own
    texts = ["".join(one.itertext()) for one in picture.iter(f"{SVG}text")]
    assert texts[0] == "gated_mlp · baked-branch · sample_models/gated_mlp.py, line 18"
    assert texts.count("softmax") == 2  # there, and as a ghost
    assert {"if gate.mean() > 0.5 · line 18", "eager on long", "trace from short"} <= set(texts)
    drawn = [one for one in picture.iter() if one.tag in {f"{SVG}rect", f"{SVG}path"}]
    assert all(one.get("fill") for one in drawn)
    assert not [name for one in picture.iter() for name in one.keys() if name in {"class", "tabindex"}]  # noqa: SIM118


def test_a_picture_of_points_is_twice_as_large_as_it_is_drawn(opened: Page) -> None:
    drawn = ET.parse(saved(opened, "SVG")).getroot()  # noqa: S314 - our own
    width, height = struct.unpack(">II", saved(opened, "PNG").read_bytes()[16:24])
    assert (width, height) == tuple(2 * int(drawn.get(name, "0")) for name in ("width", "height"))


def places(page: Page, side: str = "left") -> Places:
    """Return the boxes of a pane by their keys."""
    return page.evaluate(PLACES, side)


def toggle(page: Page, key: str, side: str = "left") -> None:
    page.locator(f'.pane.{side} .box[data-box="{key}"] > .strip').dispatch_event("click")


def lies_in(one: dict[str, float], other: dict[str, float]) -> bool:
    ends = ((axis, size) for axis, size in (("x", "width"), ("y", "height")))
    return all(other[a] - 0.2 <= one[a] and one[a] + one[s] <= other[a] + other[s] + 0.2 for a, s in ends)


def is_apart(one: dict[str, float], other: dict[str, float]) -> bool:
    ends = (("x", "width"), ("y", "height"))
    return any(one[a] + one[s] <= other[a] + 0.2 or other[a] + other[s] <= one[a] + 0.2 for a, s in ends)


def assert_is_sound(page: Page) -> None:
    """Boxes stand beside one another or in open ones, alike in both panes, and wires end at their borders."""
    found = places(page)
    assert found == places(page, "right")
    for one, other in combinations(found.values(), 2):
        inner, outer = (one, other) if lies_in(one, other) else (other, one)
        assert is_apart(one, other) or (lies_in(inner, outer) and outer["isOpen"])
    for source, start, target, end in page.evaluate(ENDS, "left"):
        if box := found.get(source):
            assert start[1] == pytest.approx(box["y"] + box["height"], abs=0.3)
            assert box["x"] - 0.3 <= start[0] <= box["x"] + box["width"] + 0.3
        if box := found.get(target):
            assert end[1] == pytest.approx(box["y"], abs=0.3)
            assert box["x"] - 0.3 <= end[0] <= box["x"] + box["width"] + 0.3


def test_boxes_open_and_close_in_one_another(opened: Page) -> None:
    before = places(opened)
    assert_is_sound(opened)
    steps = [(key, places(opened)) for key in ("/encoder", "/encoder/0") if toggle(opened, key) is None]
    assert [("/encoder/0" in found, "Lbe0" in found) for _, found in steps] == [(True, False), (True, True)]
    assert_is_sound(opened)
    toggle(opened, "/fixed:18")
    assert "Lbsl" not in places(opened)
    assert_is_sound(opened)
    toggle(opened, "/encoder", side="right")
    toggle(opened, "/fixed:18", side="right")
    assert places(opened) == before


def test_every_pair_has_room_for_all_that_it_opens(opened: Page) -> None:
    for capture in ("trace", "script", "onnx_ts"):
        opened.locator(f'[data-testid="matrix-cell"][data-capture="{capture}"][data-input="long"]').click()
        while (closed := opened.locator('.pane.left .box.closed[aria-expanded="false"]')).count():
            closed.first.dispatch_event("click")
        assert_is_sound(opened)


def test_a_box_that_is_opened_stays_under_the_pointer(opened: Page) -> None:
    box = opened.locator('.pane.left .box[data-box="/encoder"]')
    before = box.locator("> .outline").bounding_box()
    toggle(opened, "/encoder")
    after = box.locator("> .outline").bounding_box()
    assert before
    assert after
    assert (after["x"], after["y"]) == pytest.approx((before["x"], before["y"]), abs=1.5)
    assert after["height"] > before["height"]


def test_an_op_in_an_opened_box_can_be_selected(opened: Page) -> None:
    toggle(opened, "/encoder")
    toggle(opened, "/encoder/0")
    opened.locator('.pane.left [data-node="be0t"]').dispatch_event("click")
    expect(opened.get_by_test_id("inspector")).to_contain_text("aten::transpose")
    expect(opened.locator('.pane.right [data-box="Lbe0t"]')).to_have_class(re.compile("picked"))


def test_an_op_in_closed_boxes_is_found_and_shown(opened: Page) -> None:
    field = opened.get_by_role("combobox", name="find ops")
    field.fill("transpose encoder.0")
    hit = opened.locator("#hits [role=option]")
    expect(hit).to_have_count(1)
    hit.click()
    expect(opened.locator('.pane.left [data-box="Lbe0t"]')).to_have_class(re.compile("picked"))
    expect(opened.locator('.pane.left .box[data-box="/encoder/0"]')).to_be_visible()
    expect(field).to_have_value("")
    assert_is_sound(opened)


def test_a_line_that_runs_no_op_leads_to_one_that_does(opened: Page) -> None:
    opened.get_by_role("combobox", name="find ops").fill("17")
    expect(opened.locator("#hits .said")).to_have_text(
        "Line 17 runs no op of these graphs. The nearest that does is line 16:"
    )
    expect(opened.locator("#hits [role=option]")).to_have_count(2)


def test_a_line_of_a_finding_that_runs_no_op_leads_to_the_finding(page: Page, tmp_path: Path) -> None:
    report = gated_report()
    moved = (
        replace(one, line=17) if one.severity == "error" and one.capture != "export" else one
        for one in report.divergences
    )
    path = tmp_path / "model.html"
    path.write_bytes(to_html(replace(report, divergences=tuple(moved))))
    page.goto(path.as_uri())
    selected = page.locator('[data-testid="difference"][aria-current="true"]')
    expect(selected).to_have_attribute("data-line", "17")
    page.keyboard.press("p")
    expect(selected).not_to_have_attribute("data-line", "17")
    field = page.get_by_role("combobox", name="find ops")
    field.fill("line 17")
    hits = page.locator("#hits [role=option]")
    expect(hits).to_have_text(
        [re.compile("^baked-branch●line 17 · trace, onnx_ts$"), re.compile("line 16"), re.compile("line 16")]
    )
    field.press("Enter")
    expect(selected).to_have_attribute("data-line", "17")
    expect(field).to_have_value("")
    expect(hits).to_have_count(0)


def test_boxes_stay_open_on_the_way_to_another_pair(opened: Page) -> None:
    toggle(opened, "/encoder")
    opened.locator('[data-testid="matrix-cell"][data-capture="script"][data-input="wide"]').click()
    expect(opened.locator('.pane.left .box[data-box="/encoder"]')).to_have_class(re.compile("open"))
    assert_is_sound(opened)


def test_autograd_stays_shown_when_a_box_is_opened(opened: Page) -> None:
    opened.keyboard.press("g")
    toggle(opened, "/encoder")
    expect(opened.locator("main.stage")).to_have_class(re.compile("autograd"))


def test_one_more_graph_can_be_shown_and_closed(opened: Page) -> None:
    opened.get_by_role("button", name="show another graph beside these").click()
    panes = opened.get_by_test_id("graph-pane")
    expect(panes).to_have_count(3)
    toggle(opened, "/encoder", side="third")
    assert places(opened) == places(opened, "third")
    assert_is_sound(opened)
    opened.locator('[data-testid="difference"][data-index="0"]').click()
    expect(panes).to_have_count(3)
    opened.get_by_role("button", name=re.compile("close the graph of")).click()
    expect(panes).to_have_count(2)


def test_a_box_that_the_file_does_not_hold_says_so(page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.view.standalone.MOST_HELD", 0)
    path = tmp_path / "model.html"
    path.write_bytes(to_html(gated_report()))
    page.goto(path.as_uri())
    box = page.locator('.pane.left .box[data-box="/encoder"]')
    expect(box.locator("title")).to_contain_text("the app opens it")
    toggle(page, "/encoder")
    expect(box).to_have_class(re.compile("closed"))
    expect(page.get_by_role("combobox", name="find ops")).to_be_hidden()
    toggle(page, "/fixed:18")
    expect(page.locator('.pane.left .box[data-box="/fixed:18"]')).to_have_class(re.compile("closed"))


def test_what_is_written_in_inner_boxes_stays_text(page: Page, tmp_path: Path) -> None:
    hostile = "</script><img src=x onerror=document.title='owned'>"
    report = gated_report()
    graphs = {key: replace(graph, nodes=tuple(replace(node, target=hostile) for node in graph.nodes))
              for key, graph in (report.graphs or {}).items()}  # fmt: skip
    path = tmp_path / "model.html"
    path.write_bytes(to_html(replace(report, graphs=graphs)))
    page.goto(path.as_uri())
    toggle(page, "/encoder")
    toggle(page, "/encoder/0")
    page.locator('.pane.left [data-node="be0t"]').dispatch_event("click")
    expect(page.get_by_test_id("inspector")).to_contain_text(hostile)
    assert page.locator("img").count() == 0
    assert page.title() == "gated_mlp · Parallax"


@pytest.mark.parametrize("address", ["#%", "#toString", "#pair%3A%7C"])
def test_an_address_that_asks_for_nothing_known_opens_the_first_page(page: Page, tmp_path: Path, address: str) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(to_html(gated_report()))
    page.goto(path.as_uri() + address)
    expect(page.get_by_test_id("graph-pane")).to_have_count(2)


MANY_OPS = a_model(
    "y = self.l(x)\nreturn nn.functional.relu(y).sum(0) + nn.functional.cosine_similarity(y, y, dim=-1).sum()",
    "'a': (torch.ones(2, 3, 4),)",
    init="self.l = nn.Linear(4, 4)",
)


def test_a_group_that_was_open_when_the_page_was_saved_closes_and_opens_again(
    page: Page, tmp_path: Path, workshop: Workshop
) -> None:
    """It was held as it was open, alone."""
    report = workshop.report(MANY_OPS, "trace")
    shown = Shown(left="eager:a", right="trace", difference=None)
    closed = scene_of(report, shown, {}, calls=True).boxes
    group = next(box.key for box in closed if box.kind == "group" and box.title == "F.cosine_similarity")
    path = tmp_path / "model.html"
    path.write_bytes(to_html(report, shown, Reader(toggled={group: True}, calls=True)))
    page.goto(path.as_uri())
    box = page.locator(f'.pane.left .box[data-box="{group}"]')
    expect(box.locator("[data-node]")).to_have_count(11)
    opened = places(page)
    assert_is_sound(page)
    toggle(page, group)
    expect(box.locator("[data-node]")).to_have_count(0)
    expect(box).to_contain_text("11 ops")
    assert places(page)[group]["height"] < opened[group]["height"]
    assert_is_sound(page)
    box.dispatch_event("click")
    expect(box.locator("[data-node]")).to_have_count(11)
    assert places(page) == opened


IN_SIGHT = """() => {
  const canvas = document.querySelector(".pane.left .canvas").getBoundingClientRect();
  const op = [...document.querySelectorAll('.pane.left .box.op')].find((one) => one.textContent.startsWith("div"));
  const { top, bottom } = op.getBoundingClientRect();
  return top >= canvas.top && bottom <= canvas.bottom;
}"""


def test_the_next_difference_at_the_far_end_of_a_graph_comes_into_sight(
    page: Page, workshop: Workshop, tmp_path: Path
) -> None:
    """The panes stayed at the branch, which differs as well: the division by the frozen size was below their edge."""
    path = tmp_path / "model.html"
    path.write_bytes(to_html(workshop.report("gated_mlp", "trace")))
    page.set_viewport_size({"width": 1440, "height": 800})
    page.goto(path.as_uri())
    expect(page.get_by_test_id("graph-pane")).to_have_count(2)
    assert page.evaluate(IN_SIGHT) is False
    page.keyboard.press("n")
    expect(page.locator('[data-testid="difference"][aria-current="true"]')).to_have_attribute(
        "data-cause", "baked-constant"
    )
    page.wait_for_function(IN_SIGHT)
