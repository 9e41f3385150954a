"""What a graph holds fixed though no example shows it."""

from __future__ import annotations

import pytest

from tests.cases import Workshop, a_model, line_of

ONE = "'a': (torch.full((2, 4), 3.0),)"


@pytest.mark.parametrize(
    ("forward", "cause"),
    [
        pytest.param("if x.sum() > 1:  # !\n    x = x + 1\nreturn x * 2", "baked-branch", id="if"),
        pytest.param("while x.sum() > 1:  # !\n    x = x / 2\nreturn x * 2", "unrolled-loop", id="while"),
        pytest.param("for _ in range(int(x.sum())):  # !\n    x = x + 1\nreturn x * 2", "unrolled-loop", id="for"),
        pytest.param("assert x.min() > 0  # !\nreturn x * 2", "lost-check", id="assert"),
        pytest.param("if x.min() < 0:  # !\n    raise ValueError\nreturn x * 2", "lost-check", id="raise"),
    ],
)
def test_with_one_example_what_asks_for_the_data_is_a_risk_of_its_kind(
    workshop: Workshop, forward: str, cause: str
) -> None:
    text = a_model(forward, ONE)
    found = [one for one in workshop.report(text, "trace").divergences if one.severity != "note"]
    assert [(one.severity, one.cause, one.line) for one in found] == [("warning", cause, line_of(text))]


def test_what_a_list_holds_does_not_say_how_often_a_loop_turns(workshop: Workshop) -> None:
    text = a_model("for n in x[0].tolist():\n    x = x + n\nreturn x", ONE)
    causes = [one.cause for one in workshop.report(text, "trace").divergences if one.severity != "note"]
    assert "unrolled-loop" not in causes


def test_a_condition_beside_which_a_number_is_read_is_not_on_the_data(workshop: Workshop) -> None:
    text = a_model("k = x.sum().item() if self.use else 1.0\nreturn x * k", ONE, init="self.use = True")
    causes = [one.cause for one in workshop.report(text, "trace").divergences if one.severity != "note"]
    assert "baked-branch" not in causes


@pytest.mark.parametrize(
    ("forward", "told"),
    [
        pytest.param("k = int(x.sum())  # !\nreturn x * k", True, id="computed with"),
        pytest.param("return x * float(x.max())  # !", True, id="on its line"),
        pytest.param("self.seen.append(float(x.max()))\nreturn x * 2", False, id="kept for a log"),
        pytest.param("k = int(x.sum())\nif k > 3:  # !\n    x = x + 1\nreturn x * 2", False, id="asked for alone"),
    ],
)
def test_a_number_that_the_tracer_warns_of_is_a_risk_where_it_is_computed_with(
    workshop: Workshop, forward: str, told: bool
) -> None:
    text = a_model(forward, ONE, init="self.seen = []")
    found = [one for one in workshop.report(text, "trace").divergences if one.cause == "baked-constant"]
    assert [(one.severity, one.line) for one in found] == ([("warning", line_of(text))] if told else [])
