"""``torch.onnx.export(dynamo=True)``: the newer exporter, by way of torch.export."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from explorer.capture.body_lines import lines_in_bodies
from explorer.capture.ends import Ends
from explorer.capture.exported_ends import names_given, tensors_named
from explorer.capture.flattened import traceable
from explorer.capture.frames import all_frames
from explorer.capture.onnx_export import Exported, captured_onnx
from explorer.capture.onnx_run import positional
from explorer.capture.onnx_values import WrongInputsError
from explorer.capture.open_sizes import open_shapes
from explorer.capture.plain_calls import refused_plainly
from explorer.capture.registry import Captured, Subject, captures
from explorer.capture.tensors import given_tensors, tensor_names
from explorer.capture.user_names import renamed
from explorer.capture.warnings import collected_warnings
from explorer.source.held import tensors_held
from explorer.source.load import Arguments

MORE_THAN_ONE = 2

ONES = "Sizes of 1 are fixed: with them left open the exporter refuses the model."
"""The exporter takes an open size for one that is not 1, which a size that is broadcast contradicts."""


@captures("onnx")
def capture_onnx(subject: Subject) -> Captured:
    """Export with the default options; run by ONNX Runtime."""
    return captured_onnx(export_onnx(subject), subject)


def export_onnx(subject: Subject) -> Exported:
    """Return what the exporter writes with its default options."""
    form = traceable(subject.model, subject.arguments, subject.result, by="export", dynamic=subject.dynamic)
    given = Arguments(args=form.example, kwargs={} if form.hidden else subject.arguments.kwargs)
    names = tensor_names(subject.model, subject.arguments) if form.hidden else ()

    def exported(least: int = 0) -> Any:
        shapes = open_shapes(form.model, given, least=least) if subject.dynamic else None
        return torch.onnx.export(
            form.model,
            positional(given.args, given.kwargs),
            dynamo=True,
            verbose=False,
            dynamic_shapes=shapes,
            input_names=list(names) or None,
        )

    order = tuple(given_tensors(subject.model, subject.arguments))
    taken = frozenset(order)
    note = form.note
    said = renamed(form.named)
    with collected_warnings(subject.places) as warnings, all_frames(subject.model), lines_in_bodies(), said:
        try:
            program = exported()
        except Exception:
            ones = any(1 in tensor.shape for tensor in tensors_held((given.args, given.kwargs)))
            if not (subject.dynamic and ones):
                raise
            program = exported(least=MORE_THAN_ONE)
            note = f"{note} {ONES}".strip()
    if program is None:
        message = "The exporter returned no program."
        raise RuntimeError(message)

    def ordered(arguments: Arguments) -> Arguments:
        if form.hidden:
            return Arguments(args=form.adapt(arguments), kwargs={})
        tensors = given_tensors(subject.model, arguments)
        if tensors.keys() == taken:
            return Arguments(args=tuple(tensors[name] for name in order), kwargs={})
        if len(tensors) != len(taken):
            return arguments
        more, lacking = sorted(tensors.keys() - taken), sorted(taken - tensors.keys())
        message = f"The graph takes {', '.join(lacking)}; this example has {', '.join(more)} instead."
        raise WrongInputsError(message)

    return Exported(
        kind="onnx",
        model=program.model_proto,
        ordered=ordered,
        inputs=_called(program, names or names_given(subject.model, subject.arguments)),
        ends=Ends.of(subject.result),
        hidden=form.hidden,
        note=note,
        refused=refused_plainly("onnx", subject) if form.hidden else None,
        warnings=tuple(warnings),
    )


def _called(program: Any, names: tuple[str, ...]) -> Mapping[str, str]:
    """Return what the user calls the inputs of what the exporter made.

    They stand in the order of the exported program; the name of one that is also an output is given to that.
    """
    given = [one.name for one in program.model_proto.graph.input]
    known = tensors_named(program.exported_program, names) if program.exported_program is not None else ()
    return dict(zip(given, known, strict=True)) if len(given) == len(known) else {}
