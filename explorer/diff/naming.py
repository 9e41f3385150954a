"""Which lines of a file assign a name and which read it: tables that are made once, however often they are asked."""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

Function = ast.FunctionDef | ast.AsyncFunctionDef

Lines = Mapping[tuple[int, str], Sequence[int]]
"""Lines in order, by the function's number and the name."""


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
        """Return the lines that read what ``line`` assigns."""
        return [use for name in self.assigned_at(line) for use in self.uses_of(name, line)]

    def followed(self, lines: Iterable[int]) -> set[int]:
        """Return ``lines`` and those that read what they assign, directly or by way of other names."""
        waiting, seen = list(lines), set[int]()
        while waiting:
            line = waiting.pop()
            if line not in seen:
                seen.add(line)
                waiting += self.uses(line)
        return seen

    def behind(self, names: Iterable[str], line: int) -> set[int]:
        """Return the lines that assign ``names`` before ``line``, and those that assign what these read, and so on."""
        waiting, seen = [(name, line) for name in names], set[int]()
        while waiting:
            for found in self.lines_assigning(*waiting.pop()):
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
        return {
            line: number
            for number, node in enumerate(self._functions)
            for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
        }

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
        pairs = ((line, target) for node in self.nodes for line, target in _targets(node))
        return _gathered((line, target.attr) for line, target in pairs if isinstance(target, ast.Attribute))

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


def _targets(node: ast.AST) -> Iterator[tuple[int, ast.AST]]:
    """Yield what ``node`` assigns to, with the line of the statement."""
    match node:
        case ast.Assign():
            yield from ((node.lineno, target) for target in node.targets)
        case ast.AnnAssign() | ast.AugAssign() | ast.For() | ast.AsyncFor() | ast.NamedExpr():
            yield node.lineno, node.target
        case ast.With() | ast.AsyncWith():
            yield from ((node.lineno, one.optional_vars) for one in node.items if one.optional_vars is not None)
        case _:
            return


def _gathered(pairs: Iterable[tuple[int, str]]) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = {}
    for line, name in pairs:
        found.setdefault(line, set()).add(name)
    return {line: frozenset(names) for line, names in found.items()}
