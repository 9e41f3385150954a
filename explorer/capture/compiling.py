"""Where the script compiler was when it failed without a word of the place, as on a function that it cannot look up.

NOTE: its frames hold the function that it compiles and, further in, what that one calls.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
import traceback
from collections.abc import Iterator
from types import FunctionType

from explorer.graph import Location
from explorer.source.places import Places

COMPILER = "/torch/"


def place_in_compiled(error: BaseException, places: Places) -> Location | None:
    """Return the line of the user's function under compilation that calls what the compiler failed on."""
    met = list(_met(error))
    compiled = next((one for one in reversed(met) if isinstance(one, FunctionType) and _is_user(one, places)), None)
    if not isinstance(compiled, FunctionType):
        return None
    called = getattr(met[-1], "__name__", "")
    code = compiled.__code__
    line = next(_calls(compiled, called), None) if met[-1] is not compiled else None
    return places.location(code.co_filename, line or code.co_firstlineno, code.co_name)


def _met(error: BaseException) -> Iterator[object]:
    """Yield the functions that the compiler was given, from the outermost inwards."""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        if COMPILER in frame.f_code.co_filename and callable(found := frame.f_locals.get("fn")):
            yield found


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
