"""Values that are read for a choice: in a function of the user's, by a function of Python's, or by ``in``."""

from __future__ import annotations

import pytest

from explorer.evidence import Kind
from tests.cases import Workshop, a_model, line_of

TWO = "'a': (torch.ones(3),), 'b': (-torch.ones(3),)"
CHOICES = {
    "in": a_model("if 1.0 in x:  # !\n    return x * 3\nreturn x", TWO),
    "max": a_model("parts = [x.sum(), -x.sum() + 1]\nreturn max(parts) * x  # !", TWO),
    "any": a_model("big = any(one > 0 for one in x.unbind())\nreturn x * 3 if big else x  # !", TWO),
    "helper": a_model("if is_up(x):\n    return x * 3\nreturn x", TWO,
                      before="def is_up(x):\n    return bool(x.sum() > 0)  # !"),
    "row of comparisons": a_model("if is_mid(x):\n    return x * 3\nreturn x", TWO,
                                  before="def is_mid(x):\n    m = x.mean()\n    return bool(0 <= m <= 2)  # !"),
    "number of a helper": a_model("if size(x) > 0:  # !\n    return x * 3\nreturn x", TWO,
                                  before="def size(x):\n    return x.sum().item()"),
    "number handed on": a_model("n = x.sum().item()\nreturn pick(x * 2, n)", TWO,
                                before="def pick(x, n):\n    if n > 0:  # !\n        return x\n    return x * 3"),
}  # fmt: skip


FORMS = {
    "number in a list": "n = x.sum().item()\nif n in (3.0, 4.0):  # !\n    return x * 3\nreturn x",
    "number beside a dtype": "if float(x.max()) > torch.finfo(x.dtype).eps:  # !\n    return x * 3\nreturn x",
    "number beside a rank": "if x[0].item() > len(x.shape) - 1:  # !\n    return x * 3\nreturn x",
}


@pytest.mark.parametrize("body", FORMS.values(), ids=FORMS)
def test_a_condition_on_a_number_that_was_read_is_none_on_a_form(workshop: Workshop, body: str) -> None:
    """It was told as one on the form of the input, as it asks with `in`, or names a dtype."""
    text = a_model(body, "'a': (torch.ones(3),), 'b': (-torch.ones(3),)")
    found = [one for one in workshop.report(text, "trace").divergences if one.severity == "error"]
    assert [(one.cause, one.line) for one in found] == [("baked-branch", line_of(text))]


@pytest.mark.parametrize("kind", ["trace", "onnx_ts"])
@pytest.mark.parametrize("text", CHOICES.values(), ids=CHOICES)
def test_a_choice_is_told_once_where_it_is_made(workshop: Workshop, text: str, kind: Kind) -> None:
    found = [one for one in workshop.report(text, kind).divergences if one.severity == "error"]
    assert [(one.cause, one.line) for one in found] == [("baked-branch", line_of(text))]


def test_what_a_handler_takes_up_is_told_there_and_the_number_beside_it(workshop: Workshop) -> None:
    """The check that raises was told as a branch of its own, and the number as the op that departs first."""
    before = (
        "def picked(values, k):\n    if k > values[0]:\n        raise LookupError('few')\n    return int(values[-1])"
    )
    text = a_model("try:\n    n = picked(x.detach().numpy(), 2)  # !\nexcept LookupError:\n    n = 0\nreturn x * n",
                   "'a': (torch.tensor([3., 4.]),), 'b': (torch.tensor([5., 9.]),), 'c': (torch.tensor([1., 2.]),)",
                   before=before)  # fmt: skip
    found = [one for one in workshop.report(text, "trace").divergences if one.severity == "error"]
    assert {(one.cause, one.line) for one in found} == {
        ("baked-branch", line_of(text)), ("baked-constant", line_of(text))}  # fmt: skip


KEPT = {
    "statement of several lines": "k = max(\n    1,\n    int(x.sum().item()),  # !\n)\n",
    "attribute": "self.k = x.sum().item()  # !\nk = self.k\n",
    "key": "d = {}\nd['k'] = x.sum().item()  # !\nk = d['k']\n",
    "list": "d = []\nd.append(x.sum().item())  # !\nk = d[0]\n",
    "helper": "k = total(x)\n",
}


@pytest.mark.parametrize("body", KEPT.values(), ids=KEPT)
def test_a_number_is_told_however_it_is_kept_beside_another(workshop: Workshop, body: str) -> None:
    """Of two numbers only the one was told that a name of its own line has."""
    helper = "def total(v):\n    return v.sum().item()" + "  # !" * ("total" in body)
    text = a_model(f"{body}m = x.max().item()  # also\nreturn x * k, x * m", "'a': (torch.ones(5),), 'b': (2 * torch.ones(5),)",
                   before=helper)  # fmt: skip
    found = [one for one in workshop.report(text, "trace").divergences if one.severity == "error"]
    assert {(one.cause, one.line) for one in found} == {
        ("baked-constant", line_of(text)), ("baked-constant", line_of(text, "# also"))}  # fmt: skip


def test_a_truth_value_that_is_a_number_later_is_none_of_a_choice(workshop: Workshop) -> None:
    text = a_model("n = x.sum().item()  # !\nreturn x * n", TWO)
    found = [one for one in workshop.report(text, "trace").divergences if one.severity == "error"]
    assert [(one.cause, one.line) for one in found] == [("baked-constant", line_of(text))]


def test_a_list_of_the_call_that_grows_is_a_mutation(workshop: Workshop) -> None:
    """It was told as another structure of the outputs."""
    text = a_model("losses.append(x.sum())  # !\nreturn x + 1", "'a': (torch.ones(3), [torch.ones(())])",
                   takes="self, x, losses")  # fmt: skip
    found = [one for one in workshop.report(text, "export").divergences if one.severity == "error"]
    assert [(one.cause, one.line) for one in found] == [("mutation", line_of(text))]


ASKED = a_model(
    "flip = bool(x.sum() < 0)  # !\nreturn torch.cumsum(x, int(flip))",
    "'a': (torch.ones(3, 4),), 'b': (-torch.ones(3, 4),)",
)


def test_a_bool_that_is_made_outright_is_a_constant_and_no_branch(workshop: Workshop) -> None:
    (told,) = [one for one in workshop.report(ASKED, "trace").divergences if one.severity != "note"]
    assert (told.severity, told.cause, told.line) == ("error", "baked-constant", line_of(ASKED))


CAPTURED = a_model(
    "if torch.onnx.is_in_onnx_export():  # !\n    return x * 2.5\nreturn x * 2",
    "'a': (torch.ones(3, 4),), 'b': (-torch.ones(3, 4),)",
)


@pytest.mark.parametrize("kind", ["onnx", "onnx_ts", "ort"])
def test_a_condition_that_asks_for_the_capture_is_told(workshop: Workshop, kind: Kind) -> None:
    (told,) = [one for one in workshop.report(CAPTURED, kind).divergences if one.severity != "note"]
    assert (told.severity, told.cause, told.line) == ("error", "baked-branch", line_of(CAPTURED))
    assert "asks whether the model is being captured" in told.explanation


def test_a_condition_that_asks_for_another_capture_is_not_told(workshop: Workshop) -> None:
    assert [one for one in workshop.report(CAPTURED, "trace").divergences if one.severity != "note"] == []


WINDOWS = a_model(
    "return torch.stack([part.sum() for part in self.parts(x)])", "'a': (torch.ones(4),), 'b': (torch.ones(8),)"
).replace("    def forward", "    def parts(self, x):\n        for at in range(0, x.shape[0], 2):  # !\n"
          "            yield x[at : at + 2]\n\n    def forward")  # fmt: skip
FORMED = a_model(
    "if not isinstance(x, list):  # !\n    x = [x]\nreturn torch.stack([one.sum() for one in x])",
    "'a': ([torch.ones(4), torch.ones(4)],), 'b': (torch.ones(4),)",
)


ENDED = a_model(
    "return torch.stack([part.sum() for part in self.parts(x)])",
    "'a': (torch.ones(3, 2),), 'b': (torch.tensor([[1.0, 1.0], [-1.0, -1.0], [2.0, 2.0]]),)",
).replace("    def forward", "    def parts(self, x):\n        for row in x:\n            if row.sum() < 0:  # !\n"
          "                return\n            yield row\n\n    def forward")  # fmt: skip


KEPT = a_model(
    "kept = [at for at, _ in itertools.groupby(x.long().tolist()) if at != 0]  # !\nreturn x.sum() + len(kept)",
    "'a': (torch.tensor([1.0, 0.0, 2.0]),), 'b': (torch.tensor([0.0, 3.0, 3.0]),)",
).replace("import torch\n", "import itertools\nimport torch\n", 1)


@pytest.mark.parametrize(
    ("text", "cause"),
    [(WINDOWS, "unrolled-loop"), (FORMED, "specialised-type"), (ENDED, "baked-branch"), (KEPT, "baked-branch")],
)
def test_a_loop_that_turns_as_another_choice_has_it_is_not_told_besides(
    workshop: Workshop, text: str, cause: str
) -> None:
    found = [one for one in workshop.report(text, "trace").divergences if one.severity != "note"]
    assert [(one.cause, one.line) for one in found] == [(cause, line_of(text))]


def test_a_loop_in_a_comprehension_is_told_by_what_it_turns_over(workshop: Workshop) -> None:
    text = a_model("return torch.stack([row.sum() for row in x.unbind(0)]).sum()  # !",
                   "'a': (torch.ones(2, 2),), 'b': (torch.ones(3, 2),)")  # fmt: skip
    (told,) = [one for one in workshop.report(text, "trace").divergences if one.severity != "note"]
    assert told.cause == "unrolled-loop"
    assert "The loop on `x.unbind(0)`" in told.explanation


VISITED = a_model(
    "y = x * 0\nfor at in (x > 0).nonzero().flatten().tolist():  # !\n    y = y + x[at] * at\nreturn y",
    "'two': (torch.tensor([1.0, 2.0, -1.0]),), 'other two': (torch.tensor([-1.0, 2.0, 3.0]),), 'one': "
    "(torch.tensor([-1.0, -2.0, 3.0]),)",
)


def test_a_loop_over_values_is_told_once_for_other_turns_and_other_values(workshop: Workshop) -> None:
    (told,) = [one for one in workshop.report(VISITED, "trace").divergences if one.severity != "note"]
    assert (told.cause, told.line, told.inputs) == ("unrolled-loop", line_of(VISITED), ("one", "other two"))
    assert told.explanation.endswith("On “other two” it turns as often, over other values.")


ASKS = "if torch.jit.is_tracing() or torch.compiler.is_compiling():\n    y = x + 0.0\nelse:\n    y = x * 1.0\n"
HARMLESS = {
    "baked-random": a_model(f"{ASKS}return y * random.random()  # !", TWO),
    "baked-state": a_model(f"{ASKS}self.n += 1  # !\nreturn y * self.n", TWO, init="self.n = 0") + "\nSEQUENCE = True\n",
    "baked-constant": a_model(f"{ASKS}return y * k  # !", "'a': (torch.ones(3), 2), 'b': (torch.ones(3), 3)",
                              takes="self, x, k"),
}  # fmt: skip


@pytest.mark.parametrize("cause", HARMLESS)
def test_a_condition_that_asks_for_the_capture_is_not_blamed_for_what_else_is_wrong(
    workshop: Workshop, cause: str
) -> None:
    text = HARMLESS[cause]
    (told,) = [one for one in workshop.report(text, "export").divergences if one.severity != "note"]
    assert (told.cause, told.line) == (cause, line_of(text))


def test_nor_for_what_draws_in_training_alone(workshop: Workshop) -> None:
    text = a_model(f"{ASKS}return nn.functional.dropout(y, 0.5, self.training)  # !", TWO, mode="train")
    (told,) = [one for one in workshop.report(text, "onnx_ts").divergences if one.severity != "note"]
    assert (told.cause, told.line) == ("baked-mode", line_of(text))


COMPILED = a_model("y = x.abs() if torch.compiler.is_compiling() else x  # !\nreturn y + int(x.sum().item())", TWO)


def test_what_dynamo_reads_anew_does_not_stand_in_for_a_condition_that_asks_for_it(workshop: Workshop) -> None:
    (told,) = [one for one in workshop.report(COMPILED, "dynamo").divergences if one.severity == "error"]
    assert (told.cause, told.line) == ("baked-branch", line_of(COMPILED))


LONG = "\n".join(f"    y = y * 1.0 + x[0] * {n}.0 - x[0] * {n}.0" for n in range(30))


@pytest.mark.parametrize(
    ("head", "cause"),
    [
        pytest.param("if x.sum() > 3:  # !", "baked-branch", id="if"),
        pytest.param("while y.sum() < x.sum():  # !\n    y = y + 1", "unrolled-loop", id="while"),
        pytest.param("for _ in range(int(x.sum())):  # !\n    y = y + 1", "unrolled-loop", id="for"),
    ],
)
def test_a_body_may_be_of_any_length(workshop: Workshop, head: str, cause: str) -> None:
    """Python writes a jump over a long body with a prefix, and tells a tracer of that alone."""
    text = a_model(f"y = x * 0\n{head}\n{LONG}\n    y = y + 1\nreturn y",
                   "'a': (torch.ones(2),), 'b': (torch.ones(2) * 4,)")  # fmt: skip
    (told,) = [one for one in workshop.report(text, "trace").divergences if one.severity == "error"]
    assert (told.cause, told.line) == (cause, line_of(text))


def test_a_condition_that_asks_for_the_capture_and_changes_nothing_is_not_at_fault(workshop: Workshop) -> None:
    text = a_model("if torch.onnx.is_in_onnx_export():\n    pass\nreturn x.topk(4).indices", "'a': (torch.ones(6),)")
    found = [one.cause for one in workshop.report(text, "onnx_ts").divergences if one.severity == "error"]
    assert found == ["numerical-mismatch"]


@pytest.mark.parametrize("kind", ["export", "dynamo", "script"])
def test_what_python_chooses_inside_is_fixed_by_a_tracer_alone(workshop: Workshop, kind: Kind) -> None:
    text = a_model(
        "y = max(x[0], x[1])\nif torch.compiler.is_compiling() or torch.jit.is_scripting():  # !\n"
        "    return x * y + 1\nreturn x * y",
        "'a': (torch.tensor([1.0, 2.0]),), 'b': (torch.tensor([2.0, 1.0]),)",
    )
    found = [one for one in workshop.report(text, kind).divergences if one.severity == "error"]
    assert [(one.line, one.inputs) for one in found] == [(line_of(text), ("a", "b"))]
