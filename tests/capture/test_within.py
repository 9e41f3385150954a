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
        pytest.param("if x.sum() > 0: x = x + 1\nreturn x", ["sum", "gt", "item", "add 1:then"], id="on the line of the if"),
        pytest.param("if len(x) > 9: x = x + 1\nelse: x = x - 1\nreturn x", ["sub 1:else"], id="on the line of the else"),
        pytest.param("if (len(x) > 0 and\n        x.sum() > 0): x = x + 1\nreturn x", ["sum 1:then", "gt 1:then", "item 1:then", "add 1:then"], id="a test of two lines"),
        pytest.param("for i in range(2): x = x + i\nreturn x", ["add 1:body0", "add 1:body1"], id="on the line of the for"),
        pytest.param("for row in x[:2]: row + 1\nreturn x", ["slice", "unbind", "add 1:body0", "add 1:body1"], id="what a loop runs over is not in it"),
        pytest.param("return x + 1 if x.sum() > 0 else x - 1", ["sum", "gt", "item", "add 1:then"], id="ternary"),
        pytest.param("return x + 1 if x.sum() < 0 else (x - 1).exp()", ["sum", "lt", "item", "sub 1:else", "exp 1:else"], id="ternary, else"),
        pytest.param("return (x + 1 if len(x) else x - 1) * 2", ["add 1:then", "mul"], id="what takes a ternary is not in it"),
        pytest.param("return x + 1 if x is None else x - 1 if len(x) > 9 else x * 2", ["mul 1:else 1:else"], id="ternary in a ternary"),
        pytest.param("return (\n    x.exp()\n    .relu()\n    if len(x)\n    else x\n)", ["exp 2:then", "relu 2:then"], id="ternary of many lines"),
        pytest.param("return torch.stack([v + 1 if i else v - 1 for i, v in enumerate(x[:2])])",
                     ["slice", "unbind", "sub 1:body 1:else", "add 1:body 1:then", "stack"], id="ternary in a comprehension"),
        pytest.param("return torch.stack([v + 1 for v in x]) if len(x) > 9 else torch.stack([v.exp() for v in x[:1]])",
                     ["slice 1:else", "unbind 1:else", "exp 1:else 1:body", "stack 1:else"], id="comprehension in a ternary"),
        pytest.param("return [[v + 1 if i else v - 1 for v in x[:1]] if i else x for i in range(2)][1][0]",
                     ["slice 1:body 1:then", "unbind 1:body 1:then", "add 1:body 1:then 1:body 1:then"], id="comprehension in one"),
        pytest.param("f = lambda v: v + 1 if len(v) else v\nif len(x): y = f(x)\nreturn y", ["add 2:then 1:then"], id="ternary in a lambda"),
        pytest.param("f = (lambda v: v + 1) if len(x) else None\nreturn f(x)", ["add"], id="where a lambda is written is not where it runs"),
        pytest.param("if len(x):\n    def go(y=x + 1):\n        return y\nreturn go() * 2", ["add 1:then", "mul"], id="defaults run where they are written"),
        pytest.param("if len(x) and x.exp().sum() > 0:\n    x = x + 1\nreturn x",
                     ["exp 1:then", "sum 1:then", "gt 1:then", "item 1:then", "add 1:then"], id="second operand of and"),
        pytest.param("y = not len(x) or (len(x) > 9 or\n    x.sum())\nreturn x * y", ["sum 1:else 1:else", "mul"], id="of or in or"),
        pytest.param("return sum([v + 1\n    for v in x.split(2)\n    if v.exp().sum() > 0])",
                     ["split", *(2 * ["exp 1:body", "sum 1:body", "gt 1:body", "item 1:body", "add 1:body 3:then"]), "add", "add"],
                     id="filter of a comprehension"),
        pytest.param("match x.dim():\n    case 2:\n        return x\n    case 1:\n        return x + 1", ["add 2:else 4:then"], id="case"),
        pytest.param("match x.dim():\n    case 2: return x\n    case 1: return x + 1", ["add 2:else 3:then"], id="case on a line"),
        pytest.param("match x.dim():\n    case 2:\n        return x\n    case _:\n        return x + 1", ["add 2:else"], id="case for all else"),
        pytest.param("match x.sum():\n    case 1 if len(x) > 9:\n        return x\n    case n if n.exp() > 0:\n        return x + 1",
                     ["sum", "eq", "item", "exp 2:else", "gt 2:else", "item 2:else", "add 2:else 4:then"], id="guard of a case"),
        pytest.param("try:\n    y = (x + 1).view(3)\nexcept KeyError:\n    y = x\nexcept RuntimeError:\n    y = x - 1\nreturn y * 2",
                     ["add", "sub 3:else 5:then", "mul"], id="except"),
        pytest.param("try:\n    x = x + 1\nexcept KeyError:\n    y = x\nelse:\n    y = x - 1\nfinally:\n    x * 2\nreturn y",
                     ["add", "sub 1:else", "mul"], id="else of a try"),
        pytest.param("try:\n    raise ExceptionGroup('', [KeyError(), ValueError()])\nexcept* KeyError:\n    x = x + 1\nexcept* ValueError:\n    x = x - 1\nreturn x",
                     ["add 3:then", "sub 5:then"], id="more than one may be caught"),
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
                     ["mul 1:body0 2:body", "add 1:body0", "mul 1:body1 2:body", "add 1:body1"], id="a comprehension stands where it is written"),
        pytest.param("y = {k: v + k\n    for v in x.split(2)\n    for k in range(len(v.exp())) if len(v)}\nreturn y[0]",
                     ["split", *(2 * ["exp 1:body", *(2 * ["add 1:body 3:body 3:then"])])], id="a comprehension of two loops"),
        pytest.param("return sum(v + 1 for v in x.split(2))", ["split", *(2 * ["add 1:body", "add"])], id="a generator"),
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


def test_two_ternaries_on_a_line_are_told_apart_by_their_column(workshop: Workshop) -> None:
    graph = workshop.eager_graph(a_model("return (x + 1 if len(x) else x) + (x * 2 if len(x) else x)", ONE))
    one, other, both = (op.within for op in graph.compute)
    assert both == ()
    assert (one[0].line, one[0].kind) == (other[0].line, other[0].kind)
    assert one[0].column != other[0].column


@pytest.mark.parametrize(
    ("body", "steps"),
    [
        pytest.param("if len(x):\n    x = x + 1\nreturn x", "1:then", id="on a line of its own"),
        pytest.param("if len(x): x = x + 1\nreturn x", "", id="on the line of the if"),
        pytest.param("return x + 1 if len(x) else x", "", id="ternary"),
        pytest.param("try:\n    x.view(3)\nexcept RuntimeError:\n    x = x + 1\nreturn x", "3:then", id="except"),
        pytest.param("if len(x):\n    f = lambda v: v + 1\nreturn f(x)", "", id="lambda"),
    ],
)
def test_where_only_the_line_is_known_no_more_is_told(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, body: str, steps: str
) -> None:
    monkeypatch.setattr("explorer.capture.course.MOST_STEPS", 1)
    graph = workshop.eager_graph(a_model(f"{body}  # by line", ONE))
    assert [_told(op) for op in graph.compute] == [steps]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("if x.sum() > 0:\n    x = x + 1\nelse:\n    x = x - 1\nreturn x", id="if"),
        pytest.param("if x.sum() > 0: x = x + 1\nelse: x = x - 1\nreturn x", id="if on a line"),
        pytest.param("return x + 1 if bool(x.sum() > 0) else x - 1", id="ternary"),
        pytest.param("return (\n    x + 1\n    if bool(x.sum() > 0)\n    else x - 1)", id="ternary of many lines"),
    ],
)
def test_a_side_that_eager_took_lies_over_the_region_of_the_script(workshop: Workshop, body: str) -> None:
    text = a_model(body, ONE)
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
