"""What a capture is given, what it gives back, and the table of captures.

A new kind is one file with a function marked ``@captures("kind")`` and its line in :data:`FILES`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn
from torch.nn.parameter import is_lazy

from explorer.capture.attributes import Attribute, Names, OwnGenerator, Slot, Values, slots
from explorer.evidence import CaptureWarning, Failure, Form, Kind
from explorer.graph import Graph
from explorer.messages import Doing
from explorer.source.load import Arguments
from explorer.source.places import Places

FILES: Mapping[Kind, str] = {
    "trace": "explorer.capture.trace",
    "script": "explorer.capture.script",
    "jit": "explorer.capture.jit",
    "export": "explorer.capture.export",
    "dynamo": "explorer.capture.dynamo",
    "onnx": "explorer.capture.onnx",
    "onnx_ts": "explorer.capture.onnx_ts",
    "ort": "explorer.capture.ort",
}


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is captured: a model of its own for this capture, and the first example's arguments."""

    model: nn.Module
    arguments: Arguments
    examples: Mapping[str, Arguments]
    """All examples, for a capture that looks at more than the first (Dynamo)."""
    build: Callable[[], nn.Module]
    """Makes the same model anew, for a capture that must run it, and seeds the generators as for the first."""
    places: Places
    result: object
    """What eager returned on the first example."""
    doing: Callable[[Doing], None]
    dynamic: bool = False
    """Whether sizes are to be left open where the producer can."""


@dataclass(frozen=True, kw_only=True)
class Captured:
    """A static graph and a way to run it."""

    graph: Graph
    run: Callable[[Arguments], object]
    state: Mapping[str, torch.Tensor] = field(default_factory=dict[str, torch.Tensor])
    """Parameters, buffers and other tensors that the graph reads and may write: set anew before each example."""
    attributes: tuple[Attribute | Names | OwnGenerator | Slot | Values, ...] = ()
    """What a run may bind anew, and plain Python state that it may change: put back before each example."""
    flat: bool = False
    """True where outputs come as a flat list without None."""
    note: str = ""
    refused: Failure | None = None
    """What the producer says of the plain call, where the graph is of a wrapper around the model."""
    made_from: Kind | None = None
    """The capture that this one is an optimised form of."""
    warnings: tuple[CaptureWarning, ...] = ()
    breaks: tuple[Failure, ...] = ()
    sized: Callable[[Arguments], Graph] | None = None
    """Makes the graph with what a run of it on these arguments shows: shapes, and what the values held."""
    forms: Callable[[], Iterator[Form]] = lambda: iter(())
    """Makes the further graphs. Like ``sized`` it is asked for last: where it ends the process nothing else is lost."""


class RefusedError(Exception):
    """A capture refuses the model; carries the failure to report."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reason)
        self.failure = failure


CaptureFunction = Callable[[Subject], Captured]
_registered: dict[str, CaptureFunction] = {}


def captures(kind: Kind) -> Callable[[CaptureFunction], CaptureFunction]:
    """Register a function as the capture of ``kind``; a second one of the same kind raises."""

    def register(function: CaptureFunction) -> CaptureFunction:
        if kind in _registered:
            message = f"two captures of kind {kind!r}"
            raise ValueError(message)
        _registered[kind] = function
        return function

    return register


def capture_of(kind: Kind) -> CaptureFunction:
    """Return the capture of ``kind``; its file is imported when it is first asked for."""
    importlib.import_module(FILES[kind])
    return _registered[kind]


def state_of(captured: Any, model: nn.Module | None = None) -> dict[str, torch.Tensor]:
    """Return parameters and buffers of a module by name, and the tensors that ``model``, or else it, has besides."""
    known = {**dict(captured.named_parameters()), **dict(captured.named_buffers())}
    known |= {name: slot.tensor for name, slot in slots(model or captured, captured).items()}
    return {name: tensor for name, tensor in known.items() if not is_lazy(tensor)}  # it has no values yet
