"""Which values of an eager graph share memory, who writes to it, and where values are that are not on the CPU."""

from __future__ import annotations

import pytest

from explorer.graph import Graph
from tests.cases import Workshop, a_model, graph_of, only

ONE = "'a': (torch.randn(4),)"
BUFFER = "self.register_buffer('n', torch.zeros(()))"


def _results(graph: Graph) -> list[str]:
    """Return the op whose memory each output of the graph is."""
    return [graph.memory(op.id)[0] for op in graph.ops if op.role == "output"]


@pytest.mark.parametrize(
    ("body", "memory"),
    [
        pytest.param("return x", "input:x", id="an input as it is"),
        pytest.param("return x.view(2, 2).t()[0]", "input:x", id="a view of an input"),
        pytest.param("x.add_(1)\nreturn x", "input:x", id="an input that was written to"),
        pytest.param("x.view(2, 2)[0].add_(1)\nreturn x", "input:x", id="an input written to by a view"),
        pytest.param("return x.detach()", "input:x", id="detached"),
        pytest.param("return x.contiguous()", "input:x", id="nothing to do"),
        pytest.param("return x.clone()", "clone", id="a copy"),
        pytest.param("return x + 1", "add", id="a new value"),
        pytest.param("y = x.exp()\nreturn y, y[0], y.split(2)[1]", "exp exp exp", id="three of one memory"),
        pytest.param("y = torch.zeros(4)\ntorch.add(x, 1, out=y)\nreturn y", "zeros", id="out="),
        pytest.param("self.n += 1\nreturn self.n", "buffer:n", id="a buffer"),
        pytest.param("for _ in range(2000):\n    x = x.view(4)\nreturn x", "input:x", id="a long way"),
    ],
)
def test_an_output_leads_to_the_value_whose_memory_it_is(workshop: Workshop, body: str, memory: str) -> None:
    graph = workshop.eager_graph(a_model(body, ONE, init=BUFFER))
    names = [graph.by_id[op].op if op.startswith("n") else op for op in map(str, _results(graph)) if op]
    assert names == memory.split()


def test_a_write_names_the_value_it_writes_to(workshop: Workshop) -> None:
    graph = workshop.eager_graph(a_model("y = x.exp()\ny[1:].mul_(2)\nreturn y + 1", ONE))
    write = only(graph, "mul")
    assert write.writes == ((only(graph, "slice").id, 0),)
    assert graph.memory(*write.writes[0]) == (only(graph, "exp").id, 0)
    assert [op.op for op in graph.ops if op.writes] == ["mul"]


def test_each_output_of_an_op_is_a_view_for_itself(workshop: Workshop) -> None:
    graph = workshop.eager_graph(a_model("return x.split(2)", ONE))
    assert [(one.output, one.source) for one in only(graph, "split").aliases] == [(0, "input:x"), (1, "input:x")]


def test_only_devices_other_than_the_cpu_are_named(workshop: Workshop) -> None:
    """A result without values could not be replayed or compared, and the model counted as one that runs nowhere."""
    text = a_model("return x * 2, torch.empty(3, device='meta')", ONE)
    (capture,) = workshop.eager(text).captures
    assert [op.outputs[0].device for op in graph_of(capture).ops if op.role == "output"] == [None, "meta"]
    assert capture.replay is not None
    assert capture.replay.exact
    graphs = workshop.report(text).graphs
    assert graphs is not None
    assert [node.outputs[0].device for node in graphs["eager:a"].nodes if node.role == "output"] == [None, "meta"]
