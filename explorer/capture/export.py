"""``torch.export``: one whole graph for the first example's shapes, or a refusal."""

from __future__ import annotations

from typing import Any

import torch
from torch.export.graph_signature import InputKind, OutputKind

from explorer.capture.flattened import traceable
from explorer.capture.fx_graph import FxWalker
from explorer.capture.registry import Captured, Subject, captures
from explorer.capture.tensors import tensor_names
from explorer.capture.warnings import collected_warnings


@captures("export")
def capture_export(subject: Subject) -> Captured:
    """Export with the default options: static shapes, non-strict."""
    form = traceable(subject.model, subject.arguments, subject.result, exporter=True)
    keywords = {} if form.hidden else subject.arguments.kwargs
    with collected_warnings(subject.places) as warnings:
        program: Any = torch.export.export(form.model, form.example, kwargs=keywords or None)
    runner = program.module()
    return Captured(
        graph=_walker(subject, program, form.hidden).walk(program.graph_module),
        run=lambda given: runner(*form.adapt(given)) if form.hidden else runner(*given.args, **given.kwargs),
        state={name: value for name, value in runner.state_dict().items() if isinstance(value, torch.Tensor)},
        flat=form.flat,
        note=form.note,
        warnings=tuple(warnings),
    )


def _walker(subject: Subject, program: Any, hidden: str) -> FxWalker:
    """Return what walks the program's graph; ``hidden`` is the wrapper's name for the model, where there is one."""
    signature = program.graph_signature
    stored = {InputKind.PARAMETER, InputKind.BUFFER, InputKind.CONSTANT_TENSOR}
    parameters = {one.arg.name: one.target for one in signature.input_specs if one.kind in stored}
    written = frozenset(one.arg.name for one in signature.output_specs if one.kind != OutputKind.USER_OUTPUT)
    given = [one.arg.name for one in signature.input_specs if one.kind == InputKind.USER_INPUT] if hidden else []
    names = tensor_names(subject.model, subject.arguments)
    return FxWalker(
        places=subject.places,
        parameters={name: path.removeprefix(f"{hidden}.") for name, path in parameters.items()},
        skipped=written,
        inputs=dict(zip(given, names, strict=False)),
        hidden=hidden,
    )
