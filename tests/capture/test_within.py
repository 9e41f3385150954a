"""Under which sides and turns of the user's code an op of the eager graph ran."""

from __future__ import annotations

import pytest

from explorer.graph import Op
from tests.cases import Workshop, a_model

ONE = "'a': (torch.ones(4),)"
FIRST = 15
"""The line of ``forward``'s ``def`` in these models: the first of its body is the next one."""


def _told(op: Op, first: int = FIRST) -> str:
    return " ".join(f"{one.line - first}:{one.kind}{'' if one.turn is None else one.turn}" for one in op.within)


@pytest.mark.parametrize(
    ("body", "steps"),
    [
        pytest.param("return x + 1", ["add"], id="under nothing"),
        pytest.param("if len(x) > 0:\n    return x + 1\nelse:\n    return x - 1", ["add 1:then"], id="then"),
        pytest.param("if len(x) > 9:\n    return x + 1\nelse:\n    return x - 1", ["sub 1:else"], id="else"),
        pytest.param("if len(x) > 9:\n    return x + 1\nreturn x - 1", ["sub"], id="after an if that leaves"),
        pytest.param("if len(x) > 9:\n    return x + 1\nelif len(x) > 1:\n    return x - 1", ["sub 1:else 3:then"], id="elif"),
        pytest.param("if len(x) > 0: x = x + 1\nreturn x", ["add"], id="on the line of the if: which part is not known"),
        pytest.param("if (len(x) > 0 and\n        x.sum() > 0): x = x + 1\nreturn x", ["sum", "gt", "item", "add"], id="a test of two lines"),
        pytest.param("for i in range(2):\n    x = x + i\nreturn x", ["add 1:body0", "add 1:body1"], id="for"),
        pytest.param("while x.sum() < 5:\n    x = x + 1\nreturn x",
                     ["sum", "lt", "item", "add 1:body0", "sum", "lt", "item"], id="while, its test outside"),
        pytest.param("while True:\n    x = x + 1\n    if len(x):\n        break\nreturn x", ["add 1:body0"], id="while True"),
        pytest.param("for i in range(2):\n    for j in range(i + 1):\n        x = x + (\n            j)\n    x = x - 1\nreturn x",
                     ["add 1:body0 2:body0", "sub 1:body0", "add 1:body1 2:body0", "add 1:body1 2:body1", "sub 1:body1"], id="nested loops"),
        pytest.param("for i in range(3):\n    if i == 0:\n        continue\n    x = x + 1\nreturn x", ["add 1:body1", "add 1:body2"], id="continue"),
        pytest.param("for i in range(2):\n    with torch.no_grad():\n        try:\n            x = x + 1\n        finally:\n            x = x - 1\nreturn x",
                     ["add 1:body0", "sub 1:body0", "add 1:body1", "sub 1:body1"], id="with and try choose nothing"),
        pytest.param("for i in range(2):\n    x = sum([x * k for k in range(1)], x)\nreturn x",
                     ["mul 1:body0", "add 1:body0", "mul 1:body1", "add 1:body1"], id="a comprehension stands where it is written"),
        pytest.param("def go(x):\n    if len(x):\n        return x + 1\nfor i in range(1):\n    x = go(x)\nreturn x",
                     ["add 4:body0 2:then"], id="callers first"),
        pytest.param("if len(x):\n    def go(x):\n        return x + 1\nreturn go(x)", ["add"], id="where a function is defined is not where it runs"),
        pytest.param("def parts():\n    for i in range(2):\n        yield x + i\nreturn list(parts())",
                     ["add 2:body", "add 2:body"], id="turns of a generator are not counted"),
        pytest.param("def go(x, n):\n    for i in range(n):\n        x = go(x + 1, n - 1)\n    return x\nreturn go(x, 2)",
                     ["add 2:body0", "add 2:body0 2:body0", "add 2:body1", "add 2:body1 2:body0"], id="recursion"),
    ],
)  # fmt: skip
def test_an_op_knows_the_sides_and_turns_it_ran_under(workshop: Workshop, body: str, steps: list[str]) -> None:
    graph = workshop.eager_graph(a_model(body, ONE))
    assert [f"{op.op} {_told(op)}".strip() for op in graph.compute] == steps


def test_a_side_that_eager_took_lies_over_the_region_of_the_script(workshop: Workshop) -> None:
    text = a_model("if x.sum() > 0:\n    x = x + 1\nelse:\n    x = x - 1\nreturn x", ONE)
    script = workshop.graph(text, "script")
    (step,) = next(op for op in workshop.eager_graph(text).ops if op.op == "add").within
    places = {(script.by_id[one.owner].location, one.kind): one.id for one in script.regions}
    regions = {(place.file, place.line, kind): region for (place, kind), region in places.items() if place}
    region = regions[step.file, step.line, step.kind]
    assert [op.op for op in script.compute if op.region == region] == ["add"]


def test_the_values_that_a_region_of_the_script_takes_from_outside_are_known(workshop: Workshop) -> None:
    text = a_model(
        "y = x * 2\nif x.sum() > 0:\n    for i in range(3):\n        y = y + self.w * i\nreturn y",
        ONE,
        init="self.w = nn.Parameter(torch.ones(4))",
    )
    script = workshop.graph(text, "script")
    (then,) = [one.id for one in script.regions if one.kind == "then"]
    taken = {script.by_id[op].op for op, _ in script.captured(then) if script.by_id[op].role != "constant"}
    assert taken >= {"parameter", "mul"}


def test_a_run_too_long_to_be_followed_counts_no_turns(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.capture.course.MOST_STEPS", 40)
    graph = workshop.eager_graph(a_model("for i in range(9):\n    x = x + i  # long\nreturn x", ONE))
    turns = [op.within[0].turn for op in graph.compute]
    assert turns[0] == 0
    assert turns[-1] is None
