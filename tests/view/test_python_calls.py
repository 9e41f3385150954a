"""Ops as the Python calls that made them: several ops of one call are one box, a lone op has the call's name."""

from __future__ import annotations

from collections import Counter

import pytest

from explorer.report.schema import Report
from explorer.view.doing import act
from explorer.view.drawing import Drawing
from explorer.view.panes import panes_of
from explorer.view.payload import scene_of
from explorer.view.scene import Scene
from explorer.view.session import Session
from explorer.view.showing import Shown
from explorer.view.union import drawn
from tests.cases import Workshop, a_model

MODEL = a_model(
    "y = self.l(x)\nreturn nn.functional.relu(y).sum(0) + nn.functional.cosine_similarity(y, y, dim=-1).sum()",
    "'a': (torch.ones(2, 3, 4),), 'b': (-torch.ones(2, 3, 4),)",
    init="self.l = nn.Linear(4, 4)",
)


@pytest.fixture
def report(workshop: Workshop) -> Report:
    return workshop.report(MODEL, "trace")


def scene(report: Report, *, calls: bool, right: str = "trace") -> Scene:
    shown = Shown(left="eager:a", right=right, difference=None)
    return scene_of(report, shown, {}, calls=calls)


def titles(drawn: Scene, at: int) -> set[str]:
    return {face.title for box in drawn.boxes for face in box.parts[at].faces} | {box.title for box in drawn.boxes}


@pytest.mark.parametrize(("right", "kind"), [("eager:b", "call"), ("trace", "group")])
def test_a_call_of_several_ops_is_one_box_and_of_one_op_is_its_name(report: Report, right: str, kind: str) -> None:
    """Beside a trace, for which the whole call is one op, it is a group; beside eager a box of its own."""
    made = scene(report, calls=True, right=right)
    closed = {box.title: box.parts[0].text for box in made.boxes if box.kind == kind and not box.open}
    assert closed == {"l · F.linear": "3 ops", "F.cosine_similarity": "11 ops"}
    assert {"F.relu", "Tensor.sum"} <= titles(made, 0)
    assert not {"addmm", "clamp", "relu"} & titles(made, 0)


def test_a_graph_without_calls_keeps_its_own_names(report: Report) -> None:
    assert "relu" in titles(scene(report, calls=True), 1)


def test_each_op_is_for_itself_where_calls_are_not_asked_for(report: Report) -> None:
    for right in ("trace", "eager:b"):
        made = scene(report, calls=False, right=right)
        assert not [box for box in made.boxes if box.kind == "call"]
        assert "relu" in titles(made, 0)
        assert not {"F.relu", "F.cosine_similarity"} & titles(made, 0)


def test_no_op_is_lost_in_a_call(report: Report) -> None:
    of = Drawing(panes_of(report, {"left": "eager:a", "right": "trace"}), report.source, calls=True)
    whole = of.scene(toggled=dict.fromkeys((*of.tree.frames, *of.union.units), True))
    for at, side in enumerate(of.panes.sides):
        shown = Counter(face.node for box in whole.boxes for face in box.parts[at].faces)
        assert shown == Counter(node.id for node in drawn(side.graph))


def test_the_page_keeps_whether_calls_are_shown(report: Report) -> None:
    session = Session()
    session.kept = report
    act(session, {"do": "calls", "on": True})
    assert session.calls
