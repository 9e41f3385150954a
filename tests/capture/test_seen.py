"""Shapes in TorchScript graphs: what a run on the first example shows, and nothing that it does not."""

from __future__ import annotations

import pytest
import torch

from explorer.capture.inlined import without_calls
from explorer.capture.seen import watched
from explorer.evidence import Kind
from explorer.graph import Graph, Op
from explorer.source.load import Arguments
from explorer.source.samples import sample_names
from tests.cases import Workshop, a_model, assert_well_formed, compute, graph_of, only, sources_of

GROWS = a_model("for _ in range(x.size(0)):\n    y = torch.cat([x, x])\n    x = y + 1  # !\nreturn x",
                "'a': (torch.ones(2, 3),)")  # fmt: skip
TWO_SIDES = a_model(
    "if x.sum() > 0:\n    y = x.exp()  # taken\nelse:\n    y = x.repeat(2, 1)  # not\nreturn y",
    "'a': (torch.ones(2, 3),), 'b': (-torch.ones(2, 3),)",
)
LEAVES_EARLY = a_model(
    "for i in range(3):\n    if x.sum() > i:\n        y = x + 1\n        continue\n    y = torch.cat([x, x])  # !\n"
    "    if y.sum() > 5:\n        return y\n    x = y\nif x.sum() < -1000:\n    raise ValueError('no')\nreturn x",
    "'a': (-torch.ones(3),), 'b': (torch.ones(3),)",
)
GETS_WIDER = a_model(
    "self.seen = torch.cat([self.seen, x])\nreturn self.seen * 2",
    "'a': (torch.ones(1, 3),)",
    init="self.register_buffer('seen', torch.zeros(1, 3))",
)
TWICE = a_model("return self.act(self.act(x).sum(0))  # !", "'a': (torch.ones(2, 3),)", init="self.act = nn.ReLU()")
OPTIONS = a_model("y = x * scale\nif bias is not None:\n    y = y + bias\nreturn y",
                  "'a': ((torch.ones(2),), {'bias': torch.ones(3, 1)})",
                  takes="self, x, scale: float = 2.0, bias: torch.Tensor | None = None")  # fmt: skip
WRITES = a_model("x.add_(1)\nreturn x[x > 2].exp()", "'a': (torch.tensor([1.0, 2.0]),)")
REMEMBERS = a_model(
    "self.seen = torch.cat([self.seen, x])\nif self.warm:\n    y = x.exp()\nelse:\n    y = x.cos()\n    self.warm = True\n"
    "return y + self.seen.sum()",
    "'a': (torch.ones(1, 3),)",
    init="self.warm: bool = False\nself.register_buffer('seen', torch.zeros(1, 3))",
)
SCRIPTING: tuple[Kind, ...] = ("script", "jit")


def shapes(graph: Graph, name: str) -> list[str]:
    return [str(op.outputs[0]) for op in graph.compute if op.op == name]


@pytest.mark.parametrize("kind", SCRIPTING)
def test_what_is_another_at_each_turn_of_a_loop_is_left_open(workshop: Workshop, kind: Kind) -> None:
    graph = workshop.graph(GROWS, kind)
    inside = [op for op in graph.compute if op.region and op.op == "cat"]
    assert inside
    assert {str(op.outputs[0]) for op in inside} <= {"f32[?, 3]", "f32[4, 3]", "f32[8, 3]", "?"}
    assert str(graph.ops[-1].outputs[0]) == "f32[8, 3]"


def test_a_loop_as_it_is_written_is_seen_at_all_its_turns(workshop: Workshop) -> None:
    assert shapes(workshop.graph(GROWS, "script"), "cat") == ["f32[?, 3]"]


@pytest.mark.parametrize("kind", SCRIPTING)
def test_the_side_that_is_not_taken_tells_nothing(workshop: Workshop, kind: Kind) -> None:
    graph = workshop.graph(TWO_SIDES, kind)
    assert shapes(graph, "exp") == ["f32[2, 3]"]
    assert shapes(graph, "repeat") == ["?"]
    assert shapes(graph, "if") == ["f32[2, 3]"]


@pytest.mark.parametrize("kind", SCRIPTING)
def test_values_that_may_hold_nothing_are_not_looked_at(workshop: Workshop, kind: Kind) -> None:
    graph = workshop.graph(LEAVES_EARLY, kind)
    assert any(op.target == "prim::Uninitialized" for op in graph.ops)
    assert shapes(graph, "cat")[0] in {"f32[?]", "f32[6]"}
    assert str(graph.ops[-1].outputs[0]) == "f32[24]"


@pytest.mark.parametrize("kind", SCRIPTING)
def test_the_run_that_is_watched_leaves_no_trace_in_the_model(workshop: Workshop, kind: Kind) -> None:
    result = workshop.static(GETS_WIDER, kind)
    assert shapes(graph_of(result.capture), "cat") == ["f32[2, 3]"]
    assert result.outcomes["a"].outcome == "agrees"


@pytest.mark.parametrize("kind", SCRIPTING)
def test_what_is_written_into_the_arguments_is_written_once(workshop: Workshop, kind: Kind) -> None:
    """Each of the runs after which the executor optimises once went on with what the one before had left."""
    assert shapes(workshop.graph(WRITES, kind), "exp") == ["f32[1]"]


@pytest.mark.parametrize("kind", SCRIPTING)
def test_what_the_graph_sets_is_no_constant_and_is_as_it_was_before_a_run(workshop: Workshop, kind: Kind) -> None:
    """Of a branch on such an attribute once only the side was left that a second run takes."""
    graph = workshop.graph(REMEMBERS, kind)
    assert_well_formed(graph)
    held = {op.target: str(op.outputs[0]) for op in graph.ops if op.role == "parameter"}
    assert held == {"seen": "f32[1, 3]", "warm": "bool"}
    branch = only(graph, "if")
    assert sources_of(graph, branch.id) == {"parameter:warm"}
    assert [region.kind for region in graph.regions if region.owner == branch.id] == ["then", "else"]
    assert shapes(graph, "exp") == ["?"]
    assert shapes(graph, "cos") == ["f32[1, 3]"]


@pytest.mark.parametrize("kind", SCRIPTING)
def test_a_module_that_is_called_twice_has_the_shapes_of_each_call(workshop: Workshop, kind: Kind) -> None:
    assert shapes(workshop.graph(TWICE, kind), "relu") == ["f32[2, 3]", "f32[3]"]


def test_what_was_seen_before_an_error_holds() -> None:
    module = torch.jit.script(_Raises())
    ran = watched(module, without_calls(module), Arguments(args=(torch.ones(2),), kwargs={}))
    assert sorted(str(value) for value in ran.values.values()) == ["bool[]", "f32[2]", "f32[2]", "f32[]"]


def test_a_loop_that_an_error_ends_tells_nothing() -> None:
    module = torch.jit.script(_RaisesInLoop())
    ran = watched(module, without_calls(module), Arguments(args=(torch.ones(2),), kwargs={}))
    assert sorted(str(value) for value in ran.values.values()) == ["f32[2]", "f32[2]"]


@pytest.mark.parametrize("kind", SCRIPTING)
def test_arguments_by_name_and_by_default_are_given(workshop: Workshop, kind: Kind) -> None:
    graph = workshop.graph(OPTIONS, kind)
    assert shapes(graph, "mul") == ["f32[2]"]
    assert shapes(graph, "add") == ["f32[3, 2]"]


def test_a_watched_graph_is_as_it_was() -> None:
    module = torch.jit.script(_Raises())
    graph = without_calls(module)
    before = str(graph)
    watched(module, graph, Arguments(args=(torch.ones(2),), kwargs={}))
    assert str(graph) == before


@pytest.mark.parametrize("kind", SCRIPTING)
@pytest.mark.parametrize("sample", sample_names())
def test_shapes_are_eagers_where_line_and_op_are(workshop: Workshop, sample: str, kind: Kind) -> None:
    if workshop.static(sample, kind).capture.status == "failed":
        pytest.skip("it is refused")
    graph, eager = workshop.graph(sample, kind), workshop.eager_graph(sample)
    ours, theirs = _by_place(graph), _by_place(eager)
    shared = [place for place in ours.keys() & theirs.keys() if len(ours[place]) == len(theirs[place])]
    pairs = [pair for place in shared for pair in zip(ours[place], theirs[place], strict=True)]
    known = [(one, other) for one, other in pairs if one.outputs and one.outputs[0].shape is not None]
    for one, other in known:
        told, was = one.outputs[0], other.outputs[0]
        assert told.dtype in {was.dtype, None}, (one, other)
        assert len(told.shape or ()) == len(was.shape or ()), (one, other)
        sizes = zip(told.shape or (), was.shape or (), strict=True)
        assert all(ours in {size, None} for ours, size in sizes), (one, other)
    if compute(graph):
        assert any(value.shape is not None for op in graph.compute for value in op.outputs)


def _by_place(graph: Graph) -> dict[object, list[Op]]:
    """Return the ops by line and by the producer's own name: a kernel of the same canonical name has a layout of its own."""
    found: dict[object, list[Op]] = {}
    for op in graph.compute:
        if op.location and op.location.user:
            own = op.target.removeprefix("aten::").removeprefix("aten.").partition(".")[0]
            found.setdefault((op.module, op.location.line, own), []).append(op)
    return found


class _Raises(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = x.exp()
        if y.sum() > 0:
            message = "no"
            raise ValueError(message)
        return y * 2


class _RaisesInLoop(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x.exp()
        for i in range(3):
            x = torch.cat([x, x])
            if i == 1:
                message = "no"
                raise ValueError(message)
        return x


AUTOCAST = a_model(
    "a = self.one(x)\nwith torch.autocast('cpu', dtype=torch.bfloat16):\n    y = self.two(a)\n    z = self.two(y)\n"
    "return a, y.exp(), z",
    "'a': (torch.ones(2, 4),)",
    init="self.one, self.two = nn.Linear(4, 4), nn.Linear(4, 4)",
)


@pytest.mark.parametrize("kind", ["eager", "script", "jit", "trace"])
def test_what_autocast_makes_smaller_is_told_so(workshop: Workshop, kind: Kind) -> None:
    """The casts are the executor's, so that a script's ops were seen in the precision that they are written in."""
    graph = workshop.graph(AUTOCAST, kind)
    assert [op.outputs[0].dtype for op in graph.ops if op.role == "output"] == ["f32", "bf16", "bf16"]
    dtypes = [op.outputs[0].dtype for op in graph.compute if op.op in {"linear", "addmm"}]
    assert dtypes == ["f32", "bf16", "bf16"]
