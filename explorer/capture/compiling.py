"""Where the script compiler was when it failed without a word of the place, as on a function that it cannot look up.

NOTE: its frames hold the function that it compiles and, further in, what that one calls.
"""

from __future__ import annotations

import ast
import functools
import inspect
import textwrap
import traceback
from collections.abc import Iterator
from types import FunctionType

from explorer.graph import Location
from explorer.source.places import Places

COMPILER = "/torch/"

READER = "/torch/jit/frontend.py"

OF_METHODS = "create_methods_and_properties_from_stubs"
"""What compiles the methods of a module."""


def place_in_compiled(error: BaseException, places: Places, named: Location | None = None) -> Location | None:
    """Return the line of the user's innermost function under compilation that calls what the compiler failed on.

    Parameters
    ----------
    named
        What the compiler's message names. It may leave out the innermost of the user's functions; else it is returned.
    """
    met = list(_met(error))
    own = [one for one in met if isinstance(one, FunctionType) and _is_user(one, places)]
    if not own or (named is not None and _is_inside(named, own[-1], places)):
        return named
    below = met[max(place for place, one in enumerate(met) if one is own[-1]) + 1 :]
    called = getattr(below[0], "__qualname__", "").removesuffix(".__init__").rpartition(".")[2] if below else ""
    lines = ((one, next(_calls(one, called), None)) for one in reversed(own))
    code, line = next(((one.__code__, line) for one, line in lines if line), (own[-1].__code__, None))
    if line is None and named is not None:
        return named
    line = line or next(_calls_of_partials(own[-1]), None)
    return places.location(code.co_filename, line or code.co_firstlineno, code.co_name)


def _calls_of_partials(function: FunctionType) -> Iterator[int]:
    """Yield the lines that call a ``functools.partial`` of the file, over which the compiler fails without a word."""
    partials = (name for name, held in function.__globals__.items() if isinstance(held, functools.partial))
    return (line for name in partials for line in _calls(function, name))


def place_of_statement(error: BaseException, places: Places) -> Location | None:
    """Return the line that the compiler read when it failed over its own words, as on a ``while`` with an else."""
    read = [(ctx, node) for frame, _ in traceback.walk_tb(error.__traceback__)
            if frame.f_code.co_filename.endswith(READER) and (ctx := frame.f_locals.get("ctx")) is not None
            and isinstance(node := frame.f_locals.get("stmt", frame.f_locals.get("expr")), ast.stmt | ast.expr)
            ]  # fmt: skip
    for ctx, node in reversed(read):
        marked = str(ctx.make_range(node.lineno, node.col_offset, node.col_offset + 1))
        return next(places.all_in_text(marked), None)
    return None


def place_of_decorator(error: BaseException, places: Places) -> Location | None:
    """Return the line from which on the function is decorated that the compiler read last, where it is."""
    last = next((one for one in reversed(list(_met(error))) if isinstance(one, FunctionType)), None)
    within = inspect.unwrap(last) if last is not None else None
    if within is last or not isinstance(within, FunctionType) or not _is_user(within, places):
        return None
    code = within.__code__
    return places.location(code.co_filename, code.co_firstlineno, code.co_name)


def _met(error: BaseException) -> Iterator[object]:
    """Yield the functions and methods that the compiler was given, from the outermost inwards."""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        if COMPILER not in frame.f_code.co_filename:
            continue
        for stub in frame.f_locals["method_stubs"] if frame.f_code.co_name == OF_METHODS else ():
            yield getattr(stub.original_method, "__func__", stub.original_method)
        if callable(found := frame.f_locals.get("fn")):
            yield found


def _is_inside(place: Location, function: FunctionType, places: Places) -> bool:
    """Whether a place stands in the source of ``function``."""
    try:
        lines, first = inspect.getsourcelines(function)
    except OSError:
        return True
    file = places.name(function.__code__.co_filename)
    return place.file == file and first <= place.line < first + len(lines)


def _is_user(function: FunctionType, places: Places) -> bool:
    return places.is_user(function.__code__.co_filename)


def _calls(function: FunctionType, name: str) -> Iterator[int]:
    """Yield the lines of ``function`` that call ``name``."""
    try:
        lines, first = inspect.getsourcelines(function)
        tree = ast.parse(textwrap.dedent("".join(lines)))
    except (OSError, SyntaxError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == name:
            yield node.lineno + first - 1
