"""What reads memory that was written to through a view: which write feeds it, beside what the eager run tells."""

from __future__ import annotations

import re

import networkx as nx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from explorer.evidence import Kind
from explorer.graph import Graph, Op
from tests.cases import Workshop, a_model, assert_well_formed, listing, only, sources_of

FOUR = "'a': (torch.arange(16.).view(4, 4),)"
KINDS = [pytest.param(kind, id=kind) for kind in ("trace", "script", "export", "dynamo")]


def _feeding(graph: Graph, name: str) -> set[str]:
    """Return the names of the ops that feed the only op ``name``."""
    return {graph.by_id[one].op for one in sources_of(graph, only(graph, name).id)}  # type: ignore[index]


def _flowing(graph: Graph, name: str) -> set[str]:
    """Return the names of all ops whose values reach the only op ``name``."""
    return {graph.by_id[one].op for one in nx.ancestors(graph.reach, only(graph, name).id)}


@pytest.mark.parametrize("kind", KINDS)
class TestParts:
    """What parts of one memory have in common."""

    def test_an_element_of_a_list_of_views_is_one_of_them(self, workshop: Workshop, kind: Kind) -> None:
        graph = workshop.graph(a_model("q = x.chunk(2)\nq[0].mul_(3)\nreturn x.exp(), q[1].cos()", FOUR), kind)
        assert _feeding(graph, "exp") == {"mul"}
        assert "mul" not in _flowing(graph, "cos")

    def test_a_row_and_the_rows_that_it_is_one_of(self, workshop: Workshop, kind: Kind) -> None:
        """Two selects or slices of different sizes were held to be apart."""
        graph = workshop.graph(a_model("a = x[0]\nb = x[0:2]\na.add_(1)\nreturn b.exp()", FOUR), kind)
        assert "add" in _feeding(graph, "exp")

    def test_a_column_and_a_row(self, workshop: Workshop, kind: Kind) -> None:
        graph = workshop.graph(a_model("d = x[:, 0]\na = x[1]\na.mul_(2)\nreturn d.exp()", FOUR), kind)
        assert "mul" in _feeding(graph, "exp")

    @pytest.mark.parametrize(("one", "other"), [("x[0]", "x[1:3]"), ("x[-1]", "x[2]"), ("x[:, 2]", "x[:, 0:2]")])
    def test_what_does_not_overlap_is_left(self, workshop: Workshop, kind: Kind, one: str, other: str) -> None:
        graph = workshop.graph(a_model(f"a = {one}\nb = {other}\na.add_(1)\nreturn b.exp()", FOUR), kind)
        assert "add" not in _flowing(graph, "exp")

    def test_a_write_to_the_whole_reaches_each_chunk(self, workshop: Workshop, kind: Kind) -> None:
        """After a write to one of its chunks, one to the whole did not reach the others."""
        text = a_model("x = x.clone()\na, b = x.chunk(2, 1)\na.mul_(2)\nx += 1\nreturn b.exp()", FOUR)
        assert _feeding(workshop.graph(text, kind), "exp") == {"add"}

    def test_an_item_that_is_set_is_a_part(self, workshop: Workshop, kind: Kind) -> None:
        text = a_model("x = x.clone()\na = x[0]\nb = x[1]\nx[1] = 5.0\nreturn a.exp(), b.cos(), x.sin()", FOUR)
        graph = workshop.graph(text, kind)
        written = {"index_put", "fill", "copy"}
        assert _feeding(graph, "cos") < written
        assert _feeding(graph, "sin") < written
        assert not _feeding(graph, "exp") & written


class TestListsInScript:
    """Lists of views that are not taken apart."""

    def test_a_loop_writes_to_each_chunk(self, workshop: Workshop) -> None:
        graph = workshop.graph(a_model("for p in x.chunk(2):\n    p.add_(1)\nreturn x.exp()", FOUR), "script")
        assert_well_formed(graph)
        assert _feeding(graph, "exp") == {"input", "loop"}, "there may be no turn"
        assert "add" in _flowing(graph, "exp")

    def test_an_element_whose_place_is_open_may_be_each(self, workshop: Workshop) -> None:
        body = "s = x.split(1)\nfor i in range(len(s)):\n    s[i].mul_(2)\nreturn x.exp(), s[1].cos()"
        graph = workshop.graph(a_model(body, FOUR), "script")
        assert_well_formed(graph)
        assert "mul" in _flowing(graph, "exp")
        assert "mul" in _flowing(graph, "cos")

    def test_the_list_is_what_its_elements_are(self, workshop: Workshop) -> None:
        graph = workshop.graph(a_model("s = x.chunk(2)\ns[0].mul_(2)\nreturn torch.cat(s)", FOUR), "script")
        assert _feeding(graph, "cat") == {"split", "mul"}

    def test_a_list_that_was_given_holds_what_was_written(self, workshop: Workshop) -> None:
        text = a_model(
            "xs[0].mul_(2)\nreturn torch.cat(xs), xs[0].exp(), xs[1].cos()",
            "'a': ([torch.ones(4), torch.ones(4)],)",
            before="from typing import List",
            takes="self, xs: List[torch.Tensor]",
        )
        graph = workshop.graph(text, "script")
        assert _feeding(graph, "cat") == {"input", "mul"}
        assert "mul" in _flowing(graph, "exp")
        assert "mul" not in _flowing(graph, "cos")


READS = ("exp", "cos", "sin", "tan", "tanh", "sigmoid")
WRITES = ("add_(1)", "mul_(2)", "sub_(3)", "div_(2)", "clamp_(-9)", "neg_()")
WRITTEN = re.compile(r"(?:add|mul|sub|div|clamp|neg)_")


@st.composite
def programs(draw: st.DrawFn) -> str:
    """Draw the body of a ``forward`` that takes views, writes through them and reads, each by an op of its own."""
    shapes: dict[str, tuple[int, ...]] = {"y": (4, 4)}
    lines = ["y = x.clone()"]
    writes, reads = list(WRITES), list(READS)
    for number in range(draw(st.integers(5, 12))):
        name = draw(st.sampled_from(sorted(shapes)))
        kind = draw(st.sampled_from(["view", "view", "write", "read"]))
        if kind == "write" and writes:
            lines.append(f"{name}.{writes.pop(0)}")
        elif kind == "read" and len(reads) > 1:
            lines.append(f"r{len(reads)} = {name}.{reads.pop(0)}()")
        else:
            made, lasting = _view(draw, name, shapes[name], number)
            lines.append(made)
            shapes |= lasting
    lines.append(f"r{len(reads)} = {draw(st.sampled_from(sorted(shapes)))}.{reads.pop(0)}()")
    results = ", ".join(f"r{left}" for left in range(len(READS), len(reads), -1))
    return "\n".join([*lines, f"return {results},"])


def _view(draw: st.DrawFn, name: str, shape: tuple[int, ...], number: int) -> tuple[str, dict[str, tuple[int, ...]]]:
    """Draw a line that takes a view of ``name``, and the shapes of what it names."""
    dim = draw(st.integers(0, len(shape) - 1))
    size, v = shape[dim], f"v{number}"
    kind = draw(st.sampled_from(["select", "slice", "chunk", "view", "transpose"]))
    if kind == "select" and len(shape) > 1:
        return f"{v} = {name}.select({dim}, {draw(st.integers(-size, size - 1))})", {v: shape[:dim] + shape[dim + 1 :]}
    if kind == "chunk" and size > 1:
        half = (size + 1) // 2
        sizes = [(*shape[:dim], one, *shape[dim + 1 :]) for one in (half, size - half)]
        return f"{v}a, {v}b = {name}.chunk(2, {dim})", {f"{v}a": sizes[0], f"{v}b": sizes[1]}
    if kind == "transpose" and len(shape) > 1:
        return f"{v} = {name}.transpose(0, 1)", {v: shape[::-1]}
    if kind == "view":
        return f"{v} = {name}.view({name}.shape)", {v: shape}
    start = draw(st.integers(0, size - 1))
    stop, step = draw(st.integers(start + 1, size)), draw(st.integers(1, 2))
    left = len(range(start, stop, step))
    index = ", ".join([":"] * dim + [f"{start}:{stop}:{step}"])
    return f"{v} = {name}[{index}]", {v: (*shape[:dim], left, *shape[dim + 1 :])}


def _writers(graph: Graph, name: str) -> set[str]:
    """Return the writes that feed the only op ``name``, by views that were taken of what they gave."""
    found: set[str] = set()
    waiting: list[Op] = [only(graph, name)]
    while waiting:
        taking = waiting.pop().id
        for one in (graph.by_id[edge.source] for edge in graph.edges if edge.target == taking):
            if match := WRITTEN.search(one.target):
                found.add(match[0])
            else:
                waiting.append(one)
    return found


@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example("y = x.clone()\nq = y.chunk(2)\nq[0].mul_(3)\nr6 = y.exp()\nreturn r6,")
@example("y = x.clone()\na = y[0]\nb = y[0:2]\na.add_(1)\nr6 = b.exp()\nreturn r6,")
@example("y = x.clone()\na, b = y.chunk(2, 1)\na.mul_(2)\ny.add_(1)\nr6 = b.exp()\nreturn r6,")
@given(programs())
def test_what_feeds_a_read_in_eager_feeds_it_in_each_static_graph(workshop: Workshop, body: str) -> None:
    text = a_model(body, FOUR)
    eager = workshop.eager_graph(text)
    for kind in ("trace", "script", "export"):
        graph = workshop.graph(text, kind)
        for name in (name for name in READS if f".{name}()" in body):
            assert _writers(graph, name) >= _writers(eager, name), (kind, name)


NORMS = "self.bn, self.inn = nn.BatchNorm1d(3), nn.InstanceNorm1d(3, track_running_stats=True)"
BATCH = "'a': (torch.randn(4, 3, 5),)"


@pytest.mark.parametrize("kind", ["eager", "trace", "script", "jit", "dynamo", "export"])
@pytest.mark.parametrize(
    ("body", "mode", "fed"),
    [
        pytest.param("y = self.bn(x)\nreturn y, self.bn.running_mean.exp()", "train", "batch_norm", id="training"),
        pytest.param("y = self.bn(x)\nreturn y, self.bn.running_mean.exp()", "eval", "parameter", id="evaluation"),
        pytest.param("y = self.inn(x)\nreturn y, self.inn.running_var.exp()", "train", "instance_norm", id="instance"),
    ],
)
def test_a_read_of_running_statistics_is_fed_by_what_updates_them(
    workshop: Workshop, kind: Kind, body: str, mode: str, fed: str
) -> None:
    """No schema says that they are written to: static graphs read what they were before."""
    graph = workshop.graph(a_model(body, BATCH, init=NORMS, mode=mode), kind)
    (source,) = _feeding(graph, "exp")
    assert source in ({fed, "copy", "alias"} if kind == "eager" else {fed}), listing(graph)
