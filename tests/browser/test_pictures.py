"""Saved pictures of the graphs, in Chromium: they show what the panes show, say of what, and name their signs."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from explorer.view.standalone import to_html
from tests.browser.opening import settled
from tests.view.fakes import gated_report

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def opened(page: Page, fake_app: str) -> Page:
    return settled(page, f"{fake_app}/?source=gated_mlp&left=eager:long&right=trace&more=script", panes=3)


def save(page: Page) -> tuple[str, ET.Element]:
    """Return the name of the file, and what is drawn in it."""
    with page.expect_download() as handed:
        page.get_by_role("button", name="picture (SVG)").click()
    return handed.value.suggested_filename, ET.parse(Path(handed.value.path())).getroot()  # noqa: S314 - our own


def texts(picture: ET.Element) -> list[str]:
    return ["".join(one.itertext()) for one in picture.iter(f"{SVG}text")]


def test_a_picture_is_named_by_model_graphs_and_cause_and_says_what_happened(opened: Page) -> None:
    name, picture = save(opened)
    assert name == "gated_mlp-eager-long-trace-script-baked-branch.svg"
    assert texts(picture)[:2] == [
        "gated_mlp · baked-branch · sample_models/gated_mlp.py, line 18",
        "On short the condition was true, so the graph holds only that side.",
    ]
    assert {"eager on long", "trace from short", "script"} <= set(texts(picture))


def test_a_picture_names_each_sign_that_its_panes_show_once(opened: Page) -> None:
    shown = opened.locator(".pane .legend > span:visible")
    names = set(shown.evaluate_all("all => all.map((one) => one.lastChild.textContent.trim())"))
    said = texts(save(opened)[1])
    assert names
    for name in names:
        assert said.count(name) == 1
    assert "picked" not in said
    opened.locator('.pane.left [data-testid="graph-node"][data-op="mean"]').first.dispatch_event("click")
    expect(opened.locator(".pane.left .box.picked")).to_have_count(1)
    assert "picked" in texts(save(opened)[1])


def test_a_pane_for_itself_is_pictured_as_it_is(opened: Page) -> None:
    opened.locator(".pane.right button.lock").click()
    expect(opened.locator(".pane.right[data-alone]")).to_have_count(1)
    opened.locator('.pane.right [data-box="/encoder"]').dispatch_event("click")
    inner = opened.locator('.pane.right [data-box="/encoder/0"] .title')
    expect(inner).to_be_visible()
    assert texts(save(opened)[1]).count(inner.text_content() or "") == 1


def test_what_is_too_small_to_read_on_the_page_is_in_the_picture(opened: Page) -> None:
    near = texts(save(opened)[1])
    canvas = opened.locator(".pane.left .canvas")
    canvas.hover(position={"x": 30, "y": 60})
    for _ in range(4):
        opened.mouse.wheel(0, 500)
    expect(canvas).to_have_class(re.compile("far"))
    assert texts(save(opened)[1]) == near
    expect(canvas).to_have_class(re.compile("far"))


def test_gradients_go_back_in_the_picture_too(opened: Page) -> None:
    assert not [one for one in save(opened)[1].iter(f"{SVG}path") if "back-arrow" in one.get("marker-start", "")]
    opened.keyboard.press("g")
    expect(opened.locator(".pane.left .legend .gradients")).to_be_visible()
    picture = save(opened)[1]
    back = [one for one in picture.iter(f"{SVG}path") if "back-arrow-left" in one.get("marker-start", "")]
    assert back
    assert not any(one.get("marker-end") for one in back)
    assert "passes gradients back" in texts(picture)


def test_a_graph_that_was_never_made_says_why_in_the_picture(opened: Page, fake_app: str) -> None:
    opened.goto(f"{fake_app}/?source=gated_mlp&left=eager:long&right=export&difference=2")
    expect(opened.locator(".pane.right .refusal h3")).to_be_visible()
    name, picture = save(opened)
    assert name == "gated_mlp-eager-long-export-capture-failure.svg"
    assert "export refuses this model" in texts(picture)


def test_letters_that_have_no_place_in_a_file_leave_a_picture_whole(page: Page, tmp_path: Path) -> None:
    """Names, examples and messages come from models."""
    bad, report = "\x01\x1b\ufffe", gated_report()
    graphs = {key: replace(graph, nodes=tuple(replace(node, op=node.op + bad, target=node.target + bad)
                                              for node in graph.nodes))
              for key, graph in (report.graphs or {}).items()}  # fmt: skip
    found = tuple(replace(one, explanation=f"It {bad} differs.") for one in report.divergences)
    captures = tuple(replace(one, reason=f"It{bad}refuses.") if one.reason else one for one in report.captures)
    named = replace(report.source, name=f"gated{bad}mlp")
    path = tmp_path / "model.html"
    path.write_bytes(to_html(replace(report, source=named, graphs=graphs, divergences=found, captures=captures)))
    for state in ("", "#difference%3A1"):
        page.goto("about:blank")
        page.goto(path.as_uri() + state)
        expect(page.get_by_test_id("graph-pane")).to_have_count(2)
        picture = save(page)[1]
        assert "It differs." in {" ".join(one.split()) for one in texts(picture)}
        assert (picture.findtext(f"{SVG}title") or "").split() == ["gated", "mlp"]


def test_where_nothing_differs_a_picture_says_the_verdict(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "model.html"
    path.write_bytes(to_html(replace(gated_report(), divergences=())))
    page.goto(path.as_uri())
    expect(page.get_by_test_id("graph-pane")).to_have_count(2)
    name, picture = save(page)
    assert re.fullmatch(r"gated_mlp-eager-\w+-\w+\.svg", name)
    assert texts(picture)[0].startswith("gated_mlp: ")


BROKEN = {
    "the picture is not read": "Object.defineProperty(HTMLImageElement.prototype, 'src', { set() { this.onerror(); } })",
    "the canvas is too large": "void (HTMLCanvasElement.prototype.toBlob = (done) => done(null))",
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_png_that_cannot_be_made_says_so(opened: Page, broken: str) -> None:
    said = opened.locator(".save").get_by_role("status")
    expect(said).to_be_hidden()
    opened.evaluate(broken)
    opened.get_by_role("button", name="picture (PNG)").click()
    expect(said).to_have_text("No PNG can be made of graphs this large here: save the SVG.")


def test_where_no_graph_was_made_there_is_no_picture_to_save(opened: Page) -> None:
    """The buttons were hidden, and seen all the same: they had a layout of their own."""
    save = opened.locator(".save")
    expect(save).to_be_visible()
    save.evaluate("(save) => (save.hidden = true)")
    expect(save).to_be_hidden()
