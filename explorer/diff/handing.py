"""Where a value comes to that a line reads or a function is given: by names, and by the arguments of calls."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from explorer.diff.naming import Function, each_once, lines_of
from explorer.diff.places import SourceMap
from explorer.graph import Graph

Place = tuple[str, int]
"""A file and a line of it."""

OWN = ("self", "cls")
"""How the first parameter is named that a call does not write."""

TESTED = (ast.If, ast.While, ast.IfExp, ast.Assert)
"""What has a condition."""

CALLED_AS_MODULE = frozenset({"forward", "__call__"})


@dataclass(frozen=True)
class Handing:
    """What hands on a value in the user's files, of which ``graphs`` have the stacks."""

    sources: Mapping[str, SourceMap]
    graphs: Collection[Graph]

    def from_line(self, file: str, line: int) -> frozenset[Place]:
        """Return ``line`` and the lines that take what it reads: those that use it, here or in what they call."""
        assigned = self.sources[file].names.assigned_at(line) if file in self.sources else frozenset[str]()
        return self._carried({(file, line)}, [*self._given(file, line, None), *((file, line, one) for one in assigned)])

    def from_parameter(self, file: str, line: int, name: str) -> frozenset[Place]:
        """Return the lines that take what the function that begins at ``line`` is given as ``name``."""
        return self._carried(set(), [(file, line, name)])

    def conditions(self, file: str, line: int) -> frozenset[Place] | None:
        """Return the conditions that ask for what ``line`` assigns; nothing where something else is done with it.

        What only chooses, in the function or in one that it is given to, comes into the graph by no other way.
        """
        found = set[Place]()
        waiting = [(file, line, name) for name in self.sources[file].names.assigned_at(line)]
        for where, after, name in each_once(waiting):
            for read in self._readings_at(where, after):
                if read.node.id != name or read.node.lineno <= after:
                    continue
                if read.tested:
                    found.add((where, read.node.lineno))
                elif read.call and (given := [*self._given_by(where, read.call, name)]):
                    waiting += given
                elif read.made:
                    waiting += [(where, read.node.lineno, made) for made in read.made]
                else:
                    return None
        return frozenset(found)

    def returned_by(self, file: str, lines: Collection[int]) -> frozenset[Place]:
        """Return the lines on which what ``lines`` call returns, those that assign what is returned, and so on."""
        found = set[Place]()
        waiting = [(file, line) for line in lines]
        for place in each_once(waiting):
            for where, function in self._called_at(*place):
                made = {(where, line) for line in self._returning(where, function)}
                found |= made
                waiting += made
        return frozenset(found)

    def _returning(self, file: str, function: Function) -> Iterator[int]:
        names = self.sources[file].names
        for node in ast.walk(function):
            if isinstance(node, ast.Return) and node.value is not None:
                read = frozenset(one.id for one in ast.walk(node.value) if isinstance(one, ast.Name))
                yield from lines_of(node)
                yield from names.behind(read, node.lineno)

    def _called_at(self, file: str, line: int) -> Iterator[tuple[str, Function]]:
        for node in self._calls_on(file, line):
            yield from self._callees(file, node)

    def _calls_on(self, file: str, line: int) -> Iterator[ast.Call]:
        calls = self.sources[file].of(ast.Call) if file in self.sources else ()
        return (node for node in calls if line in lines_of(node))

    def _carried(self, seen: set[Place], waiting: list[tuple[str, int, str]]) -> frozenset[Place]:
        """Return the places that use a name after a line, or what is made of it, and so on."""
        for file, line, name in each_once(waiting):
            names = self.sources[file].names
            for use in names.uses_of(name, line):
                seen.add((file, use))
                waiting += [(file, use, made) for made in names.assigned_at(use)]
                waiting += self._given(file, use, name)
        return frozenset(seen)

    def _given(self, file: str, line: int, name: str | None) -> Iterator[tuple[str, int, str]]:
        """Yield the parameters that calls on ``line`` give ``name``, or anything, each with its function's place."""
        for node in self._calls_on(file, line):
            yield from self._given_by(file, node, name)

    def _given_by(self, file: str, call: ast.Call, name: str | None) -> Iterator[tuple[str, int, str]]:
        """Yield the parameters that a call gives ``name``, or anything, each with its function's place."""
        for where, function in self._callees(file, call):
            for parameter in _receiving(function, call, name):
                yield where, function.lineno, parameter

    def _callees(self, file: str, call: ast.Call) -> Iterator[tuple[str, Function]]:
        """Yield the functions that a call may enter: those seen to run below it, else the one of its name."""
        written, seen = ast.unparse(call.func).rpartition(".")[2], False
        for where, inner in (one for line in lines_of(call) for one in self._below.get((file, line), ())):
            function = self.sources[where].function_at(inner)
            if function is not None and (function.name == written or function.name in CALLED_AS_MODULE):
                seen = True
                yield where, function
        named = self.sources[file].named(written)
        if not seen and len(named) == 1:
            yield file, named[0]

    def _readings_at(self, file: str, line: int) -> Sequence[_Reading]:
        """Return every name that the function at ``line`` reads."""
        function = self.sources[file].function_at(line)
        if function is None:
            return ()
        if (key := (file, function.lineno)) not in self._read:
            self._read[key] = tuple(_readings(function))
        return self._read[key]

    @cached_property
    def _read(self) -> dict[Place, tuple[_Reading, ...]]:
        return {}

    @cached_property
    def _below(self) -> Mapping[Place, frozenset[Place]]:
        """The lines that ran in what each line calls, where an op stands below both."""
        found: dict[Place, set[Place]] = {}
        for op in (op for graph in self.graphs for op in graph.compute):
            frames = [(one.file, one.line) for one in op.stack if one.file in self.sources]
            for inner, outer in pairwise(frames):
                found.setdefault(outer, set()).add(inner)
        return {place: frozenset(inner) for place, inner in found.items()}


@dataclass(frozen=True, slots=True)
class _Reading:
    """A name that a function reads, and what for."""

    node: ast.Name
    tested: bool
    """Whether it stands in the condition of a statement."""
    call: ast.Call | None
    """The innermost call that it is given to."""
    made: tuple[str, ...]
    """The names that its statement assigns."""


def _readings(
    node: ast.AST, *, tested: bool = False, call: ast.Call | None = None, made: tuple[str, ...] = ()
) -> Iterator[_Reading]:
    """Yield every name that is read below ``node``."""
    if isinstance(node, ast.Name):
        if isinstance(node.ctx, ast.Load):
            yield _Reading(node, tested, call, made)
        return
    made = _made_by(node) or made
    condition = node.test if isinstance(node, TESTED) else None
    given = [*node.args, *node.keywords] if isinstance(node, ast.Call) else []
    for child in ast.iter_child_nodes(node):
        inner = node if isinstance(node, ast.Call) and child in given else call
        yield from _readings(child, tested=tested or child is condition, call=inner, made=made)


def _made_by(node: ast.AST) -> tuple[str, ...]:
    """Return the names that ``node`` assigns, where it assigns to nothing else."""
    match node:
        case ast.Assign(targets=targets):
            pass
        case ast.AnnAssign(target=target) | ast.AugAssign(target=target) | ast.NamedExpr(target=target):
            targets = [target]
        case _:
            return ()
    parts = [one for target in targets for one in (target.elts if isinstance(target, ast.Tuple) else [target])]
    names = tuple(one.id for one in parts if isinstance(one, ast.Name))
    return names if len(names) == len(parts) else ()


def _receiving(function: Function, call: ast.Call, name: str | None) -> Iterator[str]:
    """Yield the parameters of ``function`` that ``call`` gives ``name``; without one, all that it gives no constant."""
    spread = any(isinstance(one, ast.Starred) for one in call.args)
    taken = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
    taken = taken[1:] if taken[:1] and taken[0] in OWN else taken
    for parameter, value in zip(taken, () if spread else call.args, strict=False):
        if _holds(value, name):
            yield parameter
    known = {*taken, *(one.arg for one in function.args.kwonlyargs)}
    yield from (one.arg for one in call.keywords if one.arg in known and _holds(one.value, name))


def _holds(value: ast.expr, name: str | None) -> bool:
    if name is None:
        return not isinstance(value, ast.Constant)
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(value))
