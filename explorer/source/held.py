"""The tensors that an object holds which pytree does not open, such as a cache of keys and values."""

from __future__ import annotations

import copy
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import torch
from torch import nn
from torch.jit._script import RecursiveScriptClass
from torch.utils import _pytree as pytree

PLAIN = (torch.Tensor, bool, int, float, complex, str, torch.dtype, torch.device, torch.layout, torch.memory_format)
"""What needs no opening, or cannot be opened."""

DEEPEST = 8
MOST = 10_000
"""Objects looked into, so that a large graph of objects costs no more than this."""


def named_leaves(thing: object) -> Iterator[tuple[str, Any]]:
    """Yield each leaf with its path, such as ``['x']`` or ``.keys[0]``; of an object that holds tensors, these."""
    for path, leaf in pytree.tree_flatten_with_path(thing)[0]:
        inside = tuple(held(leaf))
        yield from (
            ((pytree.keystr(path) + name, tensor) for name, tensor in inside)
            if inside
            else ((pytree.keystr(path), leaf),)
        )


def tensors_held(thing: object) -> list[torch.Tensor]:
    """Return the tensors of ``thing``, those inside of objects included, in order."""
    return [leaf for _, leaf in named_leaves(thing) if isinstance(leaf, torch.Tensor)]


def held(leaf: object) -> Iterator[tuple[str, torch.Tensor]]:
    """Yield the tensors that an object's attributes lead to, each once, with the path to it."""
    yield from ((path, thing) for path, thing in parts(leaf) if isinstance(thing, torch.Tensor))


def parts(leaf: object) -> Iterator[tuple[str, object]]:
    """Yield all that an object's attributes lead to with the path to it, itself first; what holds something once."""
    if leaf is None or isinstance(leaf, (*PLAIN, nn.Module, type)):
        return
    seen: set[int] = set()
    waiting: list[tuple[str, object, int]] = [("", leaf, 0)]
    for _ in range(MOST):
        if not waiting:
            return
        path, thing, depth = waiting.pop()
        inside = [*_children(thing)] if depth < DEEPEST else []
        if inside or isinstance(thing, torch.Tensor):
            if id(thing) in seen:
                continue
            seen.add(id(thing))
        yield path, thing
        waiting += [(path + step, child, depth + 1) for step, child in reversed(inside)]


def is_of_users(leaf: object) -> bool:
    """Whether an object holds tensors and is of a Python class that is the user's own to change."""
    opened = not isinstance(leaf, torch.Tensor) and any(True for _ in held(leaf))
    return opened and not is_of_library(leaf) and not isinstance(leaf, torch.ScriptObject | RecursiveScriptClass)


def with_tensors(leaf: object, tensors: Iterable[torch.Tensor]) -> object:
    """Return a copy of an object that holds ``tensors`` in place of its own, in the order of :func:`held`."""
    replaced: dict[int, Any] = {id(old): new for (_, old), new in zip(held(leaf), tensors, strict=True)}
    return copy.deepcopy(leaf, replaced)


def is_of_library(leaf: object) -> bool:
    """Whether an object that holds tensors is of an installed package's class, which no user can change."""
    module = sys.modules.get(type(leaf).__module__)
    return "/site-packages/" in str(getattr(module, "__file__", "")) and any(True for _ in held(leaf))


def _children(thing: object) -> Iterator[tuple[str, object]]:
    if isinstance(thing, dict):
        yield from ((f"[{key!r}]", value) for key, value in thing.items())
    elif isinstance(thing, list | tuple):
        yield from ((f"[{position}]", value) for position, value in enumerate(thing))
    elif not isinstance(thing, (*PLAIN, nn.Module, type)) and not callable(thing):
        inside = getattr(thing, "__dict__", None)
        yield from ((f".{name}", value) for name, value in inside.items()) if isinstance(inside, dict) else ()
