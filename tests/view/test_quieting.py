"""What an exporter writes otherwise, far from every listed cause, does not draw the eye; all else does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from explorer.report.schema import Report
from explorer.view.differences import marks_of, rows_of
from explorer.view.drawing import Drawing
from explorer.view.payload import drawing_of, writer_of
from explorer.view.scene import Box, Scene
from explorer.view.seeking import entries, found
from explorer.view.showing import Shown
from tests.cases import Workshop, a_model

MODEL = a_model(
    "states, _ = self.lstm(x)\nlength = int(x.sum())\nreturn self.head(states[:, :length].clone())",
    "'all': (torch.ones(1, 4, 2),), 'few': (torch.full((1, 4, 2), 0.25),)",
    init="self.lstm = nn.LSTM(2, 2, batch_first=True)\nself.head = nn.Linear(2, 2)",
)


@pytest.fixture(scope="module")
def report(workshop: Workshop) -> Report:
    return workshop.report(MODEL, "onnx_ts")


def scene(report: Report, *, told: bool = True) -> Scene:
    captures = ("eager:few", "onnx_ts")
    drawing: Drawing = drawing_of(report, Shown(left=captures[0], right=captures[1], difference=0))
    marks = marks_of(rows_of(report), captures)
    shown = marks if told else [replace(mark, opens=False) for mark in marks]
    return drawing.scene(shown, toggled=dict.fromkeys(drawing.tree.frames, True))


def holding(drawn: Scene, op: str) -> list[Box]:
    return [box for box in drawn.boxes if any(face.op == op for part in box.parts for face in part.faces)]


def test_a_layer_that_an_exporter_writes_otherwise_is_quiet(report: Report) -> None:
    drawn = scene(report)

    inside = [box for box in drawn.boxes if any(part.differs for part in box.parts) and holding(drawn, "squeeze")]
    assert any(box.quiet for box in inside)
    (around,) = [box for box in drawn.boxes if box.title.startswith("lstm")]
    assert around.quiet
    assert any(part.differs for part in around.parts)


def test_what_a_cause_is_about_and_what_leads_there_is_not(report: Report) -> None:
    drawn = scene(report)

    for op in ("sum", "item", "slice"):
        assert not any(box.quiet for box in holding(drawn, op))


def test_without_a_listed_cause_nothing_is_quiet(report: Report) -> None:
    assert not any(box.quiet for box in scene(report, told=False).boxes)


def test_what_matches_is_never_called_quiet(report: Report) -> None:
    assert not any(box.quiet for box in scene(report).boxes if not any(part.differs for part in box.parts))


def test_a_quiet_box_does_not_open_by_itself(report: Report) -> None:
    drawing = drawing_of(report, Shown(left="eager:few", right="onnx_ts", difference=0))
    marks = marks_of(rows_of(report), ("eager:few", "onnx_ts"))
    titles = {box.title: box.open for box in drawing.scene(marks).boxes if box.kind == "module"}
    loud = {box.title: box.open for box in drawing.scene([replace(one, opens=False) for one in marks]).boxes}

    assert not titles["lstm · LSTM"]
    assert loud["lstm · LSTM"]


def test_a_search_has_the_sign_of_the_box(report: Report) -> None:
    writer = writer_of(report, Shown(left="eager:few", right="onnx_ts", difference=0), {})
    drawing = drawing_of(report, Shown(left="eager:few", right="onnx_ts", difference=0))
    assert {hit.sign for hit in found(drawing, "stack", writer.quiet).hits} == {"~"}
    assert {entry.hit.sign for entry in entries(drawing, writer.quiet) if "stack" in entry.held} == {"~"}
    assert {hit.sign for hit in found(drawing, "item", writer.quiet).hits} == {"◆"}


def test_a_loop_is_not_quiet_where_how_often_it_turns_is_what_is_told(workshop: Workshop) -> None:
    text = a_model(
        "for _ in range(int(x.sum())):\n    y = y.tanh() * 2\nreturn y",
        "'twice': (torch.ones(2), torch.ones(3)), 'thrice': (torch.ones(3), torch.ones(3))",
        takes="self, x, y",
    )
    turned = workshop.report(text, "trace")
    drawing = drawing_of(turned, Shown(left="eager:thrice", right="trace", difference=0))
    (loop,) = [
        box for box in drawing.scene(marks_of(rows_of(turned), ("eager:thrice", "trace"))).boxes if box.kind == "loop"
    ]

    assert any(part.differs for part in loop.parts)
    assert not loop.quiet
    assert loop.open
