"""Values on their way into ONNX Runtime and out of it, those included that torch or NumPy has no tensors of.

Text is a list of Python's strings, a sequence a list, an empty optional ``None``. Integers of two and four bits are
held in eight, floats of four bits in 32: torch has no arithmetic on them, and compares them as it does these.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper

HELD: Mapping[int, torch.dtype] = {
    TensorProto.INT4: torch.int8, TensorProto.UINT4: torch.uint8, TensorProto.INT2: torch.int8,
    TensorProto.UINT2: torch.uint8, TensorProto.FLOAT4E2M1: torch.float32,
}  # fmt: skip
"""Types that torch has no tensors of, and what holds their values."""

AS_BITS: Mapping[int, tuple[torch.dtype, torch.dtype]] = {
    TensorProto.BFLOAT16: (torch.bfloat16, torch.int16),
    TensorProto.FLOAT8E4M3FN: (torch.float8_e4m3fn, torch.uint8),
    TensorProto.FLOAT8E4M3FNUZ: (torch.float8_e4m3fnuz, torch.uint8),
    TensorProto.FLOAT8E5M2: (torch.float8_e5m2, torch.uint8),
    TensorProto.FLOAT8E5M2FNUZ: (torch.float8_e5m2fnuz, torch.uint8),
    TensorProto.FLOAT8E8M0: (torch.float8_e8m0fnu, torch.uint8),
}
"""Types that torch has and NumPy has not, and integers of their size."""

LAYER = re.compile(r"(tensor|seq|optional)\((.*)\)")


class WrongInputsError(Exception):
    """The example's tensors do not fit the graph's inputs."""


@dataclass(frozen=True, slots=True)
class Type:
    """A type as ONNX Runtime writes it: ``seq(tensor(float))`` is a layer of sequences around tensors."""

    layers: tuple[str, ...]
    element: int

    @classmethod
    def of(cls, text: str) -> Type:
        """Return the type that ``text`` says."""
        layers: list[str] = []
        while (match := LAYER.fullmatch(text)) is not None:
            layers.append(match[1])
            text = match[2]
        return cls(tuple(layers), TensorProto.DataType.Value(text.upper()) if "map" not in text else 0)

    @property
    def plain(self) -> bool:
        """Whether it is a tensor of numbers."""
        return self.layers == ("tensor",) and self.element != TensorProto.STRING

    @property
    def foreign(self) -> bool:
        """Whether NumPy has no such numbers."""
        return self.element in HELD or self.element in AS_BITS


def fed(value: Any, kind: Type) -> Any:
    """Return ``value`` as ONNX Runtime takes it for an input of ``kind``."""
    layer, *inner = kind.layers
    if layer == "optional" and value is None:
        return None
    if layer != "tensor":
        below = Type(tuple(inner), kind.element)
        return [fed(one, below) for one in value] if layer == "seq" else fed(value, below)
    if kind.element == TensorProto.STRING:
        return np.array(value, dtype=object)
    if not isinstance(value, torch.Tensor):
        message = f"The graph takes a tensor where this example has {type(value).__name__}."
        raise WrongInputsError(message)
    return _of_bits(value, kind.element) if kind.foreign else array_of(value)


def array_of(tensor: torch.Tensor) -> Any:
    """Return the NumPy array of ``tensor``'s numbers."""
    plain = tensor.detach().cpu().resolve_conj().resolve_neg().contiguous()
    found = next((bits for held, bits in AS_BITS.values() if held == tensor.dtype), None)
    return plain.numpy() if found is None else plain.view(found).numpy()


def _of_bits(tensor: torch.Tensor, element: int) -> Any:
    if element in AS_BITS:
        if tensor.dtype != AS_BITS[element][0]:
            message = f"The graph takes {AS_BITS[element][0]} where this example has {tensor.dtype}."
            raise WrongInputsError(message.replace("torch.", ""))
        return onnxruntime.OrtValue.ortvalue_from_numpy_with_onnx_type(array_of(tensor), element)
    return _constant(numpy_helper.from_array(array_of(tensor).astype(helper.tensor_dtype_to_np_dtype(element))))


def _constant(tensor: TensorProto) -> Any:
    """Return ``tensor`` as ONNX Runtime holds it, which reads numbers of less than a byte from models alone."""
    node = helper.make_node("Constant", [], ["value"], value=tensor)
    result = helper.make_tensor_value_info("value", tensor.data_type, tensor.dims)
    graph = helper.make_graph([node], "constant", [], [result])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 25)], ir_version=13)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run_with_ort_values(None, {})[0]


def taken(value: Any) -> Any:
    """Return what ONNX Runtime gave as tensors, lists and text."""
    if isinstance(value, list):
        return [taken(one) for one in value]
    if isinstance(value, onnxruntime.OrtValue):
        return _from_runtime(value)
    return from_array(value) if isinstance(value, np.ndarray) else value


def _from_runtime(value: onnxruntime.OrtValue) -> Any:
    element = Type.of(value.data_type()).element
    if element in HELD:
        raw = ctypes.string_at(value.data_ptr(), value.tensor_size_in_bytes())
        return from_array(numpy_helper.to_array(TensorProto(data_type=element, dims=value.shape(), raw_data=raw)))
    if element in AS_BITS:
        return torch.from_dlpack(value).clone()  # pyright: ignore[reportPrivateImportUsage, reportArgumentType]
    return from_array(value.numpy())


def from_array(array: Any) -> Any:
    """Return a NumPy array, those of ``ml_dtypes`` included, as a tensor; text as lists of strings."""
    if array.dtype.kind in "OSU":
        return array.tolist()
    element = helper.np_dtype_to_tensor_dtype(array.dtype)
    if element in AS_BITS:
        held, bits = AS_BITS[element]
        return torch.from_numpy(array.view(f"u{bits.itemsize}").astype(f"i{bits.itemsize}")).view(held)
    if element in HELD:
        return torch.as_tensor(array.astype(np.float32)).to(HELD[element])
    own = array if array.flags.writeable else array.copy()
    return torch.as_tensor(own.view(array.dtype.str))  # C has two names for one type, of which torch knows one


def from_proto(proto: TensorProto | onnx.SequenceProto | onnx.OptionalProto) -> Any:
    """Return what a file of test data holds."""
    if isinstance(proto, TensorProto):
        return from_array(numpy_helper.to_array(proto))
    if isinstance(proto, onnx.SequenceProto):
        return [taken(one) for one in numpy_helper.to_list(proto)]
    return taken(numpy_helper.to_optional(proto))
