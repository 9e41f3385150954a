"""A graph as a deep model makes it, a copy with edits in it, and the pairs of ops that are the same in both.

The layers are alike: each runs the same lines in modules of its own, one of them in a loop, with residual connections
between them. An edit deletes an op, adds one, gives one another attribute or feeds it from elsewhere. The copy has
names of its own, and its ops stand in another order.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from explorer.graph import Edge, Graph, Location, Op, OpId, Value

Known = Literal["module and line", "module", "nothing"]
"""What the producers say of an op besides its name, shape and inputs."""

EDITS = ("delete", "insert", "attribute", "feed")
VALUE = (Value(dtype="f32", shape=(8, 64)),)
TURNS = 3

Step = tuple[str, str, int, tuple[int, ...]]
"""An op, the module inside of the layer, its line, and which of the results before it takes: -1 is the last."""

LAYER: tuple[Step, ...] = (
    ("layer_norm", "norm1", 10, (-1,)),
    ("linear", "attention.query", 20, (-1,)),
    ("linear", "attention.key", 20, (-2,)),
    ("linear", "attention.value", 20, (-3,)),
    ("matmul", "attention", 31, (-3, -2)),
    ("mul", "attention", 31, (-1,)),
    ("softmax", "attention", 32, (-1,)),
    ("matmul", "attention", 33, (-1, -4)),
    ("linear", "attention.out", 20, (-1,)),
    ("add", "", 12, (-1, -10)),
    ("layer_norm", "norm2", 10, (-1,)),
    ("linear", "mlp.up", 20, (-1,)),
    ("gelu", "mlp", 41, (-1,)),
    ("linear", "mlp.down", 20, (-1,)),
    ("add", "", 14, (-1, -5)),
)
LOOP: tuple[Step, ...] = (("mul", "refine", 51, (-1,)), ("tanh", "refine", 52, (-1,)), ("add", "refine", 53, (-1, -3)))
"""What a loop in a layer runs in each turn: the same lines again, told apart by what feeds them alone."""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two graphs, and which ops of them are the same."""

    left: Graph
    right: Graph
    same: dict[OpId, OpId]


@dataclass
class _Editing:
    """The copy in the making, in the names of the original."""

    rng: random.Random
    ops: dict[OpId, Op]
    feeds: dict[OpId, list[OpId]]
    added: set[OpId] = field(default_factory=set[OpId])


def model(size: int, known: Known = "module and line") -> Graph:
    """Return a graph of about ``size`` ops."""
    ops = [Op(id=OpId("x"), op="input", target="x", role="input", outputs=VALUE)]
    edges: list[Edge] = []
    layer = 0
    while len(ops) < size - 1:
        for name, module, line, takes in (*LAYER, *LOOP * TURNS):
            made = _op(f"n{len(ops)}", name, f"layers.{layer}.{module}".rstrip("."), line, known)
            edges += [
                Edge(source=ops[max(at, -len(ops))].id, target=made.id, target_input=position)
                for position, at in enumerate(takes)
            ]
            ops.append(made)
        layer += 1
    last = Op(id=OpId("y"), op="output", target="output", role="output", outputs=VALUE)
    return Graph(ops=(*ops, last), edges=(*edges, Edge(source=ops[-1].id, target=last.id)))


def edited(graph: Graph, share: float, seed: int, *, shuffled: bool = True) -> Pair:
    """Return ``graph`` beside a copy in which ``share`` of the ops met an edit."""
    rng = random.Random(seed)  # noqa: S311 - nothing secret
    feeds: dict[OpId, list[OpId]] = {op.id: [] for op in graph.ops}
    for edge in graph.edges:
        feeds[edge.target].append(edge.source)
    editing = _Editing(rng=rng, ops=dict(graph.by_id), feeds=feeds)
    places = [op.id for op in graph.ops if op.role == "compute"]
    for place in rng.sample(places, round(share * len(places))):
        _edit(editing, place, rng.choice(EDITS), places)
    copy = _renamed(editing, shuffled=shuffled)
    same = {op: OpId(f"c.{op}") for op in editing.ops if op not in editing.added}
    return Pair(left=graph, right=copy, same=same)


def _op(name: str, op: str, module: str, line: int, known: Known) -> Op:
    place = Location(file="model.py", line=line, function="forward", user=True)
    where = module if known != "nothing" else ""
    stack = (place,) if known == "module and line" else ()
    call = f"{module}|{line}" if stack else ""
    return Op(id=OpId(name), op=op, target=f"aten::{op}", module=where, stack=stack, outputs=VALUE, call=call)


def _edit(editing: _Editing, place: OpId, edit: str, places: list[OpId]) -> None:
    match edit:
        case "delete":
            instead = editing.feeds.pop(place)[0]
            del editing.ops[place]
            for takes in editing.feeds.values():
                takes[:] = [instead if one == place else one for one in takes]
        case "insert":
            new = OpId(f"{place}.new")
            editing.ops[new] = replace(editing.ops[place], id=new, op="clamp", target="aten::clamp")
            editing.added.add(new)
            for takes in editing.feeds.values():
                takes[:] = [new if one == place else one for one in takes]
            editing.feeds[new] = [place]
        case "attribute":
            editing.ops[place] = replace(editing.ops[place], attributes={"value": editing.rng.random()})
        case _:
            before = places[: places.index(place)] or [OpId("x")]
            near = [one for one in before[-40:] if one in editing.ops] or [OpId("x")]
            editing.feeds[place][0] = editing.rng.choice(near)


def _renamed(editing: _Editing, *, shuffled: bool) -> Graph:
    ops = [replace(op, id=OpId(f"c.{op.id}")) for op in editing.ops.values()]
    if shuffled:
        editing.rng.shuffle(ops)
    return Graph(ops=tuple(ops), edges=tuple(_edges(editing)))


def _edges(editing: _Editing) -> Iterator[Edge]:
    for target, takes in editing.feeds.items():
        for position, source in enumerate(takes):
            yield Edge(source=OpId(f"c.{source}"), target=OpId(f"c.{target}"), target_input=position)
