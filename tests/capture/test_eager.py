"""The eager graph: the ops that ran, what they depend on, and where they stand."""

from __future__ import annotations

import pytest

from explorer.evidence import Replay
from explorer.graph import TIES, Graph
from tests.cases import Workshop, a_model, compute, graph_of, line_of, only, sources_of

ONE = "'a': (torch.randn(4),)"
LINEAR = a_model(
    "y = self.layers(x)  # layers\nreturn torch.softmax(y, -1)  # softmax",
    ONE,
    init="self.layers = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))",
)


@pytest.mark.parametrize(
    ("text", "ops"),
    [
        pytest.param(a_model("return (x * 2 + 1).relu()", ONE), "mul add relu", id="chain"),
        pytest.param(a_model("return x", ONE), "", id="identity"),
        pytest.param(
            LINEAR, "reshape transpose addmm reshape relu reshape transpose addmm reshape softmax", id="linears"
        ),
        pytest.param(a_model("for _ in range(3):\n    x = x + 1\nreturn x", ONE), "add add add", id="loop"),
        pytest.param(a_model("return x if x.sum() > 9e9 else -x", ONE), "sum gt item neg", id="only the side that ran"),
        pytest.param(a_model("return nn.functional.dropout(x, 0.5, self.training)", ONE), "", id="dropout in eval"),
        pytest.param(
            a_model("return self.w(x)", "'a': (torch.tensor([1]),)", init="self.w = nn.Embedding(4, 2)"),
            "embedding",
            id="embedding",
        ),
    ],
)
def test_the_ops_that_ran_are_there_in_order(workshop: Workshop, text: str, ops: str) -> None:
    assert compute(workshop.eager_graph(text)) == ops.split()


@pytest.mark.parametrize(
    ("body", "reader", "source"),
    [
        pytest.param("y = x.view(2, 2)\nx.add_(1)\nreturn y.exp()", "exp", "add", id="view, base written"),
        pytest.param("y = x * 2\ny.view(2, 2)[0].add_(1)\nreturn y.exp()", "exp", "add", id="base, view of a view written"),
        pytest.param("y = x.clone()\ny[0] = 5\nreturn y.exp()", "exp", "copy", id="item assignment"),
        pytest.param("y = x * 2\nv = y[1:]\ny.relu_()\nreturn v.exp()", "exp", "relu", id="slice, base written"),
        pytest.param("y = x * 2\nz = y.detach()\nz.add_(1)\nreturn y.exp()", "exp", "add", id="written through detach"),
        pytest.param("y = x * 2\nz = y.detach()\nz.add_(1)\ny.detach()\nreturn y.exp()", "exp", "add",
                     id="written through detach, detached again"),
        pytest.param("y = x + 1\ny.data = x * 2\nreturn y.exp()", "exp", "mul", id="another memory"),
        pytest.param("y = torch.zeros(4)\ntorch.add(x, 1, out=y)\nreturn y.exp()", "exp", "add", id="out="),
        pytest.param("self.n += 1\nreturn self.n.exp()", "exp", "add", id="buffer"),
        pytest.param("y = x * 2\nz = y.clone()\nz.add_(1)\nreturn y.exp()", "exp", "mul", id="a copy is no alias"),
        pytest.param("y = x * 2\ny.view(2, 2)\nreturn y.exp()", "exp", "mul", id="a view alone writes nothing"),
        pytest.param("a = x.add_(1)\nb = a.mul_(3)\nreturn x.exp()", "exp", "mul", id="the last of two writes"),
    ],
)  # fmt: skip
def test_a_read_depends_on_the_write_before_it(workshop: Workshop, body: str, reader: str, source: str) -> None:
    graph = workshop.eager_graph(a_model(body, ONE, init="self.register_buffer('n', torch.zeros(()))"))
    assert sources_of(graph, only(graph, reader).id) == {only(graph, source).id}


def test_edges_name_the_output_and_the_argument(workshop: Workshop) -> None:
    graph = workshop.eager_graph(a_model("a, b = x.chunk(2)\nreturn b - a", ONE))
    split, sub = only(graph, "split"), only(graph, "sub")
    found = [(e.source, e.source_output, e.target_input) for e in graph.edges if e.target == sub.id]
    assert found == [(split.id, 1, 0), (split.id, 0, 1)]


def test_ops_know_their_module_and_its_class(workshop: Workshop) -> None:
    found = {(op.module, op.module_type) for op in workshop.eager_graph(LINEAR).compute}
    assert found == {("layers.0", "Linear"), ("layers.1", "ReLU"), ("layers.2", "Linear"), ("", "Net")}


def test_a_module_that_raises_leaves_no_module_open(workshop: Workshop) -> None:
    body = "try:\n    self.bad(x)\nexcept ValueError:\n    pass\nreturn x + 1"
    before = "class Bad(nn.Module):\n    def forward(self, x):\n        raise ValueError(x.mul(2))"
    graph = workshop.eager_graph(a_model(body, ONE, before=before, init="self.bad = Bad()"))
    assert {op.op: op.module for op in graph.compute if op.op in {"mul", "add"}} == {"mul": "bad", "add": ""}


def test_the_hooks_of_a_module_belong_to_it(workshop: Workshop) -> None:
    init = "self.r = nn.ReLU()\nself.r.register_forward_hook(lambda m, a, o: o * 2)"
    text = a_model("try:\n    self.r(None)\nexcept TypeError:\n    pass\nreturn self.r(x) + 1", ONE, init=init)
    assert [op.module for op in workshop.eager_graph(text).compute] == ["r", "r", ""]


def test_a_module_that_runs_in_another_thread_opens_nothing_here(workshop: Workshop) -> None:
    before = """
        import threading

        class Slow(nn.Module):
            def __init__(self):
                super().__init__()
                self.begun, self.go = threading.Event(), threading.Event()

            def forward(self, x):
                self.begun.set()
                self.go.wait(5)
                return x
    """
    body = """
        thread = threading.Thread(target=self.slow, args=(x,))
        thread.start()
        self.slow.begun.wait(5)
        y = x * 2
        self.slow.go.set()
        thread.join()
        return y
    """
    graph = workshop.eager_graph(a_model(body, ONE, before=before, init="self.slow = Slow()"))
    assert only(graph, "mul").module == ""


def test_ops_stand_on_the_users_line_with_the_library_below_it(workshop: Workshop) -> None:
    addmm = next(op for op in workshop.eager_graph(LINEAR).compute if op.op == "addmm")
    assert addmm.location is not None
    assert (addmm.location.file, addmm.location.line) == ("model.py", line_of(LINEAR, "# layers"))
    assert addmm.stack[0].file == "torch/nn/modules/linear.py"
    assert not addmm.stack[0].user


def test_no_frame_is_the_recorders_or_names_this_machine(workshop: Workshop) -> None:
    files = {place.file for op in workshop.eager_graph(LINEAR).ops for place in op.stack}
    assert "model.py" in files
    assert not [file for file in files if file.startswith("/") or "explorer/" in file or "site-packages" in file]


def test_the_frames_outside_of_the_model_are_not_on_the_stack(workshop: Workshop) -> None:
    outermost = {op.stack[-1].function for op in workshop.eager_graph(LINEAR).compute}
    assert outermost == {"forward"}


def test_outputs_are_named_by_their_place_in_the_result(workshop: Workshop) -> None:
    body = "return {'s': x + 1, 't': (x, None, 3)}"
    graph = workshop.eager_graph(a_model(body, ONE))
    assert [op.target for op in graph.ops if op.role == "output"] == [
        "output['s']",
        "output['t'][0]",
        "output['t'][2]",
    ]


def test_inputs_are_named_as_the_user_wrote_them(workshop: Workshop) -> None:
    text = a_model(
        "return x + d['k'][1] + extra['z']",
        "'a': ((torch.ones(1), {'k': [1, torch.ones(1)]}), {'z': torch.ones(1)})",
        takes="self, x, d, **extra",
    )
    graph = workshop.eager_graph(text)
    assert [op.target for op in graph.ops if op.role == "input"] == ["x", "d['k'][1]", "z"]


def test_parameters_are_named_and_a_shared_one_is_one_node(workshop: Workshop) -> None:
    text = a_model("return self.a(x) + self.b(x)", ONE, init="self.a = nn.Linear(4, 4)\nself.b = self.a")
    graph = workshop.eager_graph(text)
    assert [op.target for op in graph.ops if op.role == "parameter"] == ["a.weight", "a.bias"]


def test_parameters_that_share_a_memory_are_two(workshop: Workshop) -> None:
    """They were one node, under the name of the last: what was written to the one counted as the other's."""
    init = "flat = torch.randn(8)\nself.w, self.b = nn.Parameter(flat[:4]), nn.Parameter(flat[4:])"
    text = a_model("self.b.data[1:].mul_(2)\nself.w.data[1:].mul_(2)\nreturn x * self.w + self.b", ONE, init=init)
    graph = workshop.eager_graph(text)
    assert {op.target for op in graph.ops if op.role == "parameter"} == {"w", "b"}
    assert [one.name for one in workshop.run(text).changes] == ["b", "w"]


STATISTICS = ["bn.running_mean", "bn.running_var"]


@pytest.mark.parametrize(
    ("forward", "mode", "changed"),
    [
        pytest.param("return self.bn(x)  # !", "train", ["bn.num_batches_tracked", *STATISTICS], id="training"),
        pytest.param("return self.bn(x)  # !", "eval", [], id="evaluation"),
        pytest.param(
            "return torch.ops.aten._native_batch_norm_legit(x, None, None, self.bn.running_mean, self.bn.running_var, "
            "self.training, 0.1, 1e-5)[0]  # !",
            "eval",
            [],
            id="a schema that says so whether or not it trains",
        ),
        pytest.param(
            "torch.batch_norm_update_stats(x, self.bn.running_mean, self.bn.running_var, 0.1)  # !\nreturn x",
            "eval",
            STATISTICS,
            id="statistics alone",
        ),
    ],
)
def test_running_statistics_are_written_by_the_op_that_updates_them(
    workshop: Workshop, forward: str, mode: str, changed: list[str]
) -> None:
    """Schema and version of what they are written to say nothing of it: they were missing."""
    text = a_model(forward, "'a': (torch.randn(4, 2),)", init="self.bn = nn.BatchNorm1d(2)", mode=mode)
    changes = workshop.run(text).changes
    assert [one.name for one in changes] == changed
    user = line_of(text)
    assert all(one.location is not None and one.location.line == user for one in changes)


@pytest.mark.parametrize(
    ("body", "tied"),
    [
        pytest.param("return x.topk(2).values", False, id="topk along the last"),
        pytest.param("return x.sort().values", False, id="sort along the last"),
        pytest.param("return x.sort(0).values", True, id="sort across the rows"),
        pytest.param("return x.argmax()", True, id="argmax of all"),
    ],
)
def test_equal_values_are_looked_for_where_the_op_orders(workshop: Workshop, body: str, tied: bool) -> None:
    graph = workshop.eager_graph(a_model(body, "'a': (torch.tensor([[1.0, 2.0], [1.0, 2.0]]),)"))
    assert any(TIES in op.attributes for op in graph.compute) is tied


def test_a_parameter_that_only_an_op_that_raised_took_is_no_node(workshop: Workshop) -> None:
    body = "try:\n    return self.bad(x)\nexcept RuntimeError:\n    return self.good(x)"
    init = "self.bad, self.good = nn.Linear(5, 5), nn.Linear(4, 4)"
    graph = workshop.eager_graph(a_model(body, "'a': (torch.ones(2, 4),)", init=init))
    taken = {op.target for op in graph.ops if op.role == "parameter"}
    assert taken == {"bad.weight", "good.weight", "good.bias"}, "the transposing of the one ran"


def test_values_carry_dtype_shape_and_strides(workshop: Workshop) -> None:
    graph = workshop.eager_graph(a_model("return x.t().to(torch.float64)", "'a': (torch.ones(2, 3),)"))
    transposed, cast = (only(graph, name).outputs[0] for name in ("transpose", "to"))
    assert (transposed.dtype, transposed.shape, transposed.strides) == ("f32", (3, 2), (1, 3))
    assert cast.dtype == "f64"


def test_plain_arguments_are_attributes(workshop: Workshop) -> None:
    graph = workshop.eager_graph(a_model("return x.sum(0, keepdim=True) * 2.5 + float('inf')", ONE))
    assert only(graph, "sum").attributes["dim"] == [0]
    assert only(graph, "sum").attributes["keepdim"] is True
    assert only(graph, "mul").attributes["other"] == 2.5
    assert only(graph, "add").attributes["other"] == "inf", "JSON has no infinity"


def test_a_value_that_is_read_out_is_kept(workshop: Workshop) -> None:
    graph = workshop.eager_graph(a_model("return x * x.sum().item()", "'a': (torch.ones(4),)"))
    assert only(graph, "item").attributes["value"] == 4.0


def test_each_autograd_node_belongs_to_the_op_that_made_it(workshop: Workshop) -> None:
    graph = workshop.eager_graph(LINEAR)
    made = {node.name: _made_by(graph, node.op) for node in graph.autograd}
    expected = {"SoftmaxBackward0": "softmax", "ReluBackward0": "relu", "AddmmBackward0": "addmm",
                "TBackward0": "transpose", "AccumulateGrad": "parameter"}  # fmt: skip
    assert {name: made.get(name) for name in expected} == expected


def test_the_autograd_graph_leads_from_the_output_to_every_parameter(workshop: Workshop) -> None:
    graph = workshop.eager_graph(LINEAR)
    nodes = {node.id: node for node in graph.autograd}
    reached, waiting = set[str](), [graph.autograd[0].id]
    while waiting:
        node = waiting.pop()
        reached.add(node)
        waiting += nodes[node].inputs
    assert reached == set(nodes)
    leaves = {node.op for node in graph.autograd if node.name == "AccumulateGrad"}
    assert leaves == {op.id for op in graph.ops if op.role == "parameter"}


def test_in_place_writes_are_in_the_autograd_graph(workshop: Workshop) -> None:
    text = a_model("y = x * self.w\ny[0] = 0\nreturn y", ONE, init="self.w = nn.Parameter(torch.ones(4))")
    assert "CopySlices" in {node.name for node in workshop.eager_graph(text).autograd}


def test_an_example_that_raises_keeps_what_ran_before(workshop: Workshop) -> None:
    text = a_model("y = x * 2\nreturn y.view(3)  # !", "'bad': (torch.ones(4),), 'good': (torch.ones(3),)")
    capture = workshop.eager(text).captures[0]
    assert capture.status == "failed"
    assert capture.failure is not None
    assert (capture.failure.file, capture.failure.line) == ("model.py", line_of(text))
    assert capture.failure.error == "RuntimeError"
    assert capture.graph is not None
    assert compute(capture.graph) == ["mul"]


def test_gradients_are_recorded_and_the_reader_is_told(workshop: Workshop) -> None:
    assert "gradients" in workshop.eager(LINEAR).captures[0].note
    assert workshop.eager(LINEAR + "\nGRAD = True\n").captures[0].note == ""


def _made_by(graph: Graph, op: object) -> str | None:
    return next((one.op for one in graph.ops if one.id == op), None)


def test_what_torch_cond_and_while_loop_run_is_recorded_on_its_own_lines(workshop: Workshop) -> None:
    """The recorder once met torch's compiled higher-order op, and such a model counted as one that runs nowhere."""
    text = a_model(
        "y = torch.cond(x.sum() > 0, up, down, (x,))\n"
        "return torch.while_loop(lambda i, v: i < 2, lambda i, v: (i + 1, v.exp()), (n, y))[1]",
        "'up': (torch.ones(2), torch.tensor(0)), 'down': (-torch.ones(2), torch.tensor(0))",
        takes="self, x, n",
        before="def up(x):\n    return x * 2  # up\n\ndef down(x):\n    return x - 1  # down",
    )
    for example, name in (("up", "mul"), ("down", "sub")):
        graph = workshop.eager_graph(text, example)
        assert [op for op in compute(graph) if op in {"mul", "sub", "exp"}] == [name, "exp", "exp"]
        place = only(graph, name).location
        assert place is not None
        assert place.line == line_of(text, f"# {example}")
    assert workshop.run(text).escapes == (), "the choice stays in the graph"


def test_control_flow_by_its_name_inside_of_torch_is_recorded_with_gradients(workshop: Workshop) -> None:
    """The recorder raised on it, and what it raised counted as the model's."""
    text = a_model(
        "i, y = torch._higher_order_ops.while_loop(\n"
        "    lambda i, v: i < 2, lambda i, v: (i + 1, v.exp()), (torch.tensor(0), self.l(x)))\n"
        "return torch._higher_order_ops.cond(i > 0, lambda v: v * 2, lambda v: v - 1, (y,))",
        ONE,
        init="self.l = nn.Linear(4, 4)",
    )
    graph = workshop.eager_graph(text)
    assert [op for op in compute(graph) if op in {"exp", "mul", "sub"}] == ["exp", "exp", "mul"]
    assert graph.autograd


def test_what_map_and_scan_run_is_recorded_on_lines_of_the_users(workshop: Workshop) -> None:
    """The recorder was asked for a rule of its own for such operators, and the model counted as one that runs nowhere."""
    text = a_model(
        "y = control_flow.map(body, x, x[0].clone())\n"
        "last, every = scan(lambda a, b: (a + b, a * b), x[0].clone(), x)  # scan\n"
        "return y, last, every",
        "'a': (torch.randn(3, 4),)",
        before="from functorch.experimental import control_flow\nfrom torch._higher_order_ops.scan import scan\n\n"
        "def body(row, y):\n    return row.sin() + y  # map",
    )
    (capture,) = workshop.eager(text).captures
    graph = graph_of(capture)
    assert [op.location.line for op in graph.ops if op.op == "sin" and op.location] == [line_of(text, "# map")] * 3
    assert line_of(text, "# scan") in {op.location.line for op in graph.ops if op.op == "mul" and op.location}
    assert capture.replay is not None
    assert capture.replay.exact


def test_a_lazy_module_is_recorded(workshop: Workshop) -> None:
    """The parameters of such a module have no memory before the first call."""
    text = a_model("return self.z(x)", ONE, init="self.z = nn.LazyLinear(3)", mode="train")
    (capture,) = workshop.eager(text).captures
    graph = graph_of(capture)
    assert "addmm" in compute(graph)
    assert {op.target for op in graph.ops if op.role == "parameter"} == {"z.weight", "z.bias"}


def test_a_nested_tensor_is_recorded_and_replays(workshop: Workshop) -> None:
    body = "y = torch.nested.nested_tensor([x, x[1:]])\nreturn torch.nested.to_padded_tensor(y + y, 0.0)"
    (capture,) = workshop.eager(a_model(body, ONE)).captures
    assert only(graph_of(capture), "add").outputs[0].shape == (2, None)
    assert capture.replay == Replay(exact=True)


def test_a_jagged_tensor_has_no_name_for_a_size_that_changes_from_run_to_run(workshop: Workshop) -> None:
    """It was told as ``j1``, and no replay was exact, as a tensor made again has another name there."""
    body = "return torch.nested.nested_tensor([x, x[1:]], layout=torch.jagged) * 2"
    (capture,) = workshop.eager(a_model(body, ONE)).captures
    assert only(graph_of(capture), "mul").outputs[0].shape == (2, None)
    assert capture.replay == Replay(exact=True)


def test_a_shared_module_is_named_by_the_one_that_calls_it(workshop: Workshop) -> None:
    outer = "class Outer(nn.Module):\n    def __init__(self, fc):\n        super().__init__()\n        self.fc = fc\n\n    def forward(self, x):\n        return self.fc(x)"
    text = a_model("return self.b(self.a(x))", "'a': (torch.ones(1, 2),)", before=outer,
                   init="fc = nn.Linear(2, 2)\nself.a, self.b = Outer(fc), Outer(fc)")  # fmt: skip
    assert [op.module for op in workshop.eager_graph(text).compute if op.op == "addmm"] == ["a.fc", "b.fc"]
