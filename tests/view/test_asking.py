"""What only asks is told from what changes the result; a mode and a silent fault come before the rest."""

from __future__ import annotations

from dataclasses import replace

from explorer.evidence import Outcome
from explorer.view.differences import rows_for
from explorer.view.payload import drawing_of, scene_of
from explorer.view.scene import Box, Scene
from explorer.view.showing import choose
from tests.cases import Workshop
from tests.view.fakes import gated_report

REPORT = gated_report()

GATED = """
import torch
from torch import nn


class Gated(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("calls", torch.zeros(1))

    def forward(self, x):
        self.calls.add_(1)
        size = x.abs().mean()
        if size > 1:
            x = x * size
        scale = x.amax().item()
        return x.sigmoid() / scale


def build_model():
    return Gated()


def example_inputs():
    return {"small": (torch.full((3,), 0.5),), "large": (torch.full((3,), 2.0),)}
"""

TRAINS = """
import torch
from torch import nn


class Trains(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(3)

    def forward(self, x):
        self.norm.train(bool(x.max() > 5))
        return self.norm(x)


def build_model():
    torch.manual_seed(0)
    return Trains().eval()


def example_inputs():
    torch.manual_seed(1)
    return {"calm": (torch.randn(4, 3),), "wild": (torch.randn(4, 3) * 100,)}
"""


def drawn(workshop: Workshop, text: str) -> Scene:
    report = workshop.report(text, "trace")
    shown = choose(report, rows_for(report), left=None, right=None, difference=None)
    assert shown is not None
    return scene_of(report, shown, dict.fromkeys(drawing_of(report, shown).tree.frames, True))


def ops(scene: Scene, pane: int, *, asks: bool) -> set[str]:
    leaves = (box for box in scene.boxes if box.parts[pane].faces)
    return {box.parts[pane].faces[0].op for box in leaves if box.parts[pane].asks is asks}


def holding(scene: Scene, op: str) -> Box:
    (found,) = [box for box in scene.boxes if any(face.op == op for part in box.parts for face in part.faces)]
    return found


def test_the_ops_of_a_condition_only_ask(workshop: Workshop) -> None:
    scene = drawn(workshop, GATED)
    assert ops(scene, 0, asks=True) == {"gt", "item"}
    assert ops(scene, 1, asks=True) == set()


def test_what_else_gives_the_result_does_not_only_ask(workshop: Workshop) -> None:
    """A mean that is asked for and multiplied with, a number that is divided by, a buffer that is written."""
    assert {"abs", "mean", "mul", "max", "sigmoid", "add"} <= ops(drawn(workshop, GATED), 0, asks=False)


def test_a_mode_that_parts_stands_at_the_op_in_both_graphs(workshop: Workshop) -> None:
    faces = [part.faces[0] for part in holding(drawn(workshop, TRAINS), "batch_norm").parts]
    assert [(face.number, face.apart) for face in faces] == [("training", True), ("eval", True)]


def test_the_graph_that_is_silently_wrong_is_shown_before_one_that_raises() -> None:
    rows = rows_for(REPORT)
    assert [variant.capture for variant in rows[0].variants] == ["trace", "onnx_ts"]
    loud = {name: Outcome(outcome="raises") for name in ("long", "wide")}
    report = replace(REPORT, matrix={**REPORT.matrix, "trace": {**REPORT.matrix["trace"], **loud}})
    shown = choose(report, rows, left=None, right=None, difference=None)
    before = choose(REPORT, rows, left=None, right=None, difference=None)
    assert shown is not None
    assert before is not None
    assert (before.right, shown.right) == ("trace", "onnx_ts")
