"""ONNX files that cannot be read or run: what is said of each, and what helps; and those that only the checker refuses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

import onnx
import pytest
import torch
from onnx import ModelProto, TensorProto

from explorer.capture.registry import RefusedError
from explorer.capture.stored import Stored, read_stored
from explorer.errors import SourceError
from explorer.source.find import find_source
from explorer.source.load import Arguments
from explorer.source.places import Places
from tests.cases import assert_well_formed, compute, only, sources_of

NEG = "g (float[2] x) => (float[2] y) { y = Neg(x) }"
ADD = "g (float[2] x) => (float[2] y) { y = Add(x, w) }"


def model(text: str, head: str = 'ir_version: 10, opset_import: ["" : 21]') -> ModelProto:
    return onnx.parser.parse_model(f"<{head}> {text}")


def read(tmp_path: Path, content: ModelProto | bytes) -> Stored:
    content = content if isinstance(content, bytes) else content.SerializeToString()
    (tmp_path / "net.onnx").write_bytes(content)
    source = find_source(str(tmp_path / "net.onnx"))
    return read_stored(source, Places.of(source))


def with_data(location: str) -> ModelProto:
    """Return a model whose tensor lies in a file."""
    made = model(ADD)
    tensor = made.graph.initializer.add(name="w", dims=[2], data_type=1, data_location=TensorProto.EXTERNAL)
    for key, value in {"location": location, "offset": "0", "length": "8"}.items():
        tensor.external_data.add(key=key, value=value)
    return made


def without(field: str) -> ModelProto:
    made = model(NEG)
    made.ClearField(field)  # pyright: ignore[reportArgumentType]
    return made


@pytest.mark.parametrize(
    ("make", "says", "helps"),
    [
        pytest.param(lambda: b"<!DOCTYPE html>", "another kind of file, or cut off", "copy it", id="another kind"),
        pytest.param(lambda: model(NEG).SerializeToString()[:20], "or cut off", "copy it", id="cut off"),
        pytest.param(
            lambda: b"version https://git-lfs.github.com/spec/v1\n", "a pointer of Git LFS", "git lfs pull", id="a pointer"
        ),
        pytest.param(
            lambda: with_data("w.bin"), "The tensor w is stored in w.bin, which is not there.", "beside it", id="no data"
        ),
        pytest.param(lambda: with_data("short.bin"), "exceeds available data", "beside it, whole", id="too little data"),
        pytest.param(lambda: with_data("/etc/hosts"), "a relative path", "beside it", id="data elsewhere"),
        pytest.param(lambda: model(NEG, 'ir_version: 99, opset_import: ["" : 21]'), "ir_version 99 is higher",
                     "newer onnx", id="a newer form"),
        pytest.param(lambda: without("ir_version"), "ir_version", "no whole model", id="no version"),
        pytest.param(lambda: without("opset_import"), "opset_import", "no whole model", id="no opset"),
        pytest.param(lambda: without("graph"), "'graph'", "no whole model", id="no graph"),
        pytest.param(lambda: model("g (float[2] x) => (float[2] y) { y = own.Foo(x) }"), "domain 'own'",
                     "opset imports", id="a domain that is not imported"),
        pytest.param(lambda: model("g (float[2] x) => (float[2] y) { y = Foo(x) }"), "No Op registered for Foo",
                     "domain of its own", id="an operator that is not there"),
        pytest.param(lambda: model(ADD), "The input 'w' of Add is made by no node before it.", "check_model",
                     id="an input that nothing makes"),
        pytest.param(lambda: model("g (float[2] x) => (float[2] y) { y = Add(x, a) a = Neg(y) }"),
                     "The input 'a' of Add is made by no node before it.", "check_model", id="a circle"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_told_with_what_helps(
    tmp_path: Path, make: Callable[[], ModelProto | bytes], says: str, helps: str
) -> None:
    """All of them were once told that external data must lie beside the file."""
    (tmp_path / "short.bin").write_bytes(b"1234")
    with pytest.raises(SourceError) as refused:
        read(tmp_path, make())
    assert says in refused.value.message
    assert helps in refused.value.hint
    assert refused.value.message.endswith(".")
    assert str(tmp_path) not in refused.value.message


@pytest.mark.parametrize(
    ("text", "head", "reason", "helps"),
    [
        pytest.param("g (float[2] x) => (float[2] y) { y = own.Foo(x) }", 'ir_version: 10, opset_import: ["" : 21, "own": 1]',
                     "ONNX Runtime has no operator own:Foo.", "as a function", id="an operator of its own"),
        pytest.param(NEG, 'ir_version: 10, opset_import: ["" : 99]', "and the model is of opset 99.", "opset_version=",
                     id="an opset to come"),
        pytest.param("g (bool[2] x) => (bool[2] y) { y = Exp(x) }", 'ir_version: 10, opset_import: ["" : 21]',
                     "ONNX Runtime finds the model invalid: Type 'tensor(bool)'", "Replace in the file", id="a type"),
        pytest.param("g (float[2] x) => () { }", 'ir_version: 10, opset_import: ["" : 21]',
                     "neither nodes nor outputs.", "computes something", id="nothing"),
    ],
)  # fmt: skip
def test_what_onnx_runtime_does_not_run_is_shown_with_the_reason(
    tmp_path: Path, text: str, head: str, reason: str, helps: str
) -> None:
    found = read(tmp_path, model(text, head))
    assert reason in found.refused
    with pytest.raises(RefusedError) as refused:
        found.derive(None)
    assert reason in refused.value.failure.reason
    assert helps in refused.value.failure.hint


def test_nodes_that_are_not_in_order_are_put_in_order(tmp_path: Path) -> None:
    """Onnx's checker refuses the file, ONNX Runtime runs it."""
    text = """g (bool c, float[2] x) => (float[2] y) {
      y = If<then_branch = t () => (float[2] p) { p = Neg(q) q = Tanh(a) },
             else_branch = e () => (float[2] q) { q = Abs(x) }>(c)
      a = Exp(x) }"""
    found = read(tmp_path, model(text))
    graph = found.captured.graph
    assert_well_formed(graph)
    assert compute(graph) == ["exp", "if", "tanh", "neg", "abs"]
    assert sources_of(graph, only(graph, "neg").id) == {only(graph, "tanh").id}
    assert "ONNX Runtime runs it" in found.captured.note
    given = Arguments(args=(torch.tensor([True])[0], torch.zeros(2)), kwargs={})
    (result,) = cast("list[torch.Tensor]", found.captured.run(given))
    assert torch.allclose(result, -torch.tanh(torch.ones(2)))
