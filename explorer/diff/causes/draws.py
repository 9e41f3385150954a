"""Ops that draw at random, in eager and in ONNX graphs, and what the user called them by."""

from __future__ import annotations

from explorer.diff.passing import DROPS
from explorer.graph import Graph, Location, Op

DRAWS = frozenset({"rand", "randn", "randint", "bernoulli", "multinomial", "randperm", "exponential"})

OF_ONNX = frozenset({"Dropout", "Bernoulli", "Multinomial", "RandomUniform", "RandomUniformLike", "RandomNormal",
                     "RandomNormalLike"})  # fmt: skip
"""What ONNX Runtime may have made one op of, together with others; it has removed what only would draw in training."""

TRAINING_INPUT = 2
"""The input of ONNX's Dropout that says whether it draws."""


def draws(op: Op, graph: Graph) -> bool:
    """Whether ``op`` draws each time that the graph runs."""
    made_of = op.attributes.get("made of")
    if op.op in DRAWS or (isinstance(made_of, list) and not OF_ONNX.isdisjoint(map(str, made_of))):
        return True
    given = any(edge.target == op.id and edge.target_input == TRAINING_INPUT for edge in graph.edges)
    return op.op in DROPS and (given or op.attributes.get("train", op.attributes.get("training")) is True)


def is_of_dropout(op: Op) -> bool:
    """Whether ``op`` is dropout, or what eager draws for one."""
    return op.op in DROPS or any(frame.function in DROPS and not frame.user for frame in op.stack)


def is_drawn_at(graph: Graph | None, place: Location) -> bool:
    """Whether an op of ``graph`` draws on the line of ``place``, or on none that is known."""
    for op in graph.ops if graph is not None else ():
        at = {(one.file, one.line) for one in op.stack}
        if graph is not None and draws(op, graph) and (not at or (place.file, place.line) in at):
            return True
    return False


def called(op: Op, graph: Graph) -> str:
    """Return the last part of the name of the function that the user, or a module, called for ``op``."""
    name = next((call.name for call in graph.calls if call.id == op.call), op.op)
    return name.rpartition(".")[2]
