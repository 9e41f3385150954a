"""What is told to help is true of the model, of the capture and of the line."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explorer.evidence import Kind
from explorer.report.text import to_text
from explorer.vocabulary.counterparts import ALIKE, OF_MATH, OF_PYTHON, OTHERWISE
from tests.cases import Workshop, a_model, line_of

TWO = "'a': (torch.ones(3),), 'b': (3 * torch.ones(3),)"
TURNS = "'a': (torch.ones(2), 3), 'b': (torch.ones(2), 2)"
LOOP = "for _ in range(n):\n    x = x * 2 + 1\nreturn x"


def remedy(workshop: Workshop, text: str, kind: Kind) -> str:
    """Return what is told to help against the one error."""
    (told,) = {one.remedy for one in workshop.report(text, kind).divergences if one.severity == "error"}
    return told


@pytest.mark.parametrize(
    ("body", "helps"),
    [
        pytest.param("return F.dropout(x, 0.5)", "pass training=self.training to it", id="left out"),
        pytest.param("return F.dropout(x, 0.5, True)", "pass training=self.training to it", id="always"),
        pytest.param(
            "return F.scaled_dot_product_attention(x, x, x, dropout_p=0.5)",
            "pass dropout_p=0.5 if self.training else 0.0 to it",
            id="attention",
        ),
        pytest.param("return F.dropout(x, 0.5, self.training)", "Call model.eval() before", id="follows the mode"),
        pytest.param("return self.dropout(x)", "Call model.eval() before", id="module"),
    ],
)
def test_eval_is_told_to_help_against_what_follows_the_mode_alone(workshop: Workshop, body: str, helps: str) -> None:
    """``model.eval()`` changes nothing of a call that leaves ``training`` out."""
    examples = "'a': (torch.ones(1, 1, 8, 8),), 'b': (torch.ones(1, 1, 8, 8),)"
    text = a_model(body, examples, init="self.dropout = nn.Dropout(0.5)", mode="train",
                   before="import torch.nn.functional as F")  # fmt: skip
    assert helps in remedy(workshop, text, "onnx")


@pytest.mark.parametrize(
    ("kind", "helps"),
    [
        ("export", "Pass `n` as a tensor and loop with torch.while_loop"),
        ("onnx", "Pass `n` as a tensor and loop with torch.while_loop"),
        ("onnx_ts", "put the loop in a torch.jit.script function"),
    ],
)
def test_a_loop_that_an_argument_counts_is_no_matter_of_a_fixed_length(
    workshop: Workshop, kind: Kind, helps: str
) -> None:
    report = workshop.report(a_model(LOOP, TURNS, takes="self, x, n: int"), kind, "script")
    (told,) = {one.remedy for one in report.divergences if one.severity == "error"}
    assert helps in told


SCRIPTED = "@torch.jit.script\ndef turned(x, n: torch.Tensor):\n    for _ in range(int(n)):\n        x = x * 2 + 1\n    return x"
WHILE = "return torch.while_loop(lambda n, x: n > 0, lambda n, x: (n - 1, x * 2 + 1), (n, x))[1]"
MASKED = "for i in range(4):\n    x = torch.where(i < n, x * 2 + 1, x)\nreturn x"
NUMBERS = "'a': (torch.ones(2), torch.tensor(3)), 'b': (torch.ones(2), torch.tensor(2))"


@pytest.mark.parametrize(
    ("body", "kinds"),
    [
        pytest.param("return turned(x, n)", ("trace", "onnx_ts"), id="scripted function"),
        pytest.param(WHILE, ("export", "onnx"), id="while_loop"),
        pytest.param(MASKED, ("trace", "script", "export", "onnx", "onnx_ts"), id="masked turns"),
    ],
)
def test_what_is_told_to_help_against_a_loop_does(workshop: Workshop, body: str, kinds: tuple[Kind, ...]) -> None:
    report = workshop.report(a_model(body, NUMBERS, takes="self, x, n", before=SCRIPTED), *kinds)
    assert {one.outcome for row in report.matrix.values() for one in row.values()} == {"agrees"}


@pytest.mark.parametrize(
    ("body", "helps"),
    [
        pytest.param("for _ in range(int(x[0])):\n    x = x * 2\nreturn x", "torch.while_loop", id="range"),
        pytest.param("while x.sum() < 99:\n    x = x * 2\nreturn x", "torch.while_loop", id="while"),
        pytest.param("if x.sum() > 4:\n    x = x * 2\nreturn x", "torch.where, or keep both with torch.cond", id="if"),
        pytest.param(
            "n = x[0].long().item()\nif n > 0:\n    x = x * 2\nreturn x", "torch._check(condition)", id="number"
        ),
        pytest.param("assert x.sum() > 0\nreturn x * 2", "torch._assert_async", id="check"),
        pytest.param("n = int(x.sum())\nreturn x.new_zeros(n) + x.mean()", ".long().item()", id="size"),
        pytest.param(
            "return torch.distributions.Normal(x, x, validate_args=True).rsample()",
            "validate_args=False",
            id="distribution",
        ),
    ],
)
def test_what_helps_against_data_that_decide_depends_on_the_line(workshop: Workshop, body: str, helps: str) -> None:
    """``torch._check`` was told to help against all of them: against a loop it does not."""
    assert helps in remedy(workshop, a_model(body, TWO), "export")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("n = x[0].long().item()\ntorch._check(n > 0)\nif n > 0:\n    x = x * 2\nreturn x", id="number"),
        pytest.param("torch._assert_async(x.sum() > 0)\nreturn x * 2", id="check"),
        pytest.param("n = x.sum().long().item()\nreturn x.new_zeros(n) + x.mean()", id="size"),
        pytest.param("return torch.distributions.Normal(x, x, validate_args=False).rsample()", id="distribution"),
    ],
)
def test_what_is_told_to_help_against_data_that_decide_does(workshop: Workshop, body: str) -> None:
    report = workshop.report(a_model(body, TWO), "export")
    assert [one.outcome for one in report.matrix["export"].values()] == ["agrees", "agrees"]


NUMPY = "import math\n\nimport numpy as np\nfrom numpy import interp"


@pytest.mark.parametrize(
    ("body", "helps"),
    [
        pytest.param(
            "return x * torch.as_tensor(np.quantile(x.numpy(), 0.5))", "torch.quantile in place of np.", id="np"
        ),
        pytest.param("y = x.numpy()\nreturn x * float(np.std(y))", "torch.std(…, correction=0)", id="other meaning"),
        pytest.param("return x * math.sqrt(x.sum().item())", "torch.sqrt in place of math.sqrt", id="math"),
        pytest.param("return x * sorted(x.tolist())[1]", "torch.sort in place of sorted", id="python"),
        pytest.param(
            "return x * torch.as_tensor(interp(x.numpy(), [0, 9], [0, 2]))",
            "in functions of torch",
            id="none of that name",
        ),
        pytest.param("return x * x.sum().item()", "instead of .item()", id="number"),
        pytest.param("return x * np.array(x).mean()", "the tensor itself in place of np.array", id="a tensor's array"),
        pytest.param(
            "return x * np.array([x.sum().item(), 2]).max()", "torch.stack in place of np.array", id="a list's array"
        ),
    ],
)
def test_who_leaves_torch_is_told_what_torch_has_for_it(workshop: Workshop, body: str, helps: str) -> None:
    """``np.quantile(x.numpy(), q)`` was told to go without ``.item()``."""
    text = a_model(body, "'a': (torch.arange(3.),), 'b': (3 * torch.arange(3.),)", before=NUMPY)
    assert helps in remedy(workshop, text, "trace")


def test_a_script_that_meets_numpy_is_told_what_torch_has_for_it(workshop: Workshop) -> None:
    text = a_model("return x * np.array(x).mean()", TWO, before=NUMPY)
    (told,) = [one for one in workshop.report(text, "script").divergences if one.severity == "error"]
    assert told.explanation == "torch.jit.script does not compile `array`, a function of Python's or NumPy's."
    assert "the tensor itself in place of np.array" in told.remedy


def test_a_dtype_that_differs_is_no_matter_of_the_class_that_is_returned(workshop: Workshop) -> None:
    text = a_model("return x + torch.tensor(2.5)", "'a': (torch.ones(3, dtype=torch.int64),)")
    moved = text.replace("x + torch.tensor(2.5)", "torch.full((2,), 1.5 if torch.jit.is_tracing() else 1)")
    assert "dtype=" in remedy(workshop, moved, "trace")


def test_what_is_said_to_be_in_torch_is() -> None:
    called = {name.removeprefix("torch.").partition("(")[0].partition(",")[0]
              for name in (*OTHERWISE.values(), *OF_PYTHON.values())}  # fmt: skip
    assert [name for name in sorted(ALIKE | OF_MATH | called) if not hasattr(torch, name)] == []
    assert [name for name in sorted(ALIKE | OTHERWISE.keys()) if not hasattr(np, name)] == []


NONE_FIRST = "'a': (torch.ones(2), None), 'b': (torch.ones(2), torch.ones(2))"
NONE_LAST = "'a': (torch.ones(2), torch.ones(2)), 'b': (torch.ones(2), None)"
MASK = "if mask is not None:\n    x = x * mask\nreturn x + 1"


@pytest.mark.parametrize("examples", [pytest.param(NONE_FIRST, id="first"), pytest.param(NONE_LAST, id="last")])
def test_a_script_that_is_given_none_wants_an_annotation(workshop: Workshop, examples: str) -> None:
    assert "Annotate `mask` as Optional[torch.Tensor]" in remedy(
        workshop, a_model(MASK, examples, takes="self, x, mask=None"), "script"
    )
    mended = a_model(MASK, examples, takes="self, x, mask: Optional[torch.Tensor] = None",
                     before="from typing import Optional")  # fmt: skip
    assert {one.outcome for one in workshop.static(mended, "script").outcomes.values()} == {"agrees"}


def test_a_shape_that_is_refused_is_not_said_to_be_computed_wrongly(workshop: Workshop) -> None:
    text = a_model("return self.linear(x)", "'a': (torch.ones(4, 3),), 'b': (torch.ones(5, 3),)",
                   init="self.linear = nn.Linear(3, 3)")  # fmt: skip
    report = workshop.report(text, "export", "onnx", "ort")
    told = [one for one in report.divergences if one.severity == "error"]
    assert {one.explanation.rpartition(", ")[2] for one in told} == {"which it refuses."}
    lines = [line.strip() for line in to_text(report).splitlines()]
    assert "export: AssertionError: Guard failed: x.size()[0] == 4" in lines
    assert [line for line in lines if line.startswith("onnx, ort: ") and "Got: 5 Expected: 4" in line] != []


def test_one_fault_is_said_once_with_all_captures_that_have_it(workshop: Workshop) -> None:
    """ONNX Runtime, which is given no model, repeated what both exporters say."""
    report = workshop.report(a_model("return x[torch.randperm(3)]", TWO), "onnx", "onnx_ts", "ort")
    (head, said, helps) = to_text(report).splitlines()[-3:]
    assert "  onnx, onnx_ts, ort on a, b" in head
    assert said.endswith("has no translation for an operator of the model: randperm.")
    assert helps == "    → Pass the permutation in as an input."


def test_remedies_that_differ_are_told_with_the_captures_that_they_are_for(workshop: Workshop) -> None:
    before = "from dataclasses import dataclass\n\n@dataclass\nclass Out:\n    y: torch.Tensor"
    report = workshop.report(a_model("return Out(x * 2)", TWO, before=before), "trace", "export", "onnx")
    lines = to_text(report).splitlines()[-3:]
    assert lines[1] == "    → trace: Return what it holds in a tuple."
    assert lines[2] == "    → export, onnx: Register it before the export: torch.export.register_dataclass(Out)."


def test_another_capture_is_named_only_where_it_agrees(workshop: Workshop) -> None:
    """A trace was proposed in place of a script that was wrong itself."""
    right = a_model("return (lambda v: v * 2)(x)", TWO)
    wrong = a_model("y = (lambda v: v * 2)(x)\nreturn y * x.sum().item()", TWO)
    told = [[one.remedy for one in workshop.report(text, "trace", "script").divergences if one.capture == "script"]
            for text in (right, wrong)]  # fmt: skip
    assert ["Or trace the model" in remedy for (remedy,) in told] == [True, False]


@pytest.mark.parametrize(("kind", "helps"), [("trace", "Draw with torch"), ("onnx", "Draw outside the model")])
def test_a_branch_on_a_drawn_number_is_no_branch_on_data(workshop: Workshop, kind: Kind, helps: str) -> None:
    text = a_model("if random.random() < 0.5:\n    x = x + 1\nreturn x * 2", f"{TWO}, 'c': (torch.zeros(3),)")
    found = [one.remedy for one in workshop.report(text, kind).divergences if one.cause.startswith("baked-")]
    assert all(helps in one for one in found)
    assert found != []


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            "for _ in range(2):\n    if random.random() < 0.5:\n        continue\n    x = x + 1\nreturn x", id="skip"
        ),
        pytest.param("p = random.random()\nif p < 0.5:\n    return x\nreturn x + 1", id="by a name"),
    ],
)
def test_what_python_draws_stays_fixed_wherever_it_decides(workshop: Workshop, body: str) -> None:
    """``torch.where`` alone was told to help: of what Python draws it makes a constant."""
    found = workshop.report(a_model(body, f"{TWO}, 'c': (torch.zeros(3),)"), "trace").divergences
    (told,) = [one for one in found if one.severity == "error"]
    assert told.cause == "baked-random"
    assert told.remedy.startswith("Draw with torch and choose with torch.where")
    assert told.explanation.endswith("what it decided is fixed in the graph; eager draws anew on every call.")


def test_a_trace_has_no_sizes_to_leave_open(workshop: Workshop) -> None:
    """Options of the exporters were told to help, which a trace does not take."""
    text = a_model("n = x.shape[0]\nreturn x.sum() / math.sqrt(n)", "'a': (torch.ones(3),), 'b': (torch.ones(5),)",
                   before="import math")  # fmt: skip
    helps = remedy(workshop, text, "trace")
    assert "dynamic_shapes" not in helps
    mended = a_model("n = x.shape[0]\nreturn x.sum() / n ** 0.5", "'a': (torch.ones(3),), 'b': (torch.ones(5),)")
    assert {one.outcome for one in workshop.static(mended, "trace").outcomes.values()} == {"agrees"}


def test_an_argument_without_annotation_is_named_where_a_script_refuses_its_type(workshop: Workshop) -> None:
    text = a_model("return x + 1 if how == 'up' else x", "'a': (torch.ones(2), 'up')", takes="self, x, how")
    assert "Annotate `how`" in remedy(workshop, text, "script")


PADDED = a_model(
    "b, t = x.shape\npad = -t % 4\nif pad:  # !\n    x = torch.nn.functional.pad(x, (0, pad))\nreturn x.view(b, -1, 4)",
    "'even': (torch.ones(2, 8),), 'ragged': (torch.ones(2, 7),)",
)


def test_between_sides_of_other_shapes_nothing_chooses(workshop: Workshop) -> None:
    (one,) = [one for one in workshop.report(PADDED, "trace").divergences if one.cause == "baked-branch"]
    assert (one.line, one.remedy.partition(":")[0]) == (line_of(PADDED), "Have one side serve every size")


ANNOTATED = {
    "tuple, left out": (
        "return x if past is None else x + past[0] + past[1]",
        "self, x, past=None",
        "'a': (torch.ones(2),), 'b': (torch.ones(2), (torch.ones(2), torch.ones(2)))",
        "specialised-type",
        "Annotate `past` as Optional[Tuple[torch.Tensor, torch.Tensor]]",
    ),
    "dict": (
        "return x['a'] * 2",
        "self, x",
        "'a': ({'a': torch.ones(2)},)",
        "capture-failure",
        "Annotate the argument: `Dict[str, torch.Tensor]`",
    ),
    "None first": (
        "loss = None\nif x.ndim == 1:\n    loss = x.sum()\nreturn x, loss",
        "self, x",
        "'a': (torch.ones(2),)",
        "capture-failure",
        "Annotate it where it is None: `loss: Optional[torch.Tensor] = None`",
    ),
}


@pytest.mark.parametrize("name", ANNOTATED)
def test_a_script_is_told_the_type_to_annotate(workshop: Workshop, name: str) -> None:
    body, takes, examples, cause, remedy = ANNOTATED[name]
    report = workshop.report(a_model(body, examples, takes=takes), "script")
    found = [one for one in report.divergences if one.severity == "error"]
    assert cause in {one.cause for one in found}
    assert any(one.remedy.startswith(remedy) for one in found), [one.remedy for one in found]


def test_a_function_of_pythons_that_takes_nothing_that_was_read_is_not_to_blame(workshop: Workshop) -> None:
    text = a_model("y = sum([x, x]); n = x.detach().numpy().mean()\nreturn y * float(n) * float(sum([1, 2]))", TWO)
    (told,) = {one.remedy for one in workshop.report(text, "trace").divergences if one.severity == "error"}
    assert "torch.sum" not in told


@pytest.mark.parametrize(
    ("kept", "body", "before", "helps"),
    [
        pytest.param("self.f = lambda y: y + 1", "return self.f(x)", "", "Define it as a method", id="a lambda"),
        pytest.param("self.c = {'a': 1, 'b': 'x'}", "return x * self.c['a']", "", "dicts of one type", id="a mixed dict"),
        pytest.param("self.c = Config()", "return x * self.c.scale", "class Config:\n    scale = 2.0",
                     "Set it on the instance", id="a class attribute"),
    ],
)  # fmt: skip
def test_what_script_keeps_no_attribute_of_is_told(
    workshop: Workshop, kept: str, body: str, before: str, helps: str
) -> None:
    assert helps in remedy(workshop, a_model(body, TWO, init=kept, before=before), "script")


@pytest.mark.parametrize(
    ("init", "body", "helps"),
    [
        pytest.param("self.state = None", "if self.state is None:\n    self.state = x\nreturn x", "in the class body",
                     id="an attribute of two types"),
        pytest.param("self.all = nn.ModuleList([nn.ReLU()])", "for one in self.all:\n    if x.sum() > 9:\n"
                     "        continue\n    x = one(x)\nreturn x", "under an if", id="a loop over modules that skips"),
        pytest.param("", "return x * random.random()", "Use a function of torch", id="a function of Python's"),
    ],
)  # fmt: skip
def test_what_script_does_not_take_is_told_with_a_way_out(workshop: Workshop, init: str, body: str, helps: str) -> None:
    assert helps in remedy(workshop, a_model(body, TWO, init=init), "script")


def test_a_float_that_is_refused_is_to_be_left_out(workshop: Workshop) -> None:
    assert "Leave out float()" in remedy(workshop, a_model("return x / float(x.abs().max())", TWO), "export")


def test_where_eager_raises_the_refusal_of_the_same_is_no_matter_of_the_capture(workshop: Workshop) -> None:
    text = a_model(
        "return self.fc(x)", "'a': (torch.ones(2, 5),), 'b': (torch.ones(2, 4),)", init="self.fc = nn.Linear(4, 2)"
    )
    report = workshop.report(text, "export")
    assert report.summary.startswith("Eager itself raises on “a”, the example that is captured: RuntimeError: mat1")
    assert "Eager raises on “a”, too" in remedy(workshop, text, "export")


def test_a_break_at_a_value_that_decides_is_told_what_keeps_the_choice(workshop: Workshop) -> None:
    """That numbers may be kept in the graph helps nothing where Python branches on one."""
    text = a_model("if x.sum().item() > 0:\n    return x * 2\nreturn x + 1", TWO)
    (told,) = [one for one in workshop.report(text, "dynamo").divergences if one.cause == "graph-break"]
    assert "torch.where" in told.remedy


def test_a_dynamo_that_takes_nothing_is_not_said_to_agree(workshop: Workshop) -> None:
    text = a_model("for _ in range(2):\n    if x.sum().item() > 0:\n        x = x * 2\nreturn x", TWO)
    assert workshop.report(text, "dynamo").verdict == "Dynamo made no graph: all of the model runs in Python"


SIGN = "'a': (torch.ones(2),), 'b': (-torch.ones(2),)"
RAISES = "assert x.sum() > 0\nreturn x * 2"
OPERATION = "torch._assert_async(x.sum() > 0)\nreturn x * 2"
BY_BOTH = "if torch.jit.is_scripting():\n    assert bool(x.sum() > 0)\nelse:\n    torch._assert_async(x.sum() > 0)\nreturn x * 2"


def test_a_check_that_an_export_keeps_is_told_with_what_a_script_loses(workshop: Workshop) -> None:
    report = workshop.report(a_model(RAISES, SIGN), "export", "script")
    (told,) = [one.remedy for one in report.divergences if one.severity == "error"]
    assert "torch._assert_async" in told
    assert "torch.jit.is_scripting()" in told
    assert "is_scripting" not in remedy(workshop, a_model(RAISES, SIGN), "export")
    kept = workshop.report(a_model(BY_BOTH, SIGN), "export", "script")
    assert {one.outcome for row in kept.matrix.values() for one in row.values()} == {"agrees"}


def test_a_check_that_a_script_drops_is_not_said_to_be_kept_by_it(workshop: Workshop) -> None:
    """One finding listed script among the graphs that lose a check, and told a trace that a script keeps it."""
    found = workshop.report(a_model(OPERATION, SIGN), "trace", "script").divergences
    told = {one.capture: one.remedy for one in found if one.cause == "lost-check"}
    assert told["trace"] == "Check the input before the model."
    assert told["script"].startswith("torch.jit.script drops torch._assert_async")
