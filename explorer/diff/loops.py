"""The loops of a file: which one a line stands in, what ends it, and what it keeps from turn to turn."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Literal

from explorer.diff.places import SourceMap

Loop = ast.For | ast.While

SIZES = frozenset({"numel", "shape", "size"})
"""What tells how large a tensor is."""

GROWS = frozenset({"append", "extend"})
"""Methods by which a list takes what a turn gives."""


def loop_around(source: SourceMap, line: int) -> Loop | None:
    """Return the innermost loop that has ``line`` in its body."""
    around = [node for node in (*source.of(ast.For), *source.of(ast.While))
              if node.body[0].lineno <= line <= (node.body[-1].end_lineno or node.body[-1].lineno)]  # fmt: skip
    return max(around, key=lambda node: node.lineno, default=None)


def way_out(source: SourceMap, line: int) -> Literal["loop", "turn", ""]:
    """Return what the ``if`` at ``line`` ends on one of its sides: the loop around it, the turn alone, or neither."""
    if loop_around(source, line) is None:
        return ""
    found = source.at(line, ast.If)
    last = [one for node in found for side in (node.body, node.orelse) for one in side]
    if any(isinstance(one, ast.Break | ast.Return) for one in last):
        return "loop"
    return "turn" if any(isinstance(one, ast.Continue) for one in last) else ""


def skips_nothing(source: SourceMap, line: int) -> bool:
    """Return whether the ``if`` at ``line`` ends a turn of a loop by the size of a tensor, and by nothing else."""
    node = branch_at(source, line)
    asks = way_out(source, line) == "turn" and isinstance(node, ast.If) and isinstance(node.test, ast.Compare)
    return asks and node is not None and any(_sized(one) for one in ast.walk(node.test))


def collects(node: Loop | ast.If | None) -> bool:
    """Return whether a list grows in a statement: with each turn of a loop, or on a side of an ``if``."""
    calls = (node.func for node in _within(node) if isinstance(node, ast.Call))
    return any(isinstance(one, ast.Attribute) and one.attr in GROWS for one in calls)


def calls_modules(source: SourceMap, node: Loop | ast.If | None) -> bool:
    """Return whether a statement calls parts or methods of the model, which a function cannot hold."""
    calls: list[ast.AST] = [one.func for one in _within(node) if isinstance(one, ast.Call)]
    over: list[ast.AST] = [node.iter] if isinstance(node, ast.For) else []
    named = {one.id for part in (*calls, *over) for one in ast.walk(part) if isinstance(one, ast.Name)}
    return bool(named & {"self", *(_turned_over_parts(source, node.lineno) if node is not None else ())})


def _turned_over_parts(source: SourceMap, line: int) -> Iterator[str]:
    """Yield the names that loops around ``line`` give the parts of the model that they are over."""
    for node in source.of(ast.For):
        if node.lineno <= line <= (node.end_lineno or node.lineno):
            names = {one.id for one in ast.walk(node.iter) if isinstance(one, ast.Name)}
            yield from (one.id for one in ast.walk(node.target) if isinstance(one, ast.Name) and "self" in names)


def resizes(loop: Loop | ast.If | None) -> bool:
    """Return whether a ``while`` asks for the size of a tensor that each turn replaces by one of another size."""
    asked = ast.walk(loop.test) if isinstance(loop, ast.While) else ()
    sized = {one.id for node in asked for part in _sized(node) for one in ast.walk(part) if isinstance(one, ast.Name)}
    return any(isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store) and one.id in sized
               for one in _within(loop))  # fmt: skip


def _sized(node: ast.AST) -> list[ast.expr]:
    """Return what ``node`` asks the size of."""
    if isinstance(node, ast.Attribute):
        return [node.value] if node.attr in SIZES else []
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len":
        return node.args
    return []


def branch_at(source: SourceMap, line: int) -> ast.If | None:
    """Return the ``if`` that begins at ``line``."""
    return next(iter(source.at(line, ast.If)), None)


def loop_at(source: SourceMap, line: int) -> Loop | None:
    """Return the loop that begins at ``line``."""
    return next(iter(source.at(line, ast.For, ast.While)), None)


def _within(node: Loop | ast.If | None) -> Iterator[ast.AST]:
    for one in (*node.body, *node.orelse) if node is not None else ():
        yield from ast.walk(one)
