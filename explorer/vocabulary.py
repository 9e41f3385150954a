"""Canonical op names: one vocabulary for aten, prim, ONNX and fx names.

An op that is not in a table passes through under its own base name, in lower case for ONNX.
"""

from __future__ import annotations

import re

from explorer.graph import Role

ATEN = {
    "conv_transpose1d": "conv_transpose", "conv_transpose2d": "conv_transpose", "conv_transpose3d": "conv_transpose",
    "_convolution": "conv", "convolution": "conv", "conv1d": "conv", "conv2d": "conv", "conv3d": "conv",
    "_unsafe_view": "reshape", "view": "reshape", "flatten": "reshape", "unflatten": "reshape",
    "_reshape_alias": "reshape", "reshape_as": "reshape", "view_as": "reshape", "ravel": "reshape",
    "permute": "transpose", "t": "transpose", "numpy_T": "transpose", "movedim": "transpose",
    "swapaxes": "transpose", "mT": "transpose",
    "mm": "matmul", "bmm": "matmul", "mv": "matmul", "dot": "matmul", "baddbmm": "addmm",
    "_softmax": "softmax", "_log_softmax": "log_softmax", "_to_copy": "to", "type_as": "to", "float": "to",
    "native_layer_norm": "layer_norm", "native_group_norm": "group_norm",
    "native_batch_norm": "batch_norm", "_native_batch_norm_legit": "batch_norm",
    "_native_batch_norm_legit_no_training": "batch_norm", "_batch_norm_no_update": "batch_norm",
    "native_dropout": "dropout", "feature_dropout": "dropout", "alpha_dropout": "dropout",
    "max_pool1d_with_indices": "max_pool", "max_pool2d_with_indices": "max_pool", "max_pool1d": "max_pool",
    "max_pool2d": "max_pool", "max_pool3d": "max_pool", "avg_pool1d": "avg_pool", "avg_pool2d": "avg_pool",
    "_adaptive_avg_pool2d": "adaptive_avg_pool", "adaptive_avg_pool2d": "adaptive_avg_pool",
    "adaptive_avg_pool1d": "adaptive_avg_pool",
    "chunk": "split", "split_with_sizes": "split", "tensor_split": "split",
    "concat": "cat", "concatenate": "cat", "true_divide": "div", "divide": "div", "multiply": "mul",
    "subtract": "sub", "rsub": "sub", "greater": "gt", "less": "lt", "arccos": "acos", "absolute": "abs",
    "_local_scalar_dense": "item", "is_nonzero": "item", "Bool": "item", "Int": "item", "Float": "item",
    "__and__": "logical_and", "bitwise_and": "logical_and", "bitwise_not": "logical_not",
    "bitwise_or": "logical_or", "__or__": "logical_or",
    "detach": "identity", "alias": "identity", "lift_fresh": "identity", "lift_fresh_copy": "identity",
    "contiguous": "identity", "lift": "identity",
    "scaled_dot_product_attention": "attention", "_scaled_dot_product_flash_attention_for_cpu": "attention",
    "_scaled_dot_product_attention_math": "attention", "_scaled_dot_product_efficient_attention": "attention",
    "upsample_nearest1d": "interpolate", "upsample_nearest2d": "interpolate",
    "upsample_bilinear2d": "interpolate", "upsample_bicubic2d": "interpolate",
    "_upsample_bicubic2d_aa": "interpolate", "_upsample_bilinear2d_aa": "interpolate",
    "constant_pad_nd": "pad", "clamp_min": "clamp", "clamp_max": "clamp", "clip": "clamp",
    "truediv": "div", "floordiv": "floor_divide", "iadd": "add", "isub": "sub", "imul": "mul", "itruediv": "div",
    "mod": "remainder", "getitem": "index", "and": "logical_and", "or": "logical_or", "invert": "logical_not",
    "amax": "max", "amin": "min", "size": "size", "sym_size": "size", "len": "size",
    "_assert_async": "assert", "_assert_tensor_metadata": "assert", "_assert_scalar": "assert",
}  # fmt: skip

ONNX = {
    "Add": "add", "Sub": "sub", "Mul": "mul", "Div": "div", "Pow": "pow", "Neg": "neg", "Sqrt": "sqrt",
    "MatMul": "matmul", "Gemm": "addmm", "Conv": "conv", "ConvTranspose": "conv_transpose",
    "BatchNormalization": "batch_norm", "LayerNormalization": "layer_norm", "GroupNormalization": "group_norm",
    "Softmax": "softmax", "LogSoftmax": "log_softmax", "Relu": "relu", "Gelu": "gelu", "Erf": "erf",
    "Sigmoid": "sigmoid", "Tanh": "tanh", "Reshape": "reshape", "Flatten": "reshape", "Transpose": "transpose",
    "Concat": "cat", "Split": "split", "SplitToSequence": "split", "Unsqueeze": "unsqueeze", "Squeeze": "squeeze",
    "ReduceMean": "mean", "ReduceSum": "sum", "ReduceMax": "max", "ReduceMin": "min", "ReduceL2": "norm",
    "ReduceProd": "prod", "Max": "maximum", "Min": "minimum", "ArgMax": "argmax", "ArgMin": "argmin",
    "MaxPool": "max_pool", "AveragePool": "avg_pool", "GlobalAveragePool": "adaptive_avg_pool",
    "Cast": "to", "CastLike": "to", "Clip": "clamp", "Where": "where", "Greater": "gt", "Less": "lt",
    "GreaterOrEqual": "ge", "LessOrEqual": "le", "Equal": "eq", "And": "logical_and", "Or": "logical_or",
    "Not": "logical_not", "Slice": "slice", "Gather": "gather", "GatherElements": "gather", "Expand": "expand",
    "Pad": "pad", "Resize": "interpolate", "CumSum": "cumsum", "TopK": "topk", "Dropout": "dropout",
    "FusedConv": "conv", "FusedMatMul": "matmul", "FusedGemm": "addmm", "SkipLayerNormalization": "layer_norm",
    "Shape": "size", "Size": "numel", "ConstantOfShape": "full", "Range": "arange", "Constant": "constant",
    "Identity": "identity", "IsNaN": "isnan", "Mod": "remainder", "Floor": "floor", "Ceil": "ceil",
    "LSTM": "lstm", "GRU": "gru", "RNN": "rnn", "If": "if", "Loop": "loop", "Scan": "loop",
    "Attention": "attention", "Trilu": "tril", "OneHot": "one_hot", "HardSwish": "hardswish",
    "LeakyRelu": "leaky_relu", "Elu": "elu", "PRelu": "prelu", "Softplus": "softplus",
    "ScatterElements": "scatter", "ScatterND": "index_put", "NonZero": "nonzero", "Exp": "exp", "Log": "log",
}  # fmt: skip

PRIM = {
    "If": "if", "Loop": "loop", "Constant": "constant", "ListConstruct": "list", "TupleConstruct": "tuple",
    "unchecked_cast": "identity", "unchecked_unwrap_optional": "identity", "ListUnpack": "unpack",
    "TupleUnpack": "unpack", "DictConstruct": "dict", "NumToTensor": "size",
    "ConstantChunk": "split", "RaiseException": "raise", "CallFunction": "call", "CallMethod": "call",
    "GetAttr": "parameter",
    "CreateObject": "object", "Uninitialized": "constant", "ImplicitTensorToNum": "item",
}  # fmt: skip

STRUCTURAL = frozenset(
    {"identity", "list", "tuple", "unpack", "dict", "size", "numel", "constant", "parameter", "object"}
)
"""Ops that hold, pass on or measure and do no work on data: folded into what they serve."""

SCALAR_ARITHMETIC = frozenset({"__getitem__", "__contains__", "__is__", "__isnot__", "__not__", "dim", "device"})
_CANONICAL = STRUCTURAL.union(ATEN.values(), ONNX.values(), PRIM.values())
INPLACE = re.compile(r"(?<=[a-z0-9])_$")


def canonical(target: str) -> str:
    """Return the canonical name of ``target``.

    Examples
    --------
    >>> canonical("aten::add_"), canonical("aten.addmm.default"), canonical("onnx::Gemm")
    ('add', 'addmm', 'addmm')
    """
    namespace, base = _split(target)
    if namespace == "onnx":
        return ONNX.get(base, base.lower())
    if namespace == "prim":
        return PRIM.get(base, base)
    base = INPLACE.sub("", base)
    return ATEN.get(base, base)


def is_known(target: str) -> bool:
    """Whether a table has ``target``, or its own name is the canonical one of another.

    Examples
    --------
    >>> is_known("aten::addmm"), is_known("aten::gelu"), is_known("onnx::Hardmax")
    (True, True, False)
    """
    namespace, base = _split(target)
    if namespace == "onnx":
        return base in ONNX
    if namespace == "prim":
        return base in PRIM
    base = INPLACE.sub("", base)
    return base in ATEN or base in _CANONICAL or base in SCALAR_ARITHMETIC


def role_of(name: str) -> Role:
    """Return what an op of the canonical ``name`` is there for."""
    if name in {"constant", "parameter"}:
        return "constant" if name == "constant" else "parameter"
    if name in STRUCTURAL or name in SCALAR_ARITHMETIC:
        return "shape"
    return "guard" if name in {"assert", "raise", "warn"} else "compute"


def _split(target: str) -> tuple[str, str]:
    namespace, separator, rest = target.partition("::")
    if separator:
        return namespace, rest.split(".")[0]
    parts = target.split(".")
    return (parts[0], parts[1]) if len(parts) > 1 else ("", target)
