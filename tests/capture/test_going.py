"""What decides whether a loop goes on."""

from __future__ import annotations

import networkx as nx
import pytest

from explorer.evidence import Kind
from explorer.graph import Graph
from tests.capture.test_bodies import WHILE
from tests.cases import Workshop, a_model, assert_well_formed, only

ONES = "'a': (torch.ones(4),)"
BREAK = a_model(
    "y = x\nfor i in range(10):\n    y = y * 2\n    if y.sum() > 100:\n        break\nreturn y.exp()",
    ONES,
)


def going(graph: Graph) -> list[str]:
    """Return the names of the ops that decide, of all loops."""
    assert_well_formed(graph)
    return [graph.by_id[op].op for region in graph.regions for op, _ in region.going]


def test_a_break_decides(workshop: Workshop) -> None:
    """It fed nothing, and the ``if`` was taken for a check."""
    graph = workshop.graph(BREAK, "script")
    assert going(graph) == ["logical_and"]
    assert only(graph, "if").role == "compute"
    assert nx.has_path(graph.reach, only(graph, "gt").id, only(graph, "exp").id)


def test_a_loop_that_runs_through_all_is_decided_by_nothing(workshop: Workshop) -> None:
    text = a_model("y = x\nfor i in range(x.size(0)):\n    y = y * 2\nreturn y.exp()", ONES)
    assert going(workshop.graph(text, "script")) == []


def test_an_if_that_only_checks_in_a_loop_stays_a_guard(workshop: Workshop) -> None:
    text = a_model("y = x\nfor i in range(x.size(0)):\n    assert y.sum() < 100\n    y = y * 2\nreturn y.exp()", ONES)
    assert only(workshop.graph(text, "script"), "if").role == "guard"


@pytest.mark.parametrize(("kind", "name"), [("export", "gt")])
def test_the_condition_of_an_exported_loop_decides(workshop: Workshop, kind: Kind, name: str) -> None:
    graph = workshop.graph(WHILE, kind)
    assert going(graph) == [name]
    (region,) = [one for one in graph.regions if one.going]
    assert region.kind == "condition"
