"""What a run has changed of a model's state, and the lines that wrote it."""

from __future__ import annotations

import ast
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any, TypeGuard

import torch
from torch import nn

from explorer.capture.closures import Variable, classes_of, variables
from explorer.capture.course import Course
from explorer.capture.origins import storage_of
from explorer.capture.statements import statements_of
from explorer.capture.tensors import scalar_of
from explorer.evidence import StateChange
from explorer.graph import Location
from explorer.source.load import LoadedModel

SCALARS = frozenset({type(None), bool, int, float, str})
UNKNOWN = object()
CONTAINERS = (list, dict, set, tuple, deque)
SHOWN = 8
"""Parts of a container that are looked at for the few words that tell it."""


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
    plain_at: Mapping[str, object] | None = None
    """What cannot change of what a dict holds, by its keys."""

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


def plain_state(
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
    for name, value in _of_classes(model, loaded):
        yield ("attribute", name), _held(value, known, start)
    for name, value in vars(loaded.module).items():
        if not name.startswith("__") and isinstance(value, bool | int | float | str | list | dict | set | None):
            yield ("global", f"globals.{name}"), _held(value, known, start)
    for one in cells:
        yield ("nonlocal", one.name), _held(one.value, known, start)


def _of_classes(model: nn.Module, loaded: LoadedModel) -> Iterator[tuple[str, object]]:
    """Yield what the user's classes hold for all that are made of them, by names such as ``Net.calls``.

    Classes of one name are told apart by a number.
    """
    met: dict[str, int] = {}
    for made in classes_of(model):
        if not _is_users(made, loaded):
            continue
        met[made.__name__] = met.get(made.__name__, 0) + 1
        called = made.__name__ if met[made.__name__] == 1 else f"{made.__name__}#{met[made.__name__]}"
        for name, value in vars(made).items():
            if not name.startswith("_") and (type(value) in SCALARS or isinstance(value, CONTAINERS)):
                yield f"{called}.{name}", value


def _is_users(made: type, loaded: LoadedModel) -> bool:
    """Whether a class is one of the user's: others' count nothing that a model is about."""
    file = getattr(sys.modules.get(made.__module__), "__file__", None) if made.__module__ != "builtins" else None
    return made.__module__ == loaded.module.__name__ or (file is not None and loaded.places.is_user(file))


def _held(value: object, known: dict[int, _Held], start: Callable[[torch.Tensor], torch.Tensor]) -> _Held:
    """Return what ``value`` is; ``known`` spares a look for each module that holds it, as all do a configuration."""
    if isinstance(value, torch.Tensor):
        return _Held(tensor=value, start=start(value))
    if type(value) in SCALARS:
        return _Held(plain=value)
    if id(value) not in known:
        known[id(value)] = _Held(_short(value), _mark(value), plain_at=_plain_at(value))
    return known[id(value)]


def state_changes(
    before: dict[tuple[str, str], _Held], model: nn.Module, loaded: LoadedModel, course: Course
) -> Iterator[StateChange]:
    """Yield what is not as ``before``; of a container, what is at each key that lines of their own write."""
    cells = {one.name: one for one in variables(model, loaded.places)}
    for (kind, name), after in plain_state(model, loaded, cells.values(), lambda tensor: tensor):
        was = before.get((kind, name), ABSENT)
        if was.is_now(after):
            continue
        if kind == "nonlocal":
            written = _writers_of_cell(loaded, cells[name], course)
        else:
            written = _writers(loaded, name.rpartition(".")[2], course, bare=kind == "global")
        for key, place in written or [("", None)]:
            told = _told(was, after, key)
            if told is None:
                continue
            yield StateChange(
                name=f"{name}{key}",
                kind=kind,  # pyright: ignore[reportArgumentType]
                before=told[0],
                after=told[1],
                location=place,
            )


def _told(was: _Held, after: _Held, key: str) -> tuple[str, str] | None:
    """Return what was held before and after, at ``key`` where that is plain; nothing where it is the same there."""
    old, new = was.plain_at or {}, after.plain_at or {}
    if key not in old or key not in new:
        return was.text, after.text
    before, now = old[key], new[key]
    return (_short(before), _short(now)) if type(before) is not type(now) or before != now else None


_Writer = tuple[str, Location]
"""A line that writes an attribute, with the key of it as written, such as ``['mean']``, where several have one each."""


def _writers(loaded: LoadedModel, name: str, course: Course, *, bare: bool) -> list[_Writer]:
    """Return the lines that ran and write ``name``, of the model file or else of another one of the user's.

    ``bare`` tells a global of the model file, which is written as it is, from an attribute of something.
    """
    files = islice(source_files(loaded, course), 1 if bare else None)
    found = (_written_in(tree, name, shown, ran, bare=bare) for tree, shown, ran in files)
    return next((one for one in found if one), [])


def _writers_of_cell(loaded: LoadedModel, variable: Variable, course: Course) -> list[_Writer]:
    """Return the lines that ran and write a variable of a closure, in one of the functions that have it."""
    name = variable.name.rpartition(".")[2]
    for code in variable.codes:
        file = code.co_filename
        function = statements_of(file).function_of(code)
        ran = course.lines if file == loaded.places.path else course.beside.get(file, {})
        found = _written_in(function, name, loaded.places.name(file), ran, bare=True) if function else []
        if found:
            return found
    return []


def _written_in(tree: ast.AST, name: str, shown: str, ran: Mapping[int, int], *, bare: bool) -> list[_Writer]:
    """Return the line that ran and writes ``name``: an assignment to it, else a method called on it.

    Where lines write it at keys alone, those are returned, each key's first.
    """
    written: list[tuple[int, str, str | None]] = []
    called: list[tuple[int, str, str | None]] = []
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                parts = [one for target in targets for one in _parts(target) if _names(one, name, bare=bare)]
                written += [(node.lineno, function.name, _key(one)) for one in parts]
            elif _calls_method(node, name, bare=bare):
                called.append((node.lineno, function.name, None))
    places = [one for one in (*written, *called) if ran.get(one[0])]
    keys = {key: Location(file=shown, line=line, function=name, user=True) for line, name, key in reversed(places)}
    if None in keys or len(keys) == 1:
        line, function, _ = places[0]
        return [("", Location(file=shown, line=line, function=function, user=True))]
    return sorted(((key or "", place) for key, place in keys.items()), key=lambda one: one[1].line)


def _key(target: ast.expr) -> str | None:
    """Return the key at which a target writes into a dict of an attribute's, as written, where it is a constant."""
    match target:
        case ast.Subscript(value=ast.Attribute() | ast.Name(), slice=ast.Constant(value=str(key))):
            return f"[{key!r}]"
        case _:
            return None


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


def _plain_at(value: Any) -> Mapping[str, object] | None:
    """Return what cannot change in a dict, at its keys as :func:`_key` writes them."""
    held = value.items() if type(value) is dict else ()
    return {f"[{key!r}]": one for key, one in held if type(key) is str and type(one) in SCALARS} or None


def _mark(value: object) -> int:
    try:
        return hash(str(value)) if isinstance(value, CONTAINERS) else 0
    except Exception:  # noqa: BLE001 - whatever the classes of the user's elements raise
        return 0


def _short(value: Any) -> str:
    if isinstance(value, CONTAINERS):
        return f"{type(value).__name__} of {len(value)}: {_text_of(value)[:80]}"
    return str(scalar_of(value))


def _text_of(value: Any) -> str:
    """Return what a container holds: tensors by their dtype and shape, as what is in them says little."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key!r}: {_text_of(one)}' for key, one in islice(value.items(), SHOWN))}}}"
    if isinstance(value, list | tuple | deque):
        held = ", ".join(_text_of(one) for one in islice(value, SHOWN))
        return f"({held})" if isinstance(value, tuple) else f"[{held}]"
    return str(scalar_of(value))


def source_files(loaded: LoadedModel, course: Course) -> Iterator[tuple[ast.Module, str, Mapping[int, int]]]:
    """Yield the model file and the user's others: what is in each, its name, and how often each line ran."""
    yield _parsed(loaded.source.text), loaded.source.shown, course.lines
    for file, lines in course.beside.items():
        yield statements_of(file).tree, loaded.places.name(file), lines


@lru_cache(4)
def _parsed(text: str) -> ast.Module:
    return ast.parse(text)
