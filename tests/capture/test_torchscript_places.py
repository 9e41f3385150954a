"""The lines of what TorchScript's compiler gives no place to."""

from __future__ import annotations

import pytest

from tests.cases import Workshop, a_model, line_of, only

ONES = "'a': (torch.ones(4),)"
STATE = "self.register_buffer('h', torch.zeros(4))"


@pytest.mark.parametrize(
    ("body", "target"),
    [
        pytest.param("y = x * 2\nz = y + 1\nself.h = y  # !\nreturn z", "prim::SetAttr", id="an attribute"),
        pytest.param("self.h = (  # !\n    x * 2\n)\nreturn x + 1", "prim::SetAttr", id="over several lines"),
        pytest.param("if x.sum() > 0:\n    y = x * 2\n    self.h = y  # !\nreturn x", "prim::SetAttr", id="on a side"),
        pytest.param("y = x * 2\nd = {'a': y}  # !\nreturn d['a']", "prim::DictConstruct", id="a dict"),
        pytest.param("y = x * 2\ny[0] = 1  # !\nreturn y", "aten::tensor", id="a number that is made a tensor"),
    ],
)
def test_what_is_compiled_has_the_line_of_its_statement(workshop: Workshop, body: str, target: str) -> None:
    """They had none."""
    text = a_model(body, ONES, init=STATE)
    (op,) = [one for one in workshop.graph(text, "script").ops if one.target == target]
    assert op.location is not None
    assert op.location.line == line_of(text)


def test_the_first_assignment_after_another_is_its_own(workshop: Workshop) -> None:
    text = a_model("self.h = x.sin()\nself.h = x.cos()  # !\nreturn self.h.exp()", ONES, init=STATE)
    graph = workshop.graph(text, "script")
    cos = only(graph, "cos").id
    (set_last,) = [
        edge.target for edge in graph.edges if edge.source == cos and graph.by_id[edge.target].op == "SetAttr"
    ]
    place = graph.by_id[set_last].location
    assert place is not None
    assert place.line == line_of(text)
