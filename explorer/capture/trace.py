"""``torch.jit.trace``: the ops that ran on the first example, whatever Python decided in between."""

from __future__ import annotations

from typing import Any

import torch

from explorer.capture.attributes import constants, slots
from explorer.capture.closures import cell_values
from explorer.capture.ends import Ends
from explorer.capture.flattened import traceable
from explorer.capture.inlined import without_calls
from explorer.capture.plain_calls import refused_plainly
from explorer.capture.registry import Captured, Subject, captures, state_of
from explorer.capture.scopes import modules_of_scopes
from explorer.capture.seen import Watched, watched
from explorer.capture.tensors import tensor_names
from explorer.capture.torchscript_graph import Walker
from explorer.capture.warnings import collected_warnings
from explorer.graph import Graph
from explorer.source.load import Arguments


@captures("trace")
def capture_trace(subject: Subject) -> Captured:
    """Trace the model without its own check: our runs on every example are the judge."""
    form = traceable(subject.model, subject.arguments, subject.result, by="trace")
    with collected_warnings(subject.places) as warnings:
        traced: Any = torch.jit.trace(form.model, form.example, check_trace=False)
    names = tensor_names(subject.model, subject.arguments) if form.hidden else ()
    called = modules_of_scopes(form.model)

    def walked(ran: Watched | None = None) -> Graph:
        return Walker(
            places=subject.places,
            hidden=form.hidden,
            names=names,
            ends=Ends.of(subject.result),
            module_of=called,
            watched=ran,
        ).walk(traced)

    def sized(arguments: Arguments) -> Graph:
        given = Arguments(args=form.adapt(arguments), kwargs={})
        return walked(watched(traced, without_calls(traced), given))

    return Captured(
        graph=walked(),
        sized=sized,
        run=lambda arguments: form.restored(traced(*form.adapt(arguments))),
        state=state_of(traced, form.model),
        attributes=(
            *slots(form.model, traced).values(),
            *constants(subject.model),
            *cell_values(subject.model, subject.places),
        ),
        note=form.note,
        refused=refused_plainly("trace", subject) if form.hidden else None,
        warnings=tuple(warnings),
    )
