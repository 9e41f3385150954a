"""Sizes: what is told where a graph has fixed one, and where it gives another from the start."""

from __future__ import annotations

from explorer.report.build import Builder
from tests.cases import Workshop, a_model, line_of

PACKED = a_model(
    "packed = nn.utils.rnn.pack_padded_sequence(x, n, batch_first=True, enforce_sorted=False)\n"
    "out, _ = nn.utils.rnn.pad_packed_sequence(self.lstm(packed)[0], batch_first=True)\nreturn out",
    "'a': (torch.ones(2, 5, 3), torch.tensor([4, 2])), 'b': (torch.ones(2, 5, 3), torch.tensor([5, 3]))",
    init="self.lstm = nn.LSTM(3, 4, batch_first=True)",
    takes="self, x, n",
)


def test_a_size_that_is_wrong_on_the_captured_example_is_not_what_that_had(workshop: Workshop) -> None:
    """The exporter pads to the width of the input; it was said to keep the size of the example on which it differs."""
    (told,) = [one for one in workshop.report(PACKED, "onnx_ts").divergences if one.severity == "error"]
    assert (told.cause, told.inputs) == ("output-structure", ("a",))
    assert "shape [2, 4, 4] in eager, [2, 5, 4] in the graph" in told.explanation


def test_who_left_sizes_open_is_not_told_to_leave_them_open(workshop: Workshop) -> None:
    text = a_model("return x + torch.zeros(x.shape[0] * 1)", "'a': (torch.ones(3),), 'b': (torch.ones(5),)")
    made = {"export": workshop.static(text, "export")}
    remedies = [
        {one.remedy for one in Builder(workshop.source(text), eager=workshop.eager(text), statics=made, dynamic=dynamic)
         .report().divergences if one.cause == "specialised-shape"}
        for dynamic in (False, True)
    ]  # fmt: skip
    assert [remedy.split(" ")[0] for (remedy,) in remedies] == ["Capture", "Sizes"]


def test_a_size_of_one_is_fixed_even_where_sizes_are_left_open(workshop: Workshop) -> None:
    text = a_model("return x + torch.zeros(x.shape[0] * 1)", "'a': (torch.ones(1),), 'b': (torch.ones(5),)")
    made = {"export": workshop.static(text, "export")}
    built = Builder(workshop.source(text), eager=workshop.eager(text), statics=made, dynamic=True).report()
    (told,) = [one for one in built.divergences if one.cause == "specialised-shape"]
    assert told.remedy.startswith("torch.export fixes a size of 0 or 1")


BOXES = a_model(
    "height, width = x.shape\nsize = torch.tensor([width, height])  # !\nreturn x.mean() / size",
    "'a': (torch.ones(4, 6),), 'b': (torch.ones(8, 8),)",
)


def test_a_size_is_fixed_where_a_tensor_is_made_of_it(workshop: Workshop) -> None:
    (told,) = [one for one in workshop.report(BOXES, "trace").divergences if one.severity == "error"]
    assert (told.cause, told.line) == ("specialised-shape", line_of(BOXES))
    assert "torch.full((), size)" in told.remedy


def test_what_helps_against_a_tensor_made_of_sizes_does(workshop: Workshop) -> None:
    helped = BOXES.replace("torch.tensor([width, height])", "torch.stack([torch.full((), n) for n in (width, height)])")
    assert not [one for one in workshop.report(helped, "trace").divergences if one.severity == "error"]


PARTED = a_model(
    "n = math.sqrt(x.shape[0])  # !\nif x.sum() > 0:\n    x = x * 3\nelse:\n    x = x.abs() * 3\nreturn x / n",
    "'a': (torch.ones(4, 6),), 'b': (-torch.ones(9, 6),)",
)


def test_a_fixed_size_marks_what_takes_it_not_a_branch_besides(workshop: Workshop) -> None:
    report = workshop.report("import math\n" + PARTED, "onnx_ts")
    told = [one for one in report.divergences if one.cause == "specialised-shape"]
    ops = {node.id: node.op for node in (report.graphs or {})["onnx_ts"].nodes}
    assert [[ops[op] for op in one.right] for one in told] == [["div"]]


def test_a_guard_on_a_choice_by_a_size_is_the_choice(workshop: Workshop) -> None:
    """Where sizes were left open, it was told twice: as a size that is fixed, and as a branch that is not come to."""
    text = a_model(
        "if x.shape[0] > 4:  # !\n    return x.chunk(2, 0)[0]\nreturn x + 1",
        "'a': (torch.ones(3),), 'b': (torch.ones(6),), 'c': (torch.ones(2),)",
    )
    made = {"export": workshop.static(text, "export", dynamic=True)}
    built = Builder(workshop.source(text), eager=workshop.eager(text), statics=made, dynamic=True).report()
    (told,) = [one for one in built.divergences if one.severity != "note"]
    assert (told.cause, told.severity, told.line, told.inputs) == ("baked-branch", "error", line_of(text), ("b",))
    assert told.remedy.startswith("Have one side serve every size")


def test_a_refused_shape_is_told_before_a_rank_that_the_inputs_do_not_have(workshop: Workshop) -> None:
    text = a_model("if x.squeeze(0).dim() == 1:  # !\n    return x * 2\nreturn x.sum(0, keepdim=True)",
                   "'a': (torch.ones(1, 3),), 'b': (torch.ones(2, 3),)")  # fmt: skip
    found = {one.cause: one.severity for one in workshop.report(text, "onnx_ts").divergences if one.severity != "note"}
    assert found == {"specialised-shape": "error", "specialised-type": "warning"}


def test_a_size_that_differs_where_no_shape_does_is_not_why_another_shape_is_refused(workshop: Workshop) -> None:
    text = a_model("print(x[x > 0].shape[0])\nreturn x * 2",
                   "'a': (torch.ones(3),), 'b': (torch.tensor([1.0, -1.0, 1.0]),), 'c': (torch.ones(5),)")  # fmt: skip
    text = text.replace("def forward(self, x):", "def forward(self, x):  # !")
    (told,) = [one for one in workshop.report(text, "onnx_ts").divergences if one.severity == "error"]
    assert (told.cause, told.line, told.inputs) == ("specialised-shape", line_of(text), ("c",))
