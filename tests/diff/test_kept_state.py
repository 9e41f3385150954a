"""State that calls leave behind: what the results of later ones depend on, and what they do not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from explorer.capture.onnx_ts import WITHOUT
from explorer.diff.causes.idle_state import idle_buffers
from explorer.evidence import Kind
from explorer.graph import Graph, OpId
from tests.cases import Workshop, a_model, line_of, lines_of
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


IN_A_ROW = "\nSEQUENCE = True\n"


def test_a_buffer_that_an_exported_program_does_not_bind_anew_is_lost(workshop: Workshop) -> None:
    """That of a part of the model has no copy in the graph, and its values were told to differ for no reason."""
    part = """
    class Part(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("last", torch.zeros(3), persistent=False)

        def forward(self, x):
            x = x + self.last
            self.last = x.detach()  # !
            return x * 2
    """
    text = a_model("return self.part(x)", "'a': (torch.ones(3),), 'b': (torch.ones(3),)",
                   init="self.part = Part()", before=part) + IN_A_ROW  # fmt: skip
    (told,) = [one for one in workshop.report(text, "export").divergences if one.severity == "error"]
    assert (told.cause, told.line) == ("baked-state", line_of(text))


def test_a_buffer_that_no_result_of_a_trace_depends_on_is_not_at_fault(workshop: Workshop) -> None:
    """The trace begins with what its own run left in the buffer; what was read of it is a constant."""
    text = a_model("self.bound.mul_(0.5).add_(x.abs().max())\nreturn x / self.bound.item()  # !",
                   "'a': (torch.ones(3),), 'b': (4 * torch.ones(3),)",
                   init="self.register_buffer('bound', torch.ones(()))") + IN_A_ROW  # fmt: skip
    (told,) = [one for one in workshop.report(text, "trace").divergences if one.severity == "error"]
    assert (told.cause, told.line) == ("baked-constant", line_of(text))


def test_a_buffer_that_another_one_is_written_from_is_at_fault_in_a_trace(workshop: Workshop) -> None:
    text = a_model("y = x * self.mean\nself.sum.add_(x)  # !\nself.mean.copy_(self.sum / 2)  # !\nreturn y",
                   "'a': (torch.ones(3),), 'b': (4 * torch.ones(3),)",
                   init="self.register_buffer('sum', torch.ones(3))\nself.register_buffer('mean', torch.ones(3))")  # fmt: skip
    found = [one for one in workshop.report(text + IN_A_ROW, "trace").divergences if one.severity == "error"]
    assert [(one.cause, one.line) for one in found] == [("baked-state", line) for line in lines_of(text)]


def test_a_buffer_written_from_parameters_is_exported_without_gradients(workshop: Workshop) -> None:
    """The older exporter refuses it otherwise, where outcomes are compared without gradients."""
    text = a_model("self.last[:, 0:1] = self.fc(x)  # !\nreturn x + self.last[:, :1]",
                   "'a': (torch.ones(2, 1, 3),), 'b': (torch.zeros(2, 1, 3),)",
                   init="self.fc = nn.Linear(3, 3)\nself.register_buffer('last', torch.zeros(2, 4, 3), persistent=False)")  # fmt: skip
    report = workshop.report(text + IN_A_ROW, "onnx_ts")
    assert [one.note for one in report.captures if one.kind == "onnx_ts"] == [WITHOUT]
    assert {(one.cause, one.line) for one in report.divergences if one.severity != "note"} <= {
        ("baked-state", line_of(text))
    }
