"""``torch.onnx.export(dynamo=True)``: the newer exporter, by way of torch.export."""

from __future__ import annotations

import torch

from explorer.capture.flattened import traceable
from explorer.capture.onnx_export import Exported, captured_onnx
from explorer.capture.onnx_run import positional
from explorer.capture.open_sizes import open_shapes
from explorer.capture.registry import Captured, Subject, captures
from explorer.capture.tensors import in_order, tensor_names
from explorer.capture.warnings import collected_warnings
from explorer.source.load import Arguments


@captures("onnx")
def capture_onnx(subject: Subject) -> Captured:
    """Export with the default options; run by ONNX Runtime."""
    return captured_onnx(export_onnx(subject), subject)


def export_onnx(subject: Subject) -> Exported:
    """Return what the exporter writes with its default options."""
    form = traceable(subject.model, subject.arguments, subject.result, by="export")
    given = Arguments(args=form.example, kwargs={} if form.hidden else subject.arguments.kwargs)
    names = tensor_names(subject.model, subject.arguments) if form.hidden else ()
    with collected_warnings(subject.places) as warnings:
        shapes = open_shapes(form.model, given) if subject.dynamic else None
        program = torch.onnx.export(
            form.model,
            positional(given.args, given.kwargs),
            dynamo=True,
            verbose=False,
            dynamic_shapes=shapes,
            input_names=list(names) or None,
        )
    if program is None:
        message = "The exporter returned no program."
        raise RuntimeError(message)

    def ordered(arguments: Arguments) -> Arguments:
        if form.hidden:
            return Arguments(args=form.adapt(arguments), kwargs={})
        return Arguments(args=arguments.args, kwargs=in_order(arguments.kwargs, subject.arguments.kwargs))

    return Exported(
        kind="onnx",
        model=program.model_proto,
        ordered=ordered,
        hidden=form.hidden,
        note=form.note,
        warnings=tuple(warnings),
    )
