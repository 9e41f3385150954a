"""State that calls leave behind: what the results of later ones depend on, and what they do not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from explorer.diff.causes.idle_state import idle_buffers
from explorer.evidence import Kind
from explorer.graph import Graph, OpId
from tests.cases import Workshop, a_model, line_of
from tests.diff.test_case import case
from tests.graphs import edge, op

THREE = "'a': (torch.ones(3),), 'b': (-torch.ones(3),), 'c': (2 * torch.ones(3),)"
SUMMED = "y = x - self.mean\nself.last.mul_(0.5).add_(x)  # !\nself.mean = self.mean + self.last\nreturn y"
LISTED = "y = x - self.means[-1]\nself.last.mul_(0.5).add_(x)  # !\nself.means.append(self.last * 2)\nreturn y"
UNUSED = "self.last.add_(x)  # !\nrate = self.last / 2\n{changes}\nreturn x - self.{read}"
LAST = "self.register_buffer('last', torch.zeros(3))\n"


@pytest.mark.parametrize("kind", ["onnx", "onnx_ts"])
@pytest.mark.parametrize(
    ("forward", "init", "severity"),
    [
        pytest.param(SUMMED, "self.register_buffer('mean', torch.zeros(3))", "error", id="into a buffer bound anew"),
        pytest.param(LISTED, "self.means = [torch.zeros(3)]", "error", id="into a list"),
        pytest.param(
            UNUSED.format(changes="self.n.numpy()[0] += 1", read="n"), "self.register_buffer('n', torch.zeros(3))",
            "error", id="maybe by NumPy",
        ),
        pytest.param(
            UNUSED.format(changes="self.sum.add_(x)", read="sum"), "self.register_buffer('sum', torch.zeros(3))",
            "warning", id="into nothing",
        ),
        pytest.param(
            UNUSED.format(changes="x.mul_(2)\nself.sum.add_(x)", read="sum"),
            "self.register_buffer('sum', torch.zeros(3))", "warning", id="beside an argument that is written to",
        ),
        pytest.param(
            UNUSED.format(changes="self.calls += 1", read="calls"), "self.calls = 0", "warning", id="beside a counter"
        ),
    ],
)  # fmt: skip
def test_a_buffer_that_an_onnx_graph_loses_is_an_error_where_a_later_call_may_depend_on_it(
    workshop: Workshop, forward: str, init: str, severity: str, kind: Kind
) -> None:
    """What a call bound anew was not followed, and no example was said to show what came by way of it."""
    text = a_model(forward, THREE, init=LAST + init) + "\nSEQUENCE = True\n"
    found = [one for one in workshop.report(text, kind).divergences if one.cause == "baked-state"]
    assert [one.severity for one in found if one.line == line_of(text)] == [severity]


def test_what_a_call_without_a_graph_depends_on_is_not_known() -> None:
    counts = replace(op("add"), writes=((OpId("count"), 0),))
    ops = op("count", role="constant"), op("x", role="input"), counts, op("out", role="output")
    graph = Graph(ops=ops, edges=(edge("count", "add"), edge("x", "out")))
    assert idle_buffers(case(graphs={"a": graph, "b": graph})) == {"count"}
    assert idle_buffers(case(graphs={"a": graph})) == frozenset()


def test_a_mode_that_a_call_sets_is_not_told_as_state_that_the_graph_lacks(workshop: Workshop) -> None:
    text = a_model("self.training = False\nself.k += 1; return x * self.k  # !", THREE, init="self.k = 0", mode="train")
    found = [one for one in workshop.report(text, "trace").divergences if one.severity != "note"]
    assert [(one.severity, one.cause, one.line) for one in found] == [("warning", "baked-state", line_of(text))]
