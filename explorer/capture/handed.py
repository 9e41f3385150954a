"""What became of the arguments that no op tells of: other leaves in their containers, memory written by NumPy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import torch

from explorer.capture.replay import same_bits
from explorer.capture.tensors import scalar_of, value_of
from explorer.evidence import StateChange

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


def _is_plain(thing: object) -> bool:
    return isinstance(thing, bool | int | float | str)


def _text(thing: object) -> str:
    if thing is ...:
        return ""
    return str(value_of(thing)) if isinstance(thing, torch.Tensor) else str(scalar_of(thing))
