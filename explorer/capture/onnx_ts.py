"""``torch.onnx.export(dynamo=False)``: the older exporter, by way of a trace."""

from __future__ import annotations

import io
from typing import Any

import onnx
import torch

from explorer.capture.ends import Ends
from explorer.capture.flattened import traceable
from explorer.capture.onnx_export import Exported, captured_onnx
from explorer.capture.open_sizes import open_axes
from explorer.capture.plain_calls import refused_plainly
from explorer.capture.registry import Captured, Subject, captures
from explorer.capture.scopes import paths_of
from explorer.capture.tensors import bound, tensor_names
from explorer.capture.warnings import collected_warnings


@captures("onnx_ts")
def capture_onnx_ts(subject: Subject) -> Captured:
    """Export with the default options; run by ONNX Runtime."""
    return captured_onnx(export_onnx_ts(subject), subject)


def export_onnx_ts(subject: Subject) -> Exported:
    """Return what the exporter writes with its default options.

    ``verbose`` makes the exporter keep each node's Python stack; what it prints goes to the worker's log.
    """
    form = traceable(subject.model, subject.arguments, subject.result, by="onnx_ts")
    names = tensor_names(subject.model, subject.arguments)
    written: Any = io.BytesIO()  # the older exporter writes to a file object, which its types do not say
    with collected_warnings(subject.places) as warnings:
        axes = open_axes(subject.model, subject.arguments) if subject.dynamic else None
        torch.onnx.export(
            form.model,
            form.example,
            written,
            dynamo=False,
            verbose=True,
            input_names=list(names),
            dynamic_axes=axes,
        )
    return Exported(
        kind="onnx_ts",
        model=onnx.load_model_from_string(written.getvalue()),
        names_of=lambda given: tensor_names(subject.model, given),
        ordered=lambda given: bound(subject.model, given),
        captured=names,
        ends=Ends.of(subject.result),
        hidden=form.hidden,
        modules={path: paths for paths in paths_of(form.model).values() for path in paths},
        note=form.note,
        refused=refused_plainly("onnx_ts", subject) if form.hidden else None,
        warnings=tuple(warnings),
    )
