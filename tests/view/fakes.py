"""A handcrafted report: a gated MLP whose branch tracing fixed, and a stream that hands it over."""

from __future__ import annotations

import threading
import time
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace

from explorer.comparison import Progress
from explorer.evidence import CaptureWarning, Kind, Outcome
from explorer.graph import AutogradNode, Edge, OpId, RegionId
from explorer.options import STORED_AS, ModelSource, Options
from explorer.report.schema import (
    Alignment,
    CaptureEntry,
    Divergence,
    GraphEntry,
    Group,
    InputEntry,
    NodeEntry,
    RegionEntry,
    Report,
    SourceEntry,
    Tool,
    ValueEntry,
)
from explorer.view.loops import Turns
from explorer.view.panes import Panes, Side, Tie, panes_of
from explorer.view.reference import name_of

TEXT = """import torch
from torch import nn


class GatedMLP(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(*(nn.Linear(16, 16) for _ in range(4)))
        self.gate = nn.Linear(16, 16)
        self.sharpen = nn.Linear(16, 16)
        self.smooth = nn.Linear(16, 16)
        self.head = nn.Linear(16, 10)

    def forward(self, x):
        h = self.encoder(x)
        gate = torch.sigmoid(self.gate(h))

        if gate.mean() > 0.5:
            h = self.sharpen(h).softmax(-1) * h
        else:
            h = self.smooth(h).sigmoid() + h

        n = int(x.shape[0])
        return self.head(h) / n
"""

FILE = "sample_models/gated_mlp.py"
BRANCH_LINE = 18
Row = tuple[str, str, str, int, Sequence[str]]
"""Id, op, module, line, ids of the inputs."""

ENCODER: list[Row] = [
    ("x", "input", "", 14, []),
    ("e0t", "transpose", "encoder.0", 15, []),
    ("e0", "addmm", "encoder.0", 15, ["x", "e0t"]),
    ("e1", "addmm", "encoder.1", 15, ["e0"]),
    ("e2", "addmm", "encoder.2", 15, ["e1"]),
    ("e3", "addmm", "encoder.3", 15, ["e2"]),
    ("g", "addmm", "gate", 16, ["e3"]),
    ("gs", "sigmoid", "", 16, ["g"]),
    ("m", "mean", "", 18, ["gs"]),
    ("gt", "gt", "", 18, ["m"]),
]
SHARPEN: list[Row] = [
    ("sh", "addmm", "sharpen", 19, ["e3"]),
    ("sm", "softmax", "", 19, ["sh"]),
    ("mul", "mul", "", 19, ["sm", "e3"]),
]
SMOOTH: list[Row] = [
    ("sl", "addmm", "smooth", 21, ["e3"]),
    ("sg", "sigmoid", "", 21, ["sl"]),
    ("add", "add", "", 21, ["sg", "e3"]),
]


def head(last: str) -> list[Row]:
    """Return the ops after the branch, which hands over ``last``."""
    return [
        ("h", "addmm", "head", 24, [last]),
        ("d", "div", "", 24, ["h"]),
        ("out", "output", "", 24, ["d"]),
    ]


def graph(rows: Sequence[Row], prefix: str, *, regions: Sequence[RegionEntry] = ()) -> GraphEntry:
    """Return the graph of ``rows``; ids get ``prefix`` so that those of two captures differ."""
    inside = {"then": {"sh", "sm", "mul"}, "else": {"sl", "sg", "add"}}
    nodes = tuple(
        NodeEntry(
            id=prefix + name,
            op=op,
            target=f"aten::{op}",
            role=op if op in ("input", "output") else "compute",
            module=module,
            module_type="Linear" if module else "",
            file=FILE,
            line=line,
            region=next((region.id for region in regions if name in inside[region.kind]), None),
            outputs=(ValueEntry(dtype="f32", shape=(4, 16)),),
            attributes={"dim": -1} if op == "softmax" else {},
            autograd=("AddmmBackward0",) if op == "addmm" else (),
        )
        for name, op, module, line, _ in rows
    )
    edges = tuple(
        Edge(source=OpId(prefix + source), target=OpId(prefix + name), target_input=at)
        for name, _, _, _, inputs in rows
        for at, source in enumerate(inputs)
    )
    return GraphEntry(nodes=nodes, edges=edges, regions=tuple(regions), autograd=gradients(nodes))


def gradients(nodes: Sequence[NodeEntry]) -> tuple[AutogradNode, ...]:
    """Return an autograd node for each linear layer of the eager graphs, which passes on to the one before it."""
    linear = [node.id for node in nodes if node.op == "addmm" and node.id[0] in "ab"]
    return tuple(
        AutogradNode(id=f"g{one}", name="AddmmBackward0", op=OpId(one), inputs=(f"g{before}",) if before else ())
        for before, one in zip(["", *linear], linear, strict=False)
    )


def aligned(left: str, right: str, graphs: dict[str, GraphEntry]) -> Alignment:
    """Tie ops of the same name after the prefix; the others are left over."""
    ours = {node.id[1:]: node.id for node in graphs[left].nodes}
    theirs = {node.id[1:]: node.id for node in graphs[right].nodes}
    groups = [
        Group(
            left=(ours[name],),
            right=(theirs[name],),
            kind="same",
            matched_by="module, line, op",
            sure="certain",
            held="same",
        )
        for name in ours
        if name in theirs
    ]
    groups += [Group(left=(ours[n],), right=(), kind="only-left") for n in ours if n not in theirs]
    groups += [Group(left=(), right=(theirs[n],), kind="only-right") for n in theirs if n not in ours]
    return Alignment(left=left, right=right, groups=tuple(groups))


def gated_graphs() -> dict[str, GraphEntry]:
    """Return the graphs of the captures that work."""
    script_regions = (
        RegionEntry(id=RegionId("r1"), owner="sif", kind="then"),
        RegionEntry(id=RegionId("r2"), owner="sif", kind="else"),
    )
    branch: list[Row] = [("if", "if", "", 18, ["gt", "mul", "add"])]
    return {
        "eager:short": graph(ENCODER + SHARPEN + head("mul"), "a"),
        "eager:long": graph(ENCODER + SMOOTH + head("add"), "b"),
        "eager:wide": graph(ENCODER + SMOOTH + head("add"), "c"),
        "trace": graph(ENCODER + SHARPEN + head("mul"), "t"),
        "script": graph(ENCODER + branch + SHARPEN + SMOOTH + head("if"), "s", regions=script_regions),
        "onnx_ts": graph(ENCODER + SHARPEN + head("mul"), "o"),
    }


def gated_report(*, name: str = "gated_mlp", text: str = TEXT) -> Report:
    """Return the whole report."""
    graphs = gated_graphs()
    eager = [key for key in graphs if key.startswith("eager")]
    static: list[Kind] = ["trace", "script", "onnx_ts"]
    return Report(
        tool=Tool(name="parallax", version="0"),
        environment={"python": "3.11", "torch": "2.13.0", "onnx": "1.23", "onnxruntime": "1.32"},
        source=SourceEntry(name=name, kind="sample", file=FILE, text=text),
        inputs=_inputs(),
        captures=(*(_capture(key, "eager", key.split(":")[1]) for key in eager), *_static_captures()),
        matrix=_matrix(),
        divergences=_divergences(),
        verdict="trace and onnx_ts graphs are wrong on 2 of 3 examples",
        summary="The branch at line 18 was fixed to the side “short” took. One capture refuses the model.",
        graphs=graphs,
        alignments=tuple(aligned(left, right, graphs) for left in eager for right in static),
    )


def _inputs() -> tuple[InputEntry, ...]:
    common = dict.fromkeys((14, 15, 16, 18, 23, 24), 1)
    return (
        InputEntry(name="short", arguments=("x: f32[4, 16]",), lines=common | {19: 1}),
        InputEntry(name="long", arguments=("x: f32[4, 16]",), lines=common | {21: 1}),
        InputEntry(name="wide", arguments=("x: f32[9, 16]",), lines=common | {21: 1}),
    )


def _capture(key: str, kind: Kind, example: str | None) -> CaptureEntry:
    return CaptureEntry(id=key, kind=kind, input=example, status="ok", nodes=17, edges=16, ops=15, seconds=0.3)


def _static_captures() -> tuple[CaptureEntry, ...]:
    warning = CaptureWarning(message="Converting a tensor to a Python boolean", file=FILE, line=18)
    refused = CaptureEntry(
        id="export",
        kind="export",
        input="short",
        status="failed",
        reason="The branch depends on the data.",
        file=FILE,
        line=18,
        message="GuardOnDataDependentSymNode",
        hint="Use torch.cond.",
    )
    trace = replace(_capture("trace", "trace", "short"), warnings=(warning,))
    return (trace, _capture("script", "script", None), refused, _capture("onnx_ts", "onnx_ts", "short"))


def _matrix() -> dict[Kind, dict[str, Outcome]]:
    good = Outcome(outcome="agrees", max_abs_error=0.0, max_rel_error=0.0)
    bad = Outcome(outcome="differs", max_abs_error=0.67, max_rel_error=2.0, where="value")
    none = Outcome(outcome="not-run")
    wrong = {"short": good, "long": bad, "wide": bad}
    right = dict.fromkeys(("short", "long", "wide"), good)
    return {
        "eager": right,
        "trace": wrong,
        "script": right,
        "export": dict.fromkeys(("short", "long", "wide"), none),
        "onnx_ts": wrong,
    }


def _divergences() -> tuple[Divergence, ...]:
    baked = [
        Divergence(
            id=f"d{at}",
            severity="error",
            cause="baked-branch",
            capture=kind,
            inputs=("long", "wide"),
            file=FILE,
            line=BRANCH_LINE,
            function="forward",
            module="",
            explanation="On short the condition was true, so the graph holds only that side.",
            remedy="Use torch.where or torch.cond to keep both sides.",
            evidence={"warning": "TracerWarning at line 18", "max_abs_error": 0.67, "parts_at": ["gt"]},
            left=("bsl", "bsg", "badd"),
            right=tuple(prefix + op for op in ("sh", "sm", "mul")),
            left_capture="eager:long",
            right_capture=kind,
        )
        for at, (kind, prefix) in enumerate((("trace", "t"), ("onnx_ts", "o")))
    ]
    note = replace(baked[0], id="n1", severity="note", cause="fused", line=15, inputs=(), left=("be0",), right=("te0",))
    refused = replace(
        baked[0], id="d9", cause="capture-failure", capture="export", left=(), right=(), right_capture=None
    )
    return (*baked, refused, note)


def fake_stream(
    source: ModelSource,
    options: Options,
    *,
    others: Sequence[ModelSource] = (),
    cancel: threading.Event | None = None,
    owner: Hashable = None,
    pause: float = 0.05,
) -> Iterator[Progress]:
    """Hand over the handcrafted report, one capture after the other."""
    del owner
    report = with_beside(gated_report(name=source.name, text=source.text), others)
    report = replace(report, source=replace(report.source, kind=source.kind))
    names = [one.shown for one in others]
    kinds = [*(kind for kind in ("trace", "script", "export", "onnx_ts") if kind in options.captures), *names]
    for at in range(len(kinds) + 1):
        time.sleep(pause)
        stopped = cancel is not None and cancel.is_set()
        pending = tuple(kinds[at:])
        asked = {*options.captures, *names}
        captures = tuple(c for c in report.captures if name_of(c) in asked and name_of(c) not in pending)
        known = replace(report, captures=captures)
        doing = f"capturing {pending[0]}" if pending and not stopped else ""
        yield Progress(report=known, pending=pending, doing=doing, cancelled=stopped)
        if stopped:
            return


def with_beside(report: Report, others: Sequence[ModelSource]) -> Report:
    """Return ``report`` with a row, a graph and a fixed branch for each of ``others``: those of its trace."""
    names = [one.shown for one in others]
    captures = [_capture(one.shown, STORED_AS.get(one.kind, "eager"), "short") for one in others]
    graphs = report.graphs or {}
    wrong = report.divergences[0]
    return replace(
        report,
        captures=(*report.captures, *captures),
        matrix={**report.matrix, **dict.fromkeys(names, report.matrix["trace"])},
        graphs={**graphs, **dict.fromkeys(names, graphs["trace"])},
        divergences=(
            *(
                replace(
                    wrong, id=f"{one.id} {cause}", cause=cause, capture=one.kind, source=one.id, right_capture=one.id
                )
                for one in captures
                for cause in ("baked-random", wrong.cause)
            ),
            *report.divergences,
        ),
    )


def beside(left: GraphEntry, right: GraphEntry, groups: Sequence[Group], turns: Turns | None = None) -> Panes:
    """Return two graphs side by side; ``turns`` are those around the ops of the left one."""
    return Panes(
        sides=(
            Side(name="left", capture="eager:a", graph=left, turns=turns or {}),
            Side(name="right", capture="trace", graph=right),
        ),
        ties=(Tie(first=0, second=1, groups=tuple(groups)),),
    )


def pair_of(report: Report, left: str, right: str) -> Panes:
    """Return two captures of ``report`` side by side."""
    return panes_of(report, {"left": left, "right": right})
