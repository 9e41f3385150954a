"""What a condition, or a pattern of a ``match``, asks for: a value, or a form such as a type, a rank or a key."""

from __future__ import annotations

import ast
from collections.abc import Iterator

TYPE_CALLS = frozenset({"isinstance", "hasattr", "type", "callable", "is_floating_point", "is_complex", "is_tensor",
                        "dim", "ndimension", "is_contiguous"})  # fmt: skip
TYPE_ATTRIBUTES = frozenset({"dtype", "requires_grad", "ndim", "device", "is_cuda", "layout", "is_sparse"})
RANKS = frozenset({"ndim", "dim", "ndimension"})
FORMS = (ast.MatchClass, ast.MatchMapping, ast.MatchSequence, ast.MatchStar)
"""Patterns of a ``case`` that ask for a type, for keys, or for how many there are."""


def on_type(test: ast.AST) -> bool:
    """Whether a condition asks for None, a type, a rank, a dtype or a key, not for a value."""
    for node in ast.walk(test):
        if isinstance(node, ast.Compare) and any(
            isinstance(op, ast.Is | ast.IsNot | ast.In | ast.NotIn) for op in node.ops
        ):
            return True
        if isinstance(node, ast.Attribute) and node.attr in TYPE_ATTRIBUTES:
            return True
        if isinstance(node, ast.Call) and (_called(node) in TYPE_CALLS or _is_rank(node)):
            return True
    return False


def is_generator(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether calling a function runs nothing of it yet."""
    return any(isinstance(node, ast.Yield | ast.YieldFrom) for node in ast.walk(function))


def on_rank(test: ast.AST, pattern: ast.pattern | None) -> bool:
    """Whether a condition asks for the number of dimensions, or a pattern for that of sizes."""
    if isinstance(pattern, ast.MatchSequence):
        return _is_shape(test)
    return any(_is_rank(node) for node in ast.walk(test))


def _is_rank(node: ast.AST) -> bool:
    """Whether ``node`` gives a tensor's number of dimensions."""
    if isinstance(node, ast.Call):
        counted = _called(node) == "len" and bool(node.args) and _is_shape(node.args[0])
        return counted or (isinstance(node.func, ast.Attribute) and node.func.attr in RANKS)
    return isinstance(node, ast.Attribute) and node.attr in RANKS


def _is_shape(node: ast.AST) -> bool:
    """Whether ``node`` gives a tensor's sizes."""
    if isinstance(node, ast.Call):
        called = node.func
        return isinstance(called, ast.Attribute) and called.attr == "size" and not node.args
    return isinstance(node, ast.Attribute) and node.attr == "shape"


def tests_of(match: ast.Match) -> Iterator[ast.AST]:
    """Yield what chooses the cases of a ``match``: every pattern, those inside of others too, and each guard."""
    for case in match.cases:
        patterns = (one for one in ast.walk(case.pattern) if isinstance(one, ast.pattern))
        yield from (one for one in patterns if not _takes_all(one))
        if case.guard is not None:
            yield case.guard


def asked_by(match: ast.Match, test: ast.AST) -> ast.AST:
    """Return what a pattern or a guard asks for: the subject, also by a name that a pattern gives to all of it."""
    for case in match.cases:
        if case.guard is test:
            name = case.pattern.name if isinstance(case.pattern, ast.MatchAs) and _takes_all(case.pattern) else None
            named = name and any(isinstance(one, ast.Name) and one.id == name for one in ast.walk(test))
            return match.subject if named else test
    return match.subject


def _takes_all(pattern: ast.pattern) -> bool:
    return isinstance(pattern, ast.MatchAs) and pattern.pattern is None


def is_form(pattern: ast.pattern) -> bool:
    """Whether what a pattern itself asks for is a form: its parts are asked for by themselves."""
    if isinstance(pattern, ast.MatchSingleton):
        return pattern.value is None
    if isinstance(pattern, ast.MatchAs):
        return pattern.pattern is not None and is_form(pattern.pattern)
    return isinstance(pattern, FORMS)


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
