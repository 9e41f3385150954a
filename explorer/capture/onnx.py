"""``torch.onnx.export(dynamo=True)``: the newer exporter, by way of torch.export."""

from __future__ import annotations

import torch

from explorer.capture.onnx_export import Exported, captured_onnx
from explorer.capture.onnx_run import positional
from explorer.capture.open_sizes import open_shapes
from explorer.capture.registry import Captured, Subject, captures
from explorer.capture.warnings import collected_warnings


@captures("onnx")
def capture_onnx(subject: Subject) -> Captured:
    """Export with the default options; run by ONNX Runtime."""
    return captured_onnx(export_onnx(subject), subject)


def export_onnx(subject: Subject) -> Exported:
    """Return what the exporter writes with its default options."""
    arguments = subject.arguments
    with collected_warnings(subject.places) as warnings:
        shapes = open_shapes(subject.model, arguments) if subject.dynamic else None
        program = torch.onnx.export(
            subject.model,
            positional(arguments.args, arguments.kwargs),
            dynamo=True,
            verbose=False,
            dynamic_shapes=shapes,
        )
    if program is None:
        message = "The exporter returned no program."
        raise RuntimeError(message)
    return Exported(kind="onnx", model=program.model_proto, warnings=tuple(warnings))
