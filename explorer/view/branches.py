"""Branches of the model's source that a capture fixed: their sides get a box although no graph knows them.

Neither the eager graph nor a traced one holds an ``If``. Where a divergence says that a branch was fixed,
the source says which lines are its sides, and ops of these lines stand side by side.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from explorer.report.schema import Divergence, NodeEntry, Report
from explorer.view.matching import eager_graphs
from explorer.view.repeats import stem
from explorer.view.syntax import without_comments

FIXED_CAUSES = frozenset({"baked-branch", "specialised-type"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """An ``if`` statement of the module ``module``: the lines of its two sides, inclusive."""

    file: str
    line: int
    module: str
    title: str
    then: tuple[int, int]
    otherwise: tuple[int, int] | None

    def side(self, node: NodeEntry) -> str | None:
        """Return ``then`` or ``else`` for an op of that side, else ``None``."""
        if node.file != self.file or node.line is None or not _within(node.module, self.module):
            return None
        return next((name for name, lines in self.sides() if node.line in lines), None)

    def holds(self, node: NodeEntry) -> bool:
        """Whether an op is of the module that the branch stands in."""
        return _within(node.module, self.module)

    def sides(self) -> Iterator[tuple[str, range]]:
        """Yield the names of its sides, each with its lines."""
        yield "then", range(self.then[0], self.then[1] + 1)
        if self.otherwise:
            yield "else", range(self.otherwise[0], self.otherwise[1] + 1)


def fixed_branches(report: Report) -> tuple[Branch, ...]:
    """Return the branches of the model file that a divergence calls fixed, the innermost last.

    A divergence names one module: a branch of a layer is one of all layers that are called like it, up to numbers.
    """
    places = {
        (found.line, module)
        for found in report.divergences
        if found.cause in FIXED_CAUSES and found.file == report.source.file
        for module in {found.module, *_alike(report, found)}
    }
    if not places:
        return ()
    try:
        statements = list(_statements(ast.parse(report.source.text)))
    except (SyntaxError, ValueError, RecursionError):
        return ()  # it ran, so this is a text that only another version of Python reads
    lines = without_comments(report.source.text)
    found = [
        _branch(statement, module, report.source.file, lines)
        for statement in statements
        for line, module in places
        if statement.lineno == line
    ]
    return tuple(sorted(found, key=lambda branch: branch.line))


def _alike(report: Report, found: Divergence) -> Iterator[str]:
    """Yield the modules called like that of ``found`` in which eager ran its line."""
    alike, depth = stem(found.module), found.module.count(".") + 1
    if alike == found.module:
        return
    for graph in eager_graphs(report):
        for node in graph.nodes:
            module = ".".join(node.module.split(".")[:depth])
            if (node.line, node.file) == (found.line, found.file) and stem(module) == alike:
                yield module


def _statements(tree: ast.AST) -> Iterator[ast.If]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.If))


def _branch(statement: ast.If, module: str, file: str, lines: Sequence[str]) -> Branch:
    return Branch(
        file=file,
        line=statement.lineno,
        module=module,
        title=lines[statement.lineno - 1].strip(),
        then=_range(statement.body),
        otherwise=_range(statement.orelse) if statement.orelse else None,
    )


def _range(body: Sequence[ast.stmt]) -> tuple[int, int]:
    return body[0].lineno, body[-1].end_lineno or body[-1].lineno


def _within(module: str, around: str) -> bool:
    return not around or module == around or module.startswith(around + ".")
