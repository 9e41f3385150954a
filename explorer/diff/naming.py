"""Which lines of a file assign a name and which read it: tables that are made once, however often they are asked."""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

Function = ast.FunctionDef | ast.AsyncFunctionDef

Thing = TypeVar("Thing", bound=Hashable)

Lines = Mapping[tuple[int, str], Sequence[int]]
"""Lines in order, by the function's number and the name."""


def lines_of(node: ast.stmt | ast.expr) -> range:
    """Return the lines that ``node`` is written on, a block with all that is in it."""
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)


def each_once(waiting: list[Thing]) -> Iterator[Thing]:
    """Yield what is ``waiting``, and what whoever takes it adds meanwhile, the last first and nothing twice."""
    seen = set[Thing]()
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            yield one


OF_TENSORS = frozenset({"T", "data", "device", "dtype", "grad", "imag", "layout", "mT", "ndim", "real", "shape"})
"""What a tensor has under the name that a model may give its own state: that is read from ``self`` alone."""


def mentions(*nodes: ast.AST) -> tuple[str, ...]:
    """Return what is read in ``nodes``, as often as it is: ``n`` of a name, ``.n`` of an attribute of anything.

    A method that is called is none: ``x.max()`` reads no state of that name.

    Examples
    --------
    >>> mentions(ast.parse("self.max > x.max() + n and hasattr(self, 'kept')"))
    ('.kept', '.max', 'self', 'self', 'n', 'x')
    """
    inner = [one for node in nodes for one in ast.walk(node)]
    called = {id(one.func) for one in inner if isinstance(one, ast.Call)}
    return tuple(name for one in inner if id(one) not in called for name in _mentioned(one))


def _mentioned(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Load()):
            yield name
        case ast.Attribute(value=owner, attr=name, ctx=ast.Load()):
            if name not in OF_TENSORS or (isinstance(owner, ast.Name) and owner.id == "self"):
                yield f".{name}"
        case ast.Call(func=ast.Name(id="hasattr" | "getattr"), args=[_, ast.Constant(value=str(name)), *_]):
            yield f".{name}"
        case _:
            return


@dataclass(frozen=True)
class Names:
    """The names of one file."""

    nodes: Sequence[ast.AST]
    """All of the file's tree."""

    def function_at(self, line: int) -> Function | None:
        """Return the innermost function that ``line`` stands in."""
        number = self._function_of_line.get(line)
        return None if number is None else self._functions[number]

    def at(self, line: int) -> frozenset[str]:
        """Return the names that are read or assigned at ``line``."""
        return self._at.get(line, frozenset())

    def statement_at(self, line: int) -> range:
        """Return the lines of the plain statement that ``line`` belongs to, which may be written on several."""
        return self._statements.get(line, range(line, line + 1))

    def assigned_at(self, line: int) -> frozenset[str]:
        """Return the names that the statement at ``line`` assigns, a loop or a ``with``, or a ``:=`` on it."""
        return self._assigned.get(line, frozenset())

    def mentions(self, line: int) -> Sequence[str]:
        """Return what ``line`` reads, as :func:`mentions` does."""
        return self._mentions.get(line, ())

    def is_read_besides(self, attribute: str, node: ast.AST) -> bool:
        """Return whether the file reads or calls an attribute anywhere but in ``node``, or all that an object has."""
        if self._looks_up or attribute in self._methods:
            return True
        return self._read[f".{attribute}"] > mentions(node).count(f".{attribute}")

    def keeps_unread(self, line: int) -> bool:
        """Return whether ``line`` only assigns to attributes, and the file reads none of them."""
        kept = self._kept.get(line, frozenset())
        return bool(kept) and not self.assigned_at(line) and kept.isdisjoint(self._read_attributes)

    def lines_assigning(self, name: str, line: int) -> Sequence[int]:
        """Return the lines before ``line``, in its function, that assign ``name``."""
        found = self._lines(self._stores, name, line)
        return found[: bisect_left(found, line)]

    def uses_of(self, name: str, line: int) -> Sequence[int]:
        """Return the lines after ``line``, in its function, that read ``name``."""
        found = self._lines(self._loads, name, line)
        return found[bisect_right(found, line) :]

    def uses(self, line: int) -> list[int]:
        """Return the lines that read what ``line`` assigns, puts into something or returns.

        Of an attribute these are all lines that read it, and of what a function returns all that call it.
        """
        named = self.assigned_at(line) | self._put.get(line, frozenset())
        found = [use for name in named for use in (*self.uses_of(name, line), *self._in_next_turn(name, line))]
        found += [use for name in self._kept.get(line, ()) for use in self._asking.get(name, ()) if use != line]
        function = self.function_at(line) if line in self._returning else None
        return [*found, *(self.lines_calling(function.name) if function else ())]

    def lines_calling(self, name: str) -> Sequence[int]:
        """Return the lines that call a function, or a method, of that name."""
        return self._calling.get(name, ())

    def _in_next_turn(self, name: str, line: int) -> Sequence[int]:
        """Return the lines before ``line`` that read ``name`` in the loops around it."""
        start = self._loops.get(line)
        found = self._lines(self._loads, name, line) if start is not None else ()
        return found[bisect_left(found, start) : bisect_left(found, line)] if start is not None else ()

    def followed(self, lines: Iterable[int]) -> set[int]:
        """Return ``lines`` and those that read what they assign, directly or by way of other names."""
        waiting, seen = list(lines), set[int]()
        for line in each_once(waiting):
            seen.add(line)
            waiting += self.uses(line)
        return seen

    def behind(self, names: Iterable[str], line: int) -> set[int]:
        """Return the lines that assign ``names`` before ``line``, and those that assign what these read, and so on."""
        waiting, seen = [(name, line) for name in names], set[int]()
        for asked in each_once(waiting):
            for found in self.lines_assigning(*asked):
                if found not in seen:
                    seen.add(found)
                    waiting += [(name, found) for name in self.at(found)]
        return seen

    def _lines(self, table: Lines, name: str, line: int) -> Sequence[int]:
        number = self._function_of_line.get(line)
        return () if number is None else table.get((number, name), ())

    @cached_property
    def _functions(self) -> list[Function]:
        found = [node for node in self.nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        return sorted(found, key=lambda node: node.lineno)

    @cached_property
    def _function_of_line(self) -> dict[int, int]:
        """The number of the innermost function of each line: one inside of another begins after it."""
        return {line: number for number, node in enumerate(self._functions) for line in lines_of(node)}

    @cached_property
    def _at(self) -> dict[int, frozenset[str]]:
        return _gathered((node.lineno, node.id) for node in self.nodes if isinstance(node, ast.Name))

    @cached_property
    def _mentions(self) -> dict[int, list[str]]:
        called = {id(one.func) for one in self.nodes if isinstance(one, ast.Call)}
        found: dict[int, list[str]] = {}
        for node in self.nodes:
            if isinstance(node, ast.expr) and id(node) not in called:
                found.setdefault(node.lineno, []).extend(_mentioned(node))
        return found

    @cached_property
    def _statements(self) -> dict[int, range]:
        plain = (node for node in self.nodes if isinstance(node, ast.stmt) and not hasattr(node, "body"))
        return {line: lines_of(node) for node in plain for line in lines_of(node)}

    @cached_property
    def _loops(self) -> dict[int, int]:
        """Where the outermost loop around each line begins, in its function."""
        loops = [node for node in self.nodes if isinstance(node, ast.For | ast.AsyncFor | ast.While)]
        found: dict[int, int] = {}
        for node in sorted(loops, key=lambda one: -one.lineno):  # what is outside comes last
            found |= dict.fromkeys(lines_of(node), node.lineno)
        return found

    @cached_property
    def _put(self) -> dict[int, frozenset[str]]:
        """The names of what each line puts something into: ``kept['n'] = n``, ``kept.append(n)``."""
        return _gathered((line, one.id) for line, one in self._roots if isinstance(one, ast.Name))

    @cached_property
    def _asking(self) -> dict[str, list[int]]:
        """The lines that read each attribute."""
        found: dict[str, list[int]] = {}
        for line, names in self._mentions.items():
            for name in names:
                if name.startswith("."):
                    found.setdefault(name[1:], []).append(line)
        return found

    @cached_property
    def _calling(self) -> dict[str, list[int]]:
        """The lines that call each function or method, by its name."""
        found: dict[str, list[int]] = {}
        for one in (node for node in self.nodes if isinstance(node, ast.Call)):
            name = one.func.attr if isinstance(one.func, ast.Attribute) else getattr(one.func, "id", "")
            found.setdefault(name, []).append(one.lineno)
        return found

    @cached_property
    def _returning(self) -> frozenset[int]:
        return frozenset(line for node in self.nodes if isinstance(node, ast.Return) for line in lines_of(node))

    @cached_property
    def _read(self) -> Counter[str]:
        return Counter(name for names in self._mentions.values() for name in names)

    @cached_property
    def _methods(self) -> frozenset[str]:
        called = (one.func for one in self.nodes if isinstance(one, ast.Call))
        return frozenset(one.attr for one in called if isinstance(one, ast.Attribute))

    @cached_property
    def _looks_up(self) -> bool:
        """Whether the file asks for all that an object has."""
        return ".__dict__" in self._read or any(isinstance(one, ast.Name) and one.id == "vars" for one in self.nodes)

    @cached_property
    def _assigned(self) -> dict[int, frozenset[str]]:
        pairs = ((line, target) for node in self.nodes for line, target in _targets(node))
        return _gathered(
            (line, one.id)
            for line, target in pairs
            for one in ast.walk(target)
            if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
        )

    @cached_property
    def _kept(self) -> dict[int, frozenset[str]]:
        return _gathered((line, one.attr) for line, one in self._roots if isinstance(one, ast.Attribute))

    @cached_property
    def _roots(self) -> list[tuple[int, ast.AST]]:
        """What holds what each line assigns or fills."""
        pairs = (pair for node in self.nodes for pair in (*_targets(node), *_filled(node)))
        return [(line, root) for line, target in pairs for root in _roots(target)]

    @cached_property
    def _read_attributes(self) -> frozenset[str]:
        found = (node for node in self.nodes if isinstance(node, ast.Attribute))
        return frozenset(node.attr for node in found if isinstance(node.ctx, ast.Load))

    @cached_property
    def _stores(self) -> Lines:
        return self._by_function(ast.Store)

    @cached_property
    def _loads(self) -> Lines:
        return self._by_function(ast.Load)

    def _by_function(self, context: type[ast.expr_context]) -> Lines:
        found: dict[tuple[int, str], list[int]] = {}
        for number, function in enumerate(self._functions):
            for node in ast.walk(function):
                if isinstance(node, ast.Name) and isinstance(node.ctx, context):
                    found.setdefault((number, node.id), []).append(node.lineno)
        return {key: sorted(lines) for key, lines in found.items()}


FILL = frozenset({"add", "append", "appendleft", "extend", "insert", "setdefault", "update"})
"""Methods that put something into what has them."""


def _targets(node: ast.AST) -> Iterator[tuple[int, ast.AST]]:
    """Yield what ``node`` assigns to, with each line of the statement, of a block with the first."""
    match node:
        case ast.Assign():
            yield from ((line, target) for target in node.targets for line in lines_of(node))
        case ast.AnnAssign() | ast.AugAssign() | ast.NamedExpr():
            yield from ((line, node.target) for line in lines_of(node))
        case ast.For() | ast.AsyncFor():
            yield node.lineno, node.target
        case ast.With() | ast.AsyncWith():
            yield from ((node.lineno, one.optional_vars) for one in node.items if one.optional_vars is not None)
        case _:
            return


def _filled(node: ast.AST) -> Iterator[tuple[int, ast.AST]]:
    """Yield what ``node`` puts something into by a method, with each line of the statement."""
    match node:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=owner, attr=name))) if name in FILL:
            yield from ((line, owner) for line in lines_of(node))
        case _:
            return


def _roots(target: ast.AST) -> Iterator[ast.AST]:
    """Yield what may hold what ``target`` assigns to: of ``kept[0]`` it is ``kept``, of ``(a if c else b)`` either."""
    match target:
        case ast.Subscript(value=owner):
            yield from _roots(owner)
        case ast.IfExp(body=body, orelse=orelse):
            yield from (*_roots(body), *_roots(orelse))
        case _:
            yield target


def _gathered(pairs: Iterable[tuple[int, str]]) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = {}
    for line, name in pairs:
        found.setdefault(line, set()).add(name)
    return {line: frozenset(names) for line, names in found.items()}
