"""A stored graph handed in beside a model, with the real worker: its row, its graph, and what becomes of it."""

from __future__ import annotations

import io
import re

import pytest
import torch
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser.opening import settled

MODEL = """
import torch

class Gated(torch.nn.Module):
    def forward(self, x):
        if x.sum() > 0:
            return x * 2
        return x.neg()

def build_model():
    return Gated()

def example_inputs():
    return {"up": (torch.ones(3),), "down": (-torch.ones(3),)}
"""


def part(page: Page, name: str) -> Locator:
    return page.get_by_test_id(name)


def cell(page: Page, capture: str, example: str) -> Locator:
    return page.locator(f'[data-testid="matrix-cell"][data-capture="{capture}"][data-input="{example}"]')


def hand_in(page: Page, uploader: str, *files: FilePayload) -> None:
    if uploader == "beside" and not page.locator(".st-key-beside").count():
        page.get_by_text("Stored graphs beside it", exact=True).click()
    page.locator(f'.st-key-{uploader} input[type="file"]').set_input_files(list(files))
    for file in files:
        expect(page.get_by_role("button", name=f"Remove {file['name']}")).to_be_visible()


@pytest.fixture(scope="module")
def stored() -> FilePayload:
    """Return the model as ONNX, exported on its first example."""
    space: dict[str, object] = {"__name__": "gated"}
    exec(MODEL, space)  # noqa: S102 - the text is ours
    file = io.BytesIO()
    torch.onnx.export(space["build_model"](), (torch.ones(3),), file, dynamo=False)  # type: ignore[operator]
    return {"name": "net.onnx", "mimeType": "application/octet-stream", "buffer": file.getvalue()}


@pytest.fixture
def opened(page: Page, app: str) -> Page:
    """Return the page on a model of its reader's."""
    settled(page, f"{app}/?source=gated_mlp&captures=trace")
    page.get_by_role("radio", name="Upload").click()
    hand_in(page, "upload", {"name": "gated.py", "mimeType": "text/x-python", "buffer": MODEL.encode()})
    expect(cell(page, "trace", "down")).to_have_attribute("data-outcome", "differs")
    return page


def test_a_stored_graph_beside_an_uploaded_model_has_a_row_and_a_graph(opened: Page, stored: FilePayload) -> None:
    hand_in(opened, "beside", stored)
    expect(cell(opened, "net.onnx", "up")).to_have_attribute("data-outcome", "agrees")
    expect(cell(opened, "net.onnx", "down")).to_have_attribute("data-outcome", "differs")
    expect(part(opened, "progress")).to_have_count(0)

    cell(opened, "net.onnx", "down").click()
    left, right = part(opened, "graph-pane").nth(0), part(opened, "graph-pane").nth(1)
    expect(left).to_have_attribute("data-capture", "eager:down")
    expect(right).to_have_attribute("data-capture", "net.onnx")
    expect(right.locator('[data-testid="graph-node"][data-op="mul"]')).to_have_count(1)
    expect(right.locator('[data-testid="graph-node"][data-op="neg"]')).to_have_count(0)

    empty: FilePayload = {"name": "empty.pt", "mimeType": "application/octet-stream", "buffer": b""}
    hand_in(opened, "beside", empty)
    expect(part(opened, "error")).to_contain_text("empty.pt")
    expect(part(opened, "error")).not_to_contain_text("as it was")  # the model is shown with the others
    expect(part(opened, "verdict")).not_to_have_class(re.compile("earlier"))
    expect(right).to_have_attribute("data-capture", "net.onnx")

    for name in ("empty.pt", "net.onnx"):
        opened.get_by_role("button", name=f"Remove {name}").click()
    expect(part(opened, "error")).to_have_count(0)
    expect(cell(opened, "net.onnx", "up")).to_have_count(0)
    expect(cell(opened, "trace", "down")).to_have_attribute("data-outcome", "differs")
