"""What lists and tuples of a script hold, and what is read of them."""

from __future__ import annotations

import pytest

from explorer.graph import Graph
from tests.cases import Workshop, a_model, assert_well_formed, only, sources_of

ONES = "'a': (torch.ones(4),)"
MADE = "xs = [x.sin(), x.cos(), x.tan()]\n"


def flowing(graph: Graph, name: str) -> set[str]:
    """Return the names of the ops whose values flow into the one op of that name."""
    taking = only(graph, name).id
    return {graph.by_id[edge.source].op for edge in graph.flow if edge.target == taking}


@pytest.mark.parametrize(
    ("body", "held"),
    [
        pytest.param("xs.pop()", {"sin", "cos"}, id="the last is popped"),
        pytest.param("xs.pop(0)", {"cos", "tan"}, id="the first is popped"),
        pytest.param("del xs[1]", {"sin", "tan"}, id="one is deleted"),
        pytest.param("xs.clear()\nxs.append(x.exp())", {"append"}, id="all are"),
        pytest.param("xs.insert(1, x.exp())\nxs.pop(0)", {"exp", "cos", "tan"}, id="one is inserted"),
        pytest.param("xs.append(x.exp())\nxs.pop(0)", {"append", "cos", "tan"}, id="one is appended"),
        pytest.param("xs[0] = x.exp()", {"set_item", "cos", "tan"}, id="one is another"),
        pytest.param("xs.reverse()\nxs.pop(0)", {"sin", "cos"}, id="turned around"),
        pytest.param("xs.extend([x.exp()])\nxs.pop(0)", {"exp", "cos", "tan"}, id="extended"),
        pytest.param("xs += [x.exp()]\nxs.pop(0)", {"exp", "cos", "tan"}, id="extended in place"),
        pytest.param("ys = xs\nys.pop(0)", {"cos", "tan"}, id="by another name"),
        pytest.param("if x.sum() > 0:\n    xs.pop(0)", {"sin", "cos", "tan"}, id="on one side alone"),
        pytest.param("if x.sum() > 0:\n    xs.pop(0)\nelse:\n    xs.pop(0)", {"cos", "tan"}, id="on both sides"),
        pytest.param("xs.pop(int(x.sum()))", {"sin", "cos", "tan"}, id="which one is not known"),
    ],
)
def test_what_is_left_in_a_list_is_what_is_read(workshop: Workshop, body: str, held: set[str]) -> None:
    """What was popped was still read from the list."""
    graph = workshop.graph(a_model(f"{MADE}{body}\nreturn torch.stack(xs)", ONES), "script")
    assert_well_formed(graph)
    assert flowing(graph, "stack") == held


def test_what_a_method_pops_is_out_of_the_list(workshop: Workshop) -> None:
    text = a_model(f"{MADE}self.take(xs)\nreturn torch.stack(xs)", ONES, before="from typing import List").replace(
        "    def forward", "    def take(self, xs: List[torch.Tensor]):\n        xs.pop()\n\n    def forward"
    )
    assert flowing(workshop.graph(text, "script"), "stack") == {"sin", "cos"}


@pytest.mark.parametrize(("body", "read"), [("y = xs.pop(1)", "pop"), ("y = xs[1]", "__getitem__")])
def test_one_element_is_read(workshop: Workshop, body: str, read: str) -> None:
    graph = workshop.graph(a_model(f"{MADE}{body}\ny.add_(1)\nreturn y.exp(), xs", ONES), "script")
    assert sources_of(graph, only(graph, read).id) == {only(graph, "cos").id}


def test_what_is_read_of_a_list_shares_its_memory(workshop: Workshop) -> None:
    text = a_model(f"{MADE}y = xs[1]\ny.add_(1)\nreturn torch.stack(xs)", ONES)
    assert flowing(workshop.graph(text, "script"), "stack") == {"sin", "add", "tan"}


def test_a_list_in_a_list_is_one_thing_however_often_it_is_read(workshop: Workshop) -> None:
    text = a_model("xs = [[x.sin()], [x.cos()]]\nxs[0].append(x.tan())\nreturn torch.stack(xs[0])", ONES)
    assert flowing(workshop.graph(text, "script"), "stack") == {"sin", "append"}


def test_what_is_written_to_each_tensor_of_a_list_is_read_of_them(workshop: Workshop) -> None:
    text = a_model(f"{MADE}torch._foreach_add_(xs, 1.0)\nreturn torch.stack(xs)", ONES)
    assert flowing(workshop.graph(text, "script"), "stack") == {"_foreach_add"}


def test_a_list_that_a_loop_writes_to_is_carried(workshop: Workshop) -> None:
    """What read it took what was in it before the loop, at each turn."""
    text = a_model("ys = [x]\nfor i in range(x.size(0)):\n    ys.append(ys[-1].cos())\nreturn torch.stack(ys)", ONES)
    graph = workshop.graph(text, "script")
    assert_well_formed(graph)
    (region,) = graph.regions
    assert sources_of(graph, only(graph, "__getitem__").id) == {region.formals[-1]}
    assert set(region.results[-1]) == {(region.formals[-1], 0), (only(graph, "append").id, 0)}
    assert graph.by_id[region.formals[-1]].target == "ys"
    assert flowing(graph, "stack") == {"input", "append"}


STATE = a_model(
    "state = (x, x + 1)\nfor i in range(x.size(0)):\n    state = (state[1].sin(), state[0].cos())\n"
    "a, b = state\nreturn a.exp(), b.tan()",
    ONES,
)
NESTED = a_model(
    "state = (x, (x + 1, x - 1))\nfor i in range(x.size(0)):\n    a, (b, c) = state\n"
    "    state = (c.sin(), (a.cos(), b.tanh()))\nreturn state[0].exp(), state[1][0].tan()",
    ONES,
)


@pytest.mark.parametrize("text", [pytest.param(STATE, id="a pair"), pytest.param(NESTED, id="a pair in a pair")])
def test_each_part_of_a_tuple_that_a_loop_carries_is_told(workshop: Workshop, text: str) -> None:
    """A tuple was one output of its loop, which fed all that took a part of it."""
    graph = workshop.graph(text, "script")
    assert_well_formed(graph)
    (region,) = graph.regions
    assert len(graph.by_id[region.owner].outputs) == len(region.results) == len(region.formals) - 1
    assert flowing(graph, "exp") == {"sin"}
    assert flowing(graph, "tan") == {"cos"}
    assert {graph.by_id[edge.source].op for edge in graph.edges if edge.target == only(graph, "exp").id} == {"loop"}


@pytest.mark.parametrize(
    ("body", "outputs"),
    [
        pytest.param("xs.pop(0)", [{"cos"}, {"tan"}], id="fewer"),
        pytest.param("xs.append(x.exp())", [{"sin"}, {"cos"}, {"tan"}, {"append"}], id="more"),
        pytest.param("xs.reverse()", [{"tan"}, {"cos"}, {"sin"}], id="in another order"),
        pytest.param("if x.sum() > 0:\n    xs.pop()", [{"sin", "cos", "tan"}], id="how many is not known"),
    ],
)
def test_a_list_is_returned_as_it_is_at_last(workshop: Workshop, body: str, outputs: list[set[str]]) -> None:
    """It was returned as it was made."""
    graph = workshop.graph(a_model(f"{MADE}{body}\nreturn xs", ONES), "script")
    given = [op.id for op in graph.ops if op.role == "output"]
    assert [{graph.by_id[edge.source].op for edge in graph.edges if edge.target == one} for one in given] == outputs


def test_a_number_in_a_tuple_leaves_the_other_parts_at_their_place(workshop: Workshop) -> None:
    text = a_model("pair = (x.sin(), 2, x.cos())\na, k, b = pair\nreturn a.exp() * k, b.tan()", ONES)
    graph = workshop.graph(text, "script")
    assert flowing(graph, "exp") == {"sin"}
    assert flowing(graph, "tan") == {"cos"}
