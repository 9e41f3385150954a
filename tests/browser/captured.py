"""Small models that are really captured, opened in the browser as pages that are files: no app runs for them."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from explorer.evidence import Kind
from explorer.view.standalone import to_html
from tests.cases import Workshop, a_model

MODELS: dict[str, tuple[str, Kind]] = {
    "number": (
        a_model(
            "loudest = x.abs().max().item()\nstep = loudest / 127\nreturn (x / step).clamp(-127, 127) * step",
            "'soft': (torch.ones(2, 3),), 'loud': (torch.full((2, 3), 9.0),)",
        ),
        "trace",
    ),
    "loop": (
        a_model(
            "for _ in range(int(x.sum())):\n    y = y.tanh() * 2\nreturn y",
            "'twice': (torch.ones(2), torch.ones(3)), 'thrice': (torch.ones(3), torch.ones(3))",
            takes="self, x, y",
        ),
        "trace",
    ),
    "branch": (
        a_model(
            "if x.sum() > 0:\n    y = x.exp().relu()\nelse:\n    y = x.neg()\nreturn y + x",
            "'above': (torch.ones(3),), 'below': (-torch.ones(3),)",
        ),
        "trace",
    ),
    "hub": (
        a_model(
            "mask = x.sigmoid()\ny = x\n"
            + "\n".join(
                f"y = (y.{op}() * mask)"
                for op in ("exp", "sin", "cos", "tanh", "neg", "abs", "relu", "erf", "atan", "square", "log1p", "round")
            )
            + "\nreturn y",
            "'a': (torch.full((2, 3), 0.5),)",
        ),
        "trace",
    ),
    "state": (
        a_model(
            "if self.seen.item() == 0:\n    self.scale.copy_(x.abs().amax(0))\nself.seen += 1\nreturn x / self.scale",
            "'first': (torch.ones(2, 3),), 'second': (torch.full((2, 3), 4.0),)",
            init="self.register_buffer('seen', torch.zeros(()))\nself.register_buffer('scale', torch.ones(3))",
        )
        + "\nSEQUENCE = True\n",
        "trace",
    ),
    "nesting": (
        a_model(
            "return joined(tree)",
            "'left': (((torch.ones(2), 2 * torch.ones(2)), 3 * torch.ones(2)),), 'right': ((torch.ones(2), (2 * torch.ones(2), 3 * torch.ones(2))),)",
            takes="self, tree",
            before="def joined(tree):\n    if isinstance(tree, torch.Tensor):\n        return tree.tanh()\n"
            "    return joined(tree[0]) * 2 - joined(tree[1])",
        ),
        "onnx_ts",
    ),
    "quiet": (
        a_model(
            "states, _ = self.lstm(x)\nlength = int(x.sum())\nreturn self.head(states[:, :length].clone())",
            "'all': (torch.ones(1, 4, 2),), 'few': (torch.full((1, 4, 2), 0.25),)",
            init="self.lstm = nn.LSTM(2, 2, batch_first=True)\nself.head = nn.Linear(2, 2)",
        ),
        "onnx_ts",
    ),
}
"""By name, each with the capture that stands beside eager."""


def open_file(page: Page, workshop: Workshop, folder: Path, name: str) -> None:
    """Capture a model of ``MODELS`` and open its page."""
    text, kind = MODELS[name]
    path = folder / "model.html"
    path.write_bytes(to_html(workshop.report(text, kind)))
    page.goto(path.as_uri())
    expect(page.get_by_test_id("graph-pane")).to_have_count(2)
