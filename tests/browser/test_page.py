"""The real page does what it is there for, with the real worker behind it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from explorer.report.json import from_json, to_json

ROOT = Path(__file__).parents[2]
WAIT = 120_000
PLAIN = """
import torch

class Doubled(torch.nn.Module):
    def forward(self, x):
        return x * 2

def build_model():
    return Doubled()

def example_inputs():
    return {"small": (torch.ones(3),)}
"""


def part(page: Page, name: str) -> Locator:
    return page.get_by_test_id(name)


def compared(page: Page) -> None:
    """Wait until nothing runs any more."""
    expect(part(page, "graph-pane")).to_have_count(2, timeout=WAIT)
    page.wait_for_timeout(700)
    expect(part(page, "progress")).to_have_count(0, timeout=WAIT)


def cell(page: Page, capture: str, example: str) -> Locator:
    return page.locator(f'[data-testid="matrix-cell"][data-capture="{capture}"][data-input="{example}"]')


def choose_mode(page: Page, mode: str) -> None:
    page.get_by_role("radio", name=mode).click()


def upload(page: Page, name: str, text: str) -> None:
    choose_mode(page, "Upload")
    page.locator('.st-key-upload input[type="file"]').set_input_files(
        {"name": name, "mimeType": "text/x-python", "buffer": text.encode()}
    )


@pytest.fixture
def opened(page: Page, app: str) -> Page:
    page.goto(app)
    compared(page)
    return page


def test_the_page_opens_on_a_sample_already_compared(opened: Page) -> None:
    expect(part(opened, "verdict")).to_contain_text("wrong on 2 of 3 examples")
    expect(cell(opened, "trace", "long")).to_have_attribute("data-outcome", "differs")
    expect(cell(opened, "eager", "long")).to_have_attribute("data-outcome", "agrees")
    expect(cell(opened, "export", "short")).to_have_text("⊘ line 33")
    marked = opened.locator('[data-testid="source-line"][data-line="33"]')
    expect(marked).to_have_attribute("data-cause", "baked-branch")


def test_both_graphs_show_what_matches_and_what_does_not(opened: Page) -> None:
    left, right = part(opened, "graph-pane").all()
    expect(left).to_have_attribute("data-capture", "eager:long")
    expect(right).to_have_attribute("data-capture", "trace")
    assert left.locator('[data-testid="graph-node"][data-match="same"]').count()
    assert left.locator('[data-testid="graph-node"][data-match="only-left"]').count() >= 3
    expect(right.locator('[data-testid="graph-node"][data-op="softmax"]')).to_have_attribute("data-match", "only-right")
    assert left.get_by_test_id("graph-ghost").count() >= 3


def test_a_cell_of_the_matrix_sets_the_panes(opened: Page) -> None:
    cell(opened, "script", "wide").click()
    expect(part(opened, "graph-pane").nth(0)).to_have_attribute("data-capture", "eager:wide")
    expect(part(opened, "graph-pane").nth(1)).to_have_attribute("data-capture", "script")
    expect(opened).to_have_url(re.compile(r"left=eager(%3A|:)wide&right=script"))
    cell(opened, "export", "short").click()
    expect(part(opened, "graph-pane").nth(1)).to_contain_text("export refuses this model")


def test_another_sample_is_picked(opened: Page) -> None:
    opened.get_by_test_id("stSidebar").get_by_test_id("stSelectbox").click()
    opened.get_by_role("option", name="residual_block").click()
    expect(part(opened, "verdict")).to_contain_text("agree", timeout=WAIT)
    compared(opened)
    expect(part(opened, "source")).to_contain_text("residual_block.py")
    expect(opened).to_have_url(re.compile("source=residual_block"))


def test_a_good_file_is_uploaded(opened: Page) -> None:
    upload(opened, "doubled.py", PLAIN)
    expect(part(opened, "source")).to_contain_text("class Doubled", timeout=WAIT)
    compared(opened)
    expect(cell(opened, "trace", "small")).to_have_attribute("data-outcome", "agrees")
    expect(part(opened, "error")).to_have_count(0)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        pytest.param("def build_model(:\n    pass\n", 1, "does not parse", id="syntax"),
        pytest.param("x = 1\n", 1, "no model", id="no-model"),
        pytest.param(PLAIN.replace("return Doubled()", "return Doubled() / 0"), 9, "", id="raises-on-build"),
    ],
)
def test_a_broken_file_says_why_and_what_was_there_stays(opened: Page, text: str, line: int, said: str) -> None:
    upload(opened, "broken.py", text)
    problem = part(opened, "error")
    expect(problem).to_be_visible(timeout=WAIT)
    expect(problem).to_contain_text(f"broken.py:{line}")
    expect(problem).to_contain_text(said)
    expect(problem).not_to_contain_text("Traceback")
    expect(part(opened, "verdict")).to_contain_text("wrong on 2 of 3 examples")


def test_a_file_that_raised_is_what_is_written_on_and_an_edit_that_failed_is_not_lost(opened: Page) -> None:
    """The text was that of the model before, under the name of the new one."""
    upload(opened, "broken.py", PLAIN.replace("return Doubled()", "return Doubled() / 0"))
    expect(part(opened, "error")).to_be_visible(timeout=WAIT)
    choose_mode(opened, "Write")
    box = opened.get_by_label("Change a line and run")
    expect(box).to_have_value(re.compile(r"return Doubled\(\) / 0"))
    box.fill(box.input_value().replace("/ 0", "/ 'none'"))
    opened.get_by_role("button", name="Run", exact=True).click()
    expect(part(opened, "error")).to_contain_text("'str'", timeout=WAIT)
    choose_mode(opened, "Samples")
    expect(box).to_have_count(0)
    choose_mode(opened, "Write")
    expect(box).to_have_value(re.compile(r"return Doubled\(\) / 'none'"))


def test_an_edit_is_run_and_the_graphs_change(opened: Page) -> None:
    choose_mode(opened, "Write")
    box = opened.get_by_test_id("stSidebar").get_by_role("textbox")
    expect(box).to_have_value(re.compile("class GatedMLP"))
    box.fill(box.input_value().replace("if gate.mean() > 0.5:", "if True:"))
    opened.get_by_test_id("stSidebar").get_by_role("button", name="Run").click()
    expect(part(opened, "source")).to_contain_text("if True:", timeout=WAIT)
    compared(opened)
    expect(cell(opened, "trace", "long")).to_have_attribute("data-outcome", "agrees")
    expect(opened.locator('[data-testid="difference"][data-cause="baked-branch"]')).to_have_count(0)


def test_a_permalink_restores_what_was_shown(page: Page, app: str) -> None:
    page.goto(f"{app}/?source=gated_mlp&left=eager:wide&right=onnx_ts&difference=2")
    compared(page)
    expect(part(page, "graph-pane").nth(0)).to_have_attribute("data-capture", "eager:wide")
    expect(part(page, "graph-pane").nth(1)).to_have_attribute("data-capture", "onnx_ts")
    expect(page.locator('[data-testid="difference"][aria-current="true"]')).to_have_attribute("data-index", "1")


def test_a_comparison_shows_its_progress_and_is_cancelled(page: Page, app: str) -> None:
    page.goto(app)
    compared(page)
    upload(page, "slow.py", PLAIN.replace("return x * 2", "import time; time.sleep(1.5); return x * 2"))
    expect(part(page, "progress")).to_be_visible(timeout=WAIT)
    expect(part(page, "notice")).to_contain_text("Comparing slow …")
    expect(part(page, "notice")).to_contain_text("Below: gated_mlp, as it was.")
    part(page, "progress").get_by_role("button", name="Cancel").click()
    expect(part(page, "progress")).to_have_count(0, timeout=WAIT)
    said = part(page, "notice").or_(part(page, "verdict")).first
    expect(said).to_contain_text(re.compile("cancelled before|Nothing is known of the static graphs"))
    expect(part(page, "verdict")).not_to_contain_text("✓")


def test_cancel_keeps_the_focus_and_is_clicked_however_often_the_progress_is_told(opened: Page) -> None:
    """It was replaced several times a second: a press that lasted as long as that did nothing."""
    upload(opened, "slow.py", PLAIN.replace("return x * 2", "import time; time.sleep(4); return x * 2"))
    progress = part(opened, "progress")
    expect(progress).to_be_visible(timeout=WAIT)
    cancel, told = progress.get_by_role("button", name="Cancel"), progress.locator(".counts")
    cancel.focus()
    seconds = told.inner_text()
    expect(told).not_to_have_text(seconds)
    expect(cancel).to_be_focused()
    cancel.hover()
    opened.mouse.down()
    seconds = told.inner_text()
    expect(told).not_to_have_text(seconds)
    opened.mouse.up()
    expect(part(opened, "notice").or_(opened.get_by_role("button", name="Compare slow again")).first).to_contain_text(
        re.compile("cancelled|again"), timeout=WAIT
    )
    expect(progress).to_have_count(0, timeout=WAIT)


def test_the_report_handed_out_is_the_one_that_is_shown(opened: Page) -> None:
    with opened.expect_download() as handed:
        opened.get_by_role("button", name="Report (JSON)").click()
    raw = Path(handed.value.path()).read_bytes()
    report = from_json(raw)
    assert to_json(report, graphs=True) == raw
    expect(part(opened, "verdict")).to_contain_text(report.verdict)
    for kind, row in report.matrix.items():
        for name, outcome in row.items():
            expect(cell(opened, kind, name)).to_have_attribute("data-outcome", outcome.outcome)


def test_differences_of_one_capture_are_walked_alone(opened: Page) -> None:
    rows = part(opened, "difference")
    expect(rows).to_have_count(5)
    opened.get_by_label("show only").select_option("capture:onnx_ts")
    expect(rows).to_have_count(2)
    opened.keyboard.press("n")
    expect(opened.locator('[data-testid="difference"][aria-current="true"]')).to_have_attribute(
        "data-cause", "specialised-shape"
    )
    opened.keyboard.press("n")
    expect(opened.locator('[data-testid="difference"][aria-current="true"]')).to_have_attribute(
        "data-cause", "baked-branch"
    )
    opened.get_by_label("show only").select_option("cause:graph-break")
    expect(opened.locator('[data-testid="difference"][aria-current="true"]')).to_have_attribute(
        "data-cause", "graph-break"
    )
    opened.get_by_label("show only").select_option("")
    expect(rows).to_have_count(5)


def test_a_file_without_examples_is_given_some_in_the_page(opened: Page) -> None:
    """As the command line does with ``model.py:Net --input``."""
    text = PLAIN.partition("def build_model")[0]
    text += "\nclass Tripled(torch.nn.Module):\n    def forward(self, x):\n        return x * 3\n"
    upload(opened, "plain.py", text)
    expect(part(opened, "error")).to_be_visible(timeout=WAIT)
    opened.get_by_text("Examples", exact=True).click()
    opened.get_by_role("textbox", name="Add, one to a line").fill("wide=f32[2,5]\ndeep=f32[7]")
    opened.get_by_label("Class or function").fill("Tripled")
    opened.get_by_role("button", name="Compare with these").click()
    expect(cell(opened, "trace", "deep")).to_be_visible(timeout=WAIT)
    compared(opened)
    expect(part(opened, "error")).to_have_count(0)
    expect(cell(opened, "trace", "wide")).to_have_attribute("data-outcome", "agrees")


def test_an_edit_is_held_against_what_it_was_made_of(opened: Page) -> None:
    choose_mode(opened, "Write")
    box = opened.get_by_label("Change a line and run")
    expect(box).to_have_value(re.compile(r"if gate\.mean\(\) > 0\.5:"))
    box.fill(box.input_value().replace("if gate.mean() > 0.5:", "if True:"))
    opened.get_by_role("button", name="Run", exact=True).click()
    expect(part(opened, "notice")).to_contain_text("Your edit removed", timeout=WAIT)
    expect(part(opened, "notice")).to_contain_text("baked-branch at line 33")
    gone = part(opened, "removed").first
    expect(gone).to_contain_text("baked-branch · was line 33")
    expect(part(opened, "notice")).to_contain_text("It changed nothing in the trace graph.")  # which had this side
    opened.get_by_role("button", name="Old beside new").click()
    panes = part(opened, "graph-pane")
    expect(panes.nth(0)).to_have_attribute("data-capture", "script:before")
    expect(panes.nth(1)).to_have_attribute("data-capture", "script")
    expect(panes.nth(0).locator('[data-testid="graph-node"][data-op="softmax"]')).to_have_count(1)
    gone.click()
    expect(panes.nth(0)).to_have_attribute("data-capture", "trace:before")
    expect(part(opened, "notice")).to_contain_text("both are equal")


def test_ops_are_shown_as_the_python_calls_that_made_them(opened: Page) -> None:
    compared(opened)
    opened.keyboard.press("c")
    expect(opened).to_have_url(re.compile("ops=calls"))
    expect(opened.locator(".pane.left [data-box]").filter(has_text="gate · F.linear")).to_have_count(1)
    opened.get_by_role("button", name="Python calls").click()
    expect(opened.locator(".pane.left [data-box]").filter(has_text="gate · addmm")).to_have_count(1)
