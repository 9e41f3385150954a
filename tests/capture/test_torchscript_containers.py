"""What a script returns of tuples, lists and dicts, and what its branches and loops make of them."""

from __future__ import annotations

import pytest

from explorer.evidence import Kind
from explorer.graph import Graph
from tests.cases import Workshop, a_model, assert_well_formed, compute, only, sources_of

ONES = "'a': (torch.ones(4),)"
TYPES = "from typing import Dict, List, NamedTuple\n\n"
TURNS = "for i in range(x.size(0)):\n"


def script(workshop: Workshop, body: str, examples: str = ONES, **given: str) -> Graph:
    graph = workshop.graph(a_model(body, examples, before=TYPES + given.pop("before", ""), **given), "script")
    assert_well_formed(graph)
    return graph


def outputs(graph: Graph) -> dict[str, set[str]]:
    """Return the names of the ops that feed each output, by what it is called."""
    given = [op for op in graph.ops if op.role == "output"]
    return {op.target: {graph.by_id[edge.source].op for edge in graph.edges if edge.target == op.id} for op in given}


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        pytest.param(
            "if x.sum() > 0:\n    return x.sin(), x.cos()\nz = x.exp()\nreturn z, x",
            {"output[0]": {"sin", "exp"}, "output[1]": {"cos", "input"}},
            id="a return on one side",
        ),
        pytest.param(
            "if x.sum() > 0:\n    p = P(x.sin(), x.cos())\nelse:\n    p = P(x.exp(), x.tan())\nreturn p",
            {"output.q": {"sin", "exp"}, "output.k": {"cos", "tan"}},
            id="a named tuple",
        ),
        pytest.param(
            "if x.sum() > 0:\n    return x.sin(), (x.cos(), [x.tan()])\nreturn x.exp(), (x, [x.abs()])",
            {"output[0]": {"sin", "exp"}, "output[1][0]": {"cos", "input"}, "output[1][1][0]": {"tan", "abs"}},
            id="nested",
        ),
        pytest.param(
            "d = {'a': x.sin(), 'b': x.cos()}\nif x.sum() > 0:\n    return x.exp(), d\nreturn x.tan(), d",
            {"output[0]": {"exp", "tan"}, "output[1]['a']": {"sin"}, "output[1]['b']": {"cos"}},
            id="one dict on both sides",
        ),
        pytest.param(
            f"{TURNS}    if i > 7:\n        return x.sin(), x.cos()\nreturn x.exp(), x",
            {"output[0]": {"loop", "exp"}, "output[1]": {"loop", "input"}},
            id="a return in a loop",
        ),
    ],
)
def test_each_part_of_what_is_returned_is_an_output(workshop: Workshop, body: str, wanted: dict[str, set[str]]) -> None:
    """It was one output, fed by all that is in it."""
    named = "class P(NamedTuple):\n    q: torch.Tensor\n    k: torch.Tensor"
    assert outputs(script(workshop, body, before=named)) == wanted


def test_a_region_tells_what_it_gives_part_by_part(workshop: Workshop) -> None:
    graph = script(workshop, "if x.sum() > 0:\n    return x.sin(), x.cos()\nreturn x.exp(), x")
    gives = {one.kind: [[graph.by_id[op].op for op, _ in ports] for ports in one.results] for one in graph.regions}
    assert gives == {"then": [["sin"], ["cos"]], "else": [["exp"], ["input"]]}
    assert len(only(graph, "if").outputs) == 2
    assert [value.shape for value in only(graph, "if").outputs] == [(4,), (4,)], "as in the run that was watched"


MADE = "d = {'a': x.sin(), 'b': x.cos()}\n"


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        pytest.param("d['a'] = x.exp()", {"'a'": {"exp"}, "'b'": {"cos"}}, id="another"),
        pytest.param("d['c'] = x.exp()", {"'a'": {"sin"}, "'b'": {"cos"}, "'c'": {"exp"}}, id="one more"),
        pytest.param("d.pop('a')", {"'b'": {"cos"}}, id="one less"),
        pytest.param("del d['a']", {"'b'": {"cos"}}, id="deleted"),
        pytest.param("if x.sum() > 0:\n    d['a'] = x.exp()", {"'a'": {"sin", "exp"}, "'b'": {"cos"}}, id="on a side"),
        pytest.param(f"{TURNS}    d['b'] = d['b'].exp() * d['a']", {"'a'": {"sin"}, "'b'": {"loop"}}, id="in a loop"),
        pytest.param(f"{TURNS}    d['c'] = x.exp()", {"'a'": {"sin"}, "'b'": {"cos"}, "'c'": {"loop"}}, id="new in it"),
    ],
)
def test_a_dict_is_returned_as_it_is_at_last(workshop: Workshop, body: str, wanted: dict[str, set[str]]) -> None:
    """It was returned as it was made."""
    graph = script(workshop, f"{MADE}{body}\nreturn d")
    assert outputs(graph) == {f"output[{key}]": feeding for key, feeding in wanted.items()}


def test_a_dict_that_a_loop_writes_to_is_carried_by_its_keys(workshop: Workshop) -> None:
    graph = script(workshop, f"{MADE}{TURNS}    d['b'] = d['b'].exp() * d['a']\nreturn d")
    (region,) = graph.regions
    assert graph.by_id[region.formals[-1]].target == "d['b']"
    assert sources_of(graph, region.formals[-1]) == {only(graph, "cos").id}
    assert region.results == (((only(graph, "mul").id, 0),),)


def test_a_dict_that_is_first_written_in_an_inner_loop_is_carried_by_both(workshop: Workshop) -> None:
    body = "d = {'a': x.sin()}\nj = 0\nwhile j < 3:\n    k = 0\n    while k < 2:\n        d['a'] = d['a'] + x\n"
    graph = script(workshop, f"{body}        k += 1\n    j += 1\nreturn d")
    outer, inner = graph.regions
    assert sources_of(graph, inner.formals[-1]) == {outer.formals[-1]}
    assert outer.results[-1] == ((inner.owner, len(inner.results) - 1),)
    assert outputs(graph) == {"output['a']": {"loop"}}


def test_a_dict_whose_keys_are_not_known_is_carried_as_a_whole(workshop: Workshop) -> None:
    graph = script(workshop, f"{MADE}{TURNS}    d[str(i)] = x.exp()\nreturn d")
    assert outputs(graph) == {"output": {"loop"}}


@pytest.mark.parametrize(
    ("body", "examples"),
    [
        pytest.param(
            f"{TURNS}    xs.append(xs[-1] * 2)\nreturn xs", "'a': (torch.ones(2), [torch.ones(2)])", id="given"
        ),
        pytest.param(
            f"ys = list(torch.chunk(x, 2))\n{TURNS}    ys.append(ys[-1] * 2)\nreturn ys",
            "'a': (torch.ones(2), [torch.ones(2)])",
            id="an op's",
        ),
    ],
)
def test_a_list_from_elsewhere_that_a_loop_writes_to_is_carried(workshop: Workshop, body: str, examples: str) -> None:
    """The loop had no outputs, and edges led out of its body."""
    graph = script(workshop, body, examples, takes="self, x, xs: List[torch.Tensor]")
    (region,) = graph.regions
    assert sources_of(graph, only(graph, "__getitem__").id) == {region.formals[-1]}
    assert set(region.results[-1]) == {(region.formals[-1], 0), (only(graph, "append").id, 0)}
    assert outputs(graph) == {"output": {"loop"}}


def test_a_list_in_a_list_that_a_loop_appends_to_is_carried(workshop: Workshop) -> None:
    graph = script(
        workshop, f"xs = [[x.sin()], [x.cos()]]\n{TURNS}    xs[0].append(x.exp())\nreturn torch.stack(xs[0])"
    )
    assert sources_of(graph, only(graph, "stack").id) == {only(graph, "loop").id}


CHOSEN = "xs = [x.sin(), x.cos()]\nif x.sum() > 0:\n    ys = xs\nelse:\n    ys = {}\nys.append(x.exp())\nreturn {}"


def test_a_list_on_both_sides_is_that_list(workshop: Workshop) -> None:
    graph = script(workshop, CHOSEN.format("xs", "xs"))
    assert outputs(graph) == {"output[0]": {"sin"}, "output[1]": {"cos"}, "output[2]": {"append"}}


def test_a_list_that_may_be_another_tells_both(workshop: Workshop) -> None:
    """It was a copy: what was appended to it was in no other list."""
    graph = script(workshop, CHOSEN.format("[x.tan(), x.abs()]", "ys"))
    assert outputs(graph) == {"output[0]": {"sin", "tan"}, "output[1]": {"cos", "abs"}, "output[2]": {"append"}}
    other = script(workshop, CHOSEN.format("[x.tan(), x.abs()]", "xs"))
    assert outputs(other) == {"output": {"sin", "cos", "append"}}, "whether it is the one appended to is not known"


def test_a_number_that_both_sides_give_is_no_op(workshop: Workshop) -> None:
    graph = script(workshop, "if x.sum() > 0:\n    p = (x.sin(), 2)\nelse:\n    p = (x.cos(), 2)\nreturn p[0] * p[1]")
    assert only(graph, "mul").attributes == {"other": 2}


@pytest.mark.parametrize("kind", ["trace", "script"])
def test_arithmetic_on_a_tensor_of_a_dict_is_work(workshop: Workshop, kind: Kind) -> None:
    """It passed for one on sizes: the graph had no op, and eager's no counterpart."""
    text = a_model(
        "y = d['x'] * 2\nreturn y / len(d)",
        "'a': ({'x': torch.ones(2)},)",
        before="from typing import Dict",
        takes="self, d: Dict[str, torch.Tensor]",
    )
    assert compute(workshop.graph(text, kind)) == ["mul", "div"]


@pytest.mark.parametrize(
    ("body", "takes", "given"),
    [
        pytest.param("if t is not None:\n    return t * 2\nreturn torch.zeros(2)", "t: Optional[torch.Tensor]",
                     "torch.ones(2)", id="an argument that may be None"),
        pytest.param("t = d.get('x')\nif t is not None:\n    return t * 2\nreturn torch.zeros(2)",
                     "d: Dict[str, torch.Tensor]", "{'x': torch.ones(2)}", id="an element that may be missing"),
    ],
)  # fmt: skip
def test_arithmetic_on_a_tensor_that_may_be_missing_is_work(
    workshop: Workshop, body: str, takes: str, given: str
) -> None:
    text = a_model(body, f"'a': ({given},)", before="from typing import Dict, Optional", takes=f"self, {takes}")
    assert only(workshop.graph(text, "script"), "mul").role == "compute"
