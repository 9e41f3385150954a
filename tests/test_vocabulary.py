"""Canonical names: what does the same work has the same name, whoever names it."""

from __future__ import annotations

from pathlib import Path

import onnx.defs
import pytest
import torch
from onnxruntime.capi import onnxruntime_pybind11_state

from benchmarks.names import read_names
from explorer.vocabulary import ATEN, ONNX, PRIM, PYTHON, STRUCTURAL, canonical, is_known, role_of
from explorer.vocabulary.own import OWN, OWN_ONNX, OWN_PRIM

MET = Path(__file__).parent / "data" / "op_names.txt"
"""What the corpora's runs have met; to add to it: ``python -m benchmarks.run_corpora --names tests/data/op_names.txt``."""

INTERNAL = (
    "cudnn",
    "miopen",
    "mkldnn",
    "mps",
    "sparse_",
    "quantized",
    "batch_norm_",
    "q_",
    "choose_q",
    "fused_",
    "copy_",
    "fbgemm",
)
"""Beginnings of what only one device's kernels, or sparse and quantized tensors, are made with."""


@pytest.mark.parametrize(
    ("name", "targets"),
    [
        pytest.param("conv", ("aten::_convolution", "aten.convolution.default", "aten::conv2d", "onnx::Conv"), id="conv"),
        pytest.param("addmm", ("aten.addmm.default", "onnx::Gemm"), id="addmm"),
        pytest.param("matmul", ("aten::matmul", "aten.bmm.default", "aten.mm.default", "onnx::MatMul"), id="matmul"),
        pytest.param("reshape", ("aten::view", "aten._unsafe_view.default", "aten::flatten", "onnx::Reshape"), id="view"),
        pytest.param("transpose", ("aten.t.default", "aten::permute", "onnx::Transpose"), id="transpose"),
        pytest.param("add", ("aten::add", "aten.add_.Tensor", "aten::add_", "onnx::Add", "iadd"), id="add"),
        pytest.param("softmax", ("aten._softmax.default", "aten::softmax", "onnx::Softmax", "aten.softmax.int", "aten._safe_softmax.default", "softmax"), id="softmax"),
        pytest.param("softmax_backward", ("aten._softmax_backward_data.default", "aten::softmax_backward"), id="backward"),
        pytest.param("silu", ("aten.silu_.default", "silu", "onnx::Swish", "onnx::QuickGelu", "aten.silu.out"), id="silu"),
        pytest.param("rms_norm", ("aten::rms_norm", "aten._fused_rms_norm.default", "onnx::SimplifiedLayerNormalization"), id="RMS norm"),
        pytest.param("expand", ("aten.expand_copy.default", "aten::expand_as", "aten::broadcast_to", "onnx::Expand"), id="copies"),
        pytest.param("logical_xor", ("aten::bitwise_xor", "aten::__xor__", "xor", "onnx::Xor", "onnx::BitwiseXor"), id="xor"),
        pytest.param("fft", ("aten._fft_c2c.default", "aten::fft_fftn", "onnx::DFT"), id="Fourier transform"),
        pytest.param("nll_loss", ("aten::nll_loss_nd", "aten.nll_loss_forward.default", "nll_loss", "onnx::NegativeLogLikelihoodLoss"), id="loss"),
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


@pytest.mark.parametrize("table", [ATEN, ONNX, PRIM, PYTHON], ids=["aten", "onnx", "prim", "python"])
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


def test_every_name_that_the_corpora_met_is_known() -> None:
    assert {name for _, name, _ in read_names(MET) if not is_known(name)} == set()


def test_every_operator_of_onnx_and_onnx_runtime_is_known() -> None:
    fused = (one.name for one in onnxruntime_pybind11_state.get_all_operator_schema())  # pyright: ignore[reportAttributeAccessIssue]
    names = {*fused, *(one.name for one in onnx.defs.get_all_schemas())}
    assert {name for name in names if not is_known(f"onnx::{name}")} == set()


def test_every_public_operator_of_aten_and_prim_is_known() -> None:
    names = {name.partition(".")[0] for name in torch._C._dispatch_get_all_op_names() if name.startswith("aten::")}
    names |= {one.name for one in torch._C._jit_get_all_schemas() if one.name.startswith(("aten::", "prim::"))}
    public = {name for name in names if not name.removeprefix("aten::").startswith(("_", *INTERNAL))}
    assert {name for name in public if not is_known(name)} == set()


def test_no_name_is_both_mapped_and_its_own() -> None:
    assert OWN & (ATEN.keys() | PYTHON.keys()) == set()
    assert OWN_ONNX & ONNX.keys() == set()
    assert OWN_PRIM & PRIM.keys() == set()


@pytest.mark.parametrize(
    ("target", "role"),
    [
        ("_enter_autocast", "guard"), ("_set_grad_enabled", "guard"), ("vmap_increment_nesting", "guard"),
        ("_add_batch_dim", "shape"), ("_remove_batch_dim", "shape"), ("sin", "compute"),
    ],
)  # fmt: skip
def test_what_switches_a_mode_or_wraps_a_value_does_no_work(target: str, role: str) -> None:
    """They were boxes of the graph, as if the model had called them."""
    assert role_of(canonical(target.lstrip("_"))) == role
