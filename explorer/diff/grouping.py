"""The groups of an alignment: what kind each is of, and how sure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Literal

from explorer.diff.held import held_same
from explorer.diff.passing import is_converted_in_vain, is_room_unused, passes_on
from explorer.diff.sides import Match, Side
from explorer.divergence import Group, GroupKind
from explorer.graph import FUNCTIONS, Attribute, Graph, Op, OpId

INCIDENTAL = frozenset({"device", "pin_memory", "dtype", "layout", "cudnn_enabled", "half_to_float", "implicit",
                        "memory_format", "non_blocking", "requires_grad", "copy", "training", "momentum",
                        FUNCTIONS})  # fmt: skip
"""Attributes that producers write or leave out without another meaning."""

SAME_NUMBER = 1e-6
"""By how much one float may be written otherwise by two producers, as a share of the larger."""


def groups(left: Side, right: Side) -> Iterator[Group]:
    """Yield the groups in the left graph's order, then what only the right one has."""
    seen: set[int] = set()
    for op in left.graph.ops:
        match = left.matched.get(op.id)
        if match is None:
            yield Group(left=(op.id,), right=(), kind="only-left")
        elif id(match) not in seen:
            seen.add(id(match))
            yield group_of(match, left.graph, right.graph)
    for op in right.graph.ops:
        if op.id not in right.matched:
            yield Group(left=(), right=(op.id,), kind="only-right")


def group_of(match: Match, left: Graph, right: Graph) -> Group:
    """Return the group of ops of two graphs that belong together, or of what only one of them has."""
    if not match.left or not match.right:
        return Group(left=tuple(match.left), right=tuple(match.right), kind="only-left" if match.left else "only-right")
    ones, others = _working(match.left, left), _working(match.right, right)
    held = _held(ones, others)
    return Group(
        left=tuple(match.left),
        right=tuple(match.right),
        kind=_kind(_one_turn(ones, others, left), _one_turn(others, ones, right), held=held),
        matched_by=match.by,
        sure=match.sure,
        held=held,
    )


Known = Mapping[tuple[str, ...], tuple[tuple[str, ...], GroupKind]]
"""By the right ops of a group: the names of the left ones, and the group's kind."""


def kinds_known(groups: Iterable[Group], left: Graph) -> Known:
    """Return what several ops do in another number, as equal values show: by the right ops, the left ones' names."""
    several = (one for one in groups if one.kind in {"fused", "decomposed"} and one.held == "same")
    return {one.right: (_names(one.left, left), one.kind) for one in several}


def as_known(groups: Iterable[Group], left: Graph, known: Known) -> tuple[Group, ...]:
    """Return ``groups`` of another example's graph with the ``known`` kinds of those that hold the same ops.

    No values are compared there; that the same ops do the same work was seen.
    """
    return tuple(
        replace(one, kind=known[one.right][1])
        if one.kind == "changed" and one.right in known and _names(one.left, left) == known[one.right][0]
        else one
        for one in groups
    )


def without_refuted(groups: Iterable[Group], left: Graph, own: Iterable[Group], captured: Graph) -> Iterator[Group]:
    """Yield ``groups`` of another example's graph, those taken apart in which the ``own`` ones show other work.

    What stands on one line counts as one work; where eager raises in the midst of it, or goes another way, it is not.
    """
    seen = {op: set(_names(one.left, captured)) for one in own if one.left for op in one.right}
    lone: list[Group] = []
    for one in groups:
        done = set[str]().union(*(seen.get(op, ()) for op in one.right))
        if one.kind in {"fused", "decomposed"} and done and done.isdisjoint(_names(one.left, left)):
            yield from (Group(left=(op,), right=(), kind="only-left") for op in one.left)
            lone += (Group(left=(), right=(op,), kind="only-right") for op in one.right)
        else:
            yield one
    yield from lone


def _names(ids: Iterable[str], graph: Graph) -> tuple[str, ...]:
    ops = (graph.by_id[OpId(one)] for one in ids)
    return tuple(sorted(op.op for op in ops if op.role == "compute"))


Held = Literal["same", "apart"] | None


def _held(ones: list[Op], others: list[Op]) -> Held:
    """Return whether what the last ops of both sides gave was the same."""
    same = held_same(ones[-1], others[-1]) if ones and others else None
    return None if same is None else "same" if same else "apart"


def _working(ids: list[OpId], graph: Graph) -> list[Op]:
    """Return the ops that do work: an ``If`` runs what stands in its regions and is nothing of its own."""
    ops = [graph.by_id[op] for op in ids]
    ops = [op for op in ops if op.role == "compute" and op.op not in {"if", "loop"}]
    return [
        op for op in ops if not (passes_on(op) or is_converted_in_vain(op, graph) or is_room_unused(op, graph))
    ] or ops


def _kind(ones: list[Op], others: list[Op], *, held: Held) -> GroupKind:
    if not ones or not others:  # a constant stands for what the other graph computes, or ``contiguous`` for its copy
        return "same" if {op.op for op in (*ones, *others)} <= {"clone"} else "changed"
    if len(ones) == 1 and len(others) == 1:
        return _pair_kind(ones[0], others[0])
    if [op.op for op in ones] == [op.op for op in others]:
        return "same"
    if len(ones) == len(others) or (1 not in {len(ones), len(others)} and held != "same"):
        return "changed"
    return "fused" if len(ones) > len(others) else "decomposed"


def _one_turn(ops: list[Op], others: list[Op], graph: Graph) -> list[Op]:
    """Return the first of ``ops`` where they are one op in each turn of a loop, which is the one of ``others``."""
    if len(ops) <= 1 or len(others) != 1 or {op.op for op in ops} != {others[0].op}:
        return ops
    return ops[:1] if all(_is_turned(op, graph) for op in ops) else ops


def _is_turned(op: Op, graph: Graph) -> bool:
    """Whether ``op`` ran in a turn of a loop, or asked whether there is one."""
    region = graph.region_by_id.get(op.region) if op.region is not None else None
    return (region is not None and region.kind == "condition") or any(step.turn is not None for step in op.within)


def _pair_kind(one: Op, other: Op) -> GroupKind:
    if one.op != other.op or attributes_differ(one, other):
        return "changed"
    return "moved" if one.module != other.module else "same"


def attributes_differ(one: Op, other: Op) -> bool:
    """Whether a plain attribute that both name has another value: a constant that was baked, mostly."""
    shared = (one.attributes.keys() & other.attributes.keys()) - INCIDENTAL
    return any(not _is_equal(one.attributes[name], other.attributes[name]) for name in shared)


def _is_equal(one: Attribute, other: Attribute) -> bool:
    """Whether two producers mean the same: integers to the last digit, floats but for rounding, lists by elements."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_is_equal, one, other))
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one == other or (float in {type(one), type(other)} and _is_near(one, other))
    return one == other or str(one) == str(other)


def _is_near(one: float, other: float) -> bool:
    try:
        return math.isclose(one, other, rel_tol=SAME_NUMBER) or (math.isnan(one) and math.isnan(other))
    except OverflowError:  # an integer that is larger than any float
        return False
