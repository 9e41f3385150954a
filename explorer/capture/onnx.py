"""``torch.onnx.export(dynamo=True)``: the newer exporter, by way of torch.export."""

from __future__ import annotations

import torch

from explorer.capture.onnx_graph import OnnxWalker
from explorer.capture.onnx_run import positional, runner
from explorer.capture.registry import Captured, Subject, captures
from explorer.capture.warnings import collected_warnings


@captures("onnx")
def capture_onnx(subject: Subject) -> Captured:
    """Export with the default options; run by ONNX Runtime."""
    arguments = subject.arguments
    with collected_warnings(subject.places) as warnings:
        program = torch.onnx.export(
            subject.model, positional(arguments.args, arguments.kwargs), dynamo=True, verbose=False
        )
    if program is None:
        message = "The exporter returned no program."
        raise RuntimeError(message)
    model = program.model_proto
    return Captured(
        graph=OnnxWalker(places=subject.places).walk(model),
        run=runner(model),
        flat=True,
        warnings=tuple(warnings),
    )
