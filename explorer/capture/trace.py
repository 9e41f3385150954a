"""``torch.jit.trace``: the ops that ran on the first example, whatever Python decided in between."""

from __future__ import annotations

import inspect
from typing import Any

import torch
from torch import nn

from explorer.capture.flattened import HIDDEN, NOTE, Flattened, needs_flattening
from explorer.capture.registry import Captured, Subject, captures, state_of
from explorer.capture.torchscript_graph import Walker
from explorer.capture.warnings import collected_warnings
from explorer.source.load import Arguments


@captures("trace")
def capture_trace(subject: Subject) -> Captured:
    """Trace the model without its own check: our runs on every example are the judge."""
    flatten = needs_flattening(subject.result)
    model = Flattened(subject.model) if flatten else subject.model
    with collected_warnings(subject.places) as warnings:
        traced: Any = torch.jit.trace(model, check_trace=False, **_inputs(subject.model, subject.arguments))
    walker = Walker(places=subject.places, hidden=HIDDEN if flatten else "")
    return Captured(
        graph=walker.walk(traced),
        run=lambda arguments: traced(*arguments.args, **arguments.kwargs),
        state=state_of(traced),
        flat=flatten,
        note=NOTE if flatten else "",
        warnings=tuple(warnings),
    )


def _inputs(model: nn.Module, arguments: Arguments) -> dict[str, Any]:
    """Return the example as ``trace`` takes it: by position, or all by name where one is by name."""
    if not arguments.kwargs:
        return {"example_inputs": arguments.args}
    bound = inspect.signature(model.forward).bind(*arguments.args, **arguments.kwargs)
    return {"example_kwarg_inputs": dict(bound.arguments)}
