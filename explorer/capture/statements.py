"""What a file of the user's says of a place in it: the conditions that read it, its names, where its loops begin."""

from __future__ import annotations

import ast
import tokenize
from collections.abc import Container, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import CodeType
from typing import Literal

Position = tuple[int, int]
"""Line, from 1, and column, from 0."""

Function = ast.FunctionDef | ast.AsyncFunctionDef
Loop = ast.For | ast.AsyncFor | ast.While
Assignment = ast.Assign | ast.AnnAssign | ast.AugAssign | ast.NamedExpr
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp

ARITHMETIC = (ast.BinOp | ast.UnaryOp | ast.Compare | ast.BoolOp | ast.Tuple | ast.List | ast.Starred
              | ast.NamedExpr)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Extent:
    """From the first position of a piece of code up to its last."""

    first: Position
    last: Position

    def holds(self, position: Position) -> bool:
        """Whether ``position`` stands in it."""
        return self.first <= position < self.last

    def is_around(self, other: Extent) -> bool:
        """Whether all of ``other`` stands in it."""
        return self.first <= other.first and other.last <= self.last


@dataclass(frozen=True, slots=True)
class Condition:
    """What chooses: one operand of a test, or what a loop runs over."""

    kind: Literal["if", "loop"]
    extent: Extent
    start: Position
    """That of the statement or expression that chooses: there the jump of a plain operand is said to stand."""
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Entry:
    """The first instruction of a loop's body; ``within`` are the lines of the loops that begin anew with each turn."""

    line: int
    within: tuple[int, ...]


class Statements:
    """One file, parsed once."""

    def __init__(self, text: str) -> None:
        self.text, self.tree = text, ast.parse(text)

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """All that chooses."""
        return tuple(one for node in ast.walk(self.tree) for one in _conditions(node))

    def assigned(self, number: Extent) -> frozenset[str]:
        """Return the names that a number is assigned to, such as ``n`` and ``self.n``, or what Python makes of it.

        Where it is handed to a method or is an index, what is assigned is no number.
        """
        around = (node for node in self._assignments if node.value is not None and _is_around(node.value, number))
        given = (pair for node in around for pair in pairs_of(node))
        return frozenset(name for names, value in given if stays_a_number(value, number) for name in names)

    def is_made_whole(self, number: Extent) -> bool:
        """Whether a number is handed to ``int`` where it is assigned."""
        calls = (node for one in self._assignments for node in ast.walk(one) if isinstance(node, ast.Call))
        whole = (node for node in calls if isinstance(node.func, ast.Name) and node.func.id == "int")
        return any(_is_around(argument, number) for node in whole for argument in node.args)

    def lines_that_read(self, names: frozenset[str], line: int) -> frozenset[int]:
        """Return the lines of the statements that read one of ``names`` in the function around ``line``."""
        function = self.function_at(line)
        return frozenset(
            number
            for node, known in (_reached(function, names) if function is not None else ())
            if isinstance(node, ast.stmt | ast.expr | ast.comprehension | ast.match_case)
            for part in _heads(node)
            if known & _read(part)
            for number in range(part.lineno, (part.end_lineno or part.lineno) + 1)
        )

    def place_that_sets(self, attribute: str, line: int, *, whole: bool = False) -> Position | None:
        """Return where the first statement begins that sets an attribute in the function around ``line``.

        It ends at ``line`` or after it, unless the ``whole`` function is searched.
        """
        function = self.function_at(line)
        first = 0 if whole else line
        setting = (
            extent_of(one).first
            for one in self._assignments
            if (one.end_lineno or one.lineno) >= first
            and self.function_at(one.lineno) is function
            and any(_sets(target, attribute) for target in _targets(one))
        )
        return min(setting, default=None)

    def place_of_with(self, line: int) -> Position | None:
        """Return where the first ``with`` begins that is given what stands at ``line``, or was made there before."""
        function = self.function_at(line)
        given = (
            extent_of(one).first
            for one in ast.walk(self.tree)
            if isinstance(one, ast.With)
            and max(extent_of(item.context_expr).last[0] for item in one.items) >= line
            and self.function_at(one.lineno) is function
        )
        return min(given, default=None)

    def function_at(self, line: int) -> Function | None:
        """Return the innermost function that ``line`` stands in."""
        around = [one for one in self._functions if one.lineno <= line <= (one.end_lineno or one.lineno)]
        return max(around, key=lambda one: one.lineno, default=None)

    def function_of(self, code: CodeType) -> Function | None:
        """Return the function that ``code`` was made of."""
        first, named = code.co_firstlineno, (one for one in self._functions if one.name == code.co_name)
        return next((one for one in named if first in {one.lineno, *(d.lineno for d in one.decorator_list)}), None)

    def entries(self, code: CodeType) -> dict[int, Entry]:
        """Return where the bodies of the loops of ``code`` begin, by the offset of their first instruction."""
        function = self.function_of(code)
        loops = [node for node in own_of(function) if isinstance(node, Loop)] if function is not None else []
        places = [(2 * index, start) for index, start in enumerate(_starts(code)) if start is not None]
        found: dict[int, Entry] = {}
        for loop in loops:
            body = Extent(extent_of(loop.body[0]).first, extent_of(loop.body[-1]).last)
            offset = next((offset for offset, start in places if body.holds(start)), None)
            if offset is not None:
                inner = tuple(one.lineno for one in own_of(loop) if isinstance(one, Loop))
                found[offset] = Entry(loop.lineno, inner)
        return found

    @cached_property
    def _functions(self) -> list[Function]:
        return [node for node in ast.walk(self.tree) if isinstance(node, Function)]

    @cached_property
    def _assignments(self) -> list[Assignment]:
        return [node for node in ast.walk(self.tree) if isinstance(node, Assignment)]


@lru_cache(maxsize=64)
def statements_of(path: str) -> Statements:
    """Return what a file holds; nothing where it cannot be read or is no Python."""
    try:
        with tokenize.open(path) as file:
            return Statements(file.read())
    except (OSError, SyntaxError, ValueError):
        return Statements("")


def _targets(node: Assignment) -> list[ast.expr]:
    return node.targets if isinstance(node, ast.Assign) else [node.target]


def _sets(target: ast.expr, attribute: str) -> bool:
    stored = (node for node in ast.walk(target) if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store))
    return any(node.attr == attribute for node in stored)


def extent_of(node: ast.stmt | ast.expr | ast.pattern | ast.excepthandler) -> Extent:
    """Return where ``node`` stands."""
    last = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
    return Extent((node.lineno, node.col_offset), last)


def extent_at(code: CodeType, offset: int) -> Extent | None:
    """Return the code that the instruction at ``offset`` stands for; None where Python does not know it."""
    line, last, column, end = _positions(code)[offset // 2]
    if line is None or last is None or column is None or end is None:
        return None
    return Extent((line, column), (last, end))


@lru_cache(maxsize=1_000)
def _positions(code: CodeType) -> tuple[tuple[int | None, int | None, int | None, int | None], ...]:
    return tuple(code.co_positions())


def _starts(code: CodeType) -> Iterator[Position | None]:
    """Yield where the source of each code unit begins."""
    for line, _, column, _ in _positions(code):
        yield None if line is None or column is None else (line, column)


def own_of(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what stands in ``node``, inner functions and classes left out."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, Function | ast.ClassDef | ast.Lambda):
            yield child
            yield from own_of(child)


def _conditions(node: ast.AST) -> Iterator[Condition]:
    if isinstance(node, ast.If | ast.While | ast.IfExp | ast.Assert):
        yield from (_test(node, one) for one in _operands(node.test))
    elif isinstance(node, ast.BoolOp):
        yield from (_test(node, one) for one in node.values[:-1])
    elif isinstance(node, ast.For | ast.AsyncFor):
        yield _loop(node, node.iter)
    elif isinstance(node, ast.Match):
        for case in node.cases:
            yield from _case(node, case)
    elif isinstance(node, Comprehension):
        for generator in node.generators:
            yield _loop(node, generator.iter)
            yield from (_test(node, operand) for test in generator.ifs for operand in _operands(test))


def _case(match: ast.Match, case: ast.match_case) -> Iterator[Condition]:
    """Yield what chooses a case: the subject, unless the pattern takes all, and the guard."""
    start = extent_of(case.pattern).first
    if not takes_all(case.pattern):
        yield Condition("if", extent_of(match.subject), start, _read(match.subject))
    for operand in _operands(case.guard) if case.guard is not None else ():
        yield Condition("if", extent_of(operand), start, _read(operand))


def takes_all(pattern: ast.pattern) -> bool:
    """Whether a pattern of a ``case`` fits whatever it is given."""
    return isinstance(pattern, ast.MatchAs) and pattern.pattern is None


def _operands(test: ast.expr) -> Iterator[ast.expr]:
    """Yield the parts of a test that choose each for itself."""
    if isinstance(test, ast.BoolOp):
        for value in test.values:
            yield from _operands(value)
    elif isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        yield from _operands(test.operand)
    else:
        yield test


def _test(owner: ast.stmt | ast.expr, operand: ast.expr) -> Condition:
    return Condition("if", extent_of(operand), extent_of(owner).first, _read(operand))


def _loop(owner: ast.stmt | ast.expr, over: ast.expr) -> Condition:
    return Condition("loop", extent_of(over), extent_of(owner).first, _read(over))


def _is_around(node: ast.expr, part: Extent) -> bool:
    return extent_of(node).is_around(part)


def stays_a_number(node: ast.expr, number: Extent, functions: Container[str] | None = None) -> bool:
    """Whether all between ``node`` and the number in it is arithmetic and functions such as ``int`` and ``max``.

    Of functions that are called by a plain name, all are taken for such, or these.
    """
    if extent_of(node) == number:
        return True
    if isinstance(node, ast.Subscript):
        parts = [node.value]
    elif isinstance(node, ast.IfExp):
        parts = [node.body, node.orelse]
    elif isinstance(node, ast.Call):
        plain = isinstance(node.func, ast.Name) and (functions is None or node.func.id in functions)
        parts = node.args if plain or ast.unparse(node.func).startswith("math.") else []
    elif isinstance(node, ARITHMETIC):
        parts = [one for one in ast.iter_child_nodes(node) if isinstance(one, ast.expr)]
    else:
        parts = []
    return any(_is_around(part, number) and stays_a_number(part, number, functions) for part in parts)


def pairs_of(node: Assignment) -> Iterator[tuple[frozenset[str], ast.expr]]:
    """Yield the names that are assigned to, each with its own value where that is written out: ``a, b = 1, 2``."""
    if node.value is not None:
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            yield from _paired(target, node.value)


def _paired(target: ast.expr, value: ast.expr) -> Iterator[tuple[frozenset[str], ast.expr]]:
    match target, value:
        case ast.Tuple(elts=targets) | ast.List(elts=targets), ast.Tuple(elts=values) | ast.List(elts=values):
            paired = len(targets) == len(values) and not any(isinstance(one, ast.Starred) for one in targets + values)
        case _:
            targets, values, paired = [], [], False
    if not paired:
        yield frozenset(_named(target, ast.Store)), value
    for one, given in zip(targets, values, strict=True) if paired else ():
        yield from _paired(one, given)


def _reached(node: ast.AST, names: frozenset[str]) -> Iterator[tuple[ast.AST, frozenset[str]]]:
    """Yield what stands in ``node``, with those of ``names`` that an inner function has not for something else."""
    for child in ast.iter_child_nodes(node):
        known = names - _bound(child) if isinstance(child, Function) else names
        if known:
            yield child, known
            yield from _reached(child, known)


def _bound(function: Function) -> frozenset[str]:
    """Return the names that are a function's own."""
    given = {one.arg for one in ast.walk(function.args) if isinstance(one, ast.arg)}
    outer = {name for one in own_of(function) if isinstance(one, ast.Nonlocal) for name in one.names}
    stored = (one for one in own_of(function) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store))
    return frozenset(given | {one.id for one in stored} - outer)


def _heads(node: ast.AST) -> Iterator[ast.stmt | ast.expr]:
    """Yield the code of a statement that runs on lines of its own: of one with blocks, its head."""
    if isinstance(node, ast.If | ast.While):
        yield node.test
    elif isinstance(node, ast.For | ast.AsyncFor):
        yield node.iter
    elif isinstance(node, ast.With | ast.AsyncWith):
        yield from (item.context_expr for item in node.items)
    elif isinstance(node, ast.Match):
        yield node.subject
    elif isinstance(node, ast.match_case) and node.guard is not None:
        yield node.guard
    elif isinstance(node, ast.stmt) and not isinstance(node, Function | ast.ClassDef | ast.Try | ast.TryStar):
        yield node


def _read(node: ast.AST) -> frozenset[str]:
    return frozenset(_named(node, ast.Load))


def _named(node: ast.AST, context: type[ast.expr_context]) -> Iterator[str]:
    for one in ast.walk(node):
        if isinstance(one, ast.Name | ast.Attribute) and isinstance(one.ctx, context):
            yield ast.unparse(one)
