"""ONNX files with what exporters of PyTorch models do not write: other types, bodies, functions and names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import onnx
import pytest
import torch
from onnx import ModelProto, TensorProto, numpy_helper

from explorer.capture.onnx_run import watched
from explorer.capture.stored import Stored, read_stored
from explorer.graph import Graph
from explorer.source.find import find_source
from explorer.source.load import Arguments
from explorer.source.places import Places
from tests.cases import assert_well_formed, compute, only, sources_of

HEAD = '<ir_version: 10, opset_import: ["" : 21, "local": 1]>\n'


def stored(tmp_path: Path, text: str | ModelProto) -> Stored:
    """Return what is read of a model, which is written in ONNX's own words."""
    model = onnx.parser.parse_model(HEAD + text) if isinstance(text, str) else text
    onnx.save(model, tmp_path / "net.onnx")
    source = find_source(str(tmp_path / "net.onnx"))
    found = read_stored(source, Places.of(source))
    assert_well_formed(found.captured.graph)
    return found


def graph(tmp_path: Path, text: str) -> Graph:
    return stored(tmp_path, text).captured.graph


def graph_of_model(tmp_path: Path, model: ModelProto) -> Graph:
    return stored(tmp_path, model).captured.graph


def run(found: Stored, *given: Any) -> Any:
    return found.captured.run(Arguments(args=given, kwargs={}))


@pytest.mark.parametrize(
    ("text", "given", "result"),
    [
        pytest.param(
            "g (bfloat16[2] x) => (bfloat16[2] y) { y = Identity(x) }",
            torch.tensor([1, 2], dtype=torch.bfloat16), torch.tensor([1, 2], dtype=torch.bfloat16), id="bfloat16",
        ),
        pytest.param(
            "g (float8e4m3fn[2] x) => (float8e4m3fn[2] y) { y = Identity(x) }",
            torch.tensor([1.0, 2]).to(torch.float8_e4m3fn), torch.tensor([1.0, 2]).to(torch.float8_e4m3fn), id="float8",
        ),
        pytest.param(
            "g (uint64[2] x) => (uint64[2] y) { y = Add(x, x) }",
            torch.tensor([1, 2], dtype=torch.uint64), torch.tensor([2, 4], dtype=torch.uint64), id="uint64",
        ),
        pytest.param(
            "g (int4[3] x) => (float[3] y) { y = Cast<to = 1>(x) }",
            torch.tensor([-8, 0, 7], dtype=torch.int8), torch.tensor([-8.0, 0, 7]), id="int4 in eight bits",
        ),
        pytest.param(
            "g (float[3] x) => (uint4[3] y) { y = Cast<to = 21>(x) }",
            torch.tensor([0.0, 1, 15]), torch.tensor([0, 1, 15], dtype=torch.uint8), id="uint4 from eight bits",
        ),
        pytest.param(
            "g (string[2] x) => (string[2] y) { y = Identity(x) }", ["a", "\u00e9"], ["a", "\u00e9"], id="text"
        ),
        pytest.param(
            "g (seq(float[N]) x) => (float[M] y) { y = ConcatFromSequence<axis = 0>(x) }",
            [torch.ones(1), torch.zeros(2)], torch.tensor([1.0, 0, 0]), id="a sequence",
        ),
        pytest.param("g (float x) => (float y) { y = Neg(x) }", torch.tensor(2.0), torch.tensor(-2.0), id="rank 0"),
        pytest.param("g (float[0,2] x) => (float[0,2] y) { y = Neg(x) }", torch.ones(0, 2), torch.ones(0, 2), id="nothing"),
    ],
)  # fmt: skip
def test_values_of_every_type_go_in_and_come_out(tmp_path: Path, text: str, given: Any, result: Any) -> None:
    (found,) = run(stored(tmp_path, text), given)
    if isinstance(result, list):
        assert found == result
    else:
        assert (found.dtype, found.shape) == (result.dtype, result.shape)
        assert torch.equal(found.to(torch.float64), result.to(torch.float64))


def test_types_that_torch_lacks_are_named_on_the_edges(tmp_path: Path) -> None:
    text = "g (seq(float[N]) s, optional(int4[2]) o, uint16[1] u) => (seq(float[N]) y) { y = Identity(s) }"
    inputs = [str(op.outputs[0]) for op in graph(tmp_path, text).ops if op.role == "input"]
    assert inputs == ["seq(f32[N])", "optional(i4[2])", "u16[1]"]


def test_an_output_without_a_name_feeds_nobody(tmp_path: Path) -> None:
    text = 'g (float[4] x) => (float[4] y) { a, "" = Dropout(x)\n b = Clip(a, "", "")\n y = Neg(b) }'
    found = graph(tmp_path, text)
    assert sources_of(found, only(found, "clamp").id) == {only(found, "dropout").id}


def test_the_body_of_a_scan_takes_what_the_scan_takes(tmp_path: Path) -> None:
    text = """g (float[2] s, float[3,2] x) => (float[2] y, float[3,2] z) {
      y, z = Scan<num_scan_inputs = 1, body = b (float[2] a, float[2] e) => (float[2] c, float[2] d) {
        c = Add(a, e)
        d = Neg(e) }>(s, x) }"""
    found = graph(tmp_path, text)
    assert compute(found) == ["loop", "add", "neg"]
    carried, scanned = (only(found, name) for name in ("carried", "scanned"))
    assert sources_of(found, only(found, "add").id) == {carried.id, scanned.id}
    assert (sources_of(found, carried.id), sources_of(found, scanned.id)) == ({"input:s"}, {"input:x"})
    (body,) = found.regions
    assert body.formals == (carried.id, scanned.id)
    assert body.results == (((only(found, "add").id, 0),), ((only(found, "neg").id, 0),))
    assert sources_of(found, only(found, "neg").id) == {scanned.id}


def test_what_is_in_a_body_has_a_type(tmp_path: Path) -> None:
    text = """g (bool c, float[2] x) => (float[2] y) {
      y = If<then_branch = t () => (float[2] p) { q = Exp(x) p = Neg(q) },
             else_branch = e () => (float[2] p) { q = Abs(x) p = Sqrt(q) }>(c) }"""
    found = graph(tmp_path, text)
    assert [str(op.outputs[0]) for op in found.compute] == ["f32[2]"] * 5


def test_functions_of_the_file_are_shown_by_what_they_do(tmp_path: Path) -> None:
    text = """g (float[2] x) => (float[2] y) { a = local.f(x) y = local.f(a) }
    <domain: "local", opset_import: ["" : 21]> f (x) => (y) { b = Exp(x) y = Neg(b) }"""
    found = stored(tmp_path, text)
    assert compute(found.captured.graph) == ["exp", "neg", "exp", "neg"]
    assert torch.allclose(run(found, torch.zeros(2))[0], -torch.exp(torch.tensor([-1.0, -1])))


NESTED = """g (bool c, float[2] x) => (float[2] y) { a = local.f<alpha = 2.0>(x)
      y = If<then_branch = t () => (float[2] p) { p = local.f(a) }, else_branch = e () => (float[2] q) { q = Abs(a) }>(c) }
    <domain: "local", opset_import: ["" : 21, "local" : 1]> f <alpha: float = 0.5> (x) => (y) {
      b = local.h<slope: float = @alpha>(x)
      y = Neg(b) }
    <domain: "local", overload: "leaky", opset_import: ["" : 21]> h <slope: float = 0.1> (x) => (y) {
      b = LeakyRelu<alpha: float = @slope>(x)
      y = Exp(b) }"""


def nested(names: str = "") -> ModelProto:
    """Return a model whose functions call each other; the first call's node is called ``names``."""
    model = onnx.parser.parse_model(HEAD + NESTED)
    model.graph.node[0].name = names
    model.functions[0].node[0].overload = "leaky"  # ONNX's own words have none for it
    return model


def test_an_op_tells_the_calls_of_functions_that_it_came_from(tmp_path: Path) -> None:
    found = graph_of_model(tmp_path, nested())
    assert [(op.op, op.module, op.module_type) for op in found.compute] == [
        ("leaky_relu", "f.h", "local::h:leaky"), ("exp", "f.h", "local::h:leaky"), ("neg", "f", "local::f"),
        ("if", "", ""),
        ("leaky_relu", "f_2.h", "local::h:leaky"), ("exp", "f_2.h", "local::h:leaky"), ("neg", "f_2", "local::f"),
        ("abs", "", ""),
    ]  # fmt: skip
    first, second = (op for op in found.ops if op.op == "leaky_relu")
    assert first.attributes == {"alpha": 2.0, "from functions": ["local::f", "local::h:leaky"]}
    assert (second.attributes["alpha"], second.region) == (0.5, "n3.then")


def test_a_call_that_has_a_name_is_called_by_it(tmp_path: Path) -> None:
    modules = [op.module for op in graph_of_model(tmp_path, nested("/encoder/first.call")).compute]
    assert modules[:3] == ["encoder.first_call.h", "encoder.first_call.h", "encoder.first_call"]


@pytest.mark.parametrize(
    ("call", "slope"),
    [
        pytest.param("f<alpha = 2.0>(x)", 2.0, id="given"),
        pytest.param("f(x)", 0.5, id="the default"),
        pytest.param("k(x)", 0.25, id="the default of what it is handed on to"),
    ],
)
def test_a_function_has_the_attributes_of_its_call(tmp_path: Path, call: str, slope: float) -> None:
    text = (
        f"g (float[2] x) => (float[2] y) {{ y = local.{call} }}"
        """
    <domain: "local", opset_import: ["" : 21, "local" : 1]> f <alpha: float = 0.5> (x) => (y) {
      y = local.h<slope: float = @alpha>(x) }
    <domain: "local", opset_import: ["" : 21, "local" : 1]> k <alpha> (x) => (y) {
      y = local.h<slope: float = @alpha>(x) }
    <domain: "local", opset_import: ["" : 21]> h <slope: float = 0.25> (x) => (y) {
      y = LeakyRelu<alpha: float = @slope>(x) }"""
    )
    (given,) = run(stored(tmp_path, text), torch.tensor([-1.0, 1]))
    assert given.tolist() == [-slope, 1.0]


def test_what_onnx_runtime_makes_of_a_function_is_in_it(tmp_path: Path) -> None:
    text = """g (float[2,2] x, float[2,2] w, float[2] b) => (float[2,2] y) { a = local.linear(x, w, b) y = Exp(a) }
    <domain: "local", opset_import: ["" : 21]> linear (x, w, b) => (y) { a = MatMul(x, w) y = Add(a, b) }"""
    found = stored(tmp_path, text).derive(None).graph
    fused = only(found, "addmm")
    assert (fused.module, fused.attributes["from functions"]) == ("linear", ["local::linear"])
    assert only(found, "exp").module == ""


def test_a_function_that_torch_module_calls_stands_in_that_module(tmp_path: Path) -> None:
    model = onnx.parser.parse_model(
        HEAD
        + """g (float[2] x) => (float[2] y) { y = local.f(x) }
    <domain: "local", opset_import: ["" : 21]> f (x) => (y) { b = Exp(x) y = Neg(b) }"""
    )
    told = {
        "pkg.torch.onnx.name_scopes": "['', 'encoder', 'call']",
        "pkg.torch.onnx.stack_trace": 'File "net.py", line 3, in forward\n    return call(x)',
    }
    for key, value in told.items():
        model.graph.node[0].metadata_props.add(key=key, value=value)
    first, second = graph_of_model(tmp_path, model).compute
    assert (first.module, first.location) == (second.module, second.location)
    assert (first.module, first.location and first.location.line) == ("encoder", 3)
    assert second.attributes == {"from functions": ["local::f"]}


def test_a_model_that_takes_nothing_is_run_all_the_same(tmp_path: Path) -> None:
    found = stored(tmp_path, "g () => (float[1] y) { y = Constant<value_floats = [3.0]>() }")
    assert list(found.examples) == ["no inputs"]
    assert run(found)[0].tolist() == [3.0]


def test_inputs_that_lie_beside_the_file_are_taken(tmp_path: Path) -> None:
    folder = tmp_path / "test_data_set_0"
    folder.mkdir()
    given = numpy_helper.from_array(torch.tensor([1.0, 2]).numpy())
    (folder / "input_0.pb").write_bytes(given.SerializeToString())
    found = stored(tmp_path, "g (float[N] x) => (float[N] y) { y = Neg(x) }")
    assert [(name, one.args[0].tolist()) for name, one in found.examples.items()] == [("test_data_set_0", [1.0, 2.0])]


def test_whole_numbers_that_torch_knows_by_one_name_of_two_are_told() -> None:
    """ONNX Runtime gives unsigned long longs, of which torch says that they are none of its types."""
    model = onnx.parser.parse_model(HEAD + "g (uint64[2] x) => (uint64[2] y) { z = Mul(x, x) y = Add(z, x) }")
    given = Arguments(args=(torch.tensor([1, 3], dtype=torch.uint64),), kwargs={})
    held = watched(model, given)
    assert {name: (one.smallest, one.largest) for name, one in held.items()} == {
        "x": (1.0, 3.0), "z": (1.0, 9.0), "y": (2.0, 12.0)
    }  # fmt: skip


def test_inputs_of_another_number_belong_to_another_file(tmp_path: Path) -> None:
    (tmp_path / "test_data_set_0").mkdir()
    assert list(stored(tmp_path, "g (float[2] x) => (float[2] y) { y = Neg(x) }").examples) == ["random"]


def test_a_valid_model_that_onnx_runtime_refuses_is_shown(tmp_path: Path) -> None:
    model = onnx.parser.parse_model(
        '<ir_version: 8, opset_import: ["" : 6]> g (float[2] x) => (float[2] y) { y = Add(x, x) }'
    )
    found = stored(tmp_path, model)
    assert compute(found.captured.graph) == ["add"]
    assert found.refused == "ONNX Runtime has no implementation of Add(6) for this opset and these types."


def test_values_of_an_attribute_read_as_they_are(tmp_path: Path) -> None:
    text = 'g (string[2] x) => (string[1] y) { y = StringNormalizer<stopwords = ["a", "b"], case_change_action = "LOWER">(x) }'
    (op,) = graph(tmp_path, text).compute
    assert op.attributes == {"stopwords": ["a", "b"], "case_change_action": "LOWER"}


def test_constants_of_two_bodies_of_one_name_are_two(tmp_path: Path) -> None:
    text = "g (bool c, float[1] x) => (float[1] y) { y = If<then_branch = t () => (float[1] p) <float[1] k = {1.0}> { p = Add(x, k) }, else_branch = e () => (float[1] q) <float[1] k = {2.0}> { q = Sub(x, k) }>(c) }"
    found = graph(tmp_path, text)
    assert sources_of(found, only(found, "add").id) & sources_of(found, only(found, "sub").id) == {"input:x"}


def test_sparse_constants_feed_what_takes_them(tmp_path: Path) -> None:
    model = onnx.parser.parse_model(HEAD + "g (float[3] x) => (float[3] y) { y = Add(x, k) }")
    values = onnx.helper.make_tensor("k", TensorProto.FLOAT, [1], [5.0])
    places = onnx.helper.make_tensor("at", TensorProto.INT64, [1], [1])
    model.graph.sparse_initializer.append(onnx.helper.make_sparse_tensor(values, places, [3]))
    found = stored(tmp_path, model)
    assert sources_of(found.captured.graph, only(found.captured.graph, "add").id) == {"input:x", "constant:k"}
    assert run(found, torch.zeros(3))[0].tolist() == [0.0, 5.0, 0.0]
