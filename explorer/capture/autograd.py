"""The autograd graph of a result: each ``grad_fn``, tied to the op that made it, and what it saved for backward.

NOTE: what a node saved is looked at without unpacking it: where hooks are in place (``checkpoint``, offloading),
unpacking would run the forward again, or read a disk.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from typing import Any

import torch
from torch.autograd.function import BackwardCFunction

from explorer.capture.tensors import attribute_of, value_of
from explorer.graph import Attribute, AutogradNode, GradientEdge, OpId, Saved

RAW = "_raw_saved_"
PLAIN = "_saved_"
VIEWS = "AsStrided"
"""What a view is given for a node when its base was written to: the op that made the view made another one."""


@dataclass(frozen=True, slots=True)
class Dispatched:
    """An op as autograd met it."""

    id: OpId
    name: str
    """Of the ATen function, such as ``add_``."""
    sequence: int
    """The number that autograd would have given next when it was dispatched."""
    applied: bool
    """Whether it ran inside of ``torch.autograd.Function.apply``."""


def autograd_nodes(
    results: Iterable[torch.Tensor],
    order: Sequence[Dispatched],
    leaf: Callable[[torch.Tensor], OpId | None],
) -> tuple[AutogradNode, ...]:
    """Return the nodes reached from ``results``, from the outputs towards the leaves.

    Parameters
    ----------
    leaf
        Gives the node of the graph that a leaf tensor is.
    """
    nexts = [one.sequence for one in order]
    ids: dict[Any, str] = {}
    waiting = [tensor.grad_fn for tensor in results if tensor.grad_fn is not None]
    for node in waiting:
        ids.setdefault(node, f"g{len(ids)}")
    found: list[AutogradNode] = []
    done: set[Any] = set()
    while waiting:
        node = waiting.pop()
        if node in done:
            continue
        done.add(node)
        following = [(place, after, output) for place, (after, output) in enumerate(node.next_functions) if after]
        for _, after, _ in following:
            ids.setdefault(after, f"g{len(ids)}")
        waiting.extend(after for _, after, _ in following)
        found.append(
            AutogradNode(
                id=ids[node],
                name=_name(node),
                op=_maker(node, order, nexts, leaf),
                inputs=tuple(ids[after] for _, after, _ in following),
                edges=tuple(GradientEdge(input=place, node=ids[after], output=out) for place, after, out in following),
                saved=tuple(_saved(node)),
                attributes=dict(_attributes(node)),
            )
        )
    return tuple(found)


def _name(node: Any) -> str:
    return str(node.name()).rpartition("::")[2]


def _maker(
    node: Any, order: Sequence[Dispatched], nexts: list[int], leaf: Callable[[torch.Tensor], OpId | None]
) -> OpId | None:
    """Return the op that made ``node``.

    A node is numbered before its op is dispatched, and not before the op's predecessor. Others share the number that
    comes next: what the op runs inside, and what follows it without gradients.
    """
    variable = getattr(node, "variable", None)
    if variable is not None:
        return leaf(variable)
    first = bisect_right(nexts, node._sequence_nr())  # noqa: SLF001 - torch has no public accessor
    if _name(node) == "CopySlices":  # numbered after the write that it stands for
        return next((order[place].id for place in reversed(range(first)) if order[place].name.endswith("_")), None)
    if first == len(order):
        return None
    candidates = order[first : bisect_right(nexts, nexts[first])]
    if isinstance(node, BackwardCFunction):
        inside = list(takewhile(lambda one: one.applied, candidates))
        return inside[-1].id if inside else None
    name = _forward(_name(node))
    kin = (one.id for one in candidates if _plain(one.name).startswith(name.lower()))
    return next(kin, None if name == VIEWS else candidates[0].id)


@cache
def _forward(name: str) -> str:
    return re.sub(r"Backwards?\d*$", "", name)


@cache
def _plain(name: str) -> str:
    return name.replace("_", "")


def _saved(node: Any) -> Iterator[Saved]:
    """Yield what ``node`` keeps of tensors for the backward pass."""
    if isinstance(node, BackwardCFunction):
        with suppress(RuntimeError):  # raises once it was used and released
            for position, raw in enumerate(node._raw_saved_tensors or ()):  # noqa: SLF001 - the way that runs no hook
                yield from _one_saved(f"saved_tensors[{position}]", raw, lambda: None)
        for name, kept in vars(node).items():
            if isinstance(kept, torch.Tensor):
                yield _described(f"ctx.{name}", kept)
        return
    for raw_name, name in _names(type(node))[0]:
        with suppress(RuntimeError):
            raw = getattr(node, raw_name)
            if isinstance(raw, tuple):
                for position, one in enumerate(raw):
                    yield from _one_saved(f"{name}[{position}]", one, lambda name=name: getattr(node, PLAIN + name))
            else:
                yield from _one_saved(name, raw, lambda name=name: getattr(node, PLAIN + name))


def _one_saved(name: str, raw: Any, unpack: Callable[[], object]) -> Iterator[Saved]:
    if raw.unpack_hook is not None:
        yield Saved(name=name, state="packed")
    elif isinstance(kept := raw.data, torch.Tensor):
        try:
            unpack()
        except RuntimeError:  # the backward pass would say so too
            yield _described(name, kept, "overwritten")
        else:
            yield _described(name, kept)


def _described(name: str, kept: torch.Tensor, state: Any = "kept") -> Saved:
    value = value_of(kept)
    return Saved(name=name, dtype=value.dtype, shape=value.shape, state=state)


def _attributes(node: Any) -> Iterator[tuple[str, Attribute]]:
    """Yield the plain values that ``node`` keeps."""
    if isinstance(node, BackwardCFunction):
        yield from ((name, attribute_of(kept)) for name, kept in vars(node).items() if _is_plain(kept))
        return
    for name in _names(type(node))[1]:
        with suppress(RuntimeError):
            kept = getattr(node, PLAIN + name)
            if _is_plain(kept):
                yield (
                    name,
                    attribute_of([_signed(one) for one in kept] if isinstance(kept, list | tuple) else _signed(kept)),
                )


def _signed(kept: Any) -> Any:
    """Return a number that some nodes keep without its sign: the last dimension of ``sort`` is 2**64 - 1 there."""
    return kept - 2**64 if isinstance(kept, int) and kept >= 2**63 else kept


def _is_plain(kept: object) -> bool:
    return kept is not None and isinstance(kept, bool | int | float | str | tuple | list | torch.dtype)


@cache
def _names(kind: type) -> tuple[list[tuple[str, str]], list[str]]:
    """Return the getters of a kind of node: those of saved tensors with their names, and the names of plain values."""
    names = dir(kind)
    tensors = [(name, name.removeprefix(RAW)) for name in names if name.startswith(RAW)]
    known = {name for _, name in tensors}
    plain = [name.removeprefix(PLAIN) for name in names if name.startswith(PLAIN)]
    return tensors, [name for name in plain if name not in known]
