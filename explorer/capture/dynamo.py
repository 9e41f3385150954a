"""``torch.compile``: Dynamo's partial graphs, and each place where it returns to Python.

NOTE: ``dynamo.explain`` gives none inside some loops and none before the first op of a frame. Told is what the log of
breaks says of a plain compile, and the frames that were given up by Dynamo's own metrics. ``fullgraph=True`` stops at
other lines, as it takes more into the graph: it is asked only where neither tells of one. Every example is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import torch
from torch import _dynamo as dynamo
from torch import nn
from torch._dynamo import exc, utils

from explorer.capture.attributes import names, own_generators, plain_attributes
from explorer.capture.break_log import logged_breaks
from explorer.capture.break_meanings import meaning_of_break
from explorer.capture.closures import own_cells
from explorer.capture.frames import Frame
from explorer.capture.partial_graphs import Owner, Partial, joined
from explorer.capture.registry import Captured, Subject, captures, state_of
from explorer.capture.warnings import collected_warnings
from explorer.evidence import Failure
from explorer.graph import Location
from explorer.messages import Doing
from explorer.source.encoding import words_of
from explorer.source.load import Arguments
from explorer.source.places import Places, is_of_a_model

RAISED = "Observed exception"
"""What Dynamo says of a line that raises."""

Break = tuple[Location, Failure]

Raised = tuple[str, int]
"""File and line."""


@captures("dynamo")
def capture_dynamo(subject: Subject) -> Captured:
    """Compile with a backend that keeps each graph and runs it as it is."""
    graphs: list[Partial] = []

    def keep(module: Any, inputs: list[Any]) -> Any:
        graphs.append(Partial(module, inputs))
        return graphs[-1].run

    dynamo.reset()
    utils.clear_compilation_metrics()
    with collected_warnings(subject.places) as warnings:
        first = subject.arguments.fresh()
        owner = Owner.of(subject.build(), first)
        compiled = torch.compile(owner.model, backend=keep, dynamic=subject.dynamic or None)
        graph = joined(graphs, owner, compiled(*first.args, **first.kwargs), subject.places)
        left = tuple(one for place, one in _left_to_python(subject.places) if place.user)
        breaks = _breaks(subject)
    dynamo.reset()
    model = subject.build()  # only now: building it anew also resets what the runs above left in globals
    compiled = torch.compile(model, backend="eager", dynamic=subject.dynamic or None)
    return Captured(
        graph=graph,
        run=lambda arguments: compiled(*arguments.args, **arguments.kwargs),
        state=state_of(model),
        attributes=(*names(model), *plain_attributes(model), *own_cells(model, subject.places), *own_generators(model)),
        warnings=tuple(warnings),
        breaks=breaks,
        note=_note(len(graphs), len(breaks), left),
    )


def _note(graphs: int, breaks: int, left: tuple[Failure, ...]) -> str:
    if not graphs:
        return "Dynamo made no graph: all of it runs in Python."
    said = f"{_counted(graphs, 'graph')}, {_counted(breaks, 'break')}" if graphs > 1 or breaks else ""
    frames = ", ".join(dict.fromkeys(f"{one.function}, for line {one.line}" for one in left))
    return f"{said}; Python runs what is left of {frames}" if frames else said


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _breaks(subject: Subject) -> tuple[Failure, ...]:
    """Return each break once, by its line, over all examples; a library's only where none is in the user's code."""
    found: dict[Location, Failure] = {}
    for name, arguments in subject.examples.items():
        subject.doing(Doing(what=f"looking for graph breaks on {name}"))
        for place, one in _on_example(subject, arguments):
            found.setdefault(replace(place, function=""), one)
    user = tuple(one for place, one in found.items() if place.user)
    return user or tuple(found.values())


def _on_example(subject: Subject, arguments: Arguments) -> Iterator[Break]:
    told, raised = _told(subject.build(), arguments.fresh(), subject.places)
    ways = () if told else (False, True)
    told += [one for whole in ways for one in _first(subject, arguments.fresh(), whole=whole)]
    # At a line that raises in eager, too, nothing goes on.
    for place, one in told:
        if raised is None or not (one.reason.startswith(RAISED) or (place.file, place.line) == raised):
            yield place, one


def _left_to_python(places: Places) -> Iterator[Break]:
    """Yield the frames that Dynamo gave up since the metrics were cleared, each with the line that made it do so."""
    for one in utils.get_compilation_metrics():
        if one.fail_type is None or one.fail_user_frame_filename is None:
            continue
        frame = one.fail_user_frame_filename, one.fail_user_frame_lineno or 0, one.co_name or ""
        yield from _in_a_model(frame, one.fail_reason or "", places)


def _told(model: nn.Module, arguments: Arguments, places: Places) -> tuple[list[Break], Raised | None]:
    """Return the breaks of one run, and where the model raises, if it does: its outcome is judged elsewhere."""
    dynamo.reset()
    utils.clear_compilation_metrics()
    raised = None
    with logged_breaks() as logged:
        try:
            torch.compile(model, backend="eager")(*arguments.args, **arguments.kwargs)
        except Exception as error:  # noqa: BLE001 - whatever a model raises
            place = places.of_error(error)
            raised = (place.file, place.line) if place is not None else ("", 0)
    found = list(_left_to_python(places))
    for one in logged:
        stack = places.stack(one.frames)
        place = next((frame for frame in stack if frame.user), None)
        place = place or next((frame for frame in stack if is_of_a_model(frame.file)), None)
        if place is not None:
            found.append(_break(place, one.reason, places))
    return found, raised


def _first(subject: Subject, arguments: Arguments, *, whole: bool) -> Iterator[Break]:
    """Yield the break at which Dynamo stops if it may not break.

    With ``whole`` it is asked for a full graph, which takes more into it; without, it works as it does by default, and
    a break that comes before the first graph is found, of which no log may tell.
    """
    dynamo.reset()
    try:
        with dynamo.error_on_graph_break(not whole):
            torch.compile(subject.build(), backend="eager", fullgraph=whole)(*arguments.args, **arguments.kwargs)
    except exc.TorchDynamoException as error:
        place = subject.places.of_error(error)
        if place is not None:
            yield _break(place, words_of(error), subject.places)
    except Exception:  # noqa: BLE001 - the model raises, as above
        return


def _in_a_model(frame: Frame, said: str, places: Places) -> Iterator[Break]:
    """Yield the break at ``frame`` where that is the user's code, or that of a library's model."""
    place = places.location(*frame)
    if place is not None and (place.user or is_of_a_model(place.file)):
        yield _break(place, said, places)


def _break(place: Location, said: str, places: Places) -> Break:
    known = meaning_of_break(said)
    return place, Failure(
        reason=known.reason,
        hint=known.hint,
        about=known.about,
        file=place.file,
        line=place.line,
        function=place.function,
        message=places.clean(said),
    )
