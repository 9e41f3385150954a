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
}  # fmt: skip


@pytest.mark.parametrize("kind", ["trace", "onnx_ts"])
@pytest.mark.parametrize("text", CHOICES.values(), ids=CHOICES)
def test_a_choice_is_told_once_where_it_is_made(workshop: Workshop, text: str, kind: Kind) -> None:
    found = [one for one in workshop.report(text, kind).divergences if one.severity == "error"]
    assert [(one.cause, one.line) for one in found] == [("baked-branch", line_of(text))]


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
