"""``torch.onnx.export(dynamo=False)``: the older exporter, by way of a trace."""

from __future__ import annotations

import io
from typing import Any

import onnx
import torch

from explorer.capture.flattened import HIDDEN, NOTE, Flattened, needs_flattening
from explorer.capture.onnx_graph import OnnxWalker
from explorer.capture.onnx_run import runner
from explorer.capture.registry import Captured, Subject, captures
from explorer.capture.tensors import argument_names
from explorer.capture.warnings import collected_warnings
from explorer.source.load import Arguments


@captures("onnx_ts")
def capture_onnx_ts(subject: Subject) -> Captured:
    """Export with the default options; run by ONNX Runtime.

    ``verbose`` makes the exporter keep each node's Python stack; what it prints goes to the worker's log.
    """
    flatten = needs_flattening(subject.result)
    model = Flattened(subject.model) if flatten else subject.model
    written = io.BytesIO()
    leaves = argument_names(subject.model, subject.arguments)
    names = [name for name, leaf in leaves if isinstance(leaf, torch.Tensor)]
    with collected_warnings(subject.places) as warnings:
        torch.onnx.export(
            model, _arguments(subject.arguments), written, dynamo=False, verbose=True, input_names=names
        )
    exported = onnx.load_model_from_string(written.getvalue())
    return Captured(
        graph=OnnxWalker(places=subject.places, hidden=HIDDEN if flatten else "").walk(exported),
        run=runner(exported),
        flat=True,
        note=NOTE if flatten else "",
        warnings=tuple(warnings),
    )


def _arguments(arguments: Arguments) -> tuple[Any, ...]:
    """Return the arguments as the exporter takes them: a trailing dict would be taken for keywords."""
    if arguments.kwargs or (arguments.args and isinstance(arguments.args[-1], dict)):
        return (*arguments.args, arguments.kwargs)
    return arguments.args
