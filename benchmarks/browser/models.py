"""Models of a given number of ops, each compared once and exported once, before any browser starts."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

import msgspec
import torch
from onnx import load_model

from benchmarks.browser.figures import Model
from explorer import comparison
from explorer.options import Options
from explorer.report.json import from_json, to_json
from explorer.report.schema import Report
from explorer.source.find import find_source
from explorer.view.differences import rows_for
from explorer.view.showing import choose

STACK = '''"""A transformer of {blocks} blocks, of which one in {stage} branches on its data."""

import torch
from torch import nn

WIDTH, HEADS, TOKENS = 16, 2, 4


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.query, self.key, self.value, self.out = (nn.Linear(WIDTH, WIDTH) for _ in range(4))

    def split(self, x):
        return x.view(1, TOKENS, HEADS, WIDTH // HEADS).transpose(1, 2)

    def forward(self, x):
        query, key, value = self.split(self.query(x)), self.split(self.key(x)), self.split(self.value(x))
        weights = (query @ key.transpose(-2, -1) / 3.0).softmax(-1)
        return self.out((weights @ value).transpose(1, 2).reshape(1, TOKENS, WIDTH))


class Block(nn.Module):
    def __init__(self, gated):
        super().__init__()
        self.before, self.between = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.attention = Attention()
        self.mlp = nn.Sequential(nn.Linear(WIDTH, WIDTH), nn.GELU(), nn.Linear(WIDTH, WIDTH))
        self.gated = gated

    def forward(self, x):
        x = x + 0.01 * self.attention(self.before(x))
        if self.gated:
            if x.abs().mean() > 4:
                x = x + 0.1
        return x + 0.01 * self.mlp(self.between(x))


class Stage(nn.Module):
    def __init__(self, blocks):
        super().__init__()
        self.blocks = nn.ModuleList(Block(gated=at == 1) for at in range(blocks))

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return x


class Stack(nn.Module):
    def __init__(self, blocks):
        super().__init__()
        sizes = [min({stage}, blocks - start) for start in range(0, blocks, {stage})]
        self.stages = nn.Sequential(*(Stage(size) for size in sizes))
        self.head = nn.Linear(WIDTH, 4)
        self.gated = True

    def forward(self, x):
        x = self.stages(x)
        if self.gated:
            if x.amax() > 20:
                x = 0.5 * x
        return self.head(x)


def build_model():
    torch.manual_seed(0)
    return Stack({blocks}).eval()


def example_inputs():
    torch.manual_seed(1)
    x = torch.randn(1, TOKENS, WIDTH)
    return {{"calm": (x,), "loud": (10 * x,)}}
'''
"""A model file: what it compares is eager on an input that goes the other way, beside the trace."""

WIDE = '''"""{paths} paths beside each other, of {length} steps each: wide enough to be seen whole."""

import torch
from torch import nn


class Path(nn.Module):
    def forward(self, x):
        for _ in range({length} // 2):
            x = x.sin().cos()
        return x


class Wide(nn.Module):
    def __init__(self):
        super().__init__()
        self.paths = nn.ModuleList(Path() for _ in range({paths}))

    def forward(self, x):
        return torch.cat([path(x) for path in self.paths])


def build_model():
    return Wide().eval()


def example_inputs():
    return {{"one": (torch.ones(2),)}}
'''

STAGE = 8
"""Blocks of a stage."""
OPS_OF_BLOCK = 29
"""Its trace has 26, its ONNX graph 31, its eager graph 55."""
PATHS, LENGTH = 25, 20
TIME_LIMIT = 900.0
MEMORY_LIMIT = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A model's files, and both graphs of the pair that is shown."""

    model: Model
    report: Path
    pair_bytes: int
    onnx: Path | None = None
    exported: Path | None = None


def stack(ops: int, folder: Path, *, exports: bool) -> Made:
    """Make a model of about ``ops`` ops, compare it and, where asked, export it."""
    blocks = max(2, round(ops / OPS_OF_BLOCK))
    source = folder / f"stack_{ops}.py"
    source.write_text(STACK.format(blocks=blocks, stage=STAGE), encoding="utf-8")
    made = _compared(source, ops)
    return _exported(made, source) if exports else made


def wide(folder: Path) -> Made:
    """Make a model that can be seen whole with all its boxes open."""
    source = folder / "wide.py"
    source.write_text(WIDE.format(paths=PATHS, length=LENGTH), encoding="utf-8")
    return _compared(source, PATHS * LENGTH)


def _compared(source: Path, ops: int) -> Made:
    options = Options(captures=("eager", "trace"), time_limit=TIME_LIMIT, memory_limit=MEMORY_LIMIT)
    path = source.with_suffix(".json")
    if path.exists():
        report = from_json(path.read_bytes())
    else:
        report = comparison.compare(find_source(str(source)), options)
        path.write_bytes(to_json(report, graphs=True))
    graphs = report.graphs or {}
    counted = {capture.kind: capture.ops for capture in report.captures if capture.status == "ok"}
    pair = [graph for name, graph in graphs.items() if name in _shown(report)]
    model = Model(asked=ops, nodes=counted)
    return Made(model=model, report=path, pair_bytes=sum(len(msgspec.json.encode(one, enc_hook=str)) for one in pair))


def _shown(report: Report) -> tuple[str, str]:
    shown = choose(report, rows_for(report), left=None, right=None, difference=None)
    assert shown is not None
    return shown.left, shown.right


def _exported(made: Made, source: Path) -> Made:
    """Export it without its branches, which torch.export refuses."""
    onnx, exported = source.with_suffix(".onnx"), source.with_suffix(".pt2")
    if not onnx.exists():
        module = _imported(source)
        model, inputs = module.build_model(), module.example_inputs()["calm"]
        for part in model.modules():
            if hasattr(part, "gated"):
                part.gated = False
        program = torch.export.export(model, inputs)
        torch.export.save(program, exported)
        torch.onnx.export(model, inputs, str(onnx), dynamo=False)  # the newer exporter takes minutes at 10,000 ops
    nodes = len(load_model(str(onnx)).graph.node)
    model = Model(asked=made.model.asked, nodes={**made.model.nodes, "onnx": nodes})
    return replace(made, model=model, onnx=onnx, exported=exported)


def _imported(source: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(source.stem, source)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
