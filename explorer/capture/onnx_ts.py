"""``torch.onnx.export(dynamo=False)``: the older exporter, by way of a trace."""

from __future__ import annotations

import io
from typing import Any

import onnx
import torch

from explorer.capture.flattened import HIDDEN, NOTE, Flattened, needs_flattening
from explorer.capture.onnx_graph import OnnxWalker
from explorer.capture.onnx_run import positional, runner
from explorer.capture.registry import Captured, Subject, captures
from explorer.capture.tensors import argument_names
from explorer.capture.warnings import collected_warnings


@captures("onnx_ts")
def capture_onnx_ts(subject: Subject) -> Captured:
    """Export with the default options; run by ONNX Runtime.

    ``verbose`` makes the exporter keep each node's Python stack; what it prints goes to the worker's log.
    """
    flatten = needs_flattening(subject.result)
    model = Flattened(subject.model) if flatten else subject.model
    written: Any = io.BytesIO()  # the older exporter writes to a file object, which its types do not say
    leaves = argument_names(subject.model, subject.arguments)
    names = [name for name, leaf in leaves if isinstance(leaf, torch.Tensor)]
    with collected_warnings(subject.places) as warnings:
        torch.onnx.export(model, positional(subject.arguments), written, dynamo=False, verbose=True, input_names=names)
    exported = onnx.load_model_from_string(written.getvalue())
    return Captured(
        graph=OnnxWalker(places=subject.places, hidden=HIDDEN if flatten else "").walk(exported),
        run=runner(exported),
        flat=True,
        note=NOTE if flatten else "",
        warnings=tuple(warnings),
    )
