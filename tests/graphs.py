"""Graphs of a few ops, put together by hand for tests on data alone."""

from __future__ import annotations

from itertools import pairwise

from explorer.graph import Attribute, Edge, Graph, Location, Op, OpId, Role, Value
from explorer.summary import Summary

LIBRARY = Location(file="torch/nn/modules/linear.py", line=1, function="forward")
INSIDE = frozenset({"linear", "transpose", "addmm"})
"""Ops that run in a library's code, called from a line of the user's."""


def at(line: int, *, file: str = "model.py", user: bool = True) -> Location:
    return Location(file=file, line=line, function="forward", user=user)


def op(
    name: str,
    *,
    id: str = "",  # noqa: A002
    line: int = 1,
    module: str = "l",
    role: Role = "compute",
    held: float | None = None,
    **attributes: Attribute,
) -> Op:
    """Return an op at a line of the user's; ``held`` is what all elements of its output were."""
    stack = (LIBRARY, at(line)) if name in INSIDE else (at(line),)
    value = Value(dtype="f32", shape=(2,), summary=None if held is None else summary(held))
    return Op(id=OpId(id or name), op=name, target=name, role=role, module=module, stack=stack, outputs=(value,),
              attributes=attributes, call=f"{module}|{line}")  # fmt: skip


def summary(held: float) -> Summary:
    return Summary(count=2, mean=held, smallest=held, largest=held, weighted=held)


def edge(source: str, target: str, place: int = 0) -> Edge:
    return Edge(source=OpId(source), target=OpId(target), target_input=place)


def chain(*ops: Op) -> Graph:
    """Return ops of which each feeds the next."""
    return Graph(ops=ops, edges=tuple(edge(one.id, after.id) for one, after in pairwise(ops)))
