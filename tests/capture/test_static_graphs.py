"""Every kind of static graph in the one form: its ops, modules, lines, regions and ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.capture.refusals import first_sentence
from explorer.evidence import Kind
from explorer.graph import Graph
from explorer.messages import StaticFinished, StaticJob
from explorer.options import Options
from explorer.source.find import model_source
from tests.cases import (
    Workshop,
    a_model,
    assert_well_formed,
    compute,
    graph_of,
    line_of,
    listing,
    only,
    sources_of,
    work,
)

ONES = "'a': (torch.ones(4),)"
LAYERS = a_model(
    "y = self.layers(x)  # layers\nreturn self.last(y) * 2  # last",
    ONES,
    init="self.layers = nn.Sequential(nn.Linear(4, 3), nn.Tanh())\nself.last = nn.Linear(3, 2)",
)
CHUNKS = a_model("a, b = x.chunk(2)\nreturn a, b.exp(), a + b", ONES)
SCRIPTED_BRANCH = a_model("if x.sum() > 0:  # !\n    y = x * 2\nelse:\n    y = x - 1\nreturn y.exp()", ONES)
SCRIPTED_LOOP = a_model("for i in range(x.size(0)):  # !\n    x = x + 1\nreturn x.exp()", ONES)
NESTED = a_model(
    "if x.sum() > 0:\n    for i in range(x.size(0)):\n        if x[i] > 0:\n            x = x * 2\nelse:\n    x = x - 1\n"
    "return x.exp()",
    ONES,
)
COND = a_model(
    "return torch.cond(x.sum() > 0, up, down, (x,)).exp()",
    ONES,
    before="def up(x):\n    return x * 2\n\ndef down(x):\n    return x - 1",
)
COND_TWO = a_model(
    "a, b = torch.cond(x.sum() > 0, up, down, (x,))\nreturn a.exp(), b.cos()",
    ONES,
    before="def up(x):\n    return x * 2, x + 5\n\ndef down(x):\n    return x - 1, x.tanh()",
)
COND_NUMBER = a_model(
    "a, n, c = torch.cond(x.sum() > 0, up, down, (x,))\nreturn a, c.exp()",
    ONES,
    before="def up(x):\n    return x * 2, 3, x + 5\n\ndef down(x):\n    return x.tanh(), 3, x - 1",
)
CONSTANTS_OUT = a_model("return 3, x + 1, None, x * 2", ONES)
COND_NESTED = a_model(
    "return torch.cond(x.sum() > 0, up, down, (x,)).exp()",
    ONES,
    before="def in_up(x):\n    return x.tanh()\n\ndef in_down(x):\n    return x.cos()\n\ndef up(x):\n"
    "    return torch.cond(x.sum() > 9, in_up, in_down, (x,))\n\ndef down(x):\n    return x - 1",
)
WHILE = a_model("return torch.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y * 2), (n, x))[1]",
                "'a': (torch.ones(4), torch.tensor(0))", takes="self, x, n")  # fmt: skip
SCRIPT_IN_TRACE = a_model(
    "return self.f(x).exp()",
    ONES,
    before="@torch.jit.script\ndef f(x):\n    if x.sum() > 0:\n        y = x * 2\n    else:\n        y = x - 1\n    return y",
    init="self.f = f",
)
LSTM = a_model(
    "y, (h, c) = self.rnn(x)\nreturn y, h, c", "'a': (torch.ones(2, 3, 4),)", init="self.rnn = nn.LSTM(4, 5)"
)
DICTS = a_model("return {'s': x + d['k'][0], 't': x * d['k'][1]}",
                "'a': (torch.ones(2), {'k': [torch.ones(2), torch.ones(2)]})", takes="self, x, d")  # fmt: skip
WRITES = a_model("x[0] = 5\nself.n += 1\nreturn x * self.n", ONES, init="self.register_buffer('n', torch.zeros(()))")

BROKEN = a_model(
    "both = torch.unique(x, dim=0, return_counts=True)\nprint('a break')\nrows, counts = both\nreturn rows * counts.sum()",
    "'a': (torch.tensor([[1.0, 2], [1, 2], [3, 4]]),)",
)

ELEMENTS = a_model("return x[0] * x[2] + x[1:].sum()", ONES)

MODELS = {
    "broken in two": (BROKEN, ("dynamo",)),
    "elements": (ELEMENTS, ("dynamo", "export")),
    "layers": (LAYERS, ("eager", "trace", "script", "jit", "export", "onnx_ts", "onnx", "ort", "dynamo")),
    "chunks": (CHUNKS, ("eager", "trace", "script", "export", "onnx_ts", "dynamo")),
    "branch": (SCRIPTED_BRANCH, ("eager", "trace", "script", "jit", "onnx_ts")),
    "loop": (SCRIPTED_LOOP, ("eager", "trace", "script", "jit", "export", "onnx_ts")),
    "nested": (NESTED, ("eager", "script", "jit")),
    "cond": (COND, ("eager", "export", "onnx", "dynamo")),
    "cond of two": (COND_TWO, ("export",)),
    "cond in cond": (COND_NESTED, ("export",)),
    "while": (WHILE, ("export",)),
    "script in trace": (SCRIPT_IN_TRACE, ("trace", "onnx_ts")),
    "lstm": (LSTM, ("eager", "trace", "script", "jit", "export", "onnx_ts")),
    "dicts": (DICTS, ("eager", "export", "onnx_ts", "dynamo")),
    "writes": (WRITES, ("eager", "trace", "script", "jit", "export", "onnx_ts")),
    "gated_mlp": ("gated_mlp", ("eager", "trace", "script", "onnx_ts")),
    "variable_length_lstm": ("variable_length_lstm", ("eager", "trace", "script")),
    "residual_block": ("residual_block", ("eager", "trace", "script", "jit", "export", "onnx_ts", "ort")),
}
CAPTURES = [pytest.param(text, kind, id=f"{name}-{kind}") for name, (text, kinds) in MODELS.items() for kind in kinds]


@pytest.mark.parametrize(("text", "kind"), CAPTURES)
def test_a_graph_holds_together(workshop: Workshop, text: str, kind: Kind) -> None:
    graph = workshop.graph(text, kind)
    assert list(graph.compute) or kind == "dynamo"
    assert_well_formed(graph)


@pytest.mark.parametrize(("text", "kind"), CAPTURES)
def test_a_graph_names_no_place_of_this_machine(workshop: Workshop, text: str, kind: Kind) -> None:
    graph = workshop.graph(text, kind)
    assert str(workshop.folder) not in listing(graph)
    assert str(workshop.folder) not in str([op.stack for op in graph.ops])


@pytest.mark.parametrize(
    ("kind", "ops"),
    [
        ("trace", "linear tanh linear mul"),
        ("script", "linear tanh linear mul"),
        ("export", "linear tanh linear mul"),
        ("onnx_ts", "matmul add tanh matmul add mul"),
        ("onnx", "matmul add tanh matmul add mul"),
        ("dynamo", "linear tanh linear mul"),
    ],
)
class TestLayers:
    def test_its_work_is_there_in_order(self, workshop: Workshop, kind: Kind, ops: str) -> None:
        assert compute(workshop.graph(LAYERS, kind)) == ops.split()

    def test_each_op_knows_its_module(self, workshop: Workshop, kind: Kind, ops: str) -> None:
        modules = [op.module for op in workshop.graph(LAYERS, kind).compute]
        first, rest = ops.split().index("tanh"), len(ops.split()) // 2
        assert modules == ["layers.0"] * first + ["layers.1"] + ["last"] * (rest - 1 if first == 2 else 1) + [""]

    def test_each_op_knows_the_users_line(self, workshop: Workshop, kind: Kind, ops: str) -> None:
        found = [op.location for op in workshop.graph(LAYERS, kind).compute]
        assert len(found) == len(ops.split())
        assert {place and place.file for place in found} == {"model.py"}
        lines = [place.line for place in found if place]
        split = ops.split().index("tanh") + 1
        assert set(lines[:split]) == {line_of(LAYERS, "# layers")}
        assert set(lines[split:]) == {line_of(LAYERS, "# last")}

    def test_its_input_has_the_users_name(self, workshop: Workshop, kind: Kind, ops: str) -> None:
        del ops
        assert [op.target for op in workshop.graph(LAYERS, kind).ops if op.role == "input"] == ["x"]

    def test_its_output_is_fed_by_the_last_op(self, workshop: Workshop, kind: Kind, ops: str) -> None:
        graph = workshop.graph(LAYERS, kind)
        (output,) = [op for op in graph.ops if op.role == "output"]
        (last,) = sources_of(graph, output.id)
        assert graph.by_id[last].op == ops.rsplit(maxsplit=1)[-1]  # type: ignore[index]

    def test_its_biases_are_parameters_by_name(self, workshop: Workshop, kind: Kind, ops: str) -> None:
        del ops
        names = {op.target for op in workshop.graph(LAYERS, kind).ops if op.role == "parameter"}
        assert {"layers.0.bias", "last.bias"} <= names


@pytest.mark.parametrize("kind", ["trace", "export", "onnx_ts", "onnx", "dynamo"])
def test_shapes_and_dtypes_are_known(workshop: Workshop, kind: Kind) -> None:
    values = [str(op.outputs[0]) for op in workshop.graph(LAYERS, kind).compute]
    assert values[-1] == "f32[2]"
    assert "f32[3]" in values


@pytest.mark.parametrize(
    ("kind", "ops"),
    [
        ("trace", "mul exp"),
        ("onnx_ts", "mul exp"),
        ("script", "sum gt item if mul sub exp"),
    ],
)
def test_a_tracer_keeps_the_side_that_ran_and_a_script_both(workshop: Workshop, kind: Kind, ops: str) -> None:
    assert compute(workshop.graph(SCRIPTED_BRANCH, kind)) == ops.split()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        pytest.param(SCRIPTED_BRANCH, "script", id="script"),
        pytest.param(COND, "export", id="cond in export"),
        pytest.param(COND, "onnx", id="cond in ONNX"),
        pytest.param(COND, "dynamo", id="cond in Dynamo"),
        pytest.param(SCRIPT_IN_TRACE, "trace", id="scripted function in a trace"),
        pytest.param(SCRIPT_IN_TRACE, "onnx_ts", id="scripted function in ONNX"),
    ],
)
def test_both_sides_of_a_branch_are_regions_of_its_if(workshop: Workshop, text: str, kind: Kind) -> None:
    graph = workshop.graph(text, kind)
    (branch,) = [op for op in graph.ops if op.op == "if"]
    assert {(region.kind, region.owner, region.parent) for region in graph.regions} == {
        ("then", branch.id, None),
        ("else", branch.id, None),
    }
    kinds = {region.id: region.kind for region in graph.regions}
    assert {op.op: kinds.get(op.region) for op in graph.compute if op.op in {"mul", "sub", "exp", "if"}} == {
        "mul": "then", "sub": "else", "exp": None, "if": None,
    }  # fmt: skip
    assert _feeding(graph, "exp") == {"mul", "sub"}, "what comes after is fed by both sides"


def test_each_result_of_a_branch_is_fed_by_its_own(workshop: Workshop) -> None:
    graph = workshop.graph(COND_TWO, "export")
    assert _feeding(graph, "exp") == {"mul", "sub"}
    assert _feeding(graph, "cos") == {"add", "tanh"}


def test_a_branch_in_a_branch_is_a_region_in_a_region(workshop: Workshop) -> None:
    graph = workshop.graph(COND_NESTED, "export")
    assert _feeding(graph, "exp") == {"tanh", "cos", "sub"}
    parents = {region.id: region.parent for region in graph.regions}
    (cosine,) = [op for op in graph.ops if op.op == "cos"]
    assert cosine.region is not None
    assert parents[cosine.region] is not None
    assert parents[parents[cosine.region]] is None  # type: ignore[index]


def test_a_scripted_loop_is_a_region_on_the_line_of_the_for(workshop: Workshop) -> None:
    graph = workshop.graph(SCRIPTED_LOOP, "script")
    (loop,) = [op for op in graph.ops if op.op == "loop"]
    assert loop.location is not None
    assert loop.location.line == line_of(SCRIPTED_LOOP)
    assert [(region.owner, region.kind) for region in graph.regions] == [(loop.id, "body")]
    assert {op.op for op in graph.compute if op.region} == {"add"}


def test_a_traced_loop_is_unrolled(workshop: Workshop) -> None:
    assert compute(workshop.graph(SCRIPTED_LOOP, "trace")) == ["add"] * 4 + ["exp"]


def test_scripted_regions_nest_as_the_source_does(workshop: Workshop) -> None:
    graph = workshop.graph(NESTED, "script")
    names = {region.id: region.kind for region in graph.regions}
    parents = {region.id: region.parent for region in graph.regions}
    (mul,) = [op for op in graph.ops if op.op == "mul"]
    path, region = [], mul.region
    while region is not None:
        path.append(names[region])
        region = parents[region]
    assert path == ["then", "body", "then"]


def test_the_bodies_of_a_while_loop_are_regions_and_add_no_inputs(workshop: Workshop) -> None:
    """A body's own arguments were once shown as inputs of the model."""
    graph = workshop.graph(WHILE, "export")
    assert [op.target for op in graph.ops if op.role == "input"] == ["x", "n"]
    assert [region.kind for region in graph.regions] == ["condition", "body"]


@pytest.mark.parametrize("kind", ["trace", "script", "export", "onnx_ts", "dynamo"])
def test_all_outputs_are_there_in_order(workshop: Workshop, kind: Kind) -> None:
    graph = workshop.graph(CHUNKS, kind)
    assert [op.id for op in graph.ops if op.role == "output"] == ["output:0", "output:1", "output:2"]
    assert _feeding(graph, "output:1") == {"exp"}
    assert _feeding(graph, "output:2") == {"add"}


@pytest.mark.parametrize("kind", ["eager", "script", "jit", "export"])
def test_what_is_no_tensor_keeps_its_place_among_the_outputs(workshop: Workshop, kind: Kind) -> None:
    graph = workshop.graph(CONSTANTS_OUT, kind)
    outputs = [op for op in graph.ops if op.role == "output"]
    assert [op.target for op in outputs] == ["output[0]", "output[1]", "output[3]"]  # a None is in no graph
    assert [len(sources_of(graph, op.id)) for op in outputs] == [0, 1, 1]
    assert (_feeding(graph, "output:1"), _feeding(graph, "output:2")) == ({"add"}, {"mul"})
    assert outputs[0].outputs[0].dtype == "int"


def test_what_is_no_tensor_keeps_its_place_among_a_sides_results(workshop: Workshop) -> None:
    """``c.exp()`` was once fed by nothing."""
    graph = workshop.graph(COND_NUMBER, "export")
    assert _feeding(graph, "exp") == {"add", "sub"}


def test_a_tensor_that_is_made_in_forward_is_no_parameter_of_an_export(workshop: Workshop) -> None:
    graph = workshop.graph(a_model("return x + torch.tensor(2.0)", ONES), "export")
    assert [op.target for op in graph.ops if op.role == "parameter"] == []
    assert [op.target for op in graph.ops if op.role == "constant"] == ["lifted_tensor_0"]


@pytest.mark.parametrize("kind", ["trace", "script"])
def test_what_is_unpacked_from_a_list_is_an_output_of_its_op(workshop: Workshop, kind: Kind) -> None:
    """Edges once took output 1 of a split that had one output, a list."""
    graph = workshop.graph(CHUNKS, kind)
    (split,) = [op for op in graph.ops if op.op == "split"]
    assert len(split.outputs) == 2
    assert sorted(e.source_output for e in graph.edges if e.source == split.id) == [0, 0, 1, 1]


@pytest.mark.parametrize("kind", ["export", "onnx_ts", "dynamo"])
def test_inputs_in_a_dict_are_inputs_one_by_one(workshop: Workshop, kind: Kind) -> None:
    names = [op.target for op in workshop.graph(DICTS, kind).ops if op.role == "input"]
    assert names == ["x", "d['k'][0]", "d['k'][1]"]


def test_mutated_buffers_of_an_export_are_no_outputs(workshop: Workshop) -> None:
    assert len([op for op in workshop.graph(WRITES, "export").ops if op.role == "output"]) == 1


@pytest.mark.parametrize("kind", ["trace", "onnx_ts"])
def test_outputs_of_a_dataclass_are_flattened_and_the_reader_is_told(workshop: Workshop, kind: Kind) -> None:
    before = (
        "from dataclasses import dataclass\nfrom torch.utils import _pytree\n\n@dataclass\nclass Out:\n"
        "    y: torch.Tensor\n    n: object = None\n\ntry:\n    _pytree.register_dataclass(Out, field_names=['y', 'n'])\n"
        "except ValueError:\n    pass"
    )
    text = a_model("return Out(self.l(x))", ONES, init="self.l = nn.Linear(4, 2)", before=before)
    result = workshop.static(text, kind)
    assert result.capture.graph is not None
    assert "flat" in result.capture.note
    assert {op.module for op in result.capture.graph.compute} == {"l"}
    assert result.outcomes["a"].outcome == "agrees"


@pytest.mark.parametrize(
    ("text", "kind", "says"),
    [
        pytest.param(SCRIPTED_BRANCH, "export", "branch", id="branch in export"),
        pytest.param(a_model("return x.sort(stable=True, foo=1)  # !", ONES).replace(", foo=1", "")
                     .replace("return", "return random.random() * ", 1).replace("random.random() *  x", "lambda: x"),
                     "script", "", id="lambda in script"),
        pytest.param(a_model("return [v for v in x if v > 0 and (yes := v)]  # !", ONES), "script", "", id="walrus in script"),
    ],
)  # fmt: skip
def test_a_refusal_names_the_producer_and_the_line(workshop: Workshop, text: str, kind: Kind, says: str) -> None:
    result = workshop.static(text, kind)
    failure = result.capture.failure
    assert (result.capture.status, result.capture.graph) == ("failed", None)
    assert failure is not None
    assert failure.reason.startswith({"export": "torch.export", "script": "torch.jit.script"}[kind])
    assert says in failure.reason
    assert (failure.file, failure.line) == ("model.py", line_of(text))
    assert str(workshop.folder) not in failure.message
    assert {one.outcome for one in result.outcomes.values()} == {"not-run"}


NUMBER_BESIDE = a_model("return x * 2, 3", ONES)
CTC = (
    "'a': (torch.randn(9, 2, 5).log_softmax(2), torch.randint(1, 5, (2, 3)), torch.full((2,), 9), torch.full((2,), 3))"
)
NUMBER_IN_DICT = a_model("return {'y': x * 2, 'n': 3}", ONES)
A_SET = a_model("return {x * 2}", ONES)
FROM_INPUTS = "does not take an output that is not made from the inputs: `int`."
MIXED = "does not take a dict that holds both Tensor and int among the outputs."
SET = "does not take the type `set` among the outputs."


@pytest.mark.parametrize(
    ("text", "kind", "reason"),
    [
        pytest.param(NUMBER_BESIDE, "onnx_ts", FROM_INPUTS, id="number beside a tensor, older exporter"),
        pytest.param(NUMBER_BESIDE, "onnx", FROM_INPUTS, id="number beside a tensor, newer exporter"),
        pytest.param(NUMBER_IN_DICT, "trace", MIXED, id="number in a dict, trace"),
        pytest.param(A_SET, "export", SET, id="set, export"),
        pytest.param(A_SET, "onnx", SET, id="set, newer exporter"),
        pytest.param(COND, "trace", "does not go into a function that Dynamo compiles, such as torch.cond.", id="cond, trace"),
        pytest.param(a_model("return nn.functional.adaptive_avg_pool1d(x.view(1, 1, 4), 3)", ONES), "onnx_ts",
                     "has no translation for an operator of the model: adaptive_avg_pool1d.", id="sizes of an operator, older exporter"),
        pytest.param(a_model("return nn.functional.ctc_loss(x, t, n, m)", CTC, takes="self, x, t, n, m"),
                     "export", "cannot follow a branch or a size that depends on the data.", id="error without words, export"),
        pytest.param(a_model("if torch.compiler.is_exporting():\n    raise RuntimeError('Not (now,\\n  not) here: \\nnever')\nreturn x", ONES),
                     "onnx", "fails: Not (now, not) here.", id="error in the model, newer exporter"),
        pytest.param(a_model("self.h = x * 2\nreturn self.h", ONES), "script",
                     "fails: Tried to set nonexistent attribute: h.", id="attribute made late, script"),
    ],
)  # fmt: skip
def test_the_reason_of_a_refusal_is_one_sentence(workshop: Workshop, text: str, kind: Kind, reason: str) -> None:
    """Once "output 1 (3" and "This is step 3/3 of exporting the model to ONNX. Next steps:"."""
    failure = workshop.static(text, kind).capture.failure
    assert failure is not None
    assert failure.reason.endswith(f" {reason}")


@pytest.mark.parametrize("kind", ["export", "onnx"])
def test_a_class_that_an_exporter_does_not_know_is_to_be_registered(workshop: Workshop, kind: Kind) -> None:
    """It was once told as a part of Python that does not compile."""
    own = "class Own:\n    def __init__(self, x):\n        self.x = x"
    text = a_model("return own.x * 2", "'a': (Own(torch.ones(4)),)", takes="self, own", before=own)
    failure = workshop.static(text, kind).capture.failure
    assert failure is not None
    assert failure.reason.endswith("does not take the type `Own` among the arguments.")
    assert "register_pytree_node" in failure.hint


def test_a_refusal_of_which_nothing_is_known_has_a_hint(workshop: Workshop) -> None:
    text = a_model("self.h = x * 2\nreturn self.h", ONES)
    failure = workshop.static(text, "script").capture.failure
    assert failure is not None
    assert "fails:" in failure.reason
    assert failure.hint


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param("One. Two. Three.", "One.", id="first of several"),
        pytest.param("Use e.g. Tensors. Not lists", "Use e.g. Tensors.", id="abbreviation"),
        pytest.param("Version 2.13 has no f.g() here", "Version 2.13 has no f.g() here.", id="periods inside words"),
        pytest.param("What is wrong:\n    x.foo()\n    ~~~~~ <--- HERE", "What is wrong.", id="code below"),
        pytest.param("\n\n  spaced  \n", "spaced.", id="empty lines"),
        pytest.param("(never closed\nat all\nso\nit\nends", "(never closed at all so it.", id="never closed"),
        pytest.param("Why?! Because", "Why.", id="other marks"),
        pytest.param(
            "It is not had yet.  [Caused by the value '1'", "It is not had yet.", id="a value of the producer's"
        ),
        pytest.param(
            "got (Tensor, int), but expected one of:\n * (Tensor)", "got (Tensor, int).", id="signatures below"
        ),
        pytest.param("It has no 'c' (It is a list. Its type", "It has no 'c'.", id="cut off in brackets"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_a_producers_words_are_cut_to_a_sentence(text: str, sentence: str) -> None:
    assert first_sentence(text) == sentence


def test_a_producers_long_words_are_cut_between_two() -> None:
    said = first_sentence("word " * 100)
    assert said.endswith("word …")
    assert len(said) <= 202


@pytest.mark.parametrize(
    "made",
    [
        pytest.param("y = a.to(torch.complex64)  # !", id="a cast"),
        pytest.param("y = a * 1j  # !", id="a number"),
        pytest.param("y = torch.zeros(4, dtype=torch.complex64) + a  # !", id="a constant"),
        pytest.param("y = torch.fft.rfft(a)  # !", id="an op without a translation"),
    ],
)
def test_the_older_exporter_refuses_complex_numbers_where_they_are_made(workshop: Workshop, made: str) -> None:
    """It was the line of what takes them, or none."""
    text = a_model(f"a = x + 1\n{made}\nw = y * 2\nv = w + 3\nreturn v", ONES)
    failure = workshop.static(text, "onnx_ts").capture.failure
    assert failure is not None
    assert failure.line == line_of(text)


def test_a_dict_and_keyword_only_parameters_go_into_the_older_exporter(workshop: Workshop) -> None:
    """It once gave the defaults as positional arguments."""
    text = a_model(
        "return x * k * j + d['a']", "'a': (torch.ones(4), {'a': torch.ones(4)})", takes="self, x, d, *, k=3.0, j=2.0"
    )
    result = workshop.static(text, "onnx_ts")
    assert result.outcomes["a"].outcome == "agrees", result.capture.failure
    assert [op.target for op in graph_of(result.capture).ops if op.role == "input"] == ["x", "d['a']"]


def test_a_tracers_warning_has_the_users_line(workshop: Workshop) -> None:
    (warning,) = workshop.static(SCRIPTED_BRANCH, "trace").capture.warnings
    assert (warning.file, warning.line) == ("model.py", line_of(SCRIPTED_BRANCH))
    assert "Python boolean" in warning.message


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param("if x.sum() > 0:  # !\n    x = x + 1\nreturn x * 2", "branches on a tensor", id="branch"),
        pytest.param("n = x.sum().item()  # !\nreturn x * n", "read out", id="item"),
        pytest.param("x = x + 1\nprint('here')  # !\nreturn x * 2", "print", id="print"),
        pytest.param(
            "y = x.nonzero()  # !\nif y.shape[0] > 2:\n    return x * 2\nreturn x", "size of a result", id="size"
        ),
        pytest.param(
            "y = x.nonzero()  # !\nfor i in range(y.shape[0]):\n    x = x + i\nreturn x", "size of a result", id="count"
        ),
    ],
)
def test_a_graph_break_has_its_line_and_reason(workshop: Workshop, body: str, reason: str) -> None:
    text = a_model(body, ONES)
    capture = workshop.static(text, "dynamo").capture
    assert [one.line for one in capture.breaks] == [line_of(text)]
    assert reason in capture.breaks[-1].reason


def test_breaks_are_those_of_a_plain_compile_and_not_where_a_whole_graph_would_stop(workshop: Workshop) -> None:
    """``fullgraph=True`` takes the size into the graph and stops at what it decides, where the default goes on."""
    text = a_model("y = x[x > 0]  # !\nif y.shape[0] > 2:\n    y = y * 2\nfor i in y.long().tolist():  # ?\n    y = y + i\n"
                   "return y", ONES)  # fmt: skip
    capture = workshop.static(text, "dynamo").capture
    assert [one.line for one in capture.breaks] == [line_of(text), line_of(text, "# ?")]
    told = [one.line for one in workshop.report(text, "dynamo").divergences if one.cause == "graph-break"]
    assert told == [line_of(text), line_of(text, "# ?")]


def test_a_check_that_raises_in_eager_is_no_break(workshop: Workshop) -> None:
    text = a_model("assert x.shape[0] % 2 == 0\nreturn x + 1", "'a': (torch.ones(4),), 'b': (torch.ones(5),)")
    assert workshop.static(text, "dynamo").capture.breaks == ()


def test_a_break_after_another_is_in_the_function_that_the_user_wrote(workshop: Workshop) -> None:
    """Dynamo calls what it goes on with ``torch_dynamo_resume_in_helper_at_8``."""
    before = "def helper(x):\n    print('a')\n    if x.sum() > 0:\n        x = x + 1\n    return x"
    capture = workshop.static(a_model("return helper(x) * 2", ONES, before=before), "dynamo").capture
    assert {one.function for one in capture.breaks} == {"helper"}


def test_a_break_in_a_loop_leaves_the_frame_to_python(workshop: Workshop) -> None:
    """``explain`` tells of no break in a loop, and the whole graph stops at the break before it."""
    body = "if x.sum() > 0:\n    x = x + 1\nfor v in x:\n    with open('/dev/null'):  # !\n        x = x + v\nreturn x"
    text = a_model(body, ONES)
    capture = workshop.static(text, "dynamo").capture
    assert line_of(text) in {one.line for one in capture.breaks}
    assert capture.note == f"1 graph, 2 breaks; Python runs what is left of forward, for line {line_of(text)}"


def _feeding(graph: Graph, name: str) -> set[str]:
    """Return the canonical names of what feeds the one op of that name or id."""
    (op,) = [op for op in graph.ops if name in {op.op, op.id}]
    return {graph.by_id[source].op for source in sources_of(graph, op.id)}  # type: ignore[index]


PATHS = a_model(
    "x = self.conv_1(x)\nfor block in self.blocks:\n    x = block(x)\nx = self.outer(x)\nreturn self.conv_1(x)",
    "'a': (torch.ones(2, 4),)",
    init="self.conv_1 = nn.Linear(4, 4)\n"
    "self.blocks = nn.ModuleList(nn.Sequential(nn.Linear(4, 4), nn.Tanh()) for _ in range(2))\n"
    "self.outer = nn.Sequential(nn.Sequential(nn.Tanh()), nn.ModuleDict({'a': nn.Tanh()})['a'])",
)


@pytest.mark.parametrize("kind", ["trace", "script", "export", "onnx_ts", "dynamo"])
def test_module_paths_are_those_of_the_model(workshop: Workshop, kind: Kind) -> None:
    """The older exporter's names once gave ``blocks.0.blocks.0.0``, and ``conv`` for a module named ``conv_1``."""
    modules = [op.module for op in workshop.graph(PATHS, kind).compute]
    assert modules == [
        "conv_1",
        "blocks.0.0",
        "blocks.0.1",
        "blocks.1.0",
        "blocks.1.1",
        "outer.0.0",
        "outer.1",
        "conv_1",
    ]


@pytest.mark.parametrize("kind", ["trace", "script", "export", "onnx_ts", "onnx", "dynamo"])
def test_a_place_may_have_spaces_in_its_name(tmp_path: Path, kind: Kind) -> None:
    """The nodes of the older exporter were once said to be in ``net.py``."""
    path = tmp_path / "my models" / "my net.py"
    path.parent.mkdir()
    path.write_text(LAYERS)
    source = model_source(LAYERS, shown="my models/my net.py", path=path)
    graph = graph_of(work(StaticJob(source, Options(), kind), StaticFinished).result.capture)
    assert {op.location and op.location.file for op in graph.compute} == {"my models/my net.py"}


SIZES = a_model("return (x.mean(0) + x).exp()", "'a': (torch.randn(3, 4),), 'b': (torch.randn(5, 4),)")


@pytest.mark.parametrize("kind", ["export", "onnx", "onnx_ts", "ort", "dynamo"])
def test_sizes_are_left_open_where_that_is_asked_for(workshop: Workshop, kind: Kind) -> None:
    fixed, free = (workshop.static(SIZES, kind, dynamic=dynamic).outcomes["b"].outcome for dynamic in (False, True))
    assert (fixed, free) == ("agrees" if kind == "dynamo" else "raises", "agrees")


def test_sizes_that_are_not_open_are_numbers_and_what_measures_is_in_no_module(workshop: Workshop) -> None:
    """The fixed size was once the text "4"."""
    text = a_model(
        "return self.l(x).view(x.shape[0], 2, 2)", "'a': (torch.randn(3, 4),), 'b': (torch.randn(5, 4),)",
        init="self.l = nn.Linear(4, 4)",
    )  # fmt: skip
    graph = graph_of(workshop.static(text, "export", dynamic=True).capture)
    (given,) = [op for op in graph.ops if op.role == "input"]
    assert [type(size) for size in given.outputs[0].shape or ()] == [str, int]
    assert {op.module for op in graph.ops} <= {"", "l"}


KEYWORDS = a_model("return x + d['k'] * scale", "'a': ((torch.ones(3),), {'d': {'k': torch.ones(3)}, 'scale': 2.0}), "
                   "'b': ((torch.ones(5),), {'d': {'k': torch.ones(5)}, 'scale': 2.0})",
                   takes="self, x, *, d, scale")  # fmt: skip


@pytest.mark.parametrize("kind", ["export", "onnx_ts"])
def test_sizes_inside_of_keyword_arguments_are_left_open_too(workshop: Workshop, kind: Kind) -> None:
    assert workshop.static(KEYWORDS, kind, dynamic=True).outcomes["b"].outcome == "agrees"


BROADCAST = a_model(
    "y = self.conv(x).mean((2, 3)) * scale\nreturn {'y': y, 'size': torch.tensor(x.shape[-1])}",
    "'a': (torch.ones(2, 3, 8, 8), torch.ones(2, 1)), 'b': (torch.ones(3, 3, 9, 6), torch.ones(3, 1))",
    init="self.conv = nn.Conv2d(3, 4, 3)",
    takes="self, x, scale",
)


def test_a_size_of_one_that_is_broadcast_leaves_the_others_open(workshop: Workshop) -> None:
    """The newer ONNX exporter refused the model: "1 not in VR[4, 4]"."""
    result = workshop.static(BROADCAST, "onnx", dynamic=True)
    assert result.capture.failure is None
    assert {name: one.outcome for name, one in result.outcomes.items()} == {"a": "agrees", "b": "agrees"}
    assert "Sizes of 1" in result.capture.note


CACHED = a_model(
    "y = self.inner(x) + cache.key\nreturn {'y': y, 'cache': Cache(y)}",
    "'a': ((torch.ones(2, 4),), {'cache': Cache(torch.ones(4))}), 'b': ((torch.ones(2, 4),), {'cache': Cache(torch.zeros(4))})",
    init="self.inner = nn.Sequential(nn.Linear(4, 4))",
    takes="self, x, *, cache=None",
    before="from caches import Cache",
)


@pytest.mark.parametrize("kind", ["trace", "jit", "export", "onnx", "onnx_ts", "ort"])
def test_a_librarys_cache_is_opened_going_in_and_coming_out(
    workshop: Workshop, kind: Kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No producer takes transformers' caches as they are, of which every text decoder returns one."""
    package = tmp_path / "site-packages"
    package.mkdir()
    (package / "caches.py").write_text("class Cache:\n    def __init__(self, key):\n        self.key = key\n")
    monkeypatch.syspath_prepend(str(package))
    result = workshop.static(CACHED, kind)
    graph = graph_of(result.capture)
    assert_well_formed(graph)
    assert [op.target for op in graph.ops if op.role == "input"] == ["x", "cache.key"]
    assert len([op for op in graph.ops if op.role == "output"]) == 2
    assert {op.module for op in graph.compute if op.op in {"linear", "gemm"}} <= {"inner.0"}
    assert {name: one.outcome for name, one in result.outcomes.items()} == {"a": "agrees", "b": "agrees"}
    assert "cache" in result.capture.note


def test_a_class_of_the_users_own_is_refused_as_the_producer_refuses_it(workshop: Workshop) -> None:
    own = "class Cache:\n    def __init__(self, key):\n        self.key = key"
    text = a_model("return x * 2, Cache(x)", ONES, before=own)
    failure = workshop.static(text, "export").capture.failure
    assert failure is not None
    assert failure.reason.endswith("does not take the type `Cache` among the outputs.")


def test_an_element_of_a_tensor_is_an_op_and_no_output_of_what_made_it(workshop: Workshop) -> None:
    names = compute(workshop.graph(ELEMENTS, "dynamo"))
    assert names.count("index") == 3


SHARED = a_model(
    "return self.first(self.second(self.first(x)))",
    ONES,
    init="lin = nn.Sequential(nn.Linear(4, 4))\nself.first, self.second = Part(lin, 'p'), Part(lin, 'q')",
    before="class Part(nn.Module):\n    def __init__(self, lin, name):\n        super().__init__()\n"
    "        self.add_module(name, lin)\n        self.name = name\n\n    def forward(self, x):\n"
    "        return getattr(self, self.name)(x)",
)


@pytest.mark.parametrize("kind", ["eager", "trace", "jit", "export", "onnx_ts"])
def test_a_shared_module_has_the_path_that_it_is_called_by(workshop: Workshop, kind: Kind) -> None:
    """Trace named it by its last path, whoever called it, and the executor by none."""
    graph = workshop.graph(SHARED, kind)
    paths = [op.module for op in graph.compute if op.op in {"linear", "addmm", "matmul"}]
    assert paths == ["first.p.0", "second.q.0", "first.p.0"]


TWICE_NAMED = a_model(
    "return self.held['z'](self.act(self.rest[0](self.b(self.a(x)))))",
    ONES,
    init="self.a = self.b = nn.Linear(4, 4)\nself.seq = nn.Sequential(nn.Linear(4, 4), nn.Tanh())\n"
    "self.act = self.seq[1]\nself.rest = nn.ModuleList([self.a])\nself.held = nn.ModuleDict({'y': self.act, 'z': self.act})",
)


@pytest.mark.parametrize("kind", ["eager", "trace", "jit", "script", "export", "dynamo", "onnx", "onnx_ts", "ort"])
def test_a_module_with_several_names_has_the_first_in_every_graph(workshop: Workshop, kind: Kind) -> None:
    """Scripts, exported programs and Dynamo told that by which it was called, so that its ops had no counterpart."""
    job = workshop.graph(TWICE_NAMED, kind)
    paths = [op.module for op in job.compute if op.op in {"linear", "addmm", "matmul", "gemm", "tanh"}]
    assert paths == ["a", "a", "a", "seq.1", "seq.1"]


def test_dynamos_graph_may_hold_tensors_that_have_no_memory_of_their_own(workshop: Workshop) -> None:
    """What runs under ``torch.vmap`` once ended the capture."""
    text = a_model("return torch.vmap(lambda v: v.sin() * 2)(x)", "'a': (torch.ones(3, 4),)")
    assert {"sin", "mul"} <= set(compute(workshop.graph(text, "dynamo")))


@pytest.mark.parametrize("kind", ["eager", "trace", "script", "export"])
def test_a_slice_that_leaves_nothing_out_does_no_work(workshop: Workshop, kind: Kind) -> None:
    """A tracer writes the cut of the second dimension as two slices, of which the first keeps all."""
    graph = workshop.graph(a_model("return x[:, 1:3] + 1", "'a': (torch.ones(2, 4),)"), kind)

    assert compute(graph) == ["slice", "add"]
    assert only(graph, "slice").attributes["dim"] == 1
