"""What looks alike to a producer is told apart: by what was read, by what is kept, by the type it is computed in."""

from __future__ import annotations

import pytest

from explorer.evidence import Kind
from explorer.report.schema import Divergence
from tests.cases import Workshop, a_model, line_of

FOLLOWING = {
    "a form": (("loss = None\nif y is not None:  # !\n    loss = (x - y).sum()\nout = (x, loss)\n"
               "if out[1] is not None:\n    return x * loss\nreturn x * 2"),
               "'a': (torch.ones(3), torch.zeros(3)), 'b': (torch.ones(3), None)", "specialised-type"),
    "data": ("large = False\nif x.sum() > 0:  # !\n    large = True\nx = x + 3\nif large:\n    x = x * 2\nreturn x",
             "'a': (torch.ones(3),), 'b': (-torch.ones(3),)", "baked-branch"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "examples", "cause"), FOLLOWING.values(), ids=FOLLOWING)
def test_a_condition_on_what_another_has_set_is_not_told_again(
    workshop: Workshop, body: str, examples: str, cause: str
) -> None:
    text = a_model(body, examples, takes="self, x, y=None")
    found = [one for one in workshop.report(text, "onnx_ts").divergences if one.severity == "error"]
    assert [(one.cause, one.line) for one in found] == [(cause, line_of(text))]


TWO = "'a': (torch.ones(3),), 'b': (3 * torch.ones(3),)"


def the_one(workshop: Workshop, text: str, kind: Kind, cause: str) -> Divergence:
    (told,) = [one for one in workshop.report(text, kind).divergences if one.cause == cause]
    return told


def outcomes(workshop: Workshop, text: str, *kinds: Kind) -> set[str]:
    return {one.outcome for row in workshop.report(text, *kinds).matrix.values() for one in row.values()}


def test_the_time_is_no_random_number(workshop: Workshop) -> None:
    """It was to be drawn with torch.rand."""
    text = a_model("return x * (time.time_ns() % 1000003)", TWO, before="import time")
    told = the_one(workshop, text, "trace", "baked-random")
    assert told.remedy.startswith("Read the clock outside of the model")
    assert "eager reads the clock anew" in told.explanation
    assert "The time read at line" in workshop.report(text, "trace").summary


def test_a_number_that_numpy_draws_is_read_out_of_no_tensor(workshop: Workshop) -> None:
    text = a_model("return x * float(np.random.rand())", TWO, before="import numpy as np")
    told = the_one(workshop, text, "dynamo", "graph-break")
    assert "random numbers are drawn" in told.explanation
    assert told.remedy.startswith("Draw with torch")


def test_what_has_no_kernel_in_bfloat16_has_none_in_any_opset(workshop: Workshop) -> None:
    body = "return self.fc(x.to(torch.bfloat16)).float()"
    text = a_model(body, TWO, init="self.fc = nn.Linear(3, 4, dtype=torch.bfloat16)")
    told = the_one(workshop, text, "ort", "capture-failure")
    assert told.remedy.startswith("Write float32 in place of bfloat16")
    assert outcomes(workshop, text.replace("bfloat16", "float32"), "onnx") == {"agrees"}


OUT = "from dataclasses import dataclass\n\n@dataclass\nclass Out:\n    y: torch.Tensor"
UNSCRIPTED = {
    "an empty list": (
        a_model("self.seen.append(1.0)\nreturn x", TWO, init="self.seen = []"),
        "such as `seen: List[float]`",
        a_model("self.seen.append(1.0)\nreturn x", TWO, init="self.seen = []", before="from typing import List").replace(
            "class Net(nn.Module):", "class Net(nn.Module):\n    seen: List[float]"
        ),
    ),
    "a dataclass": (
        a_model("return Out(x * 2)", TWO, before=OUT),
        "Return and pass what `Out` holds in a tuple or a dict",
        a_model("return (x * 2,)", TWO),
    ),
    "a tensor that is unpacked": (
        a_model("a, b, c = x\nreturn a + b * c", TWO),
        "`a, b = x.unbind(0)`",
        a_model("a, b, c = x.unbind(0)\nreturn a + b * c", TWO),
    ),
    "a module by its name": (
        a_model("for i in range(1):\n    x = self.parts[f'{i}'](x)\nreturn x", TWO,
                init="self.parts = nn.ModuleDict({'0': nn.ReLU()})"),
        "Loop over its `items()`",
        a_model("for name, part in self.parts.items():\n    if name == '0':\n        x = part(x)\nreturn x", TWO,
                init="self.parts = nn.ModuleDict({'0': nn.ReLU()})"),
    ),
    "a global": (
        a_model("global CALLS\nCALLS = CALLS + 1\nreturn x", TWO, before="CALLS = 0"),
        "Keep it as an attribute of the module",
        a_model("self.calls = self.calls + 1\nreturn x", TWO, init="self.calls = 0"),
    ),
}  # fmt: skip
"""A model that a script refuses, what is told to help, and the model with that."""


@pytest.mark.parametrize("name", UNSCRIPTED)
def test_what_a_script_refuses_is_told_with_what_it_takes(workshop: Workshop, name: str) -> None:
    """All of these were told to be written in the subset of Python that TorchScript compiles."""
    text, helps, mended = UNSCRIPTED[name]
    assert helps in the_one(workshop, text, "script", "capture-failure").remedy
    assert outcomes(workshop, mended, "script") == {"agrees"}


def test_a_quantised_layer_is_not_to_be_exported_part_by_part(workshop: Workshop) -> None:
    text = a_model("return self.fc(x[None])", TWO, init="self.fc = nn.Linear(3, 2)").replace(
        "return Net().eval()", "return torch.ao.quantization.quantize_dynamic(Net().eval(), {nn.Linear})"
    )
    told = the_one(workshop, text, "export", "capture-failure")
    assert "weights are packed" in told.explanation
    assert told.remedy.startswith("Export the model before it is quantised")


def test_arguments_that_are_passed_in_another_way_are_told_in_the_same_words_of_all_graphs(workshop: Workshop) -> None:
    """The producers' words differ, so that it was told once for each."""
    text = a_model("return x * scale", "'a': (torch.ones(2),), 'c': ((torch.ones(2),), {'scale': 2.0})",
                   takes="self, x, scale=1.0")  # fmt: skip
    told = {}
    for kind in ("trace", "export"):
        (found,) = [one for one in workshop.report(text, kind).divergences if one.severity == "error"]  # type: ignore[arg-type]
        told[kind] = found.cause, found.line, found.explanation.replace(kind, "")
    assert told["trace"] == told["export"]
    assert "another way" in told["trace"][2]


@pytest.mark.parametrize("kind", ["trace", "jit"])
def test_what_is_made_from_a_trace_draws_what_the_trace_drew(workshop: Workshop, kind: Kind) -> None:
    """A copy was traced after it was built, with what building had left of the generator."""
    text = a_model(
        "for n in range(8):\n    if torch.rand(()) < 0.5:  # !\n        x = x + n\nreturn self.lin(x)",
        "'a': (torch.ones(2, 4),), 'b': (torch.ones(2, 4),)",
        init="self.lin = nn.Linear(4, 4)\nself.names = {str(n): n for n in range(3)}",
        takes="self, x, *rest",
    )
    report = workshop.report(text, kind)
    assert report.matrix[kind]["a"].outcome == "agrees"


def test_a_draw_that_decides_is_told_where_it_is_drawn(workshop: Workshop) -> None:
    """The branch was told, at which nothing is to be changed."""
    text = a_model(
        "if self.skipped():\n    return x\nreturn x + 1",
        "'a': (torch.ones(3),), 'b': (torch.ones(3),), 'c': (torch.ones(3),), 'd': (torch.ones(3),)",
    ).replace(
        "    def forward(", "    def skipped(self):\n        return random.random() < 0.5  # !\n\n    def forward("
    )
    (told,) = [
        one for one in workshop.report(text + "\nSEQUENCE = True\n", "trace").divergences if one.severity == "error"
    ]
    assert (told.cause, told.line) == ("baked-random", line_of(text))
    assert "what it decided is fixed" in told.explanation


def test_a_loop_that_turns_as_a_choice_on_data_has_it_is_told_beside_the_choice(workshop: Workshop) -> None:
    """A choice by the form of the input settles both; one on data leaves the loop to be written anew."""
    text = a_model("n = int(x.max())\nif n > 3:  # ?\n    n, x = 2, x * 2\nfor _ in range(n):  # !\n    x = x + 1\nreturn x",
                   "'a': (torch.ones(3),), 'b': (5 * torch.ones(3),)")  # fmt: skip
    found = [one for one in workshop.report(text, "trace").divergences if one.severity == "error"]
    assert [(one.cause, one.line) for one in found] == [
        ("baked-branch", line_of(text, "# ?")),
        ("unrolled-loop", line_of(text)),
    ]
