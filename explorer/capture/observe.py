"""Observe one eager run: its graph, its course through the user's code, and what it changed."""

from __future__ import annotations

import ast
import time
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import torch
from torch import nn

from explorer.capture.consumers import told
from explorer.capture.course import Course
from explorer.capture.eager import Recorder
from explorer.capture.escapes import Escapes
from explorer.capture.replay import replay
from explorer.capture.tensors import scalar_of
from explorer.evidence import Capture, EagerRun, Replay, StateChange
from explorer.graph import Location
from explorer.source.held import tensors_held
from explorer.source.load import Arguments, LoadedModel, reraise_want_of_memory

GRAD_NOTE = "Recorded with gradients enabled, so that the autograd graph is there; outcomes without."
NO_GRAD_NOTE = "Recorded with gradients disabled, as the model raises with them: there is no autograd graph."


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """A run's records and, while the worker lives, its result."""

    run: EagerRun
    capture: Capture
    result: object
    grad: bool
    """Whether gradients were enabled."""


def observe(
    loaded: LoadedModel, name: str, model: nn.Module, arguments: Arguments, escapes: Escapes, *, grad: bool = True
) -> Observed:
    """Run ``model`` once on ``arguments`` and return what was seen, whether it returned or raised."""
    recorder = Recorder(model, arguments, loaded.places, escapes)
    course = recorder.course
    before = dict(_plain_state(model, loaded.module))
    result, error = None, None
    generator = torch.get_rng_state()
    start = time.perf_counter()
    try:
        with torch.set_grad_enabled(grad), recorder.following():
            result = model(*arguments.args, **arguments.kwargs)
    except (Exception, SystemExit) as caught:  # noqa: BLE001 - what a model raises is a result
        reraise_want_of_memory(caught)
        error = caught
    seconds = time.perf_counter() - start
    after = torch.get_rng_state()
    raised = loaded.places.failure(error, _said(error)) if error else None
    graph = recorder.graph(result if error is None else ())
    decisions = course.decisions()
    changed = [*recorder.changes(), *_changes(before, model, loaded, course)]
    run = EagerRun(
        example=name,
        raised=raised,
        seconds=seconds,
        lines=dict(course.lines),
        decisions=decisions,
        escapes=told(escapes.noted, graph, [one.id for one in recorder.recorded], decisions),
        changes=tuple(changed),
    )
    capture = Capture(
        id=f"eager:{name}",
        kind="eager",
        input=name,
        status="failed" if raised else "ok",
        graph=graph,
        failure=raised,
        seconds=seconds,
        note="" if loaded.grad else GRAD_NOTE if grad else NO_GRAD_NOTE,
        replay=None if raised else _replayed(recorder, result, generator, after),
    )
    return Observed(run=run, capture=capture, result=result, grad=grad)


def _replayed(recorder: Recorder, result: object, generator: torch.Tensor, after: torch.Tensor) -> Replay:
    if recorder.lost:
        return Replay(exact=False, reason=recorder.lost)
    recorded = {one.id: one.outputs for one in recorder.recorded}
    found = replay(recorder.calls, recorder.origins, tensors_held(result), generator, recorded, after=after)
    if found.exact and recorder.foreign:
        return Replay(exact=False, reason=recorder.foreign[0])
    return found


def _said(error: BaseException) -> str:
    """Return what an error of the model's own says; its ``__str__`` may raise too."""
    try:
        return f"{type(error).__name__}: {error}"[:300]
    except Exception:  # noqa: BLE001
        return type(error).__name__


def _plain_state(model: nn.Module, module: ModuleType) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield the plain Python state that a run may change, as short text."""
    for path, part in model.named_modules():
        for name, value in vars(part).items():
            if not name.startswith("_") and not isinstance(value, torch.Tensor | nn.Module):
                yield ("attribute", f"{path}.{name}".lstrip(".")), _short(value)
    for name, value in vars(module).items():
        if not name.startswith("__") and isinstance(value, bool | int | float | str | list | dict | set | None):
            yield ("global", f"globals.{name}"), _short(value)


def _changes(
    before: dict[tuple[str, str], str], model: nn.Module, loaded: LoadedModel, course: Course
) -> Iterator[StateChange]:
    tree = ast.parse(loaded.source.text)
    for (kind, name), after in _plain_state(model, loaded.module):
        was = before.get((kind, name), "absent")
        if was != after:
            yield StateChange(
                name=name,
                kind=kind,  # pyright: ignore[reportArgumentType]
                before=was,
                after=after,
                location=_writer(tree, name.rpartition(".")[2], loaded.source.shown, course),
            )


def _writer(tree: ast.Module, name: str, shown: str, course: Course) -> Location | None:
    """Return the line that ran and writes ``name``: an assignment to it, else a method called on it."""
    written: list[tuple[int, str]] = []
    called: list[tuple[int, str]] = []
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                if any(_names(target, name) for target in targets):
                    written.append((node.lineno, function.name))
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _names(node.func.value, name):
                called.append((node.lineno, function.name))
    ran = [(line, function) for line, function in (*written, *called) if course.lines.get(line)]
    return Location(file=shown, line=ran[0][0], function=ran[0][1], user=True) if ran else None


def _names(node: ast.expr, name: str) -> bool:
    """Whether ``node`` is ``name``, ``x.name``, or an element of it."""
    while isinstance(node, ast.Subscript):
        node = node.value
    return (isinstance(node, ast.Attribute) and node.attr == name) or (isinstance(node, ast.Name) and node.id == name)


def _short(value: Any) -> str:
    if isinstance(value, list | dict | set | tuple):
        return f"{type(value).__name__} of {len(value)}: {str(scalar_of(value))[:80]}"
    return str(scalar_of(value))
