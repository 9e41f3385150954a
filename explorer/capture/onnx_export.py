"""What an exporter wrote, whichever it was, and the capture that it makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import onnx

from explorer.capture.onnx_graph import OnnxWalker
from explorer.capture.onnx_run import runner, watched
from explorer.capture.registry import Captured, Subject
from explorer.evidence import CaptureWarning, Kind
from explorer.graph import Graph, Summary
from explorer.source.load import Arguments


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
    hidden: str = ""
    modules: frozenset[str] = frozenset()
    note: str = ""
    warnings: tuple[CaptureWarning, ...] = ()

    def with_model(self, model: onnx.ModelProto) -> Exported:
        """Return the same for another form of the model."""
        return replace(self, model=model)


def captured_onnx(exported: Exported, subject: Subject, *, shown: onnx.ModelProto | None = None) -> Captured:
    """Return the capture of what an exporter wrote; run by ONNX Runtime. ``shown`` has more to show, if anything."""

    def walked(held: Mapping[str, Summary] | None = None) -> Graph:
        walker = OnnxWalker(places=subject.places, hidden=exported.hidden, modules=exported.modules, held=held or {})
        return walker.walk(shown or exported.model)

    def sized(arguments: Arguments) -> Graph:
        return walked(watched(exported.model, exported.ordered(arguments), exported.names_of, exported.captured))

    run = runner(exported.model, exported.names_of, captured=exported.captured)
    return Captured(
        graph=walked(),
        sized=sized,
        run=lambda arguments: run(exported.ordered(arguments)),
        flat=True,
        note=exported.note,
        warnings=exported.warnings,
    )
