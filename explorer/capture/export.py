"""``torch.export``: one whole graph for the first example's shapes, or a refusal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from torch.export.graph_signature import InputKind, OutputKind

from explorer.capture.fx_graph import FxWalker
from explorer.capture.open_sizes import open_shapes
from explorer.capture.registry import Captured, Subject, captures
from explorer.capture.warnings import collected_warnings
from explorer.source.places import Places


@captures("export")
def capture_export(subject: Subject) -> Captured:
    """Export with the default options, non-strict; static shapes unless asked otherwise."""
    arguments = subject.arguments
    with collected_warnings(subject.places) as warnings:
        shapes = open_shapes(subject.model, arguments) if subject.dynamic else None
        program: Any = torch.export.export(
            subject.model, arguments.args, kwargs=arguments.kwargs or None, dynamic_shapes=shapes
        )
    return replace(captured_program(program, subject.places), warnings=tuple(warnings))


def captured_program(program: Any, places: Places) -> Captured:
    """Return the capture of an exported program, whoever exported it."""
    signature = program.graph_signature
    stored = {InputKind.PARAMETER, InputKind.BUFFER, InputKind.CONSTANT_TENSOR}
    parameters = {one.arg.name: one.target for one in signature.input_specs if one.kind in stored}
    returned = {OutputKind.USER_OUTPUT}
    hidden = frozenset(one.arg.name for one in signature.output_specs if one.kind not in returned)
    walker = FxWalker(places=places, parameters=parameters, skipped=hidden)
    runner = program.module()
    return Captured(
        graph=walker.walk(program.graph_module),
        run=lambda given: runner(*given.args, **given.kwargs),
        state={name: value for name, value in runner.state_dict().items() if isinstance(value, torch.Tensor)},
    )
