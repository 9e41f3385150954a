"""What helps against a choice by what its sides do: warn, return what is empty, or let a list grow.

``torch.where`` and ``torch.cond`` choose between tensors of one shape. Where a side gives none, or one of another
shape, neither helps.
"""

from __future__ import annotations

import ast

from explorer.diff.idle import is_quiet
from explorer.diff.loops import branch_at
from explorer.diff.places import SourceMap

TELLS = (
    "Leave it out where a graph is made: begin the condition with `not torch.compiler.is_compiling() and`, which "
    "torch.export and Dynamo read."
)
EMPTY = (
    "Leave the shortcut out where the rest gives the same on empty tensors: torch.where and torch.cond choose between "
    "results of one shape, and a side of this returns an empty one. Else torch.jit.script keeps both ways."
)
LISTED = (
    "Compute on all of it with tensors, as by torch.cumsum, and keep by a mask what counts: between "
    "lists neither torch.where nor torch.cond chooses. Or let torch.jit.script keep it, with a type at each list that "
    "begins empty, such as `values: List[List[int]] = []`."
)

OF_SIZES = frozenset({"empty", "new_empty", "new_ones", "new_zeros", "ones", "zeros"})
OF_SHAPE = frozenset({"full", "new_full"})
OF_VALUES = frozenset({"as_tensor", "new_tensor", "tensor"})
"""What makes a tensor: of sizes, of a shape and a value, of values."""


def tells(source: SourceMap, line: int) -> bool:
    """Return whether the ``if`` at ``line`` does nothing but warn, log or print."""
    node = branch_at(source, line)
    if node is None or node.orelse:
        return False
    calls = [one for one in node.body if isinstance(one, ast.Expr) and isinstance(one.value, ast.Call)]
    return len(calls) == len(node.body) and all(map(is_quiet, calls))


def returns_empty(source: SourceMap, line: int) -> bool:
    """Return whether a side of the ``if`` at ``line`` returns a tensor that it makes with a size of 0."""
    node = branch_at(source, line)
    sides = (*node.body, *node.orelse) if node is not None else ()
    values = (one.value for one in sides if isinstance(one, ast.Return) and one.value is not None)
    return any(isinstance(one, ast.Call) and _is_empty(one) for value in values for one in ast.walk(value))


def _is_empty(call: ast.Call) -> bool:
    name, first = _name(call.func), call.args[:1]
    if name in OF_VALUES:
        return any(isinstance(one, ast.List) and not one.elts for one in first)
    given = call.args if name in OF_SIZES else first if name in OF_SHAPE else []
    sizes = (size for one in given for size in (one.elts if isinstance(one, ast.Tuple | ast.List) else [one]))
    return any(isinstance(one, ast.Constant) and one.value == 0 for one in sizes)


def _name(node: ast.expr) -> str:
    """Return the last name of what is called: ``warn`` of ``warnings.warn``."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
