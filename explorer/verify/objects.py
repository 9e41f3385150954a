"""Compare the user's objects beside the tensors that they hold: their classes, names and plain attributes."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch.utils import _pytree as pytree

from explorer.source.held import is_of_users, parts
from explorer.verify.values import Differs, Errors, compared, shape_of


def check_objects(eager: object, static: object, name: str) -> None:
    """Raise where an object of the user's is of another class in the graph, or holds something under another name.

    What a producer returns in a class of its own or of a library's is not looked at: that is a container as it has it.
    """
    for one, other, path in _pairs(eager, static):
        _check(one, other, f"{name}{path}")


def compared_attributes(eager: object, static: object, name: str) -> tuple[Errors, str]:
    """Return how far the plain attributes of the user's objects are apart, and what to say of the first that is."""
    errors, message = Errors(), ""
    for one, other, path in _pairs(eager, static):
        theirs = dict(parts(other))
        for step, value in parts(one):
            if step and _is_plain(value):
                found, beyond = compared(value, theirs[step], name=f"{name}{path}{step}")
                errors, message = errors.joined(found), message or beyond
    return errors, message


def _pairs(eager: object, static: object) -> Iterator[tuple[object, object, str]]:
    """Yield the leaves that pytree does not open where one is an object of the user's, and none a producer's own."""
    left, right = (pytree.tree_flatten_with_path(thing)[0] for thing in (eager, static))
    if len(left) == len(right):
        for (path, one), (_, other) in zip(left, right, strict=True):
            opened = [is_of_users(thing) for thing in (one, other)]
            if all(known or _is_no_object(thing) for known, thing in zip(opened, (one, other), strict=True)):
                yield from [(one, other, pytree.keystr(path))] if any(opened) else []


def _is_no_object(thing: object) -> bool:
    return not hasattr(thing, "__dict__") or isinstance(thing, torch.Tensor)


def _check(eager: object, static: object, name: str) -> None:
    ours, theirs = (dict(parts(one)) or {"": one} for one in (eager, static))
    for path in dict.fromkeys((*ours, *theirs)):
        said = [shape_of(side[path]) if path in side else "nothing" for side in (ours, theirs)]
        if path not in ours or path not in theirs or _class_of(ours[path]) != _class_of(theirs[path]):
            raise Differs("structure", f"{name}{path}: {said[0]} in eager, {said[1]} in the graph")


def _class_of(thing: object) -> str:
    """Return the name of a class: two files, or a file that is read again, have a class each for the same thing."""
    return "tensor" if isinstance(thing, torch.Tensor) else type(thing).__qualname__


def _is_plain(thing: object) -> bool:
    """Whether a part of an object is compared as a whole: a tensor is elsewhere, what holds something part by part."""
    opened = isinstance(thing, torch.Tensor | dict | list | tuple) or hasattr(thing, "__dict__")
    return not opened and not callable(thing)
