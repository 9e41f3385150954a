"""What Python read out of tensors, from op to op: told where eager did it, missing where a graph keeps a number."""

from __future__ import annotations

import pytest

from explorer.report.schema import Report
from explorer.view.branches import fixed_branches
from explorer.view.drawing import Drawing
from explorer.view.readings import Readings
from explorer.view.scene import Box, Face, Scene, Wire
from tests.cases import Workshop, a_model
from tests.view.fakes import pair_of

SCALED = a_model(
    "loudest = x.abs().max().item()\nstep = loudest / 127\nrounded = self.norm(x / step).clamp(-127, 127)\n"
    "return rounded * step",
    "'soft': (torch.ones(2, 3),), 'loud': (torch.full((2, 3), 9.0),)",
    init="self.norm = nn.LayerNorm(3)",
)
CUT = a_model(
    "last = []\nfor at in range(x.shape[0]):\n    length = int(lengths[at])\n    last.append(x[at, length - 1])\n"
    "return torch.stack(last)",
    "'long': (torch.arange(15.0).reshape(3, 5), torch.tensor([5, 4, 3])), "
    "'short': (torch.arange(15.0).reshape(3, 5), torch.tensor([1, 2, 5]))",
    takes="self, x, lengths",
)
SIZED = a_model(
    "length = x.shape[0]\nscale = math.sqrt(length)\nreturn x * scale",
    "'four': (torch.ones(4, 2),), 'nine': (torch.ones(9, 2),)",
    before="import math",
)


def scene(report: Report, left: str, right: str, *, opened: bool = True) -> Scene:
    drawing = Drawing(pair_of(report, left, right), report.source, fixed_branches(report), readings=Readings.of(report))
    return drawing.scene(toggled=dict.fromkeys(drawing.tree.frames, opened))


def boxes(drawn: Scene, op: str) -> list[Box]:
    return [box for box in drawn.boxes if any(face.op == op for part in box.parts for face in part.faces)]


def face(box: Box, at: int) -> Face:
    return box.parts[at].faces[0]


def between(drawn: Scene, source: Box, target: Box) -> Wire:
    (found,) = [wire for wire in drawn.wires if (wire.source, wire.target) == (source.key, target.key)]
    return found


def test_a_number_leads_from_where_it_was_read_to_what_python_made_of_it(workshop: Workshop) -> None:
    drawn = scene(workshop.report(SCALED, "trace"), "eager:loud", "trace")

    (item,) = boxes(drawn, "item")
    for op in ("div", "mul"):
        wire = between(drawn, item, boxes(drawn, op)[0])
        assert (wire.there, wire.control) == ((0,), (0,))  # a ghost in the trace, which holds a constant


def test_both_numbers_stand_at_the_op_and_are_marked(workshop: Workshop) -> None:
    drawn = scene(workshop.report(SCALED, "trace"), "eager:loud", "trace")

    (div,) = boxes(drawn, "div")
    assert [face(div, at).number for at in (0, 1)] == ["other=0.07087", "other=0.007874"]
    assert face(div, 0).apart
    assert face(div, 1).apart
    assert "other" not in face(div, 0).detail  # told once


def test_equal_numbers_are_told_and_not_marked(workshop: Workshop) -> None:
    drawn = scene(workshop.report(SCALED, "trace"), "eager:soft", "trace")

    (div,) = boxes(drawn, "div")
    assert face(div, 0).number == face(div, 1).number == "other=0.007874"
    assert not face(div, 0).apart


@pytest.mark.parametrize("op", ["clamp", "layer_norm"])
def test_a_number_that_is_written_there_or_a_librarys_own_was_not_read(workshop: Workshop, op: str) -> None:
    drawn = scene(workshop.report(SCALED, "trace"), "eager:loud", "trace")

    (box,) = boxes(drawn, op)
    assert not face(box, 0).number
    assert not [wire for wire in drawn.wires if wire.target == box.key and wire.control]


def test_a_script_hands_the_number_on_by_itself(workshop: Workshop) -> None:
    drawn = scene(workshop.report(SCALED, "script"), "eager:loud", "script")

    wire = between(drawn, boxes(drawn, "item")[0], boxes(drawn, "div")[0])
    assert (wire.there, wire.control) == ((0, 1), (0,))


def test_an_index_of_the_loop_is_not_what_was_read(workshop: Workshop) -> None:
    report = workshop.report(CUT, "trace")
    drawn = scene(report, "eager:short", "trace")

    taken = [one for box in boxes(drawn, "select") for one in box.parts[0].faces if one.number]
    assert [one.number for one in taken] == ["index=0", "index=1", "index=4"]  # lengths 1, 2 and 5
    kept = [one for box in boxes(drawn, "select") for one in box.parts[1].faces if one.number]
    assert [one.number for one in kept] == ["index=4", "index=3", "index=2"]


def test_a_constant_that_is_handed_to_an_op_of_onnx_is_its_number(workshop: Workshop) -> None:
    drawn = scene(workshop.report(CUT, "onnx_ts"), "eager:short", "onnx_ts")

    kept = [one.number for box in drawn.boxes for one in box.parts[1].faces if one.number]
    assert kept == ["index=4", "index=3", "index=2"]


def test_how_often_a_loop_turns_is_read_of_an_op(workshop: Workshop) -> None:
    report = workshop.report(CUT, "trace")
    drawn = scene(report, "eager:short", "trace", opened=False)

    (loop,) = [box for box in drawn.boxes if box.kind == "loop"]
    (given,) = [box for box in drawn.boxes if box.title == "" and face(box, 0).title == "input x"]
    assert between(drawn, given, loop).control == ()  # it carries the tensor too
    assert not [wire for wire in drawn.wires if wire.control and wire.target != loop.key]


def test_a_size_is_told_where_a_graph_is_known_to_keep_it(workshop: Workshop) -> None:
    report = workshop.report(SIZED, "trace")

    drawn = scene(report, "eager:nine", "trace")
    (mul,) = boxes(drawn, "mul")
    assert [face(mul, at).number for at in (0, 1)] == ["other=3", "other=2"]

    alone = Drawing(pair_of(report, "eager:nine", "trace"), report.source, readings=Readings(report.source)).scene()
    assert not face(boxes(alone, "mul")[0], 0).number


def pairs(report: Report, example: str) -> list[tuple[str, str, str]]:
    """Return what Python read and what took it, by the names of the ops and of the arguments."""
    graph = (report.graphs or {})[f"eager:{example}"]
    ops = {node.id: node.op for node in graph.nodes}
    found = Readings.of(report).find(graph)
    return [(ops[one.source], ops[one.target], one.name) for one in found]


def test_what_an_op_makes_of_a_number_is_a_tensor_and_followed_no_further(workshop: Workshop) -> None:
    text = a_model(
        "a = x.max().item()\ny = x * a\nb = x.min().item()\ny = y + b\nreturn y",
        "'one': (torch.tensor([2.5, 7.5]),), 'two': (torch.tensor([3.5, 9.5]),)",
    )
    assert pairs(workshop.report(text, "trace"), "two") == [("item", "mul", "other"), ("item", "add", "other")]


def test_a_constant_with_a_name_was_not_read(workshop: Workshop) -> None:
    text = a_model("m = x.max().item()\ny = x.clamp(max=LIMIT)\nreturn y * m", "'one': (torch.tensor([2.5, 7.5]),)",
                   before="LIMIT = 9.5")  # fmt: skip
    assert pairs(workshop.report(text, "trace"), "one") == [("item", "mul", "other")]


def test_two_numbers_of_one_op_are_both_told(workshop: Workshop) -> None:
    text = a_model(
        "a, b = int(x.min()), int(x.max())\nreturn y[a:b]",
        "'one': (torch.tensor([2, 4]), torch.arange(9.0)), 'two': (torch.tensor([3, 7]), torch.arange(9.0))",
        takes="self, x, y",
    )
    drawn = scene(workshop.report(text, "trace"), "eager:two", "trace")

    (cut,) = boxes(drawn, "slice")
    assert [face(cut, at).number for at in (0, 1)] == ["end=7 start=3", "end=4 start=2"]
    assert face(cut, 0).apart


def test_readings_do_not_grow_with_the_square_of_the_reads(workshop: Workshop) -> None:
    lines = "\n".join(f"a{at} = x[{at}].item()\ny = y * a{at}" for at in range(60))
    text = a_model(f"y = x\n{lines}\nreturn y", "'one': (torch.arange(60.0) / 7 + 1.1,)")
    assert len(pairs(workshop.report(text), "one")) == 60
