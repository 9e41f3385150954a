"""The models of onnx's backend tests, with their inputs and expected outputs: one operator each, or a small network."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import onnx
from onnx import ModelProto, TensorProto, ValueInfoProto, numpy_helper
from onnx.backend.test.case.test_case import TestCase
from onnx.backend.test.loader import load_model_tests

from benchmarks.corpora.corpus import Corpus, StoredModel
from benchmarks.corpora.expected import unexpected

STORED = ("simple", "pytorch-converted", "pytorch-operator")
"""Kinds that lie in the wheel as files; those of ``real`` would be downloaded."""


def corpus() -> Corpus:
    """Return every model; those of one operator are made by onnx's own code, which takes some seconds."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cases = [*load_model_tests(kind="node"), *(one for kind in STORED for one in load_model_tests(kind=kind))]
    return Corpus(
        name="onnx-backend",
        about="The models of onnx's backend tests (node, simple, pytorch-converted, pytorch-operator) as ONNX files, "
        "run on their own inputs: the stored graph, and what ONNX Runtime makes of it.",
        version=f"onnx {onnx.__version__}",
        models=tuple(model_of(case) for case in cases),
        small=True,
    )


def model_of(case: TestCase) -> StoredModel:
    """Return one test as a model."""
    return StoredModel(
        name=f"{case.kind} {case.name.removeprefix('test_')}",
        save=partial(_saved, case),
        unexpected=partial(unexpected, rtol=case.rtol, atol=case.atol),
    )


def _saved(case: TestCase, folder: Path) -> Path:
    """Write a model and its data as onnx's own tests lie in files, unless it does already."""
    if case.model is None:
        return Path(case.model_dir or "", "model.onnx")
    folder.mkdir(parents=True, exist_ok=True)
    for position, data in enumerate(case.data_sets or ()):
        inside = folder / f"test_data_set_{position}"
        inside.mkdir(exist_ok=True)
        for name, proto in _protos(case.model, data):
            (inside / f"{name}.pb").write_bytes(proto.SerializeToString())
    path = folder / "model.onnx"
    onnx.save(case.model, path)
    return path


def _protos(model: ModelProto, data: Sequence[Sequence[Any]]) -> Iterator[tuple[str, Any]]:
    for side, infos, values in zip(("input", "output"), (model.graph.input, model.graph.output), data, strict=True):
        for position, (info, value) in enumerate(zip(infos, values, strict=True)):
            yield f"{side}_{position}", _proto(info, value)


def _proto(info: ValueInfoProto, value: Any) -> Any:  # noqa: ANN401 - arrays, lists of them, None
    if isinstance(value, TensorProto):
        return value
    make = {"sequence_type": numpy_helper.from_list, "optional_type": numpy_helper.from_optional}
    return make.get(info.type.WhichOneof("value") or "", numpy_helper.from_array)(value, info.name)
