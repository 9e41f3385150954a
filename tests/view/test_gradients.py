"""Along which values gradients go back: as the autograd nodes of a real run say, through those of no op."""

from __future__ import annotations

from explorer.graph import AutogradNode, OpId
from explorer.report.schema import GraphEntry
from explorer.view.doing import act
from explorer.view.gradients import passed_back
from explorer.view.payload import scene_of
from explorer.view.scene import Scene
from explorer.view.session import Session
from explorer.view.showing import Shown
from tests.cases import Workshop, a_model
from tests.view.fakes import gated_report

CUT = a_model(
    "y = self.l(x)\nheld = torch.tanh(y).detach()\nreturn torch.relu(y) * held",
    "'a': (torch.ones(2, 3),)",
    init="self.l = nn.Linear(3, 3)",
)


def scene(workshop: Workshop) -> Scene:
    report = workshop.report(CUT, "trace")
    return scene_of(report, Shown(left="eager:a", right="trace", difference=None), {})


def test_gradients_stop_where_a_value_is_detached(workshop: Workshop) -> None:
    drawn = scene(workshop)
    assert [pane.autograd for pane in drawn.panes] == [True, False]
    op_of = {box.key: face.op for box in drawn.boxes for face in box.parts[0].faces}
    back = {(op_of.get(wire.source), op_of.get(wire.target)) for wire in drawn.wires if wire.gradient}
    forward = {(op_of.get(wire.source), op_of.get(wire.target)) for wire in drawn.wires}
    assert {("addmm", "relu"), ("relu", "mul")} <= back
    assert not {pair for pair in back if "tanh" in pair or "detach" in pair}
    assert ("tanh", "mul") in forward  # what is detached is handed on, without a box of its own
    assert not any(place for wire in drawn.wires for place in wire.gradient if place)  # a trace has none


def test_nodes_of_no_op_are_passed_through_and_a_ring_ends() -> None:
    nodes = (
        AutogradNode(id="c", name="C", op=OpId("c"), inputs=("t",)),
        AutogradNode(id="t", name="TBackward0", inputs=("t", "b")),
        AutogradNode(id="b", name="B", op=OpId("b"), inputs=("gone",)),
    )
    assert list(passed_back(GraphEntry(nodes=(), edges=(), autograd=nodes))) == [("b", "c")]


def test_the_page_keeps_whether_the_layer_is_on() -> None:
    session = Session()
    session.kept = gated_report()
    act(session, {"do": "autograd", "on": True})
    shown = session.shown(session.kept)
    assert shown is not None
    assert session.place(session.kept, shown).autograd
