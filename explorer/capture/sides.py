"""The sides of all that chooses in a file of the user's, and the bodies of its loops: which of them hold an op.

NOTE: an instruction knows the code that it stands for, from its first column to its last, so ``if x: y`` and
``a if c else b`` are told apart from what they are chosen by. Where no more than the line is known, a side holds it
that shares no line with its condition. A ``case`` and an ``except`` are sides as those of ``if`` and ``elif`` are:
what stands in the second one ran in the ``else`` of the first.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from explorer.capture.statements import Comprehension, Extent, Function, extent_of, statements_of, takes_all

FRAMES = {ast.ListComp: "<listcomp>", ast.SetComp: "<setcomp>", ast.DictComp: "<dictcomp>",
          ast.GeneratorExp: "<genexpr>"}  # fmt: skip
"""What Python calls the frames of comprehensions."""


@dataclass(frozen=True, slots=True)
class Block:
    """A side of what chooses or the body of a loop; ``line`` is that of the ``if``, loop, ``case`` or ``except``."""

    line: int
    kind: Literal["then", "else", "body"]
    column: int | None = None
    """That of an expression, as a line may hold several: then its turns are not counted."""


@dataclass(frozen=True, slots=True)
class Side:
    """A block, and the code that is in it."""

    block: Block
    extent: Extent
    apart: bool
    """Whether it shares no line with what chooses it."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Code that runs in a frame of its own; ``frame`` is the frame's name, empty where that is the user's."""

    frame: str
    extent: Extent
    outer: Extent | None = None
    """What a comprehension runs over first: that is run by the frame around it, as the comprehension as a whole is."""

    def holds(self, extent: Extent) -> bool:
        """Whether its frame can run that code."""
        if self.outer is not None and (extent == self.extent or self.outer.is_around(extent)):
            return False
        return self.extent.is_around(extent)


class Sides:
    """Those of one file, from the outermost inwards."""

    def __init__(self, tree: ast.Module) -> None:
        nodes = list(ast.walk(tree))
        self._scopes = sorted((one for node in nodes for one in _scopes(node)), key=lambda one: _depth(one.extent))
        self._sides = sorted((one for node in nodes for one in _sides(node)), key=lambda one: _depth(one.extent))
        self._around: dict[tuple[str, int, Extent | None], tuple[Block, ...]] = {}

    def around(self, function: str, line: int, extent: Extent | None) -> tuple[Block, ...]:
        """Return the blocks, inside of its function, that a frame stands in, from the outermost inwards.

        Parameters
        ----------
        function
            The frame's name.
        extent
            The code that it runs; None where that is not known.
        """
        key = function, line, extent
        if key not in self._around:
            self._around[key] = tuple(self._at(function, line, extent))
        return self._around[key]

    def _at(self, function: str, line: int, extent: Extent | None) -> Iterator[Block]:
        scope = self._scope(function, line, extent)
        for one in self._sides if scope is not None else ():
            held = one.extent.is_around(extent) if extent is not None else one.apart and _is_on(line, one.extent)
            if held and scope is not None and scope.is_around(one.extent) and one.extent != scope:
                yield one.block

    def _scope(self, function: str, line: int, extent: Extent | None) -> Extent | None:
        """Return the innermost code that can be the frame's; None where that is not known."""
        frame = function if function.startswith("<") else ""
        alike = (one for one in reversed(self._scopes) if one.frame == frame)
        if extent is None:
            return next((one.extent for one in alike if not frame and _is_on(line, one.extent)), None)
        return next((one.extent for one in alike if one.holds(extent)), None)


@lru_cache(maxsize=64)
def sides_of(path: str) -> Sides:
    """Return the sides in a file; none where it cannot be read or is no Python."""
    return Sides(statements_of(path).tree)


def _depth(extent: Extent) -> tuple[int, ...]:
    """Return what sorts an extent before those in it."""
    return *extent.first, -extent.last[0], -extent.last[1]


def _is_on(line: int, extent: Extent) -> bool:
    return extent.first[0] <= line <= extent.last[0]


def _scopes(node: ast.AST) -> Iterator[Scope]:
    if isinstance(node, Function | ast.ClassDef):
        yield Scope("", _span(node.body))
    elif isinstance(node, ast.Lambda):
        yield Scope("<lambda>", extent_of(node.body))
    elif isinstance(node, Comprehension):
        yield Scope(FRAMES[type(node)], extent_of(node), extent_of(node.generators[0].iter))


def _sides(node: ast.AST) -> Iterator[Side]:
    match node:
        case ast.If(test=test, body=body, orelse=orelse):
            yield _side(Block(node.lineno, "then"), test, body)
            yield from (_side(Block(node.lineno, "else"), test, orelse) for _ in orelse[:1])
        case ast.For(iter=head, body=body) | ast.AsyncFor(iter=head, body=body) | ast.While(test=head, body=body):
            yield _side(Block(node.lineno, "body"), head, body)
        case ast.IfExp(body=then, orelse=other):
            yield Side(Block(node.lineno, "then", node.col_offset), extent_of(then), apart=False)
            yield Side(Block(node.lineno, "else", node.col_offset), extent_of(other), apart=False)
        case ast.BoolOp(op=operator, values=values):
            kind = "then" if isinstance(operator, ast.And) else "else"
            yield Side(Block(node.lineno, kind, node.col_offset), _all(values[1:]), apart=False)
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            yield from _repeated(node)
        case ast.Match(cases=cases):
            yield from _cases(cases)
        case ast.Try() | ast.TryStar():
            yield from _handlers(node)
        case _:
            pass


def _repeated(node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> Iterator[Side]:
    """Yield what a comprehension runs in each turn, and of that, what it makes of what its filters let through.

    The body of each ``for`` is what is made, its filters, and all that follows it.
    """
    made = _all([node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt])
    place = node.lineno, node.col_offset
    for position, generator in enumerate(node.generators):
        line, column = place if not position else extent_of(generator.target).first
        later = [extent_of(one) for inner in node.generators[position + 1 :] for one in (inner.iter, *inner.ifs)]
        for extent in (made, *map(extent_of, generator.ifs), *later):
            yield Side(Block(line, "body", column), extent, apart=False)
        for test in generator.ifs:
            yield Side(Block(test.lineno, "then", test.col_offset), made, apart=False)


def _all(parts: Sequence[ast.expr]) -> Extent:
    return Extent(extent_of(parts[0]).first, extent_of(parts[-1]).last)


def _cases(cases: Sequence[ast.match_case]) -> Iterator[Side]:
    for position, case in enumerate(cases):
        if _takes_all(case):  # it chooses nothing
            continue
        line = case.pattern.lineno
        yield _side(Block(line, "then"), case.guard or case.pattern, case.body)
        if rest := cases[position + 1 :]:
            later = Extent(extent_of(rest[0].pattern).first, _span(rest[-1].body).last)
            yield Side(Block(line, "else"), later, apart=True)


def _takes_all(case: ast.match_case) -> bool:
    return case.guard is None and takes_all(case.pattern)


def _handlers(node: ast.Try | ast.TryStar) -> Iterator[Side]:
    for position, handler in enumerate(node.handlers):
        head = handler.type or handler
        last = head.end_lineno if handler.type else head.lineno
        body = _span(handler.body)
        yield Side(Block(handler.lineno, "then"), body, apart=body.first[0] > (last or head.lineno))
        rest = node.handlers[position + 1 :]
        if rest and isinstance(node, ast.Try):  # more than one ``except*`` may run
            later = Extent(extent_of(rest[0]).first, extent_of(rest[-1]).last)
            yield Side(Block(handler.lineno, "else"), later, apart=True)
    if node.orelse:
        yield Side(Block(node.lineno, "else"), _span(node.orelse), apart=True)


def _side(block: Block, head: ast.expr | ast.pattern, body: Sequence[ast.stmt]) -> Side:
    extent = _span(body)
    return Side(block, extent, apart=extent.first[0] > extent_of(head).last[0])


def _span(body: Sequence[ast.stmt]) -> Extent:
    """Return the extent of statements, the decorators of the first included."""
    first = body[0]
    decorators = first.decorator_list if isinstance(first, Function | ast.ClassDef) else []
    return Extent(extent_of(decorators[0] if decorators else first).first, extent_of(body[-1]).last)
