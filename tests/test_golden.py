"""Graphs of small models, compared with the text files under ``tests/golden`` (how to renew them: its README)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from explorer.evidence import Kind
from tests.cases import Workshop, a_model, listing

FOLDER = Path(__file__).parent / "golden"
WRITE = "EXPLORER_WRITE_GOLDEN"

MODELS: dict[str, str] = {
    "gated_mlp": "gated_mlp",
    "attention": a_model(
        "h = self.norm(x)\nh, _ = self.attention(h, h, h, need_weights=False)\nreturn x + h",
        "'a': (torch.ones(1, 3, 4),)",
        init="self.norm = nn.LayerNorm(4)\nself.attention = nn.MultiheadAttention(4, 2, batch_first=True)",
        mode="train",
    ),
    "convolution": a_model(
        "for block in self.blocks:\n    x = block(x)\nreturn x.mean((2, 3))",
        "'a': (torch.ones(1, 2, 4, 4),)",
        init="self.blocks = nn.ModuleList(nn.Sequential(nn.Conv2d(2, 2, 3), nn.BatchNorm2d(2), nn.ReLU()) for _ in 'a')",
    ),
    "passes": a_model(
        "self.unused(x)\ntwice = x.exp() + x.exp()\nscale = torch.arange(3).sum() * 2\nsize = x.size(0) * 1\n"
        "for _ in range(2):\n    twice = twice.tanh()\nreturn (twice * scale).relu() / size",
        "'a': (torch.ones(2, 3),)",
        init="self.unused = nn.Softplus()",
    ),
    "branches": a_model(
        "a, b = x.chunk(2)\nif a.sum() > b.sum():\n    for i in range(x.size(0)):\n        a = a * 2\nelse:\n    a = b - a\n"
        "a[0] = 0\nreturn {'a': a, 'b': b}",
        "'a': (torch.arange(4.0).flip(0),)",
    ),
}

FORMS: dict[str, tuple[str, ...]] = {
    "passes": ("jit:inline", "jit:dce", "jit:constants", "jit:cse", "jit:peephole", "jit:unroll", "jit:fuse"),
    "convolution": ("jit:inline", "jit:freeze", "jit:fold_conv_bn"),
    "attention": ("export:decomposed",),
}

CASES = [
    *((name, kind) for name in ("gated_mlp", "branches") for kind in ("eager", "script", "jit")),
    ("gated_mlp", "onnx_ts"),
    *((name, kind) for name in ("attention", "convolution") for kind in ("eager", "trace", "export", "onnx_ts")),
    ("convolution", "onnx"),
    ("convolution", "ort"),
]

FORM_CASES = [(name, form) for name, forms in FORMS.items() for form in forms]


@pytest.mark.parametrize(("name", "kind"), [pytest.param(*case, id="-".join(case)) for case in CASES])
def test_a_graph_is_what_it_was(workshop: Workshop, name: str, kind: Kind) -> None:
    _compare(listing(workshop.graph(MODELS[name], kind)), FOLDER / f"{name}.{kind}.txt")


def _compare(text: str, path: Path) -> None:
    if os.environ.get(WRITE):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), f"to renew: {WRITE}=1 python -m pytest {Path(__file__).name}"


@pytest.mark.parametrize(("name", "form"), [pytest.param(*one, id="-".join(one)) for one in FORM_CASES])
def test_a_form_is_what_it_was(workshop: Workshop, name: str, form: str) -> None:
    kind, _, step = form.partition(":")
    capture = workshop.static(MODELS[name], "jit" if kind == "jit" else "export").capture
    found = next(one for one in capture.forms if one.name == step)
    assert found.changed, found
    assert found.graph is not None
    _compare(listing(found.graph), FOLDER / f"{name}.{kind}.{step}.txt")


def test_each_golden_belongs_to_a_case() -> None:
    of_forms = {f"{name}.{form.replace(':', '.')}.txt" for name, form in FORM_CASES}
    assert {path.name for path in FOLDER.glob("*.txt")} == {f"{name}.{kind}.txt" for name, kind in CASES} | of_forms


def test_goldens_name_no_place_of_a_machine() -> None:
    for path in FOLDER.glob("*.txt"):
        text = path.read_text(encoding="utf-8")
        assert "site-packages" not in text, path.name
        assert "  /" not in text, path.name
