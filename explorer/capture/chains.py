"""How far a number is followed by name: from one assignment to the next, inside of one function.

NOTE: a name is followed where every assignment to it is made of names that are followed, but for those of a plain
constant, such as ``total = 0`` before a loop. What else binds it, a parameter or a loop, ends the chain, and so does
a line on which an op ran: what it assigns may be a tensor.
"""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import partial

from explorer.capture.statements import Assignment, Extent, Function, extent_of, own_of, pairs_of, stays_a_number

FUNCTIONS = frozenset({"abs", "divmod", "float", "int", "len", "list", "max", "min", "pow", "range", "round", "sorted",
                       "sum", "tuple"})  # fmt: skip
"""Those that make numbers, or what holds them, of numbers."""


@dataclass(frozen=True, slots=True)
class Followed:
    """The names that a number leads to."""

    same: frozenset[str]
    """Those that hold the very number."""
    whole: frozenset[str]
    """Those that hold what ``int`` makes of it."""
    made: frozenset[str]
    """All of them, and those that hold what arithmetic makes of it."""


@dataclass(frozen=True, slots=True)
class Binding:
    """One assignment to one name; ``adds`` to what it held for ``x += 1``."""

    value: ast.expr
    adds: bool


Bindings = Mapping[str, Sequence[Binding]]
Takes = Callable[[Binding, AbstractSet[str]], bool]
"""Whether an assignment is made of names that are known."""


def followed(names: frozenset[str], function: Function | None, busy: Container[int]) -> Followed:
    """Return where a number gets to that is assigned to ``names``; on the lines ``busy`` an op ran."""
    bindings = _bindings(function, busy) if function is not None and names else {}
    same = _closed(names, bindings, partial(_is_copy, whole=False))
    copied = _closed(names, bindings, partial(_is_copy, whole=True))
    made = _closed(names, bindings, _is_made, added=True)
    return Followed(same, copied - same, made | copied)


def _closed(names: frozenset[str], bindings: Bindings, takes: Takes, *, added: bool = False) -> frozenset[str]:
    """Return ``names`` and all that is assigned from them; with ``added``, whatever is added to that."""
    known = set(names)

    def leads_to(given: Sequence[Binding]) -> bool:
        others = [one for one in given if not takes(one, known)]
        plain = all(added if one.adds else isinstance(one.value, ast.Constant) for one in others)
        return plain and len(others) < len(given)

    while more := {name for name, given in bindings.items() if name not in known and leads_to(given)}:
        known |= more
    return frozenset(known)


def _is_copy(one: Binding, known: AbstractSet[str], *, whole: bool) -> bool:
    return not one.adds and _holds(one.value, known, whole=whole)


def _holds(value: ast.expr, known: AbstractSet[str], *, whole: bool) -> bool:
    """Whether ``value`` is one of the names, or holds it as it is; ``whole`` where ``int`` may have been made of it."""
    match value:
        case ast.Name() | ast.Attribute():
            return ast.unparse(value) in known
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            return any(_holds(one, known, whole=whole) for one in parts)
        case ast.NamedExpr(value=inner) | ast.Starred(value=inner):
            return _holds(inner, known, whole=whole)
        case ast.Call(func=ast.Name(id="int"), args=[inner]) if whole:
            return _holds(inner, known, whole=whole)
        case _:
            return False


def _is_made(one: Binding, known: AbstractSet[str]) -> bool:
    read = (part for part in ast.walk(one.value) if isinstance(part, ast.Name | ast.Attribute))
    parts = (extent_of(part) for part in read if ast.unparse(part) in known)
    return any(stays_a_number(one.value, part, FUNCTIONS) for part in parts)


def _bindings(function: Function, busy: Container[int]) -> dict[str, list[Binding]]:
    """Return the assignments to each name in ``function`` that nothing else binds."""
    found: dict[str, list[Binding]] = defaultdict(list)
    own = list(own_of(function))
    for node in own:
        if isinstance(node, Assignment) and node.value is not None and not _is_busy(extent_of(node), busy):
            for names, value in pairs_of(node):
                for name in names:
                    found[name].append(Binding(value, isinstance(node, ast.AugAssign)))
    stored = Counter(_stored(own))
    given = {one.arg for one in ast.walk(function.args) if isinstance(one, ast.arg)}
    return {name: made for name, made in found.items() if len(made) == stored[name] and name not in given}


def _is_busy(extent: Extent, busy: Container[int]) -> bool:
    return any(line in busy for line in range(extent.first[0], extent.last[0] + 1))


def _stored(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield ast.unparse(node)
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            yield node.name
        elif isinstance(node, ast.Global | ast.Nonlocal):  # others may assign to it
            yield from node.names
