"""What the bodies of loops and branches are handed and give, and what is called once."""

from __future__ import annotations

from typing import NamedTuple

import networkx as nx
import pytest
from torch._higher_order_ops.wrap import WrapWithSetGradEnabled

from explorer.capture.body_lines import lines_in_bodies
from explorer.evidence import Kind
from explorer.graph import Graph, Op
from tests.cases import Workshop, a_model, assert_well_formed, compute, graph_of, line_of, only, sources_of

ONES = "'a': (torch.ones(4),)"
ASSOCIATIVE = a_model(
    "return associative_scan_op(both, [x], ())[0].exp()",
    "'a': (torch.ones(3, 4),)",
    before="from torch._higher_order_ops.associative_scan import associative_scan_op\n\n"
    "def both(v, w):\n    return [v.sin() * w]",
)
COUNTED = a_model(
    "k = 1\ny = x\nwhile y.sum() < 20:\n    y = y * 2 + k\n    k = k + 1\nreturn y.exp() * k",
    ONES,
)
STATE = a_model(
    "state = (x, x + 1)\nfor i in range(x.size(0)):\n    state = (state[1], state[0] * 2)\nreturn state[0].exp()",
    ONES,
)
WHILE = a_model(
    "n, y = while_loop(more, again, (n, x))\nreturn y.exp()",
    "'a': (torch.ones(4), torch.tensor(2))",
    takes="self, x, n",
    before="from torch._higher_order_ops.while_loop import while_loop\n\ndef more(n, y):\n    return n > 0\n\n"
    "def again(n, y):\n    return n - 1, y * 2",
)
SCAN = a_model(
    "last, all_ = scan(step, x[0] * 1, x)\nreturn last.exp(), all_",
    "'a': (torch.ones(3, 4),)",
    before="from torch._higher_order_ops.scan import scan\n\ndef step(c, v):\n    return c + v, (c * v).cos()",
)
MAP = a_model(
    "return map(each, x, x[0] * 1).exp()",
    "'a': (torch.ones(3, 4),)",
    before="from torch._higher_order_ops.map import map\n\ndef each(v, w):\n    return v.sin() + w",
)
PAIRS = a_model(
    "if x.sum() > 0:\n    pair = (x * 2, x - 1)\nelse:\n    pair = (x.cos(), x.tanh())\n"
    "a, b = pair\nreturn a.exp(), b.sqrt()",
    ONES,
)


class Found(NamedTuple):
    graph: Graph
    body: frozenset[str]
    loop: Op

    def feeding(self, name: str) -> set[str]:
        return {self.graph.by_id[one].op for one in sources_of(self.graph, only(self.graph, name).id)}  # type: ignore[index]

    def carried(self) -> dict[str, Op]:
        formals = {one for region in self.graph.regions if region.kind == "body" for one in region.formals}
        return {op.target: op for op in self.graph.ops if op.id in formals}


def found(workshop: Workshop, text: str, kind: Kind) -> Found:
    graph = workshop.graph(text, kind)
    assert_well_formed(graph)
    loop = only(graph, "loop")
    return Found(graph, frozenset(one.id for one in graph.regions if one.kind == "body"), loop)


def flowing(graph: Graph, name: str) -> set[str]:
    """Return the names of the ops whose values flow into the one op of that name."""
    taking = only(graph, name).id
    return {graph.by_id[edge.source].op for edge in graph.flow if edge.target == taking}


def test_what_a_scripts_loop_carries_is_no_longer_its_first_value(workshop: Workshop) -> None:
    it = found(workshop, COUNTED, "script")
    carried = it.carried()
    assert {name: op.op for name, op in carried.items() if name in {"y", "k"}} == {"y": "carried", "k": "carried"}
    body = [op for op in it.graph.ops if op.region in it.body]
    (counted,) = [op for op in body if op.op == "add" and op.role == "shape"]
    assert sources_of(it.graph, counted.id) == {carried["k"].id}
    assert counted.attributes == {"b": 1}, "what it began with is no constant of the body"
    assert sources_of(it.graph, carried["y"].id) == {"input:x"}


def test_what_follows_a_loop_takes_what_the_loop_gives(workshop: Workshop) -> None:
    it = found(workshop, COUNTED, "script")
    assert it.feeding("exp") == {"loop"}
    (body,) = it.graph.regions
    gives = [[it.graph.by_id[op].op for op, _ in ports] for ports in body.results]
    assert gives == [["add"], ["add"]], "the loop's outputs, in their order"


def test_values_flow_through_a_loop(workshop: Workshop) -> None:
    """So that what stands before, in and behind a loop is beside what it is beside in the eager graph."""
    it = found(workshop, COUNTED, "script")
    flow = {(it.graph.by_id[edge.source].op, it.graph.by_id[edge.target].op) for edge in it.graph.flow}
    assert {("input", "mul"), ("add", "exp")} <= flow
    assert ("carried", "mul") not in flow


def test_a_tuple_that_a_loop_carries_is_taken_apart_in_its_body(workshop: Workshop) -> None:
    it = found(workshop, STATE, "script")
    assert sources_of(it.graph, only(it.graph, "mul").id) == {it.carried()["state[0]"].id}
    assert sources_of(it.graph, it.carried()["state[0]"].id) == {"input:x"}


def test_each_element_of_a_pair_is_one_of_either_side(workshop: Workshop) -> None:
    graph = workshop.graph(PAIRS, "script")
    feeding = {
        name: {graph.by_id[one].op for one in sources_of(graph, only(graph, name).id)}  # type: ignore[index]
        for name in ("exp", "sqrt")
    }
    assert feeding == {"exp": {"mul", "cos"}, "sqrt": {"sub", "tanh"}}


@pytest.mark.parametrize(
    ("text", "formals"),
    [
        pytest.param(WHILE, ["carried", "carried"], id="while_loop"),
        pytest.param(SCAN, ["carried", "scanned"], id="scan"),
        pytest.param(MAP, ["scanned"], id="map"),
        pytest.param(ASSOCIATIVE, ["carried", "scanned"], id="associative_scan"),
    ],
)
def test_the_body_of_an_exported_loop_has_formals(workshop: Workshop, text: str, formals: list[str]) -> None:
    it = found(workshop, text, "export")
    assert [op.op for op in it.carried().values()] == formals
    assert it.feeding("exp") == {"loop"}
    inside = [op for op in it.graph.compute if op.region in it.body]
    assert inside
    handed = {op.id for op in it.carried().values()}
    assert all(sources_of(it.graph, op.id) & (handed | {one.id for one in inside}) for op in inside)


@pytest.mark.parametrize("kind", ["export", "dynamo"])
def test_what_runs_its_body_once_is_no_op_of_its_own(workshop: Workshop, kind: Kind) -> None:
    """``torch.no_grad``, autocast and checkpoints once hid all that they hold."""
    text = a_model("with torch.no_grad():\n    y = x.sin().cos()\nreturn y.exp()", ONES)
    graph = workshop.graph(text, kind)
    assert [name for name in compute(graph) if name in {"sin", "cos", "exp"}] == ["sin", "cos", "exp"]
    assert graph.regions == ()


@pytest.mark.parametrize("kind", ["trace", "script", "export", "dynamo"])
class TestWrites:
    """Who reads a tensor after it was written to takes what was written."""

    def test_in_place(self, workshop: Workshop, kind: Kind) -> None:
        graph = workshop.graph(a_model("y = x * 2\ny.add_(1)\nreturn y.exp()", ONES), kind)
        assert sources_of(graph, only(graph, "exp").id) == {only(graph, "add").id}

    def test_again(self, workshop: Workshop, kind: Kind) -> None:
        graph = workshop.graph(a_model("y = x * 2\ny.add_(1)\ny.sub_(1)\nreturn y.exp()", ONES), kind)
        assert sources_of(graph, only(graph, "exp").id) == {only(graph, "sub").id}

    def test_to_an_argument(self, workshop: Workshop, kind: Kind) -> None:
        graph = workshop.graph(a_model("x.add_(1)\nreturn x.exp()", ONES), kind)
        assert sources_of(graph, only(graph, "exp").id) == {only(graph, "add").id}


@pytest.mark.parametrize("kind", ["trace", "script", "export", "dynamo"])
def test_a_write_to_a_view_is_one_to_its_base(workshop: Workshop, kind: Kind) -> None:
    graph = workshop.graph(a_model("y = x * 2\nv = y[:2]\nv.add_(1)\nw = y[2:]\nreturn y.exp(), w.cos()", ONES), kind)
    added = only(graph, "add").id
    assert sources_of(graph, only(graph, "exp").id) == {added}
    (after,) = sources_of(graph, only(graph, "cos").id)
    assert sources_of(graph, after) == {added}, "a view that is made later is its own"


def test_a_write_on_one_side_may_have_been(workshop: Workshop) -> None:
    graph = workshop.graph(a_model("y = x * 2\nif x.sum() > 0:\n    y.add_(1)\nreturn y.exp()", ONES), "script")
    assert sources_of(graph, only(graph, "exp").id) == {only(graph, "mul").id, only(graph, "add").id}


def test_each_side_finds_what_was_before_the_branch(workshop: Workshop) -> None:
    text = a_model("y = x * 2\nif x.sum() > 0:\n    y.add_(1)\nelse:\n    y.sub_(1)\nreturn y.exp()", ONES)
    graph = workshop.graph(text, "script")
    assert sources_of(graph, only(graph, "sub").id) == {only(graph, "mul").id}
    assert sources_of(graph, only(graph, "exp").id) == {only(graph, "add").id, only(graph, "sub").id}


def test_what_a_list_is_given_is_in_it(workshop: Workshop) -> None:
    text = a_model("ys = [x]\nfor i in range(x.size(0)):\n    ys.append(x * 2)\nreturn torch.stack(ys)", ONES)
    graph = workshop.graph(text, "script")
    assert sources_of(graph, only(graph, "stack").id) == {only(graph, "loop").id}
    assert flowing(graph, "stack") == {"input", "append"}


def test_a_write_to_what_a_branch_gives(workshop: Workshop) -> None:
    text = a_model("if x.sum() > 0:\n    y = x * 2\nelse:\n    y = x - 1\ny[0] = 3.\nreturn y.exp()", ONES)
    graph = workshop.graph(text, "script")
    assert sources_of(graph, only(graph, "exp").id) == {only(graph, "copy").id}


@pytest.mark.parametrize("kind", ["trace", "script", "export", "dynamo"])
class TestViews:
    """What shares memory, and what does not."""

    def test_a_copy_to_another_dtype_is_none(self, workshop: Workshop, kind: Kind) -> None:
        text = a_model("y = x.to(torch.float64)\ny.mul_(2)\nreturn y.exp(), x.cos()", ONES)
        graph = workshop.graph(text, kind)
        assert sources_of(graph, only(graph, "cos").id) == {"input:x"}

    def test_a_copy_in_another_order_is_none(self, workshop: Workshop, kind: Kind) -> None:
        text = a_model(
            "y = x.t().contiguous()\ny.mul_(2)\nreturn y.exp(), x.cos()", "'a': (torch.arange(6.).view(2, 3),)"
        )
        graph = workshop.graph(text, kind)
        assert sources_of(graph, only(graph, "cos").id) == {"input:x"}

    def test_each_chunk_is_a_part_of_the_whole_and_of_no_other(self, workshop: Workshop, kind: Kind) -> None:
        text = a_model("a, b = x.chunk(2)\nb.add_(1)\nreturn a.exp(), b.sin(), x.cos()", ONES)
        graph = workshop.graph(text, kind)
        added = only(graph, "add").id
        assert sources_of(graph, only(graph, "cos").id) == {added}
        assert sources_of(graph, only(graph, "sin").id) == {added}
        assert added not in sources_of(graph, only(graph, "exp").id)


def test_an_attribute_that_is_set_is_what_is_read_from_there_on(workshop: Workshop) -> None:
    text = a_model(
        "self.h = torch.sigmoid(x + self.h)\nreturn self.h.exp()",
        ONES,
        init="self.register_buffer('h', torch.zeros(4))",
    )
    graph = workshop.graph(text, "script")
    assert sources_of(graph, only(graph, "exp").id) == {only(graph, "sigmoid").id}


DICT = "d = {'a': x}\nd['a'] = x.relu()\nreturn d['a'].exp()"
EXTENDED = "ys = [x]\nys.extend([x.relu()])\nreturn torch.stack(ys)"


@pytest.mark.parametrize(("body", "name"), [(DICT, "__getitem__"), (EXTENDED, "stack")])
def test_what_is_put_into_a_container_is_in_it(workshop: Workshop, body: str, name: str) -> None:
    graph = workshop.graph(a_model(body, ONES), "script")
    assert only(graph, "relu").id in sources_of(graph, only(graph, name).id)


def test_what_a_method_puts_into_a_list_is_in_it(workshop: Workshop) -> None:
    text = a_model(
        "ys: List[torch.Tensor] = []\nself.add(ys, x)\nreturn torch.stack(ys)", ONES, before="from typing import List"
    ).replace(
        "    def forward", "    def add(self, ys: List[torch.Tensor], x):\n        ys.append(x * 2)\n\n    def forward"
    )
    graph = workshop.graph(text, "script")
    assert sources_of(graph, only(graph, "stack").id) == {only(graph, "append").id}


def test_what_dynamo_writes_in_place(workshop: Workshop) -> None:
    text = a_model(
        "y = x * 2\nF.relu(y, inplace=True)\na = y.exp()\ntorch.sigmoid_(y)\nb = y.cos()\n"
        "g = torch.empty(4)\ntorch.add(x, 1, out=g)\nv = y.view(2, 2)\nv.sub_(1)\nreturn a, b, g.sin(), y.tanh()",
        ONES,
        before="from torch.nn import functional as F",
    )
    graph = workshop.graph(text, "dynamo")
    feeding = {name: sources_of(graph, only(graph, name).id) for name in ("exp", "cos", "sin", "tanh")}
    assert feeding == {
        "exp": {only(graph, "relu").id},
        "cos": {only(graph, "sigmoid").id},
        "sin": {only(graph, "add").id},
        "tanh": {only(graph, "sub").id},
    }


def test_what_both_sides_may_have_written_is_theirs_and_no_output_of_the_if(workshop: Workshop) -> None:
    text = a_model(
        "if x.sum() > 0:\n    y = x * 2\nelse:\n    y = x - 1\nif x.sum() > 3:\n    y.add_(1)\nreturn y.exp()", ONES
    )
    graph = workshop.graph(text, "script")
    names = {graph.by_id[one].op for one in sources_of(graph, only(graph, "exp").id)}  # type: ignore[index]
    assert names == {"mul", "sub", "add"}


def test_a_write_to_what_a_loop_carries_is_one_to_what_it_began_with(workshop: Workshop) -> None:
    text = a_model(
        "s = self.state\nfor i in range(x.size(0)):\n    s += x[i]\nreturn self.state.abs() + s",
        ONES,
        init="self.register_buffer('state', torch.zeros(4))",
    )
    graph = workshop.graph(text, "script")
    assert sources_of(graph, only(graph, "abs").id) == {only(graph, "loop").id}
    assert flowing(graph, "abs") == {"add"}


MEMORY = a_model(
    "y = x * 1\nz = x * 0\nfor i in range(x.size(0)):\n    z = z + y.cos()\n    y.add_(1)\nreturn z.exp(), y.sin()",
    ONES,
)


def test_memory_that_a_loop_writes_to_is_carried(workshop: Workshop) -> None:
    """What read it before the write took what was before the loop, at each turn."""
    graph = workshop.graph(MEMORY, "script")
    assert_well_formed(graph)
    (region,) = graph.regions
    written = region.formals[-1]
    (added,) = [op for op in graph.compute if op.target == "aten::add_"]
    assert sources_of(graph, only(graph, "cos").id) == {written}
    assert sources_of(graph, added.id) == {written}
    assert region.results[-1] == ((added.id, 0),), "what the next turn begins with"
    assert graph.by_id[written].op == "carried"
    assert sources_of(graph, only(graph, "sin").id) == {region.owner}
    assert flowing(graph, "sin") == {"add"}
    assert nx.has_path(graph.reach, added.id, only(graph, "cos").id)
    assert nx.is_directed_acyclic_graph(graph.network)


def test_memory_that_a_loop_writes_to_by_its_formal_alone_is_what_the_loop_gives(workshop: Workshop) -> None:
    """What read it after the loop was fed by the write in the body, and no result of that told of it."""
    body = "y = x.sin()\nc = y\nfor i in range(x.size(0)):\n    c = c.add_(1).cos()\nreturn c + y.exp()"
    graph = workshop.graph(a_model(body, "'a': (torch.ones(3),)"), "script")
    assert_well_formed(graph)
    (region,) = graph.regions
    written = next(op for op in graph.ops if op.target == "aten::add_")
    assert sources_of(graph, only(graph, "exp").id) == {region.owner}
    assert (written.id, 0) in region.results[-1]


def test_memory_that_one_side_in_a_loop_writes_to_is_carried(workshop: Workshop) -> None:
    text = a_model(
        "y = x * 1\nfor i in range(x.size(0)):\n    if x.sum() > i:\n        y.add_(1)\nreturn y.sin()", ONES
    )
    graph = workshop.graph(text, "script")
    assert_well_formed(graph)
    (body,) = [region for region in graph.regions if region.kind == "body"]
    written = body.formals[-1]
    (added,) = [op for op in graph.compute if op.target == "aten::add_"]
    assert set(body.results[-1]) == {(added.id, 0), (written, 0)}
    assert flowing(graph, "sin") == {"add", "mul"}


def test_memory_is_carried_through_a_loop_in_a_loop(workshop: Workshop) -> None:
    text = a_model(
        "y = x * 1\nfor i in range(2):\n    for j in range(x.size(0)):\n        y.add_(1)\n    y.sub_(2)\nreturn y.sin()",
        ONES,
    )
    graph = workshop.graph(text, "script")
    assert_well_formed(graph)
    outer, inner = (region for region in graph.regions if region.kind == "body")
    assert sources_of(graph, inner.formals[-1]) == {outer.formals[-1]}
    (taken,) = [op for op in graph.compute if op.target == "aten::sub_"]
    assert sources_of(graph, taken.id) == {inner.owner}
    assert outer.results[-1] == ((taken.id, 0),)


def test_an_attribute_that_a_loop_sets_is_carried(workshop: Workshop) -> None:
    text = a_model(
        "for i in range(x.size(0)):\n    self.h = torch.sigmoid(x + self.h)\nreturn self.h.exp()",
        ONES,
        init="self.register_buffer('h', torch.zeros(4))",
    )
    graph = workshop.graph(text, "script")
    assert_well_formed(graph)
    (region,) = graph.regions
    assert region.formals[-1] in sources_of(graph, only(graph, "add").id)
    assert region.results[-1] == ((only(graph, "sigmoid").id, 0),)
    assert flowing(graph, "exp") == {"sigmoid"}


ONCE = a_model(
    "with torch.no_grad():\n    y = x.exp()  # exp\n    y = nn.functional.silu(y)  # silu\n"
    "    with torch.autocast('cpu'):\n        y = y.cos()  # cos\n        y = y.softmax(-1)  # softmax\nreturn y + 1  # add",
    ONES,
)


@pytest.mark.parametrize("kind", ["export", "onnx"])
def test_what_runs_once_keeps_its_lines_when_it_is_decomposed(workshop: Workshop, kind: Kind) -> None:
    """It had none, or that of what ran before it."""
    capture = workshop.static(ONCE, kind).capture
    graph = next((one.graph for one in capture.forms if one.name == "decomposed"), None) or graph_of(capture)
    lines = {op.op: op.location.line for op in graph.compute if op.location}
    marks = {"exp": "exp", "sigmoid": "silu", "mul": "silu", "cos": "cos", "softmax": "softmax", "add": "add"}
    assert {name: lines.get(name) for name in marks} == {name: line_of(ONCE, f"# {m}") for name, m in marks.items()}


def test_a_program_runs_its_bodies_as_before_once_it_is_decomposed() -> None:
    before = WrapWithSetGradEnabled.__call__
    with lines_in_bodies():
        assert WrapWithSetGradEnabled.__call__ is not before
    assert WrapWithSetGradEnabled.__call__ is before


SWITCH = a_model(
    "return self.switch(x) + 1",
    ONES,
    init="self.switch = Switch()",
    before="""class Switch(nn.Module):
    def __init__(self):
        super().__init__()
        self.small = nn.Linear(4, 4)
        self.big = nn.Sequential(nn.Linear(4, 4), nn.ReLU())

    def forward(self, x):
        def left(x):
            return self.small(x)  # left

        def right(x):
            y = self.big(x)  # right
            return y.sin()  # sin

        return torch.cond(x.mean() > 0, left, right, (x,))
""",
)


@pytest.mark.parametrize("kind", ["export", "onnx"])
def test_what_cond_runs_stands_where_the_user_wrote_it(workshop: Workshop, kind: Kind) -> None:
    """It had the line of the cond and no module, as Dynamo writes the bodies anew before they are exported."""
    graph = workshop.graph(SWITCH, kind)
    inside = [op for op in graph.compute if op.region is not None and op.op != "transpose"]
    told = {(op.location.line, op.module) for op in inside if op.location}
    assert told == {
        (line_of(SWITCH, "# left"), "switch.small"),
        (line_of(SWITCH, "# right"), "switch.big.0"),
        (line_of(SWITCH, "# right"), "switch.big.1"),
        (line_of(SWITCH, "# sin"), "switch"),
    }


REGION = """class Inner(nn.Module):
    def __init__(self):
        super().__init__()
        self.l = nn.Linear(4, 4)

    def forward(self, x):
        return self.l(x).relu()  # inner


@torch.compiler.nested_compile_region
def part(module, x):
    return module(x).sin()  # part
"""


@pytest.mark.parametrize("kind", ["eager", "dynamo", "export", "onnx"])
def test_what_a_nested_region_runs_is_in_its_module_and_at_its_line(workshop: Workshop, kind: Kind) -> None:
    """An export told no module of it."""
    text = a_model(
        "return part(self.b, part(self.a, x)).exp()", "'a': (torch.ones(2, 4),)",
        init="self.a, self.b = Inner(), Inner()", before=REGION,
    )  # fmt: skip
    found = [
        (op.module, op.location and op.location.line)
        for op in workshop.graph(text, kind).compute
        if op.op in {"relu", "sin"}
    ]
    inner, outer = line_of(text, "# inner"), line_of(text, "# part")
    assert found == [("a", inner), ("", outer), ("b", inner), ("", outer)]
