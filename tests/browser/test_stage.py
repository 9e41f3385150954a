"""The component alone, over a handcrafted report: keys, clicks, zoom, themes, sizes and hostile text."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from explorer.view.assets import stage_script
from explorer.view.payload import empty_payload
from tests.browser.opening import settled

HELD = 10_000
"""Bytes from which on Streamlit, by default, lets the browser hold a message."""

OVERTAKEN = """async ([script, data]) => {
    const module = await import(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
    const parentElement = document.body.appendChild(document.createElement("div"));
    const drawn = () => parentElement.querySelectorAll("main.stage").length;
    const draw = () => module.default({ parentElement, data, setTriggerValue: () => {} });
    const [overtaken, last] = [draw(), draw()];
    overtaken();
    const before = drawn();
    last();
    return [before, drawn()];
}"""
"""Draw twice, then run the first drawing's cleanup, as Streamlit does where newer data overtook it; then the last's."""


LATE = """async ([script, newer, older]) => {
    const module = await import(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
    const parentElement = document.body.appendChild(document.createElement("div"));
    const draw = (data) => module.default({ parentElement, data, setTriggerValue: () => {} });
    draw(newer);
    const late = draw(older);
    if (late) late();
    return parentElement.textContent;
}"""
"""Draw older data after the newer, and run its cleanup, as Streamlit does where it loads a script for both at once."""

DETAILS = """async (script) => {
    const drawn = await import(URL.createObjectURL(new Blob([`${script}\nexport { drawDetail };`], { type: "text/javascript" })));
    const op = (shape) => ({ op: "mul", target: "mul", module: "mul", place: "", line: null, outputs: [shape],
        attributes: [], autograd: [], stack: [], values: ["a", shape] });
    const made = drawn.drawDetail(op("f32[3]"), "trace", {}, {}, [op("f32[4]")]);
    return [...made.querySelectorAll("dd")].map((one) => one.textContent);
}"""
"""Draw what is told of an op beside a partner of another shape, with other values, and of the same module."""


def part(page: Page, name: str) -> Locator:
    return page.get_by_test_id(name)


@pytest.fixture
def opened(page: Page, fake_app: str) -> Page:
    return settled(page, fake_app)


def selected(page: Page) -> Locator:
    return page.locator('[data-testid="difference"][aria-current="true"]')


def placed(page: Page, side: str) -> tuple[str | None, str | None]:
    paper = page.locator(f".pane.{side} .paper")
    return paper.get_attribute("style"), paper.locator(".world").get_attribute("transform")


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


def test_a_line_tells_the_finding_that_is_selected(opened: Page) -> None:
    """On a projector the slide of one said the name of another."""
    tag = opened.locator('[data-testid="source-line"][data-line="18"] .tag')
    expect(tag).to_have_text(re.compile("^baked-branch · .*trace"))
    opened.keyboard.press("n")
    expect(selected(opened)).to_have_attribute("data-cause", "capture-failure")
    expect(tag).to_have_text(re.compile("^capture-failure · export"))
    opened.keyboard.press("p")
    expect(tag).to_have_text(re.compile("^baked-branch"))


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
    canvas = opened.locator(".pane.left .canvas")
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
    expect(cell).to_be_focused()  # it was drawn anew
    box = opened.locator('.pane.left [data-box="/encoder"]')
    box.focus()
    box.press("Enter")
    expect(opened.locator('.pane.left [data-box="/encoder"]')).to_have_class(re.compile("open"))
    expect(box).to_be_focused()


def test_what_stays_is_not_drawn_anew(opened: Page) -> None:
    """An element that is replaced is laid out again, and loses the focus."""
    leaves = opened.locator('.pane.left [data-testid="graph-node"]')
    leaves.evaluate_all("nodes => nodes.forEach((node) => (node.dataset.seen = 'yes'))")
    before, boxes = leaves.count(), opened.locator(".pane.left [data-box]").count()
    opened.locator('.pane.left [data-box="/encoder"]').click()
    expect(opened.locator('.pane.left [data-box="/encoder"]')).to_have_class(re.compile("open"))
    expect(opened.locator('.pane.left [data-seen="yes"]')).to_have_count(before)
    assert opened.locator(".pane.left [data-box]").count() > boxes


def test_a_cell_says_what_it_knows_and_selects_only_what_is_of_it(opened: Page) -> None:
    expect(part(opened, "saying")).to_contain_text("trace on long ≠ differs from eager")
    cell(opened, "script", "wide").click()
    expect(part(opened, "saying")).to_contain_text("script on wide ✓ agrees with eager")
    expect(opened.locator(".explanation")).to_have_count(0)
    expect(selected(opened)).to_have_count(0)
    cell(opened, "onnx_ts", "wide").click()
    expect(part(opened, "saying")).to_contain_text("onnx_ts on wide ≠ differs from eager")
    expect(opened.locator(".explanation")).to_contain_text("baked-branch")


def cell(page: Page, capture: str, example: str) -> Locator:
    return page.locator(f'[data-testid="matrix-cell"][data-capture="{capture}"][data-input="{example}"]')


def test_the_first_view_holds_the_whole_graph_where_it_can_be_read(opened: Page) -> None:
    canvas = opened.locator(".pane.left .canvas").bounding_box()
    assert canvas is not None
    for box in opened.locator(".pane.left [data-box] > .outline").all():
        seen = box.bounding_box()
        assert seen is not None
        assert seen["x"] >= canvas["x"]
        assert seen["y"] >= canvas["y"]
        assert seen["x"] + seen["width"] <= canvas["x"] + canvas["width"]
        assert seen["y"] + seen["height"] <= canvas["y"] + canvas["height"]


def test_every_sign_that_is_drawn_is_named(opened: Page) -> None:
    left, right = opened.locator(".pane.left footer.legend"), opened.locator(".pane.right footer.legend")
    for words in ("◆ only left", "not here", "selected"):
        expect(left).to_contain_text(words)
    expect(left).not_to_contain_text("only right")
    expect(right).to_contain_text("◇ only right")
    cell(opened, "trace", "short").click()
    expect(left).to_be_hidden()


def test_a_tag_covers_no_code(opened: Page) -> None:
    opened.set_viewport_size({"width": 1150, "height": 800})
    line = opened.locator('[data-testid="source-line"][data-line="18"]')
    tag, code = line.locator(".tag").bounding_box(), line.locator("code").bounding_box()
    assert tag is not None
    assert code is not None
    assert tag["x"] >= code["x"] + code["width"] - 20
    background = line.locator(".tag").evaluate("tag => getComputedStyle(tag).backgroundColor")
    assert background not in ("transparent", "rgba(0, 0, 0, 0)")


def test_every_column_of_the_matrix_can_be_reached(opened: Page) -> None:
    opened.set_viewport_size({"width": 1120, "height": 800})
    opened.get_by_test_id("stSidebar").get_by_text("Write", exact=True).click()
    expect(opened.get_by_test_id("stSidebar").get_by_role("textbox")).to_be_visible()
    opened.wait_for_timeout(800)  # the sidebar widens
    card, last = part(opened, "matrix"), part(opened, "matrix").locator("thead th").last
    part(opened, "matrix").locator(".scroll").evaluate("list => (list.scrollLeft = 10000)")
    around, inside = card.bounding_box(), last.bounding_box()
    assert around is not None
    assert inside is not None
    assert inside["x"] + inside["width"] <= around["x"] + around["width"] + 1
    first = part(opened, "matrix").locator("tbody th").first.bounding_box()
    assert first is not None
    assert first["x"] >= around["x"] - 1


def test_the_selected_entry_of_the_list_comes_into_sight(opened: Page) -> None:
    opened.set_viewport_size({"width": 1440, "height": 560})
    opened.locator(".list .notes").click()
    for number in (2, 3):
        opened.keyboard.press("n")
        expect(opened).to_have_url(re.compile(f"difference={number}"))
        expect(selected(opened)).to_be_in_viewport()
        below = "e => e.getBoundingClientRect().bottom - e.closest('ul').getBoundingClientRect().bottom"
        assert selected(opened).evaluate(below) <= 1


def test_graphs_are_switched_off_without_a_run(page: Page, fake_app: str) -> None:
    page.goto(f"{fake_app}/?captures=trace,script,export,onnx_ts")
    expect(cell(page, "onnx_ts", "long")).to_have_text("≠ Δ 0.67")
    side = page.get_by_test_id("stSidebar")
    side.get_by_role("button", name="trace", exact=True).click()
    expect(cell(page, "trace", "long")).to_have_count(0)
    expect(part(page, "progress")).to_have_count(0)
    expect(cell(page, "onnx_ts", "long")).to_have_attribute("data-outcome", "differs")
    for kind in ("script", "export", "onnx_ts"):
        side.get_by_role("button", name=kind, exact=True).click()
        expect(cell(page, kind, "long")).to_have_count(0)
    expect(part(page, "verdict")).to_contain_text("No static graph is switched on")
    expect(part(page, "verdict")).not_to_contain_text("✓")
    expect(page).to_have_url(re.compile("captures=none"))


def test_data_that_newer_data_overtook_takes_nothing_away(page: Page, fake_app: str) -> None:
    page.goto(fake_app)
    assert page.evaluate(OVERTAKEN, [stage_script(), empty_payload(problem=None, said="nothing yet")]) == [1, 0]


@pytest.mark.parametrize(
    ("newer", "older", "shown"),
    [
        pytest.param(["a", 2], ["a", 1], "newer", id="the older of one visit comes late"),
        pytest.param(["a", 1], ["a", 2], "", id="in order"),
        pytest.param(["a", 9], ["b", 1], "", id="another visit, as after a restart of the server"),
    ],
)
def test_data_that_comes_late_is_not_drawn(
    page: Page, fake_app: str, newer: list[object], older: list[object], shown: str
) -> None:
    """It took the place of what was shown, and its cleanup then left the page empty."""
    page.goto(fake_app)
    data = [
        {**empty_payload(problem=None, said=said), "stamp": stamp}
        for said, stamp in (("newer", newer), ("older", older))
    ]
    assert page.evaluate(LATE, [stage_script(), *data]) == shown


def test_nothing_is_sent_as_a_reference_to_what_streamlit_takes_to_be_there(page: Page, fake_app: str) -> None:
    """A reference to what the browser had dropped meanwhile ended the page: nothing more of the server's came through."""
    received: list[bytes] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: received.append(frame)))  # noqa: PLW0108 - Playwright marks what it calls
    page.goto(fake_app)
    expect(part(page, "graph-pane")).to_have_count(2)
    expect(part(page, "progress")).to_have_count(0)
    page.wait_for_timeout(800)
    page.get_by_role("radio", name="Upload").click()
    expect(page.locator('.st-key-upload input[type="file"]')).to_have_count(1)
    page.wait_for_timeout(800)
    assert max(map(len, received)) > HELD
    messages = [ForwardMsg.FromString(frame) for frame in received]
    assert not any(one.metadata.cacheable or one.WhichOneof("type") == "ref_hash" for one in messages)


def test_an_address_that_names_nothing_is_told(page: Page, fake_app: str) -> None:
    page.goto(f"{fake_app}/?source=nonsense&left=eager:nope&right=foo&difference=99")
    expect(part(page, "notice")).to_contain_text("source=nonsense, left=eager:nope, right=foo and difference=99")
    expect(part(page, "notice")).to_contain_text("Shown instead: gated_mlp, eager:long beside trace.")
    expect(cell(page, "onnx_ts", "long")).to_have_text("≠ Δ 0.67")
    cell(page, "script", "long").click()
    expect(part(page, "notice")).to_have_count(0)


def test_the_list_of_samples_says_what_is_on_the_page(page: Page, fake_app: str) -> None:
    page.goto(f"{fake_app}/?source=warm_up")
    side = page.get_by_test_id("stSidebar")
    chosen = side.get_by_test_id("stSelectbox").locator("input")
    expect(cell(page, "onnx_ts", "long")).to_have_text("≠ Δ 0.67")
    side.get_by_text("Write", exact=True).click()
    side.get_by_role("textbox").fill("def build_model(): ...\n")
    side.get_by_text("Samples", exact=True).click()
    expect(chosen).to_have_value("warm_up")
    side.get_by_text("Write", exact=True).click()
    side.get_by_role("textbox").fill("def build_model(): ...\n")
    side.get_by_role("button", name="Run").click()
    expect(page).not_to_have_url(re.compile("source="))
    side.get_by_text("Samples", exact=True).click()
    expect(chosen).to_have_value("")
    side.get_by_test_id("stSelectbox").click()
    page.get_by_role("option", name="warm_up").click()
    expect(page).to_have_url(re.compile("source=warm_up"))


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
    page.wait_for_function(
        f"Math.max(...{scrolled}) <= 1", timeout=10_000
    )  # once what Streamlit still moves has settled
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


def test_what_the_partner_has_otherwise_is_marked(opened: Page) -> None:
    """That of a fused op is of another module, and of the same shape."""
    cell(opened, "onnx_ts", "long").click()
    opened.locator('.pane.left [data-testid="graph-node"][data-op="input"]').click()
    inspector = part(opened, "inspector")
    expect(inspector.locator("dd.apart")).to_have_count(0)
    assert opened.evaluate(DETAILS, stage_script()) == ["≠ f32[3]", "≠ f32[3]", "mul"]


def test_lines_that_nothing_ran_are_folded_and_open_where_they_are_needed(opened: Page) -> None:
    fold = part(opened, "fold").first
    expect(fold).to_have_text("⋯ lines 1–13, not run")
    first = opened.locator('[data-testid="source-line"][data-line="1"]')
    expect(first).to_be_hidden()
    fold.click()
    expect(first).to_be_visible()
    fold.click()
    expect(first).to_be_hidden()
    expect(fold).to_have_attribute("aria-expanded", "false")


def test_the_line_under_the_matrix_says_what_its_figures_are(opened: Page) -> None:
    units = part(opened, "matrix").locator(".units")
    expect(units).to_have_text("Eager: ops that ran. Δ: largest error beside eager.")
    expect(units).to_be_in_viewport()


def test_long_evidence_has_the_width_of_the_column(opened: Page) -> None:
    evidence = opened.locator("dl.evidence")
    name = evidence.locator("dt", has_text="warning").bounding_box()
    long, short = (
        evidence.locator("dd", has_text=text).bounding_box() for text in ("TracerWarning at line 18", "0.67")
    )
    assert name is not None
    assert long is not None
    assert short is not None
    assert long["y"] >= name["y"] + name["height"]
    assert long["x"] < short["x"]
    assert long["width"] > 200
