"""A TorchScript archive (``.pt``): its graph, and what freezing and the executor make of it."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch.jit._recursive import wrap_cpp_module

from explorer.capture.attributes import Values, is_ordinary, slots
from explorer.capture.inlined import without_calls
from explorer.capture.jit import RUNS, module_of, with_stacks
from explorer.capture.jit_passes import Pipeline
from explorer.capture.registry import Captured, state_of
from explorer.capture.seen import Watched, stand_in, watched
from explorer.capture.stored import Stored, reads, said
from explorer.capture.torchscript_graph import Walker
from explorer.errors import SourceError
from explorer.graph import Graph
from explorer.options import ModelSource
from explorer.source.load import Arguments
from explorer.source.places import Places


class Archive(NamedTuple):
    """A loaded module, and the unit that holds the functions that it calls."""

    module: Any
    unit: Any


@reads("torchscript")
def read_torchscript(source: ModelSource, places: Places) -> Stored:
    """Load the archive onto the CPU."""
    module, unit = _loaded(source, places)
    return Stored(
        kind="script",
        captured=Captured(
            graph=Walker(places=places, unit=unit).walk(module),
            run=_runs(module),
            state=state_of(module),
            attributes=tuple(slots(module).values()),
        ),
        arguments=tuple(one.name for one in module.forward.schema.arguments[1:]),
        derive=lambda example: _optimised(_loaded(source, places), example, places),
        sized=lambda example: _sized(_loaded(source, places), example, places),
    )


def _loaded(source: ModelSource, places: Places) -> Archive:
    """Load as ``torch.jit.load`` does, which keeps the unit to itself."""
    unit = torch._C.CompilationUnit()  # noqa: SLF001
    try:
        read: Any = torch._C.import_ir_module  # noqa: SLF001 - the stub lacks its last parameter
        made = read(unit, source.path, torch.device("cpu"), {}, False)
        return Archive(wrap_cpp_module(made), unit)
    except Exception as error:
        message = f"The file holds no TorchScript program: {said(error, places)}"
        hint = "Save it with torch.jit.save. A file of weights (torch.save) holds no graph: give the model file (.py)."
        raise SourceError(message, file=source.shown, hint=hint) from error


def _sized(archive: Archive, example: Arguments, places: Places) -> Graph:
    start = stand_in(archive.module)
    ran = watched(archive.module, without_calls(*archive), example.fresh())
    return Walker(places=places, unit=archive.unit, watched=ran).walk(archive.module if start is None else start)


def _optimised(archive: Archive, example: Arguments | None, places: Places) -> Captured:
    module = archive.module
    plain = Walker(places=places, unit=archive.unit).walk(module)
    start = stand_in(module)
    frozen: Any = module if module.training else torch.jit.freeze(module)
    apart, graph = stand_in(frozen), frozen.inlined_graph
    unrun = frozen if apart is None else apart
    if example is not None:
        held = (one for one in state_of(frozen).values() if is_ordinary(one))
        kept = [Values(one, one.detach().clone()) for one in held]
        with torch.no_grad():
            for _ in range(RUNS):
                fresh = example.fresh()
                frozen(*fresh.args, **fresh.kwargs)
        for one in kept:
            one.restore()
        optimised: Any = torch._C._last_executed_optimized_graph()  # noqa: SLF001 - not public
        graph = optimised.copy()
    given = example or Arguments(args=(), kwargs={})

    def shown(of: Any, graph: Any, ran: Watched | None = None) -> Graph:
        return with_stacks(Walker(places=places, module_of=module_of, watched=ran).walk(of, graph), plain)

    passes = Pipeline(
        kind="jit",
        made_from="script",
        module=start,
        arguments=given,
        walk=lambda stage, shapes: shown(stage.module, stage.graph, shapes),
        places=places,
        doing=lambda _step: None,
    )
    note = (
        "" if example is not None else "Frozen only: without --input it was not run, so the executor has not seen it."
    )
    if module.training:
        note = "Not frozen, as it is in training mode."
    return Captured(
        graph=shown(unrun, graph),
        sized=lambda arguments: shown(unrun, graph, watched(stand_in(apart), graph, arguments)),
        run=_runs(frozen),
        state=state_of(frozen),
        attributes=tuple(slots(frozen).values()),
        made_from="script",
        note=note,
        forms=passes.forms,
    )


def _runs(module: Any) -> Any:
    return lambda arguments: module(*arguments.args, **arguments.kwargs)
