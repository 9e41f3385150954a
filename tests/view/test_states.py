"""The state of a model in the picture: what reads it and what writes to it, and where a graph lost the write."""

from __future__ import annotations

import pytest

from explorer.report.schema import Report
from explorer.view.layout import Level, Slot, lay_out
from explorer.view.payload import scene_of
from explorer.view.scene import Box, Scene, StateMark
from explorer.view.showing import Shown
from tests.cases import Workshop, a_model

SEEN = a_model(
    "if self.seen.item() == 0:\n    self.scale.copy_(x.abs().amax(0))\nself.seen += 1\nreturn x / self.scale * self.gain",
    "'one': (torch.ones(2, 3),)",
    init="self.register_buffer('seen', torch.zeros(()))\nself.register_buffer('scale', torch.ones(3))\n"
    "self.gain = nn.Parameter(torch.ones(3))",
)
SILENCED = a_model("x.masked_fill_(x < 0, 0.0)\nreturn x * 2", "'one': (torch.tensor([-1.0, 1.0]),)")
TRAINED = a_model(
    "return self.norm(self.lift(x))",
    "'one': (torch.randn(4, 2),)",
    init="self.lift = nn.Linear(2, 3)\nself.norm = nn.BatchNorm1d(3)",
    mode="train",
)
ROWS = a_model(
    "self.rows[1:2] = x\nreturn x @ self.rows.T",
    "'one': (torch.ones(1, 3),)",
    init="self.register_buffer('rows', torch.zeros(4, 3))",
)
OWN = a_model("y = x.clone()\ny[0] = 1.0\nreturn y.mul_(2)", "'one': (torch.ones(3),)")


def scene(report: Report, right: str, *, opened: bool = True) -> Scene:
    shown = Shown(left="eager:one", right=right, difference=None)
    closed = scene_of(report, shown, {})
    return scene_of(report, shown, {box.key: opened for box in closed.boxes})


def holding(drawn: Scene, op: str) -> Box:
    (found,) = [box for box in drawn.boxes if any(face.op == op for part in box.parts for face in part.faces)]
    return found


def marks(drawn: Scene, op: str, pane: int = 0) -> list[tuple[str, str, bool, bool]]:
    return [told(mark) for mark in holding(drawn, op).parts[pane].states]


def told(mark: StateMark) -> tuple[str, str, bool, bool]:
    return mark.at, mark.label, mark.reads, mark.writes


def test_a_number_that_an_if_reads_comes_from_its_buffer(workshop: Workshop) -> None:
    drawn = scene(workshop.report(SEEN, "trace"), "trace")

    assert marks(drawn, "item") == [("above", "seen", True, False)]
    assert marks(drawn, "item", 1) == [("above", "seen", False, False)]  # the trace asks no more


@pytest.mark.parametrize("kind", ["trace", "script"])
def test_a_write_goes_back_and_says_whether_it_asks_what_was_there(workshop: Workshop, kind: str) -> None:
    drawn = scene(workshop.report(SEEN, kind), kind)

    for pane in (0, 1):
        assert marks(drawn, "copy", pane) == [("below", "scale", False, True)]
        assert marks(drawn, "add", pane) == [("below", "seen", True, True)]


def test_a_weight_is_no_state(workshop: Workshop) -> None:
    assert marks(scene(workshop.report(SEEN, "trace"), "trace"), "mul") == []


def test_a_script_that_may_not_have_written_reads_what_stood_there(workshop: Workshop) -> None:
    drawn = scene(workshop.report(SEEN, "script"), "script")

    assert marks(drawn, "div", 1) == [("above", "scale", True, False)]
    assert marks(drawn, "div") == [("above", "scale", False, False)]  # eager hands on what was written


@pytest.mark.parametrize("kind", ["onnx", "onnx_ts"])
def test_a_lost_write_is_a_ghost_that_says_so(workshop: Workshop, kind: str) -> None:
    drawn = scene(workshop.report(SILENCED, kind), kind)

    assert marks(drawn, "masked_fill") == [("below", "x", False, True)]
    (lost,) = holding(drawn, "masked_fill").parts[1].states
    assert (lost.reads, lost.writes, lost.said) == (False, False, "does not write to x")


def test_a_write_through_a_view_is_one_to_the_buffer(workshop: Workshop) -> None:
    for kind in ("trace", "script"):
        drawn = scene(workshop.report(ROWS, kind), kind)
        assert [marks(drawn, "copy", pane)[-1][1::2] for pane in (0, 1)] == [("rows", True)] * 2


def test_what_the_call_makes_for_itself_is_no_state(workshop: Workshop) -> None:
    drawn = scene(workshop.report(OWN, "trace"), "trace")
    assert not [mark for box in drawn.boxes for part in box.parts for mark in part.states]


@pytest.mark.parametrize("kind", ["trace", "export"])
def test_a_normalisation_that_trains_writes_its_statistics(workshop: Workshop, kind: str) -> None:
    drawn = scene(workshop.report(TRAINED, kind), kind)

    for pane in (0, 1):
        assert marks(drawn, "batch_norm", pane) == [("below", "running_mean, …", True, True)]
    (mark,) = holding(drawn, "batch_norm").parts[0].states
    assert "writes to norm.running_mean and norm.running_var" in mark.said


def test_a_closed_box_tells_the_state_of_what_is_in_it(workshop: Workshop) -> None:
    drawn = scene(workshop.report(TRAINED, "trace"), "trace", opened=False)

    (norm,) = [box for box in drawn.boxes if box.title.startswith("norm")]
    assert [told(mark) for mark in norm.parts[0].states] == [("below", "num_batches_t…, …", True, True)]


def test_of_dynamo_nothing_is_said_that_is_not_known(workshop: Workshop) -> None:
    """Its ops are functions of Python, of which not all say by their names that they write."""
    drawn = scene(workshop.report(TRAINED, "dynamo"), "dynamo")
    assert all(mark.reads or mark.writes for box in drawn.boxes for mark in box.parts[1].states)


def test_the_inspector_has_it_in_words(workshop: Workshop) -> None:
    drawn = scene(workshop.report(SEEN, "trace"), "trace")
    assert {detail.state for detail in drawn.panes[0].details.values()} >= {"reads seen", "writes to scale", ""}


def test_wires_cross_the_room_that_state_takes() -> None:
    slots = (Slot(100, 30, under=20), Slot(100, 30, over=10))
    placed = lay_out(Level(slots=slots, wires=((0, 1),)))
    plain = lay_out(Level(slots=(Slot(100, 30), Slot(100, 30)), wires=((0, 1),)))

    (_, upper), (_, lower) = placed.centres
    assert (placed.wires[0][0][1], placed.wires[0][-1][1]) == pytest.approx((upper + 15, lower - 15), abs=0.1)
    assert lower - upper == pytest.approx(plain.centres[1][1] - plain.centres[0][1] + 30, abs=0.1)
    assert len(placed.wires[0]) % 3 == 1  # still a curve
