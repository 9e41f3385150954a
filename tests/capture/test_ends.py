"""Inputs and outputs are called as the user wrote them, in whatever graph they are."""

from __future__ import annotations

from collections import namedtuple
from pathlib import Path

import onnx
import pytest
import torch
from onnx import TensorProto, helper
from torch import nn

from explorer.capture.ends import Ends
from explorer.capture.exported_ends import names_given, names_kept
from explorer.capture.stored import Stored, read_stored
from explorer.diff.align import align
from explorer.evidence import Kind
from explorer.graph import Graph, OpId
from explorer.source.find import find_source
from explorer.source.load import Arguments
from explorer.source.places import Places
from tests.cases import Workshop, a_model, assert_well_formed, graph_of, only

NESTED = a_model(
    "y = (x * batch['x'] + batch['more'][1]).exp() * box.scale - rest[0] + more['key']\n"
    "return {'logits': y, 'pair': (y + 1, x, [y - 1]), 'box': Box(y * 2)}",
    "'a': ((ones(2), {'x': ones(2), 'more': (ones(2), ones(2))}, Box(ones(2)), ones(2)), {'key': ones(2)})",
    takes="self, x, batch, box, *rest, **more",
    before="from dataclasses import dataclass\nfrom torch import ones\n\n@dataclass\nclass Box:\n"
    "    scale: torch.Tensor\n    n: None = None\n\ntorch.utils._pytree.register_dataclass(Box)",
)
KEYWORDS = a_model(
    "return (x * meta['w']).exp() - extra['w'].sin()",
    "'a': ((torch.ones(2),), {'extra': {'w': torch.ones(2)}, 'meta': {'w': torch.ones(2)}})",
    takes="self, x, *, meta, extra",
)
BROKEN = a_model(
    "y = self.linear(x) + 1\nprint('a break')\nz = (y * d['k']).exp()\nreturn {'first': z.cos(), 'second': y.sin()}",
    "'a': (torch.ones(2), {'k': torch.ones(2)})",
    takes="self, x, d",
    init="self.linear = nn.Linear(2, 2)",
)


def named(graph: Graph, role: str) -> list[str]:
    return [op.target for op in graph.ops if op.role == role]


def opened(path: Path) -> Stored:
    source = find_source(str(path))
    return read_stored(source, Places.of(source))


def fed(graph: Graph, role: str) -> set[str]:
    """Return the names of what has an edge."""
    tied = {edge.source for edge in graph.edges} | {edge.target for edge in graph.edges}
    return {op.target for op in graph.ops if op.role == role and op.id in tied}


@pytest.mark.parametrize("kind", ["export", "onnx", "ort", "dynamo"])
def test_inputs_and_outputs_are_called_as_in_the_eager_graph(workshop: Workshop, kind: Kind) -> None:
    eager, static = workshop.eager_graph(NESTED), workshop.graph(NESTED, kind)
    assert_well_formed(static)
    assert "batch['more'][1]" in fed(eager, "input")
    assert fed(static, "input") == fed(eager, "input")
    of_python = {"output['pair'][1]"} if kind == "dynamo" else set[str]()  # it returns the argument itself
    assert fed(static, "output") == fed(eager, "output") - of_python


def test_a_programs_decomposed_form_has_the_same_names(workshop: Workshop) -> None:
    text = a_model(
        "return {'y': self.linear(x['x'])}", "'a': ({'x': torch.ones(2)},)", init="self.linear = nn.Linear(2, 2)"
    )
    capture = workshop.static(text, "export").capture
    (form,) = [one for one in capture.forms if one.name == "decomposed"]
    assert form.graph is not None
    for graph in (form.graph, graph_of(capture)):
        assert (named(graph, "input"), named(graph, "output")) == (["x['x']"], ["output['y']"])


@pytest.mark.parametrize("kind", ["trace", "export", "onnx", "onnx_ts", "ort", "dynamo"])
def test_two_dicts_given_in_another_order_than_forwards_are_not_taken_for_each_other(
    workshop: Workshop, kind: Kind
) -> None:
    """``meta['w']`` was paired with what the exporters call ``extra_w``, by position."""
    eager, static = workshop.eager_graph(KEYWORDS), workshop.graph(KEYWORDS, kind)
    (sine,) = [edge.source for edge in static.edges if edge.target == only(static, "sin").id]
    assert static.by_id[sine].target == "extra['w']"
    pairs = {(one.left, one.right) for one in align(eager, static) if any("input:" in op for op in one.left)}
    assert pairs == {((f"input:{name}",), (f"input:{name}",)) for name in ("x", "meta['w']", "extra['w']")}


def test_what_dynamo_hands_from_graph_to_graph_is_no_argument_and_no_result(workshop: Workshop) -> None:
    graph = workshop.graph(BROKEN, "dynamo")
    assert_well_formed(graph)
    assert named(graph, "input") == ["x", "y · graph 2", "d['k']"]
    assert {"output['first']", "output['second']"} < set(named(graph, "output"))
    assert all(name.endswith(" · graph 1") for name in named(graph, "output")[:-2])


def test_dynamos_results_are_paired_by_name_as_it_has_an_order_of_its_own(workshop: Workshop) -> None:
    eager, static = workshop.eager_graph(NESTED), workshop.graph(NESTED, "dynamo")
    assert named(static, "output")[0] == "output['box'].scale", "the last one in the eager graph"
    left = {right: one.left for one in align(eager, static) for right in one.right}
    ends = [op for op in static.ops if op.role == "output"]
    assert [[eager.by_id[OpId(one)].target for one in left[op.id]] for op in ends] == [[op.target] for op in ends]


def test_a_parameter_is_known_to_dynamos_graph_however_forward_is_wrapped(workshop: Workshop) -> None:
    """A decorated forward once had its parameters among the inputs, under names of Dynamo's."""
    text = a_model("return self.linear(x)", "'a': (torch.ones(2),)", init="self.linear = nn.Linear(2, 2)").replace(
        "    def forward", "    @wrapped\n    def forward"
    )
    wrapper = "def wrapped(function):\n    def call(*args, **kwargs):\n        return function(*args, **kwargs)\n    return call"
    graph = workshop.graph(text.replace("class Net", f"{wrapper}\n\n\nclass Net"), "dynamo")
    assert named(graph, "parameter") == ["linear.weight", "linear.bias"]
    assert len(named(graph, "input")) == 1


@pytest.mark.parametrize("kind", ["script", "jit", "trace", "export", "onnx"])
def test_outputs_keep_their_names_where_some_are_no_tensors(workshop: Workshop, kind: Kind) -> None:
    text = a_model("return None, x + 1, None, (x * 2, x - 1)", "'a': (torch.ones(4),)")
    assert fed(workshop.graph(text, kind), "output") == {"output[1]", "output[3][0]", "output[3][1]"}


def test_a_new_value_of_a_buffer_that_is_returned_as_well_is_an_output(workshop: Workshop) -> None:
    """Both were left out, being called alike in the exported program."""
    text = a_model(
        "self.n.copy_(x)\nreturn self.n", "'a': (torch.ones(4),)", init="self.register_buffer('n', torch.zeros(4))"
    )
    capture = workshop.static(text, "export").capture
    for graph in (graph_of(capture), *(one.graph for one in capture.forms if one.graph is not None)):
        assert named(graph, "output") == ["output"]


class Pairs(nn.Module):
    def forward(self, x: torch.Tensor, d: dict[str, torch.Tensor], *, k: torch.Tensor) -> dict[str, object]:
        return {"s": x + d["a"], "t": (x * d["b"], k - 1)}


def test_a_programs_own_record_tells_the_names() -> None:
    given = (torch.ones(2), {"a": torch.ones(2), "b": torch.ones(2)})
    kept = names_kept(torch.export.export(Pairs(), given, {"k": torch.ones(2)}))
    assert kept.inputs == ("x", "d['a']", "d['b']", "k")
    assert kept.outputs == ("output['s']", "output['t'][0]", "output['t'][1]")


def test_a_stored_programs_ends_are_called_as_its_author_wrote_them(tmp_path: Path) -> None:
    path = tmp_path / "net.pt2"
    given = (torch.ones(2), {"a": torch.ones(2), "b": torch.ones(2)})
    torch.export.save(torch.export.export(Pairs(), given, {"k": torch.ones(2)}), path)
    stored = opened(path)
    for graph in (stored.captured.graph, stored.derive(None).graph):
        assert named(graph, "input") == ["x", "d['a']", "d['b']", "k"]
        assert named(graph, "output") == ["output['s']", "output['t'][0]", "output['t'][1]"]


def test_an_onnx_files_outputs_are_called_as_in_the_file(tmp_path: Path) -> None:
    """They had numbers, though the file tells."""
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [2]) for name in ("pixels", "logits")]
    graph = helper.make_graph([helper.make_node("Exp", ["pixels"], ["logits"])], "g", ends[:1], ends[1:])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10), tmp_path / "n.onnx")
    stored = opened(tmp_path / "n.onnx")
    for one in (stored.captured.graph, stored.derive(None).graph):
        assert (named(one, "input"), named(one, "output")) == (["pixels"], ["logits"])


Both = namedtuple("Both", "left right")  # noqa: PYI024 - TorchScript knows no other whose types are written as text


class Mixed(nn.Module):
    def forward(self, x: torch.Tensor) -> tuple[dict[str, torch.Tensor], tuple[Both, int]]:
        return {"a": x + 1, "b": x}, (Both(x * 2, x - 1), 3)


def test_an_archives_own_tuples_and_dicts_tell_the_names(tmp_path: Path) -> None:
    torch.jit.script(Mixed()).save(tmp_path / "net.pt")
    assert named(opened(tmp_path / "net.pt").captured.graph, "output") == [
        "output[0]['a']", "output[0]['b']", "output[1][0].left", "output[1][0].right", "output[1][1]"
    ]  # fmt: skip


def test_names_are_those_of_all_leaves_or_of_the_tensors() -> None:
    ends = Ends.of({"a": torch.ones(1), "b": None, "c": [torch.ones(1)]})
    assert ends.results(3) == ("output['a']", "output['b']", "output['c'][0]")
    assert ends.results(2) == ("output['a']", "output['c'][0]")
    assert ends.results(4) == ()


def test_the_leaves_of_a_call_are_named_in_the_order_in_which_they_are_given() -> None:
    given = Arguments(args=(torch.ones(1),), kwargs={"k": torch.ones(1), "d": {"a": torch.ones(1), "b": 3}})
    assert names_given(Pairs(), given) == ("x", "k", "d['a']", "d['b']")


@pytest.mark.parametrize("kind", ["eager", "trace", "script", "export", "dynamo", "onnx", "onnx_ts", "ort"])
def test_an_output_that_is_none_is_in_no_graph(workshop: Workshop, kind: Kind) -> None:
    """Some graphs had a node for it, which had no counterpart in the others."""
    graph = workshop.graph(a_model("return x + 1, None, x * 2", "'a': (torch.ones(4),)"), kind)
    assert [op.target for op in graph.ops if op.role == "output"] == ["output[0]", "output[2]"]
