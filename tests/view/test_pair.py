"""Any two graphs of a report side by side: over eager, and what that does not tie by themselves."""

from __future__ import annotations

import itertools
from collections import Counter

import pytest

from explorer.report.build import graph_entry
from explorer.report.read import graph_of
from explorer.report.schema import Report
from explorer.view.pair import drawable, pair_of
from tests.cases import Workshop, a_model

CHOOSES = a_model(
    "if x.sum() > 0:\n    y = torch.relu(x) * 2\nelse:\n    y = torch.sigmoid(x) - 1\nreturn y + x",
    "'a': (torch.ones(3),), 'b': (torch.ones(3) * 2,)",
)


@pytest.fixture
def report(workshop: Workshop) -> Report:
    return workshop.report(CHOOSES, "trace", "script", "jit", "onnx_ts", "ort")


def test_every_op_of_any_two_graphs_is_in_exactly_one_group(report: Report) -> None:
    for left, right in itertools.permutations(drawable(report), 2):
        pair = pair_of(report, left, right)
        assert Counter(op for group in pair.groups for op in group.left) == Counter(n.id for n in pair.left_graph.nodes)
        assert Counter(op for group in pair.groups for op in group.right) == Counter(
            n.id for n in pair.right_graph.nodes
        )


def test_a_side_that_eager_did_not_run_lies_beside_itself(report: Report) -> None:
    """Two graphs that both keep the branch were tied over eager alone, which ran one side of it."""
    pair = pair_of(report, "script", "jit")
    apart = {node.op for node in pair.left_graph.nodes
             if any(group.left == (node.id,) and not group.right for group in pair.groups)}  # fmt: skip
    assert not {"sigmoid", "sub", "relu", "mul"} & apart
    assert {"sigmoid", "sub"} <= {node.op for node in pair.left_graph.nodes}


@pytest.mark.parametrize(("left", "right", "held"), [
    ("eager:a", "trace", {"same"}), ("eager:b", "trace", {None}), ("eager:a", "eager:b", {None}),
])  # fmt: skip
def test_values_are_compared_on_one_example_alone(report: Report, left: str, right: str, held: set[str | None]) -> None:
    """The same op on another example was said to have given other values."""
    pair = pair_of(report, left, right)
    ops = {node.id for node in pair.left_graph.nodes if node.role == "compute"}
    assert {group.held for group in pair.groups if group.right and ops.issuperset(group.left) and group.left} == held


def test_a_graph_is_read_back_as_it_was_written(report: Report) -> None:
    for name, entry in (report.graphs or {}).items():
        assert graph_entry(graph_of(entry), entry.escapes) == entry, name


def test_one_op_beside_the_same_is_no_difference(workshop: Workshop) -> None:
    """A linear layer, which is two ops to eager, was another one in a script than in what is made of it."""
    text = a_model("return torch.relu(self.l(x))", "'a': (torch.ones(2, 4),)", init="self.l = nn.Linear(4, 4)")
    for left, right in itertools.permutations(("trace", "script", "jit"), 2):
        pair = pair_of(workshop.report(text, "trace", "script", "jit"), left, right)
        linear = next(node.id for node in pair.left_graph.nodes if node.op == "linear")
        assert [group.kind for group in pair.groups if linear in group.left] == ["same"], (left, right)
