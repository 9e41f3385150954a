"""Inputs that lie beside an ONNX file, as in ONNX's own tests and its model zoo: ``test_data_set_0/input_0.pb``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import onnx
from onnx import ModelProto, TensorProto, ValueInfoProto

from explorer.capture.onnx_values import from_proto
from explorer.source.load import Arguments


def graph_inputs(model: ModelProto) -> list[ValueInfoProto]:
    """Return what is to be given to ``model``: its inputs without those that it brings itself."""
    graph = model.graph
    stored = {one.name for one in graph.initializer} | {one.values.name for one in graph.sparse_initializer}
    return [one for one in graph.input if one.name not in stored]


def data_sets(path: Path, model: ModelProto) -> Iterator[tuple[str, Arguments]]:
    """Yield the sets beside the file by the names of their folders; one that does not fit ``model`` is none of it."""
    inputs = graph_inputs(model)
    for folder in sorted(path.parent.glob("test_data_set_*")):
        files = sorted(folder.glob("input_*.pb"), key=_number)
        if len(files) == len(inputs):
            given = tuple(read(file, one) for file, one in zip(files, inputs, strict=True))
            yield folder.name, Arguments(args=given, kwargs={})


def read(path: Path, info: ValueInfoProto) -> Any:
    """Return the value in a file of test data, which is of the type that ``info`` says."""
    forms = {"tensor_type": TensorProto, "sequence_type": onnx.SequenceProto, "optional_type": onnx.OptionalProto}
    proto = forms[info.type.WhichOneof("value") or "tensor_type"]()
    proto.ParseFromString(path.read_bytes())
    return from_proto(proto)


def _number(path: Path) -> int:
    digits = path.stem.rpartition("_")[2]
    return int(digits) if digits.isdecimal() else 0
