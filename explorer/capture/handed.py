"""What became of the arguments that no op tells of: other leaves in their containers, memory written by NumPy."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import torch

from explorer.capture.replay import same_bits
from explorer.capture.tensors import scalar_of, value_of
from explorer.evidence import StateChange

CHANGING = frozenset({"append", "clear", "extend", "insert", "pop", "popitem", "remove", "setdefault", "update"})
"""Methods of lists and dicts that put something in or take it out."""

Leaves = Mapping[str, Any]
"""The leaves of the arguments of a call, by the names that the user gave them."""


def other_leaves(before: Leaves, after: Leaves) -> Iterator[StateChange]:
    """Yield the leaves that the containers among the arguments have gained, lost or exchanged."""
    for name in dict.fromkeys((*before, *after)):
        ours, theirs = before.get(name, ...), after.get(name, ...)
        if ours is not theirs and not (_is_plain(ours) and _is_plain(theirs) and ours == theirs):
            yield StateChange(name=name, kind="argument", before=_text(ours), after=_text(theirs), location=None)


def unseen_writes(given: Leaves, original: Leaves, seen: frozenset[str]) -> Iterator[StateChange]:
    """Yield the tensors that are not what they were, though no op wrote to them; ``seen`` are those that one did."""
    for name, leaf in given.items():
        was = original.get(name)
        if name in seen or not isinstance(leaf, torch.Tensor) or not isinstance(was, torch.Tensor):
            continue
        if not same_bits(leaf.detach(), was.detach()):
            yield StateChange(name=name, kind="argument", before="", after="", location=None)


def line_that_puts(name: str, tree: ast.Module, ran: Mapping[int, int]) -> tuple[int, str] | None:
    r"""Return the line that ran and puts the leaf called ``name`` into its container or takes it out; and its function.

    Where none names it, such as ``batch["key"] = …``, it is one with a key that is computed, or a method of the whole;
    of an object's attribute, one of a method that assigns it to its ``self``.

    Examples
    --------
    >>> tree = ast.parse("def forward(self, b):\n    b['x'] = 1\n    b.update(y=2)")
    >>> line_that_puts("b['x']", tree, {2: 1, 3: 1}), line_that_puts("b['y']", tree, {2: 1, 3: 1})
    ((2, 'forward'), (3, 'forward'))
    """
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    own = {id(one) for one in _methods_of_objects(tree)}
    found = [
        (rank, node.lineno, function.name)
        for function in functions
        for node in ast.walk(function)
        if isinstance(node, ast.stmt | ast.Call) and ran.get(node.lineno)
        for rank in _ranks(node, name, own=id(function) in own)
    ]
    return min(found)[1:] if found else None


def _methods_of_objects(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """Yield the methods of classes that are no modules, as they have no ``forward``."""
    for made in (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)):
        methods = [node for node in made.body if isinstance(node, ast.FunctionDef)]
        if all(one.name != "forward" for one in methods):
            yield from methods


def _ranks(node: ast.stmt | ast.Call, name: str, *, own: bool) -> Iterator[int]:
    """Yield how surely ``node`` puts ``name`` somewhere, the lowest the surest; nothing where it does not.

    ``own`` tells that it stands in a method of what may be among the arguments.
    """
    match node:
        case ast.Assign(targets=targets) | ast.Delete(targets=targets):
            pass
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
            targets = [target]
        case ast.Call(func=ast.Attribute(value=owner, attr=attr)) if attr in CHANGING:
            if _holds(owner, name):
                yield 2
            return
        case _:
            return
    for part in (part for target in targets for part in _parts(target)):
        if isinstance(part, ast.Subscript | ast.Attribute):
            whole = isinstance(part, ast.Attribute) or isinstance(part.slice, ast.Constant)
            if _holds(part if whole else part.value, name):
                yield 0 if whole else 1
        match part:
            case ast.Attribute(value=ast.Name(id="self"), attr=attr) if own and name.endswith(f".{attr}"):
                yield 3
            case _:
                pass


def _holds(node: ast.expr, name: str) -> bool:
    """Whether ``name`` is that of what ``node`` is written as, or of something in it."""
    written = ast.unparse(node)
    return name.startswith(written) and name[len(written) :][:1] in {"", "[", "."}


def _parts(target: ast.expr) -> Iterable[ast.expr]:
    return target.elts if isinstance(target, ast.Tuple | ast.List) else [target]


def _is_plain(thing: object) -> bool:
    return isinstance(thing, bool | int | float | str)


def _text(thing: object) -> str:
    if thing is ...:
        return ""
    return str(value_of(thing)) if isinstance(thing, torch.Tensor) else str(scalar_of(thing))
