"""Canonical names: what does the same work has the same name, whoever names it."""

from __future__ import annotations

import pytest

from explorer.vocabulary import ATEN, ONNX, PRIM, STRUCTURAL, canonical, role_of


@pytest.mark.parametrize(
    ("name", "targets"),
    [
        pytest.param("conv", ("aten::_convolution", "aten.convolution.default", "aten::conv2d", "onnx::Conv"), id="conv"),
        pytest.param("addmm", ("aten.addmm.default", "onnx::Gemm"), id="addmm"),
        pytest.param("matmul", ("aten::matmul", "aten.bmm.default", "aten.mm.default", "onnx::MatMul"), id="matmul"),
        pytest.param("reshape", ("aten::view", "aten._unsafe_view.default", "aten::flatten", "onnx::Reshape"), id="view"),
        pytest.param("transpose", ("aten.t.default", "aten::permute", "onnx::Transpose"), id="transpose"),
        pytest.param("add", ("aten::add", "aten.add_.Tensor", "aten::add_", "onnx::Add", "iadd"), id="add"),
        pytest.param("softmax", ("aten._softmax.default", "aten::softmax", "onnx::Softmax"), id="softmax"),
        pytest.param("layer_norm", ("aten.native_layer_norm.default", "onnx::LayerNormalization"), id="layer norm"),
        pytest.param("item", ("aten._local_scalar_dense.default", "aten::Bool", "prim::ImplicitTensorToNum"), id="item"),
        pytest.param("if", ("prim::If", "onnx::If"), id="if"),
        pytest.param("loop", ("prim::Loop", "onnx::Loop", "onnx::Scan"), id="loop"),
        pytest.param("size", ("aten::size", "aten.sym_size.int", "onnx::Shape", "prim::NumToTensor"), id="size"),
        pytest.param("div", ("aten.div.Tensor", "truediv", "onnx::Div", "aten::div_"), id="div"),
        pytest.param("to", ("aten._to_copy.default", "aten::type_as", "onnx::Cast"), id="cast"),
        pytest.param("floor_divide", ("aten::floor_divide", "floordiv"), id="floor divide"),
    ],
)  # fmt: skip
def test_the_same_work_has_one_name(name: str, targets: tuple[str, ...]) -> None:
    assert {target: canonical(target) for target in targets} == dict.fromkeys(targets, name)


@pytest.mark.parametrize(
    ("target", "name"),
    [
        pytest.param("aten::cumprod", "cumprod", id="aten"),
        pytest.param("aten.cumprod.default", "cumprod", id="aten overload"),
        pytest.param("onnx::Hardmax", "hardmax", id="onnx"),
        pytest.param("prim::SetAttr", "SetAttr", id="prim"),
        pytest.param("mylib::my_op", "my_op", id="another library"),
        pytest.param("sin", "sin", id="bare"),
        pytest.param("aten::__getitem__", "__getitem__", id="dunder is not in place"),
    ],
)
def test_what_no_table_knows_keeps_its_own_name(target: str, name: str) -> None:
    assert canonical(target) == name


@pytest.mark.parametrize("table", [ATEN, ONNX, PRIM], ids=["aten", "onnx", "prim"])
def test_canonical_names_are_stable(table: dict[str, str]) -> None:
    """A name that a table gives must not be renamed when it is met again as an aten name."""
    named = {name: canonical(f"aten::{name}") for name in table.values()}
    assert named == {name: name for name in named}


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("constant", "constant"),
        ("parameter", "parameter"),
        ("size", "shape"),
        ("identity", "shape"),
        ("__getitem__", "shape"),
        ("assert", "guard"),
        ("raise", "guard"),
        ("addmm", "compute"),
        ("if", "compute"),
        ("item", "compute"),
    ],
)
def test_each_name_has_the_role_that_decides_whether_it_is_drawn(name: str, role: str) -> None:
    assert role_of(name) == role


def test_nothing_structural_is_work() -> None:
    assert {role_of(name) for name in STRUCTURAL} == {"shape", "constant", "parameter"}
