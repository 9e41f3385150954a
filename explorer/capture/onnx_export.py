"""What an exporter wrote, whichever it was, and the capture that it makes.

A model that ONNX Runtime does not load is a graph all the same: it is shown, and raises on every example.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import onnx

from explorer.capture.ends import Ends
from explorer.capture.onnx_graph import OnnxWalker
from explorer.capture.onnx_run import loaded, watched
from explorer.capture.registry import Captured, Subject
from explorer.capture.user_names import renamed, with_names
from explorer.evidence import CaptureWarning, Failure, Kind
from explorer.graph import Graph, Location, OpId, Summary
from explorer.source.encoding import words_of
from explorer.source.load import Arguments
from explorer.source.places import AtPlaceError, Places

NODE = re.compile(r"node with name '([^']+)'|\b[Nn]ode ?\(([^)]+)\)")
"""How ONNX Runtime names the node that it refuses."""

TYPE = re.compile(r"(?:implementation for|kernel for|Fatal error:) (?:[\w.]+::?)?(\w+)\(-?\d+\)|Op \((\w+)\)")
"""How it names the type of that node, which is all that is known of one that it made itself."""

RUNNING = re.compile(r"running (\w+) node\. Name:'([^']*)'")
"""How it names the type and the node whose run failed."""


@dataclass(frozen=True, kw_only=True)
class Exported:
    """An ONNX model and how it relates to the PyTorch model."""

    kind: Kind
    model: onnx.ModelProto
    names_of: Callable[[Arguments], tuple[str, ...]] | None = None
    """Names the tensors of a call as the graph's inputs are named."""
    ordered: Callable[[Arguments], Arguments] = lambda arguments: arguments
    """Brings a call into the order in which the captured one was written."""
    captured: tuple[str, ...] = ()
    """The names of the captured example's tensors."""
    inputs: Mapping[str, str] = field(default_factory=dict[str, str])
    """An input's name to what the user calls it, where the exporter has not kept it."""
    ends: Ends = field(default_factory=Ends)
    """The names of what the PyTorch model returns."""
    hidden: str = ""
    modules: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, "tuple[str, ...]"])
    """The modules' paths, each with all those of its module."""
    note: str = ""
    refused: Failure | None = None
    """Why the exporter refuses the plain call, where it was given a wrapper."""
    warnings: tuple[CaptureWarning, ...] = ()

    def with_model(self, model: onnx.ModelProto) -> Exported:
        """Return the same for another form of the model."""
        return replace(self, model=model)

    def walker(self, places: Places, held: Mapping[str, Summary] | None = None) -> OnnxWalker:
        """Return what walks the model."""
        return OnnxWalker(
            places=places,
            hidden=self.hidden,
            modules=self.modules,
            inputs=self.inputs,
            outputs=self.ends.results,
            held=held or {},
        )


def captured_onnx(exported: Exported, subject: Subject, *, shown: onnx.ModelProto | None = None) -> Captured:
    """Return the capture of what an exporter wrote; run by ONNX Runtime. ``shown`` has more to show, if anything."""

    def walked(held: Mapping[str, Summary] | None = None) -> Graph:
        return exported.walker(subject.places, held or {}).walk(shown or exported.model)

    def sized(arguments: Arguments) -> Graph:
        return walked(watched(exported.model, exported.ordered(arguments), exported.names_of, exported.captured))

    run, failure = loaded(exported.model, subject.places, exported.names_of, exported.captured)

    def run_renamed(arguments: Arguments) -> list[Any]:
        with located(place_of), renamed(lambda said: with_names(said, exported.inputs)):
            return run(exported.ordered(arguments))

    def place_of(said: str) -> Location | None:
        walker = exported.walker(subject.places)
        return running_at(said, walker.walk(shown or exported.model), walker.made) if RUNNING.search(said) else None

    warning = _warning(placed(failure, exported, subject.places)) if failure else None
    return Captured(
        graph=walked(),
        sized=sized,
        run=run_renamed,
        flat=True,
        note=exported.note,
        refused=exported.refused,
        warnings=(*exported.warnings, warning) if warning else exported.warnings,
    )


def placed(failure: Failure, exported: Exported, places: Places) -> Failure:
    """Return why ONNX Runtime refuses the model, at the line of the node that it names, else of one of that type."""
    named = {name for match in NODE.finditer(failure.message) for name in match.groups() if name}
    kinds = {match[match.lastindex or 0] for match in TYPE.finditer(failure.message)}
    if not named and not kinds:
        return failure
    walker = exported.walker(places)
    graph = walker.walk(exported.model)  # all of it: a node without a line has that of what it serves
    ops = (
        *(graph.by_id[walker.made[name]] for name in sorted(named & walker.made.keys())),
        *(op for op in graph.compute if op.target in kinds),
    )
    place = next((op.location for op in ops if op.location), None)
    return replace(failure, file=place.file, line=place.line, function=place.function) if place else failure


@contextmanager
def located(place_of: Callable[[str], Location | None]) -> Iterator[None]:
    """Let what is raised while the context is open have the place that ``place_of`` makes of its words, if any."""
    try:
        yield
    except Exception as error:
        place = place_of(words_of(error))
        if place is None:
            raise
        raise error from AtPlaceError(place)


def running_at(said: str, graph: Graph, made: Mapping[str, OpId]) -> Location | None:
    """Return the place of the node that ONNX Runtime says it was running; it adds to the names of what it fuses.

    Where it has given the node another name, it is that of all ops of the type, if they stand at one.
    """
    match = RUNNING.search(said)
    if match is None:
        return None
    kind, name = match.groups()
    before = [one for one in made if one and re.fullmatch(rf"{re.escape(one)}(?!_?\d).*", name)]
    ops = [graph.by_id[made[max(before, key=len)]]] if before else [op for op in graph.compute if op.target == kind]
    places = {op.location for op in ops}
    return places.pop() if len(places) == 1 else None


def _warning(failure: Failure) -> CaptureWarning:
    return CaptureWarning(message=failure.reason, file=failure.file, line=failure.line)
