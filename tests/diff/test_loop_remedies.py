"""What is told to help against what ends a loop, and against a loop that no graph can carry on, does help."""

from __future__ import annotations

from textwrap import indent

import pytest

from explorer.evidence import Kind
from tests.cases import Workshop, a_model

ROWS = "'a': (torch.tensor([1., 2., 9.]),), 'b': (torch.tensor([1., 9., 2.]),), 'c': (torch.tensor([1., 2., 3.]),)"
LIST = "kept = []\nfor i in range(3):\n    kept.append(x[i])\n    if x[i] > 5:\n        break\nreturn torch.stack(kept)"
SUM = "y = x.new_zeros(())\nfor i in range(3):\n    y = y + self.fc(x)[i]\n    if x[i] > 5:\n        break\nreturn y"
SKIP = "y = x.new_zeros(())\nfor i in range(3):\n    if x[i] > 5:\n        continue\n    y = y + x[i]\nreturn y"
LINEAR = "self.fc = nn.Linear(3, 3)"


def remedies(workshop: Workshop, text: str, *kinds: Kind) -> dict[str, str]:
    """Return what is told to help, by the capture, of errors and warnings."""
    found = [one for one in workshop.report(text, *kinds).divergences if one.severity != "note"]
    return {one.capture: one.remedy for one in found}


@pytest.mark.parametrize(
    ("body", "mask", "longer"),
    [
        pytest.param(LIST, "torch.where(done, old, new)", True, id="a list"),
        pytest.param(SUM, "torch.where(done, old, new)", False, id="a sum"),
        pytest.param(SKIP, "torch.where(skip, old, new)", False, id="a turn"),
    ],
)
def test_what_ends_a_loop_is_no_branch_to_put_in_a_function(
    workshop: Workshop, body: str, mask: str, longer: bool
) -> None:
    """A ``break`` was to be put in ``torch.cond``, or in a function of its own."""
    told = remedies(workshop, a_model(body, ROWS, init=LINEAR), "trace", "export", "dynamo")
    assert set(told) == {"trace", "export", "dynamo"}
    for one in told.values():
        assert mask in one
        assert "torch.cond" not in one
        assert "put the branch" not in one
        assert ("as long as all its turns" in one) == longer


def test_a_loop_that_calls_modules_is_kept_by_a_scripted_module_where_the_model_is_traced(workshop: Workshop) -> None:
    """A function cannot hold modules, and the older ONNX exporter takes no scripted module in a traced one."""
    told = remedies(workshop, a_model(SUM, ROWS, init=LINEAR), "trace", "onnx_ts", "script")
    assert "put the whole loop in a module of its own and script that" in told["trace"]
    assert "which this capture keeps and the exporters refuse" in told["trace"]
    assert "script" not in told["onnx_ts"]
    told = remedies(workshop, a_model(LIST, ROWS), "trace", "onnx_ts", "script")
    assert {"put the whole loop in a torch.jit.script function" in one for one in told.values()} == {True}


IN_FUNCTION = "@torch.jit.script\ndef run(x):\n" + indent(LIST, "    ")
IN_MODULE = (
    "class Loop(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.fc = nn.Linear(3, 3)\n"
    "    def forward(self, x):\n" + indent(SUM, " " * 8)
)
MASKED = (
    "y, done = x.new_zeros(()), torch.zeros((), dtype=torch.bool)\nfor i in range(3):\n"
    "    y = torch.where(done, y, y + self.fc(x)[i])\n    done = done | (x[i] > 5)\nreturn y"
)
SKIPPED = "y = x.new_zeros(())\nfor i in range(3):\n    y = torch.where(x[i] > 5, y, y + x[i])\nreturn y"


@pytest.mark.parametrize(
    ("body", "init", "before", "kinds"),
    [
        pytest.param("return run(x)", "", IN_FUNCTION, ("trace", "onnx_ts"), id="a scripted function"),
        pytest.param("return self.loop(x)", "self.loop = torch.jit.script(Loop())", IN_MODULE, ("trace",),
                     id="a scripted module"),
        pytest.param(MASKED, LINEAR, "", ("trace", "script", "export", "onnx", "onnx_ts"), id="a mask"),
        pytest.param(SKIPPED, "", "", ("trace", "script", "export", "onnx", "onnx_ts"), id="a skipped turn"),
    ],
)  # fmt: skip
def test_what_is_told_to_help_against_the_end_of_a_loop_does(
    workshop: Workshop, body: str, init: str, before: str, kinds: tuple[Kind, ...]
) -> None:
    report = workshop.report(a_model(body, ROWS, init=init, before=before), *kinds)
    assert {one.outcome for row in report.matrix.values() for one in row.values()} == {"agrees"}


SHRINKS = (
    "kept = []\nwhile x.numel() > 0:\n    kept.append(x[0])\n    rest = x[1:]\n    x = rest[rest > x[0]]\n"
    "return torch.stack(kept)"
)


def test_a_tensor_that_shrinks_from_turn_to_turn_is_carried_by_a_script_alone(workshop: Workshop) -> None:
    """A scripted function was offered to the ONNX graphs, which fail at it, and torch.while_loop to the exports."""
    text = a_model(SHRINKS, "'a': (torch.tensor([1., 2., 3.]),), 'b': (torch.tensor([3., 1., 2.]),)")
    told = remedies(workshop, text, "trace", "onnx_ts", "script", "export")
    assert "torch.jit.script function" in told["trace"]
    assert "torch.jit.script" not in told["onnx_ts"]
    assert told["export"].endswith("torch.while_loop carries no tensor whose size changes.")


def test_a_loop_over_the_arguments_is_as_long_as_there_are_inputs(workshop: Workshop) -> None:
    """It was to take a fixed number of turns, though no turn can have an input that the graph has not."""
    text = a_model("y = 0\nfor one in xs:\n    y = y + one\nreturn y",
                   "'two': (torch.ones(2), torch.ones(2)), 'three': (torch.ones(2),) * 3", takes="self, *xs")  # fmt: skip
    told = remedies(workshop, text, "trace", "export")
    assert {one.startswith("Capture one graph for each number of tensors") for one in told.values()} == {True}
    mended = a_model("return xs.sum(0)", "'two': (torch.ones(2, 4),), 'three': (torch.ones(3, 4),)", takes="self, xs")
    for kind in ("trace", "export"):
        assert {one.outcome for one in workshop.static(mended, kind, dynamic=True).outcomes.values()} == {"agrees"}


def test_a_branch_that_calls_modules_is_kept_by_a_scripted_module(workshop: Workshop) -> None:
    """It was to be put in a function, which holds no modules, for the ONNX graphs, too."""
    text = a_model("if x.sum() > 9:\n    x = self.fc(x)\nreturn x + 1", ROWS, init=LINEAR)
    told = remedies(workshop, text, "trace", "onnx_ts", "script")
    assert "put the branch in a module of its own and script that" in told["trace"]
    assert "script" not in told["onnx_ts"]


def test_a_condition_of_several_parts_is_told_by_how_often_it_was_true(workshop: Workshop) -> None:
    """That it “went one way” did not say which."""
    body = "for i in range(3):\n    if x[i] > 1 and x.sum() > i:\n        x = x * 2\nreturn x"
    (told,) = [one for one in workshop.report(a_model(body, "'a': (torch.tensor([2., 2., 0.]),), 'b': "
               "(torch.tensor([2., 0., 0.]),)"), "trace").divergences if one.cause == "baked-branch"]  # fmt: skip
    assert "was true 2 of 3 times" in told.explanation
