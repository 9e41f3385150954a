"""A file's text as a tree: which statement decided, what it tests, and where it stands."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, TypeVar, get_args

from explorer.diff.conditions import asked_by, is_form, on_rank, on_type, tests_of
from explorer.diff.naming import Function, Names, lines_of, mentions
from explorer.evidence import DecisionKind

COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
LONGEST = 80

Statement = (
    ast.If
    | ast.While
    | ast.IfExp
    | ast.Assert
    | ast.For
    | ast.comprehension
    | ast.Try
    | ast.Match
    | ast.BoolOp
    | ast.Compare
)


Node = TypeVar("Node", bound=ast.AST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A place that decides. ``line`` is the statement's, the one a person would change."""

    line: int
    text: str
    """The condition or the iterable, as written, shortened."""
    kind: Literal["if", "loop", "try", "assert"]
    names: frozenset[str]
    on_type: bool
    raises: bool
    """Whether one of its sides raises."""
    lines: range
    """Lines of the condition."""
    body: int | None
    """First line of the side that is run when the condition holds."""
    leaves: bool = False
    """Whether one of its sides leaves the function or the loop."""
    compound: bool = False
    """Whether the condition has several parts, each of which chooses: ``a and b``, ``0 < x < 1``."""
    on_rank: bool = False
    """Whether it asks for the number of dimensions."""
    reads: tuple[str, ...] = ()
    """What the condition reads, as :func:`~explorer.diff.naming.mentions` tells it."""
    binds: frozenset[str] = frozenset()
    """The names that the sides of an ``if`` assign."""


@dataclass(frozen=True)
class SourceMap:
    """One of the user's files, parsed once."""

    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed file; empty where it does not parse: what ran may have been something else of that name."""
        try:
            return ast.parse(self.text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return ast.Module(body=[], type_ignores=[])

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """All nodes of the tree."""
        return list(ast.walk(self.tree))

    def of(self, kind: type[Node]) -> list[Node]:
        """Return the nodes of one kind."""
        return self._of_kind.get(kind, [])  # pyright: ignore[reportReturnType]

    def at(self, line: int, *kinds: type[Node]) -> list[Node]:
        """Return the nodes of some kinds that begin at ``line``."""
        return [node for node in self._beginning.get(line, ()) if isinstance(node, kinds)]

    @cached_property
    def _of_kind(self) -> dict[type[ast.AST], list[ast.AST]]:
        found: dict[type[ast.AST], list[ast.AST]] = {}
        for node in self.nodes:
            found.setdefault(type(node), []).append(node)
        return found

    @cached_property
    def _beginning(self) -> dict[int, list[ast.AST]]:
        found: dict[int, list[ast.AST]] = {}
        for node in self.nodes:
            found.setdefault(getattr(node, "lineno", 0), []).append(node)
        return found

    @property
    def expressions_that_choose(self) -> list[ast.IfExp]:
        """Every ``a if c else b``."""
        return self.of(ast.IfExp)

    @cached_property
    def names(self) -> Names:
        """Which lines assign a name, and which read it."""
        return Names(self.nodes)

    def site(self, line: int, column: int, kind: DecisionKind) -> Site:
        """Return the statement that a jump at ``line`` and ``column`` belongs to."""
        key = line, column, kind
        if key not in self._sites:
            self._sites[key] = self._site_at(line, column, kind)
        return self._sites[key]

    @cached_property
    def _sites(self) -> dict[tuple[int, int, DecisionKind], Site]:
        return {}

    def _site_at(self, line: int, column: int, kind: DecisionKind) -> Site:
        tests = self._tests_at[kind].get(line, [])
        found = [one for one in tests if _holds(one[2], line, column)]
        if not found:  # some jumps are placed at the statement's start, not in its condition
            found = [one for one in tests if _begins(one[1], line, column)]
        if not found:
            found = self._in_comprehension(line, column, kind)
        if not found and (inner := self._choosing(line, column)) is not None:
            found = [(_extent(inner), inner, inner)]
        if not found:
            return Site(line=line, text=self.line(line), kind=kind, names=frozenset(), on_type=False,
                        raises=False, lines=range(line, line + 1), body=None)  # fmt: skip
        _, node, test = min(found, key=lambda one: one[0])
        site = self._site(node, test, kind)
        if isinstance(test, ast.BoolOp):
            halves = [one for one in test.values if _holds(one, line, column)]
            site = replace(site, on_type=any(on_type(one) for one in halves or [test]))
        return replace(site, line=line) if kind == "try" else site

    def _in_comprehension(self, line: int, column: int, kind: DecisionKind) -> list[tuple[int, Statement, ast.AST]]:
        """Return the loop, or the condition, of a comprehension that begins at a place: its jumps are placed there."""
        rows = (node for node in self.nodes if isinstance(node, COMPREHENSIONS) and _begins(node, line, column))
        inner = min(rows, key=_extent, default=None)
        parts = inner.generators if inner is not None else []
        tests = ((one, test) for one in parts for test in ([one.iter] if kind == "loop" else one.ifs))
        found: list[tuple[int, Statement, ast.AST]] = [(_extent(test), part, test) for part, test in tests]
        return found[:1] if kind != "try" else []

    def filters(self, condition: Site, loop: Site) -> bool:
        """Return whether ``condition`` chooses what a comprehension keeps of what ``loop`` runs over."""
        rows = (node for node in self.nodes if isinstance(node, ast.comprehension) and node.ifs)
        return any(
            (row.iter.lineno, _shown(row.iter)) == (loop.line, loop.text)
            and (row.ifs[0].lineno, _shown(row.ifs[0])) == (condition.line, condition.text)
            for row in rows
        )

    def _choosing(self, line: int, column: int) -> ast.BoolOp | ast.Compare | None:
        """Return the innermost ``and``, ``or`` or row of comparisons at a place that is in no condition."""
        rows = (node for node in self.nodes if isinstance(node, ast.BoolOp | ast.Compare))
        held = (node for node in rows if isinstance(node, ast.BoolOp) or len(node.ops) > 1)
        return min((node for node in held if _holds(node, line, column)), key=_extent, default=None)

    def line(self, number: int) -> str:
        """Return a line's text without its indentation."""
        lines = self.text.splitlines()
        return lines[number - 1].strip() if 0 < number <= len(lines) else ""

    def code(self, number: int) -> str:
        """Return a line's text without indentation, without a comment after it, and without a colon at its end."""
        return self.line(number).partition("  #")[0].removesuffix(":")

    def function_at(self, line: int) -> Function | None:
        """Return the innermost function that ``line`` stands in."""
        return self.names.function_at(line)

    def function_name(self, line: int | None) -> str | None:
        """Return the name of the innermost function at ``line``."""
        function = self.function_at(line) if line is not None else None
        return function.name if function else None

    def guard_of(self, line: int) -> int:
        """Return the line of the ``if`` or ``match`` around a ``raise`` at ``line``; else the line itself."""
        around = [
            node
            for node in self.nodes
            if isinstance(node, ast.If | ast.Match) and node.lineno <= line <= (node.end_lineno or node.lineno)
        ]
        is_raise = any(isinstance(node, ast.Raise) and node.lineno == line for node in self.nodes)
        inner = max(around, key=lambda node: node.lineno, default=None)
        return inner.lineno if inner is not None and is_raise else line

    def is_loop_around(self, line: int, lines: set[int]) -> bool:
        """Return whether a loop begins at ``line`` and one of ``lines`` stands in its body."""
        bodies = [range(node.body[0].lineno, (node.end_lineno or node.lineno) + 1) for node in self.nodes
                  if isinstance(node, ast.For | ast.While) and node.lineno == line]  # fmt: skip
        return any(other in body for body in bodies for other in lines if other != line)

    def statement_at(self, line: int) -> Literal["loop", "check", "if", ""]:
        """Return what the condition at ``line`` is of: a loop, a check that raises, a choice, or nothing."""
        for node in self.nodes:
            if not isinstance(node, ast.For | ast.While | ast.If | ast.IfExp | ast.Assert):
                continue
            asked = node.iter if isinstance(node, ast.For) else node.test
            if node.lineno == line or asked.lineno <= line <= (asked.end_lineno or asked.lineno):
                if isinstance(node, ast.For | ast.While):
                    return "loop"
                return "check" if isinstance(node, ast.Assert) or (isinstance(node, ast.If) and _raises(node)) else "if"
        return ""

    def unannotated_at(self, line: int) -> frozenset[str]:
        """Return the arguments of the innermost function at ``line`` that have no annotation."""
        function = self.function_at(line)
        if function is None:
            return frozenset()
        takes = function.args
        named = (one for one in (*takes.posonlyargs, *takes.args, *takes.kwonlyargs) if one.annotation is None)
        return frozenset(one.arg for one in named) - {"self"}

    def none_by_default(self, line: int) -> frozenset[str]:
        """Return the arguments of the innermost function at ``line`` whose default is None."""
        function = self.function_at(line)
        if function is None:
            return frozenset()
        takes = function.args
        positional = [*takes.posonlyargs, *takes.args]
        pairs = (*zip(reversed(positional), reversed(takes.defaults), strict=False),
                 *zip(takes.kwonlyargs, takes.kw_defaults, strict=True))  # fmt: skip
        return frozenset(
            one.arg for one, default in pairs if isinstance(default, ast.Constant) and default.value is None
        )

    def read_for(self, names: frozenset[str], line: int) -> Iterator[str]:
        """Yield what the function around ``line`` reads to assign it to one of ``names``, before that line."""
        function = self.function_at(line)
        for node in ast.walk(function) if function else ():
            if isinstance(node, ast.Assign) and node.lineno < line:
                pairs = (pair for target in node.targets for pair in _pairs(target, node.value))
                values = [value for one, value in pairs if isinstance(one, ast.Name) and one.id in names]
                yield from mentions(*values)

    def idle_at(self, line: int) -> frozenset[int] | None:
        """Return the lines of the sides of an ``if`` at ``line``; ``None`` where they do more than call something."""
        found = self.at(line, ast.If)
        sides = [one for node in found for one in (*node.body, *node.orelse)]
        if not found or not all(isinstance(one, ast.Expr | ast.Pass) for one in sides):
            return None
        return frozenset(at for one in sides for at in lines_of(one))

    def returns_of(self, line: int) -> list[int]:
        """Return the lines of the ``return`` statements of the function at ``line``."""
        function = self.function_at(line)
        return [node.lineno for node in ast.walk(function) if isinstance(node, ast.Return)] if function else []

    def forwards(self) -> list[ast.FunctionDef]:
        """Return the functions named ``forward``, in the file's order."""
        return self.named("forward")

    def use_of(self, name: str) -> int | None:
        """Return the first line in a ``forward``, its arguments included, that has ``name`` in it."""
        nodes = (node for function in self.forwards() for node in ast.walk(function))
        return min((node.lineno for node in nodes if isinstance(node, ast.Name) and node.id == name), default=None)

    def arguments_at(self, line: int) -> frozenset[str]:
        """Return the arguments of the innermost function at ``line`` that keep what they were called with."""
        function = self.function_at(line)
        if function is None:
            return frozenset()
        takes = function.args
        names = {one.arg for one in (*takes.posonlyargs, *takes.args, *takes.kwonlyargs)}
        stored = {node.id for node in ast.walk(function)
                  if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}  # fmt: skip
        return frozenset(names - stored - {"self"})

    def builder(self) -> int | None:
        """Return the line where ``build_model`` returns the model: the user's line of a model that a library has."""
        returns = [line for made in self.named("build_model") for line in self.returns_of(made.lineno)]
        return max(returns, default=None)

    def named(self, name: str) -> list[ast.FunctionDef]:
        """Return the functions and methods of that name, in the file's order."""
        found = [node for node in self.of(ast.FunctionDef) if node.name == name]
        return sorted(found, key=lambda node: node.lineno)

    @cached_property
    def _tests_at(self) -> dict[DecisionKind, dict[int, list[tuple[int, Statement, ast.AST]]]]:
        """What may decide at each line: what its statement begins at, or its condition stands on."""
        kinds: tuple[DecisionKind, ...] = get_args(DecisionKind)
        found: dict[DecisionKind, dict[int, list[tuple[int, Statement, ast.AST]]]] = {kind: {} for kind in kinds}
        for kind in kinds:
            for one in self._tests(kind):
                first = getattr(one[2], "lineno", 0)
                lines = range(first, (getattr(one[2], "end_lineno", 0) or first) + 1)
                for line in {*lines, getattr(one[1], "lineno", first)}:
                    found[kind].setdefault(line, []).append(one)
        return found

    def _tests(self, kind: DecisionKind) -> Iterator[tuple[int, Statement, ast.AST]]:
        for node in self.nodes:
            test: ast.AST | None = None
            if kind == "if" and isinstance(node, ast.If | ast.While | ast.IfExp | ast.Assert):
                test = node.test
            elif kind == "if" and isinstance(node, ast.comprehension) and node.ifs:
                test = node.ifs[0]
            elif kind == "loop" and isinstance(node, ast.For | ast.comprehension):
                test = node.iter if isinstance(node, ast.comprehension) else node
            elif kind == "try" and isinstance(node, ast.Try):
                test = node
            elif kind == "if" and isinstance(node, ast.Match):
                yield from ((_extent(one), node, one) for one in tests_of(node))
            if test is not None:
                yield _extent(test), node, test  # pyright: ignore[reportReturnType]

    def _site(self, node: Statement, test: ast.AST, kind: DecisionKind) -> Site:
        condition = node.iter if isinstance(node, ast.For) else test
        start = getattr(node, "lineno", getattr(test, "lineno", 1))
        pattern = test if isinstance(test, ast.pattern) else None
        asked = asked_by(node, test) if isinstance(node, ast.Match) else condition
        if pattern is not None:
            condition = asked
        elif isinstance(node, ast.Match):  # a guard stands for itself
            start = getattr(test, "lineno", start)
        is_loop = isinstance(node, ast.For | ast.While | ast.comprehension) and not (
            isinstance(node, ast.comprehension) and kind == "if"
        )
        body = node.body if isinstance(node, ast.If | ast.While | ast.For) else []
        first = getattr(condition, "lineno", start)
        return Site(
            line=start,
            text=f"match {_shown(condition)}" if pattern is not None else _shown(condition),
            kind="assert" if isinstance(node, ast.Assert) else "loop" if is_loop else kind,
            names=frozenset(one.id for one in ast.walk(condition) if isinstance(one, ast.Name)),
            reads=mentions(condition),
            on_type=on_type(asked) or (pattern is not None and is_form(pattern)),
            on_rank=on_rank(asked, pattern),
            raises=isinstance(node, ast.Assert) or (isinstance(node, ast.If) and _raises(node)),
            lines=range(first, (getattr(condition, "end_lineno", first) or first) + 1),
            body=body[0].lineno if body else None,
            leaves=isinstance(node, ast.If) and _leaves(node),
            binds=_bound(node) if isinstance(node, ast.If) else frozenset(),
            compound=any(
                isinstance(one, ast.BoolOp) or (isinstance(one, ast.Compare) and len(one.ops) > 1)
                for one in ast.walk(condition)
            ),
        )


def _holds(node: ast.AST, line: int, column: int) -> bool:
    start = getattr(node, "lineno", 0), getattr(node, "col_offset", 0)
    end = getattr(node, "end_lineno", 0) or 0, getattr(node, "end_col_offset", 0) or 0
    if isinstance(node, ast.Try):
        return start[0] <= line <= end[0]
    return start <= (line, column) <= end


def _begins(node: ast.AST, line: int, column: int) -> bool:
    return (getattr(node, "lineno", 0), getattr(node, "col_offset", 0)) == (line, column)


def _extent(node: ast.AST) -> int:
    lines = (getattr(node, "end_lineno", 0) or 0) - getattr(node, "lineno", 0)
    return lines * 1_000 + (getattr(node, "end_col_offset", 0) or 0) - getattr(node, "col_offset", 0)


def _shown(node: ast.AST) -> str:
    text = ast.unparse(node) if isinstance(node, ast.expr) else ""
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _bound(node: ast.If) -> frozenset[str]:
    return frozenset(one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store))


def _leaves(node: ast.If) -> bool:
    ways_out = (ast.Return, ast.Break, ast.Continue)
    return any(isinstance(one, ways_out) for side in (node.body, node.orelse) for one in side)


def _raises(node: ast.If) -> bool:
    return any(isinstance(one, ast.Raise) for side in (node.body, node.orelse) for one in side)


def _pairs(target: ast.expr, value: ast.expr) -> list[tuple[ast.expr, ast.expr]]:
    """Return what is assigned to what, ``a, b = c, d`` one by one."""
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
        return list(zip(target.elts, value.elts, strict=True))
    return [(target, value)]
