"""Observe one eager run: its graph, its course through the user's code, and what it changed."""

from __future__ import annotations

import ast
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import Any, TypeGuard

import torch
from torch import nn

from explorer.capture.closures import Variable, variables
from explorer.capture.consumers import told
from explorer.capture.course import Course
from explorer.capture.eager import Recorder
from explorer.capture.escapes import Escapes, Noted
from explorer.capture.handed import Leaves, line_that_puts, other_leaves, unseen_writes
from explorer.capture.losses import CHANGED, CHOSEN, GRAPH, LEFT
from explorer.capture.origins import alias_of, storage_of
from explorer.capture.refusals import words_of_dynamo
from explorer.capture.replay import replay, same_bits
from explorer.capture.statements import statements_of
from explorer.capture.summaries import with_summaries
from explorer.capture.tensors import argument_names, scalar_of
from explorer.evidence import Capture, EagerRun, Failure, Replay, StateChange
from explorer.graph import Graph, Location, Port, Summary
from explorer.source.encoding import words_of
from explorer.source.held import tensors_held
from explorer.source.load import Arguments, LoadedModel, reraise_want_of_memory
from explorer.source.places import is_of_dynamo

GRAD_NOTE = "Recorded with gradients enabled, so that the autograd graph is there; outcomes without."
NO_GRAD_NOTE = "Recorded with gradients disabled, as the model raises with them: there is no autograd graph."
LONG_NOTE = "The run is too long to be followed to its end: what it chose later is not told."

SCALARS = frozenset({type(None), bool, int, float, str})
UNKNOWN = object()
CONTAINERS = (list, dict, set, tuple, deque)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """A run's records and, while the worker lives, its result."""

    run: EagerRun
    capture: Capture
    result: object


def observe(
    loaded: LoadedModel,
    name: str,
    model: nn.Module,
    arguments: Arguments,
    escapes: Escapes,
    *,
    grad: bool = True,
) -> Observed:
    """Run ``model`` once on ``arguments`` and return what was seen, whether it returned or raised."""
    recorder = Recorder(model, arguments, loaded.places, escapes)
    losses = recorder.losses
    before = losses.kept(CHANGED, lambda: dict(_plain_state(model, loaded, recorder.sources.cells, alias_of)), None)
    handed = losses.kept(CHANGED, lambda: dict(argument_names(model, arguments)), {})
    training = any(part.training for part in model.modules())
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
    graph = losses.kept(GRAPH, lambda: recorder.graph(result if error is None else ()), Graph(ops=()))
    run = _run(recorder, graph, escapes.noted, example=name, raised=raised, seconds=seconds)
    run = replace(run, grad=grad, training=training)
    if before is not None:
        changes = losses.kept(CHANGED, lambda: tuple(_changes(before, model, loaded, recorder.course)), ())
        told = {(one.kind, one.name) for one in run.changes}
        run = replace(run, changes=(*run.changes, *(one for one in changes if (one.kind, one.name) not in told)))
    original = loaded.examples.get(name, arguments)
    given, now = (
        losses.kept(CHANGED, lambda one=one: dict(argument_names(model, one)), {}) for one in (original, arguments)
    )
    leaves = losses.kept(CHANGED, lambda: tuple(_placed(other_leaves(handed, now), loaded, recorder.course)), ())
    writes = losses.kept(CHANGED, lambda: tuple(_unseen(recorder, handed, given, run.changes)), ())
    run = replace(run, changes=(*run.changes, *leaves, *writes))
    held: dict[Port, Summary] = {}
    lost = None if raised or GRAPH not in losses.said else Failure(reason=losses.said.pop(GRAPH))
    replayed = None if raised or lost else _replayed(recorder, result, generator, after, held)
    summed_up = losses.kept("What values held", lambda: with_summaries(graph, held), graph)
    capture = Capture(
        id=f"eager:{name}",
        kind="eager",
        input=name,
        status="failed" if raised or lost else "ok",
        graph=summed_up,
        failure=raised or lost,
        seconds=seconds,
        note=" ".join(_notes(recorder, loaded, grad=grad)),
        replay=replayed,
    )
    return Observed(run=run, capture=capture, result=result)


def _placed(changes: Iterable[StateChange], loaded: LoadedModel, course: Course) -> Iterator[StateChange]:
    """Yield ``changes`` of the containers among the arguments with the line that put in what is another."""
    for change in changes:
        found = ((shown, line_that_puts(change.name, tree, ran)) for tree, shown, ran in _files(loaded, course))
        place = next(((shown, *place) for shown, place in found if place is not None), None)
        yield (
            change
            if place is None
            else replace(change, location=Location(file=place[0], line=place[1], function=place[2], user=True))
        )


def _files(loaded: LoadedModel, course: Course) -> Iterator[tuple[ast.Module, str, Mapping[int, int]]]:
    """Yield the model file and the user's others: what is in each, its name, and how often each line ran."""
    yield _parsed(loaded.source.text), loaded.source.shown, course.lines
    for file, lines in course.beside.items():
        yield statements_of(file).tree, loaded.places.name(file), lines


@lru_cache(4)
def _parsed(text: str) -> ast.Module:
    return ast.parse(text)


def _unseen(recorder: Recorder, handed: Leaves, original: Leaves, told: Sequence[StateChange]) -> Iterator[StateChange]:
    """Yield what was written to, or given another memory, by what is no op."""
    seen = frozenset(one.name for one in told if one.kind == "argument")
    started = {name.partition(":")[2]: start for name, _, start in recorder.sources.inputs}
    for one in unseen_writes(handed, original, seen):
        yield replace(one, location=recorder.unseen.place(handed[one.name]))
        if not same_bits(started[one.name], original[one.name].detach()):  # else it was given another memory
            recorder.foreign.append(f"{one.name} was written to by what is no op, such as NumPy.")
    known = frozenset(f"{one.kind}:{one.name}" for one in told)
    yield from recorder.unseen.written(recorder.sources.owners, known)


def _run(
    recorder: Recorder, graph: Graph, noted: Sequence[Noted], *, example: str, raised: Failure | None, seconds: float
) -> EagerRun:
    """Return the course of a run; where a part of it cannot be told, the rest is."""
    losses, course = recorder.losses, recorder.course
    decisions = losses.kept(CHOSEN, course.decisions, ())
    ran = [one.id for one in recorder.recording.ops if one.id in graph.by_id]
    return EagerRun(
        example=example,
        raised=raised,
        seconds=seconds,
        lines=dict(course.lines),
        beside={course.places.name(file): dict(lines) for file, lines in course.beside.items()},
        decisions=decisions,
        escapes=losses.kept(LEFT, lambda: told(noted, graph, ran, decisions), ()),
        changes=losses.kept(CHANGED, lambda: tuple(recorder.recording.changes()), ()),
    )


def _notes(recorder: Recorder, loaded: LoadedModel, *, grad: bool) -> Iterator[str]:
    if not loaded.grad:
        yield GRAD_NOTE if grad else NO_GRAD_NOTE
    if not recorder.course.complete:
        yield LONG_NOTE
    yield from recorder.losses.said.values()


def _replayed(
    recorder: Recorder,
    result: object,
    generator: torch.Tensor,
    after: torch.Tensor,
    held: dict[Port, Summary],
) -> Replay:
    if recorder.lost:
        return Replay(exact=False, reason=recorder.lost)
    recorded = {one.id: one.outputs for one in recorder.recording.ops}
    try:
        returned = tensors_held(result)
        found = replay(
            recorder.calls,
            recorder.sources.origins,
            returned,
            generator,
            recorded,
            after=after,
            held=held,
            noted=recorder.unseen.causes,
        )
    except Exception as error:  # noqa: BLE001 - not the model's
        reraise_want_of_memory(error)
        return Replay(exact=False, reason=f"It could not be run again: {_said(error)}")
    if found.exact and recorder.foreign:
        return Replay(exact=False, reason=recorder.foreign[0])
    return found


def _said(error: BaseException) -> str:
    words = words_of(error)
    return f"{type(error).__name__}: {(is_of_dynamo(error) and words_of_dynamo(words)) or words}"[:300]


@dataclass(slots=True)
class _Held:
    """What an attribute held: short text, or a tensor, as a new one may look the same.

    Not frozen: one is made for each attribute before and after, which then takes several times as long.
    """

    said: str = ""
    whole: int = 0
    """Tells texts apart that are cut to the same few words."""
    plain: object = UNKNOWN
    """What cannot change, in place of its text: few are ever told."""
    tensor: torch.Tensor | None = None
    start: torch.Tensor | None = None
    """Another one on its memory: ``.data = `` gives it another."""

    @property
    def text(self) -> str:
        """What it held in a few words."""
        if self.start is not None:
            return _short(self.start)
        return self.said if self.plain is UNKNOWN else _short(self.plain)

    def is_now(self, other: _Held) -> bool:
        """Whether ``other``, of after the run, is the same; what was written into a tensor is told elsewhere."""
        if self.plain is not UNKNOWN and self.plain is other.plain:
            return True
        if self.start is None or other.start is None:
            return self.tensor is other.tensor and (self.text, self.whole) == (other.text, other.whole)
        alike = storage_of(self.start) == storage_of(other.start) and self.start.shape == other.start.shape
        return self.tensor is other.tensor and alike


ABSENT = _Held("absent")


def _plain_state(
    model: nn.Module,
    loaded: LoadedModel,
    cells: Iterable[Variable],
    start: Callable[[torch.Tensor], torch.Tensor],
) -> Iterator[tuple[tuple[str, str], _Held]]:
    """Yield the state that a run may rebind, with what it holds; ``start`` gives what is kept of a tensor's memory."""
    known: dict[int, _Held] = {}
    for path, part in model.named_modules():
        held = vars(part)
        attributes = {name: value for name, value in held.items() if not name.startswith("_")}
        kinds = ("attribute", attributes), ("buffer", held["_buffers"]), ("parameter", held["_parameters"])
        for kind, values in kinds:
            for name, value in values.items():
                if not isinstance(value, nn.Module):
                    yield (kind, f"{path}.{name}" if path else name), _held(value, known, start)
    for name, value in vars(loaded.module).items():
        if not name.startswith("__") and isinstance(value, bool | int | float | str | list | dict | set | None):
            yield ("global", f"globals.{name}"), _held(value, known, start)
    for one in cells:
        yield ("nonlocal", one.name), _held(one.value, known, start)


def _held(value: object, known: dict[int, _Held], start: Callable[[torch.Tensor], torch.Tensor]) -> _Held:
    """Return what ``value`` is; ``known`` spares a look for each module that holds it, as all do a configuration."""
    if isinstance(value, torch.Tensor):
        return _Held(tensor=value, start=start(value))
    if type(value) in SCALARS:
        return _Held(plain=value)
    if id(value) not in known:
        known[id(value)] = _Held(_short(value), _mark(value))
    return known[id(value)]


def _changes(
    before: dict[tuple[str, str], _Held], model: nn.Module, loaded: LoadedModel, course: Course
) -> Iterator[StateChange]:
    cells = {one.name: one for one in variables(model, loaded.places)}
    for (kind, name), after in _plain_state(model, loaded, cells.values(), lambda tensor: tensor):
        was = before.get((kind, name), ABSENT)
        if not was.is_now(after):
            yield StateChange(
                name=name,
                kind=kind,  # pyright: ignore[reportArgumentType]
                before=was.text,
                after=after.text,
                location=_writer_of_cell(loaded, cells[name], course)
                if kind == "nonlocal"
                else _writer(loaded, name.rpartition(".")[2], course, bare=kind == "global"),
            )


def _writer(loaded: LoadedModel, name: str, course: Course, *, bare: bool) -> Location | None:
    """Return the line that ran and writes ``name``, of the model file or else of another one of the user's.

    ``bare`` tells a global of the model file, which is written as it is, from an attribute of something.
    """
    files = islice(_files(loaded, course), 1 if bare else None)
    found = (_written_in(tree, name, shown, ran, bare=bare) for tree, shown, ran in files)
    return next((one for one in found if one is not None), None)


def _writer_of_cell(loaded: LoadedModel, variable: Variable, course: Course) -> Location | None:
    """Return the line that ran and writes a variable of a closure, in one of the functions that have it."""
    name = variable.name.rpartition(".")[2]
    for code in variable.codes:
        file = code.co_filename
        function = statements_of(file).function_of(code)
        ran = course.lines if file == loaded.places.path else course.beside.get(file, {})
        found = function and _written_in(function, name, loaded.places.name(file), ran, bare=True)
        if found:
            return found
    return None


def _written_in(tree: ast.AST, name: str, shown: str, ran: Mapping[int, int], *, bare: bool) -> Location | None:
    """Return the line that ran and writes ``name``: an assignment to it, else a method called on it."""
    written: list[tuple[int, str]] = []
    called: list[tuple[int, str]] = []
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                if any(_names(one, name, bare=bare) for target in targets for one in _parts(target)):
                    written.append((node.lineno, function.name))
            elif _calls_method(node, name, bare=bare):
                called.append((node.lineno, function.name))
    places = [(line, function) for line, function in (*written, *called) if ran.get(line)]
    return Location(file=shown, line=places[0][0], function=places[0][1], user=True) if places else None


def _calls_method(node: ast.AST, name: str, *, bare: bool) -> TypeGuard[ast.Call]:
    match node:
        case ast.Call(func=ast.Attribute(value=owner)):
            return _names(owner, name, bare=bare)
        case _:
            return False


def _parts(target: ast.expr) -> Iterator[ast.expr]:
    """Yield what a target assigns to, those inside of ``a, b = …`` one by one."""
    if isinstance(target, ast.Tuple | ast.List):
        for one in target.elts:
            yield from _parts(one)
    else:
        yield target


def _names(node: ast.expr, name: str, *, bare: bool) -> bool:
    """Whether ``node`` is ``name``, or ``x.name`` where it is not ``bare``, or an element or the data of it."""
    while isinstance(node, ast.Subscript) or (isinstance(node, ast.Attribute) and node.attr == "data" != name):
        node = node.value
    if bare:
        return isinstance(node, ast.Name) and node.id == name
    return isinstance(node, ast.Attribute) and node.attr == name


def _mark(value: object) -> int:
    try:
        return hash(str(value)) if isinstance(value, CONTAINERS) else 0
    except Exception:  # noqa: BLE001 - whatever the classes of the user's elements raise
        return 0


def _short(value: Any) -> str:
    if isinstance(value, CONTAINERS):
        return f"{type(value).__name__} of {len(value)}: {str(scalar_of(value))[:80]}"
    return str(scalar_of(value))
