"""Choices that change nothing of what a model computes: what they lead to is printed, logged or named."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterator

from explorer.diff.naming import lines_of
from explorer.diff.places import SourceMap

TELLS = frozenset({"print", "warn", "warning", "info", "debug", "exception", "critical"})
"""Functions and methods that tell someone something, whatever has them."""

TELLS_OF = frozenset({"error", "log", "write", "flush"})
"""Methods that do so where a log or a stream has them: others write to what the model reads."""

TELLERS = re.compile(r"log|stdout|stderr|writer|console|^self$", re.IGNORECASE)
"""How a log or a stream is named; ``self.log`` is that of Lightning."""

Works = Callable[[Collection[int]], bool]
"""Whether ops ran on lines of a file."""


def is_idle(source: SourceMap, line: int, works: Works) -> bool:
    """Return whether the sides of the ``if`` at ``line`` only tell something, or set what no op depends on.

    What they assign may be read by lines that run no op.
    """
    found = source.at(line, ast.If)
    if len(found) != 1:
        return False
    (node,) = found
    sides = [*node.body, *node.orelse]
    if not all(is_quiet(one) for one in sides):
        return False
    lines = {at for one in sides for at in lines_of(one)}
    kept = frozenset(name for one in sides for name in _attributes(one))
    if works(lines) or works(_reached(source, lines, node)):
        return False
    return not any(source.names.is_read_besides(name, node.test) for name in kept)


def _reached(source: SourceMap, lines: Collection[int], node: ast.If) -> set[int]:
    """Return the lines that read what ``lines`` assign, with the sides of what is chosen by it; not ``node`` itself."""
    read = source.names.followed(lines).difference(lines_of(node.test))
    chosen = (one for line in read for one in source.at(line, ast.If, ast.While) if one is not node)
    return read.union(*map(lines_of, chosen))


def only_tells(source: SourceMap, line: int) -> bool:
    """Return whether ``line`` is a call that only tells something."""
    found = source.at(line, ast.Expr)
    return bool(found) and all(is_quiet(one) for one in found)


def is_quiet(one: ast.stmt) -> bool:
    """Return whether a statement does nothing, tells someone something, or sets a name or an attribute of its own."""
    match one:
        case ast.Pass():
            return True
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Expr(value=ast.Call(func=ast.Name(id=name))):
            return name in TELLS
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=owner, attr=name))):
            return name in TELLS or (name in TELLS_OF and _is_teller(owner, name))
        case ast.Assign(targets=targets):
            return all(isinstance(target, ast.Name) or _is_own(target) for target in targets)
        case _:
            return False


def _is_teller(owner: ast.expr, method: str) -> bool:
    name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    return TELLERS.search(name) is not None and (name != "self" or method == "log")


def _is_own(target: ast.expr) -> bool:
    return isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self"


def _attributes(one: ast.stmt) -> Iterator[str]:
    for target in one.targets if isinstance(one, ast.Assign) else ():
        if isinstance(target, ast.Attribute):
            yield target.attr
