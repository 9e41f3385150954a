"""The lines of what TorchScript's compiler gives no place to."""

from __future__ import annotations

import pytest

from explorer.evidence import Kind
from explorer.graph import Graph
from explorer.report.build import graph_entry
from tests.cases import Workshop, a_model, assert_well_formed, line_of, only, sources_of

ONES = "'a': (torch.ones(4),)"
STATE = "self.register_buffer('h', torch.zeros(4))"


@pytest.mark.parametrize(
    ("body", "target"),
    [
        pytest.param("y = x * 2\nz = y + 1\nself.h = y  # !\nreturn z", "prim::SetAttr", id="an attribute"),
        pytest.param("self.h = (  # !\n    x * 2\n)\nreturn x + 1", "prim::SetAttr", id="over several lines"),
        pytest.param("if x.sum() > 0:\n    y = x * 2\n    self.h = y  # !\nreturn x", "prim::SetAttr", id="on a side"),
        pytest.param("y = x * 2\nd = {'a': y}  # !\nreturn d['a']", "prim::DictConstruct", id="a dict"),
        pytest.param("y = x * 2\ny[0] = 1  # !\nreturn y", "aten::tensor", id="a number that is made a tensor"),
    ],
)
def test_what_is_compiled_has_the_line_of_its_statement(workshop: Workshop, body: str, target: str) -> None:
    """They had none."""
    text = a_model(body, ONES, init=STATE)
    (op,) = [one for one in workshop.graph(text, "script").ops if one.target == target]
    assert op.location is not None
    assert op.location.line == line_of(text)


@pytest.mark.parametrize(
    ("body", "column"),
    [
        pytest.param("y = x * 2\nwith torch.no_grad():  # !\n    y = y + 1\nreturn y", 8, id="in a line"),
        pytest.param("with (  # !\n    torch.no_grad()\n):\n    y = x + 1\nreturn y", 8, id="over several lines"),
        pytest.param("c = torch.no_grad()\ny = x + 1\nwith c:  # !\n    y = y * 2\nreturn y", 8, id="made before"),
        pytest.param("y = x\nif x.sum() > 0:\n    with torch.no_grad():  # !\n        y = x + 1\nreturn y", 12, id="on a side"),
    ],
)  # fmt: skip
def test_what_enters_and_exits_stands_at_its_with(workshop: Workshop, body: str, column: int) -> None:
    """They had no line."""
    text = a_model(body, ONES)
    places = {op.target: op.location for op in workshop.graph(text, "script").ops}
    found = [places["prim::Enter"], places["prim::Exit"]]
    assert [(one.line, one.column) for one in found if one] == [(line_of(text), column)] * 2


def test_each_of_two_withs_is_its_own(workshop: Workshop) -> None:
    text = a_model(
        "with torch.no_grad():\n    y = x + 1\n    with torch.no_grad():  # !\n        y = y * 2\nreturn y", ONES
    )
    lines = [
        op.location.line for op in workshop.graph(text, "script").ops if op.location and op.op in {"Enter", "Exit"}
    ]
    inner = line_of(text)
    assert lines == [inner - 2, inner, inner, inner - 2]


def test_the_first_assignment_after_another_is_its_own(workshop: Workshop) -> None:
    text = a_model("self.h = x.sin()\nself.h = x.cos()  # !\nreturn self.h.exp()", ONES, init=STATE)
    graph = workshop.graph(text, "script")
    cos = only(graph, "cos").id
    (set_last,) = [
        edge.target for edge in graph.edges if edge.source == cos and graph.by_id[edge.target].op == "SetAttr"
    ]
    place = graph.by_id[set_last].location
    assert place is not None
    assert place.line == line_of(text)


def pieces(text: str, graph: Graph) -> dict[str, list[str]]:
    """Return what stands in the source at the line and column of each op that has one."""
    lines, found = text.splitlines(), dict[str, list[str]]()
    for op in graph.ops:
        if op.location is not None and op.location.column is not None:
            piece = lines[op.location.line - 1].encode()[op.location.column :].decode()
            found.setdefault(op.target.rpartition("::")[2], []).append(piece)
    return found


@pytest.mark.parametrize("kind", ["script", "jit"])
def test_an_op_of_a_script_has_the_column_of_its_expression(workshop: Workshop, kind: Kind) -> None:
    body = (
        "é = x * 2; z = (é.exp() - x.sin()) / 3\nw = (\n    z.cos() @\n    z.tan()\n)\nself.h = w.neg()\nreturn w + 1"
    )
    text = a_model(body, "'a': (torch.ones(4),)", init=STATE)
    found = pieces(text, workshop.graph(text, kind))
    assert {name: [one[:7] for one in ones] for name, ones in found.items()} == {
        "mul": ["x * 2; "], "exp": ["é.exp()"], "sin": ["x.sin()"], "sub": ["é.exp()"], "div": ["é.exp()"],
        "cos": ["z.cos()"], "tan": ["z.tan()"], "matmul": ["z.cos()"], "neg": ["w.neg()"], "SetAttr": ["self.h "],
        "add": ["w + 1"],
    }  # fmt: skip


def test_the_column_is_where_it_is_marked_whatever_stands_above_it(workshop: Workshop) -> None:
    body = '"""\n~~~\nx\n"""\ny = x.exp(\n\n) * 2\nreturn y'
    text = a_model(body, ONES)
    assert pieces(text, workshop.graph(text, "script")) == {"exp": ["x.exp("], "mul": ["x.exp("]}


def test_the_column_is_that_of_the_file_however_deep_the_class_stands(workshop: Workshop) -> None:
    text = "import torch\nfrom torch import nn\n\n\ndef build_model():\n    class M(nn.Module):\n        def forward(self, x):\n            return x.exp() + x.sin()\n\n    return M()\n\n\ndef example_inputs():\n    return {'a': (torch.ones(2),)}\n"
    assert pieces(text, workshop.graph(text, "script")) == {
        "exp": ["x.exp() + x.sin()"], "sin": ["x.sin()"], "add": ["x.exp() + x.sin()"],
    }  # fmt: skip


def test_what_was_traced_has_no_column(workshop: Workshop) -> None:
    places = [op.location for op in workshop.graph(a_model("return x.exp() + 1", ONES), "trace").compute]
    assert [place and place.column for place in places] == [None, None]


def test_a_report_tells_the_column(workshop: Workshop) -> None:
    text = a_model("return x.exp() + x.sin()", ONES)
    nodes = graph_entry(workshop.graph(text, "script")).nodes
    assert {node.op: node.column for node in nodes if node.role == "compute"} == {"exp": 15, "add": 15, "sin": 25}


OTHER = "    def other(self, z):\n        self.m = self.m + 1\n        self.k = 9\n        return z * self.m\n\n"
NUMBERS = "self.k = 0\nself.m = 1\nself.register_buffer('h', torch.zeros(4))"


def setting(graph: Graph) -> list[tuple[str, int | None]]:
    """Return which attributes are set, in order, and on which lines."""
    ops = [op for op in graph.ops if op.op == "SetAttr"]
    return [(str(op.attributes["name"]), op.location.line if op.location else None) for op in ops]


def test_a_number_is_set_where_its_own_function_says(workshop: Workshop) -> None:
    """Constants are compiled in front of all else: the search began behind the last of them, in another function."""
    text = a_model(
        "self.k = 3  # 1\nself.m = 4  # 2\ny = x * 7\nif self.k > 2:\n    self.m = 5  # 3\nelse:\n    self.m = 6  # 4\n"
        "self.h = x  # 5\nz = y + 11\nreturn self.other(z) * self.k",
        ONES,
        init=NUMBERS,
    ).replace("    def forward", f"{OTHER}    def forward")
    found = setting(workshop.graph(text, "script"))
    lines = [line_of(text, f"# {number}") for number in range(1, 6)]
    assert found[:5] == list(zip("kmmmh", lines, strict=True))


def test_what_a_number_was_set_to_is_read(workshop: Workshop) -> None:
    """It was what the module had before."""
    graph = workshop.graph(a_model("self.k = 3\nreturn x * self.k", ONES, init=NUMBERS), "script")
    assert only(graph, "mul").attributes == {"other": 3}


def test_what_either_side_sets_is_read(workshop: Workshop) -> None:
    body = "if x.sum() > 0:\n    self.k = 3\nelse:\n    self.k = 5\nreturn x * self.k"
    graph = workshop.graph(a_model(body, ONES, init=NUMBERS), "script")
    setters = {op.id for op in graph.ops if op.op == "SetAttr"}
    assert sources_of(graph, only(graph, "mul").id) == {"input:x", *setters}


def test_what_a_method_sets_is_read_after_it(workshop: Workshop) -> None:
    text = a_model("z = self.other(x)\nreturn z.exp() * self.k", ONES, init=NUMBERS)
    graph = workshop.graph(text.replace("    def forward", f"{OTHER}    def forward"), "script")
    (_, last) = [op for op in graph.ops if op.op == "mul"]
    assert last.attributes == {"other": 9}


def test_what_a_turn_before_has_set_is_carried(workshop: Workshop) -> None:
    body = "self.k = 3\nfor i in range(x.size(0)):\n    x = x * self.k\n    self.k = 9\nreturn x * self.k"
    graph = workshop.graph(a_model(body, ONES, init=NUMBERS), "script")
    assert_well_formed(graph)
    (region,) = graph.regions
    inside, after = [op for op in graph.ops if op.op == "mul"]
    first, second = [op for op in graph.ops if op.op == "SetAttr"]
    assert region.formals[-1] in sources_of(graph, inside.id)
    assert sources_of(graph, region.formals[-1]) == {first.id}
    assert region.results[-1] == ((second.id, 0),)
    assert sources_of(graph, after.id) == {region.owner}
