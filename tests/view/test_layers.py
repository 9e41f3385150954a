"""Layers of one kind: what a branch does in one of them it does in all, and they fold; ops before them are one box."""

from __future__ import annotations

import pytest

from explorer.report.schema import Report
from explorer.view.branches import fixed_branches
from explorer.view.drawing import SOME, Drawing, Mark
from explorer.view.opening import FEWEST
from explorer.view.payload import drawing_of
from explorer.view.scene import Scene
from explorer.view.showing import Shown
from tests.cases import Workshop, a_model

LAYERED = a_model(
    "for layer in self.layers:\n    x = layer(x)\nreturn x",
    "'small': (torch.ones(2, 4),), 'large': (torch.full((2, 4), 50.0),)",
    init="self.layers = nn.ModuleList(Layer() for _ in range(5))",
    before=(
        "class Layer(nn.Module):\n"
        "    def __init__(self):\n        super().__init__()\n        self.inner = nn.Linear(4, 4)\n\n"
        "    def forward(self, x):\n"
        "        if x.abs().mean() > 4:\n            x = x + 100\n"
        "        return x + self.inner(x) * 0.01"
    ),
)
LONG_BEGINNING = a_model(
    "\n".join("x = x + 1" for _ in range(45)) + "\nfor layer in self.layers:\n    x = layer(x).relu()\nreturn x",
    "'a': (torch.ones(2, 4),)",
    init="self.layers = nn.ModuleList(nn.Sequential(nn.Linear(4, 4), nn.Tanh()) for _ in range(3))",
)


@pytest.fixture(scope="module")
def layered(workshop: Workshop) -> Report:
    return workshop.report(LAYERED, "trace")


def drawing(report: Report, left: str, right: str = "trace") -> Drawing:
    return drawing_of(report, Shown(left=left, right=right, difference=0))


def titles(drawn: Scene) -> list[str]:
    return [box.title or box.parts[0].faces[0].title for box in drawn.boxes]


def test_a_branch_that_was_fixed_in_one_layer_has_its_box_in_all(layered: Report) -> None:
    found = fixed_branches(layered)

    assert {branch.module for branch in found} == {f"layers.{at}" for at in range(5)}
    assert len({branch.line for branch in found}) == 1


def test_layers_in_which_the_same_branch_was_fixed_fold(layered: Report) -> None:
    drawn = drawing(layered, "eager:large").scene()

    assert [title for title in titles(drawn) if "×" in title] == ["1–4 · Layer ×4"]


def test_each_layer_is_decided_by_its_own_op(layered: Report) -> None:
    tree = drawing(layered, "eager:large").tree

    deciders = {frame: unit for frame, unit in tree.decided_by.items() if "/fixed:" in frame}
    assert len(deciders) == len(set(deciders.values())) == 5


def test_lone_ops_before_the_layers_are_one_box(workshop: Workshop) -> None:
    report = workshop.report(LONG_BEGINNING, "trace")
    tree = drawing(report, "eager:a").tree
    (top,) = [frame for frame in tree.frames.values() if frame.kind == "root"]

    first = next(tree.frames[key] for key in top.children if key in tree.frames)
    assert (first.kind, first.label, first.counts.units) == ("stretch", "add … add", 45)
    assert len(top.children) < 10


def test_a_view_has_no_fewer_boxes_than_it_may(workshop: Workshop) -> None:
    text = a_model(
        "return self.net(x)",
        "'a': (torch.ones(2, 4),)",
        init="self.net = nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.LayerNorm(5), nn.ReLU(), nn.Linear(5, 3), nn.GELU(), "
        "nn.Softplus(), nn.Sigmoid(), nn.Softmax(-1))",
    )
    drawn = drawing(workshop.report(text, "trace"), "eager:a").scene()

    assert len(drawn.boxes) >= FEWEST


def test_a_difference_that_is_nearly_everywhere_marks_nothing(layered: Report) -> None:
    whole = drawing(layered, "eager:large")
    ops = tuple(tuple(side) for side in whole.union.unit_of)
    assert len(whole.union.units) > SOME

    drawn = whole.scene([Mark(row=0, opens=True, ops=ops)])
    assert not any(box.rows for box in drawn.boxes)
    one = whole.scene([Mark(row=0, opens=True, ops=tuple(side[:1] for side in ops))])
    assert any(box.rows for box in one.boxes)
