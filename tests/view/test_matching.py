"""Any two graphs of a report side by side: over eager, and what that does not tie by themselves."""

from __future__ import annotations

import itertools
from collections import Counter

import pytest

from explorer.report.build import graph_entry
from explorer.report.read import graph_of
from explorer.report.schema import NodeEntry, Report
from explorer.view.matching import drawable, groups_between
from tests.cases import Workshop, a_model

CHOOSES = a_model(
    "if x.sum() > 0:\n    y = torch.relu(x) * 2\nelse:\n    y = torch.sigmoid(x) - 1\nreturn y + x",
    "'a': (torch.ones(3),), 'b': (torch.ones(3) * 2,)",
)


@pytest.fixture
def report(workshop: Workshop) -> Report:
    return workshop.report(CHOOSES, "trace", "script", "jit", "onnx_ts", "ort")


def nodes(report: Report, capture: str) -> tuple[NodeEntry, ...]:
    return (report.graphs or {})[capture].nodes


def test_every_op_of_any_two_graphs_is_in_exactly_one_group(report: Report) -> None:
    for left, right in itertools.permutations(drawable(report), 2):
        groups = groups_between(report, left, right)
        assert Counter(op for group in groups for op in group.left) == Counter(node.id for node in nodes(report, left))
        assert Counter(op for group in groups for op in group.right) == Counter(
            node.id for node in nodes(report, right)
        )


def test_a_side_that_eager_did_not_run_lies_beside_itself(report: Report) -> None:
    """Two graphs that both keep the branch were tied over eager alone, which ran one side of it."""
    lone = {group.left for group in groups_between(report, "script", "jit") if not group.right}
    apart = {node.op for node in nodes(report, "script") if (node.id,) in lone}
    assert not {"sigmoid", "sub", "relu", "mul"} & apart
    assert {"sigmoid", "sub"} <= {node.op for node in nodes(report, "script")}


@pytest.mark.parametrize(("left", "right", "held"), [
    ("eager:a", "trace", {"same"}), ("eager:b", "trace", {None}), ("eager:a", "eager:b", {None}),
])  # fmt: skip
def test_values_are_compared_on_one_example_alone(report: Report, left: str, right: str, held: set[str | None]) -> None:
    """The same op on another example was said to have given other values."""
    ops = {node.id for node in nodes(report, left) if node.role == "compute"}
    assert {
        group.held
        for group in groups_between(report, left, right)
        if group.right and ops.issuperset(group.left) and group.left
    } == held


def test_a_graph_is_read_back_as_it_was_written(report: Report) -> None:
    for name, entry in (report.graphs or {}).items():
        assert graph_entry(graph_of(entry), entry.escapes) == entry, name


def test_one_op_beside_the_same_is_no_difference(workshop: Workshop) -> None:
    """A linear layer, which is two ops to eager, was another one in a script than in what is made of it."""
    text = a_model("return torch.relu(self.l(x))", "'a': (torch.ones(2, 4),)", init="self.l = nn.Linear(4, 4)")
    for left, right in itertools.permutations(("trace", "script", "jit"), 2):
        report = workshop.report(text, "trace", "script", "jit")
        linear = next(node.id for node in nodes(report, left) if node.op == "linear")
        assert [group.kind for group in groups_between(report, left, right) if linear in group.left] == ["same"], (
            left,
            right,
        )
