"""One fault in equal layers is told once, with the layers that it is in."""

from __future__ import annotations

import pytest

from explorer.diff.layers import in_layers, layer_of
from tests.cases import Workshop, a_model, line_of
from tests.graphs import chain, op

ROW = chain(*(op("relu", id=module, module=module) for module in ("l.0.a", "l.0.b", "l.1", "l.2.a", "head", "k.0")))


@pytest.mark.parametrize(
    ("modules", "told"),
    [
        pytest.param({"l.0.a", "l.1", "l.2.a"}, "in all 3 modules l.*", id="all"),
        pytest.param({"l.0.a", "l.0.b"}, "in 1 of the 3 modules l.*", id="two places of one"),
        pytest.param({"l.0.a", "head"}, "", id="not all in the row"),
        pytest.param({"l.0.a", "k.0"}, "", id="in two rows"),
        pytest.param({"k.0"}, "", id="a row of one"),
        pytest.param(set(), "", id="nowhere"),
    ],
)
def test_what_equal_layers_share_is_counted(modules: set[str], told: str) -> None:
    assert in_layers(ROW, modules) == told


def test_a_number_alone_is_no_row() -> None:
    assert layer_of("0.1") == ("0", "1")
    assert layer_of("0") == ("", "")


STACK = """class Part(nn.Module):
    def forward(self, x):
        y = x + 1
        {body}
        return y"""
INIT = "self.parts = nn.ModuleList(Part() for _ in range(3))"
THREE = "'a': (torch.zeros(2),), 'b': (torch.full((2,), 0.6),)"


def _stacked(body: str) -> str:
    return a_model(
        "for part in self.parts:\n    x = part(x)\nreturn x", THREE, init=INIT, before=STACK.format(body=body)
    )


def test_a_branch_is_told_with_the_layers_in_which_it_parts(workshop: Workshop) -> None:
    """It was placed in the first layer, in which both examples go the same way."""
    text = _stacked("y = y * 1.5 if y.mean() > 2.5 else y  # !")
    (told,) = [one for one in workshop.report(text, "trace").divergences if one.severity == "error"]
    assert (told.cause, told.line, told.module) == ("baked-branch", line_of(text), "parts.1")
    assert told.explanation.endswith("That is in 1 of the 3 modules parts.*.")


def test_a_number_that_every_layer_reads_is_told_to_be_in_all(workshop: Workshop) -> None:
    text = _stacked("y = y * y.max().item()  # !")
    (told,) = [one for one in workshop.report(text, "trace").divergences if one.severity == "error"]
    assert (told.cause, told.line) == ("baked-constant", line_of(text))
    assert told.explanation.endswith("That is in all 3 modules parts.*.")


def test_what_is_read_of_an_argument_is_in_no_layer_that_is_known(workshop: Workshop) -> None:
    """The op that made what is read is the layer's before."""
    text = _stacked("y = y * 1.5 if x.mean() > 1.5 else y  # !").replace("x.mean()", "float(x[0])")
    found = [one for one in workshop.report(text, "trace").divergences if one.cause == "baked-branch"]
    assert [one.line for one in found] == [line_of(text)]
    assert all("parts.1" not in one.explanation for one in found)


def test_a_visit_is_told_by_all_that_the_condition_reads_on_it(workshop: Workshop) -> None:
    part = "class Part(nn.Module):\n    def forward(self, x):\n        if float(x[1]) > float(x[0]) * 2:  # !\n"
    text = a_model("return self.two(self.one(x))", "'a': (torch.tensor([1.0, 1.2]),), 'b': (torch.tensor([1.0, 1.5]),)",
                   init="self.one, self.two = Part(), Part()",
                   before=f"{part}            x = x * 3\n        return x * x")  # fmt: skip
    (told,) = [one for one in workshop.report(text, "trace").divergences if one.severity == "error"]
    assert (told.cause, told.line, told.module) == ("baked-branch", line_of(text), "two")


def test_a_condition_that_does_not_read_as_much_on_each_visit_is_told_of_no_layer(workshop: Workshop) -> None:
    text = _stacked("y = y * 1.5 if float(y[0]) > 2 and float(y[1]) > 3.2 else y  # !")
    (told,) = [one for one in workshop.report(text, "trace").divergences if one.severity == "error"]
    assert (told.cause, told.line) == ("baked-branch", line_of(text))
    assert "modules" not in told.explanation
