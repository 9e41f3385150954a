"""``torch.jit.script``: the model's Python compiled, with its branches and loops as regions."""

from __future__ import annotations

from typing import Any

import torch

from explorer.capture.attributes import plain_attributes
from explorer.capture.ends import Ends
from explorer.capture.inlined import without_calls
from explorer.capture.registry import Captured, Subject, captures, state_of
from explorer.capture.seen import Watched, stand_in, watched
from explorer.capture.serving import with_places_of_served
from explorer.capture.torchscript_graph import Walker
from explorer.capture.warnings import collected_warnings
from explorer.graph import Graph
from explorer.source.load import Arguments


@captures("script")
def capture_script(subject: Subject) -> Captured:
    """Compile the model's source; nothing of it runs."""
    with collected_warnings(subject.places) as warnings:
        scripted: Any = torch.jit.script(subject.model)
    apart = stand_in(scripted)
    ends = Ends.of(subject.result)

    def walked(module: Any, ran: Watched | None = None) -> Graph:
        return with_places_of_served(Walker(places=subject.places, ends=ends, watched=ran).walk(module))

    def sized(arguments: Arguments) -> Graph:
        ran = watched(stand_in(apart), without_calls(scripted), arguments)
        return walked(scripted if apart is None else apart, ran)

    return Captured(
        graph=walked(scripted),
        sized=sized,
        run=lambda arguments: scripted(*arguments.args, **arguments.kwargs),
        state=state_of(scripted, subject.model),
        attributes=plain_attributes(subject.model, scripted),
        warnings=tuple(warnings),
    )
