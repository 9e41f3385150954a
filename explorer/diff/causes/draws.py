"""Ops that draw at random, in eager and in ONNX graphs, and what the user called them by."""

from __future__ import annotations

from explorer.diff.calls import always_trains
from explorer.diff.case import Case
from explorer.diff.passing import DROPS
from explorer.graph import Graph, Location, Op
from explorer.vocabulary import DRAWS

OF_ONNX = frozenset({"Dropout", "Bernoulli", "Multinomial", "RandomUniform", "RandomUniformLike", "RandomNormal",
                     "RandomNormalLike"})  # fmt: skip
"""What ONNX Runtime may have made one op of, together with others; it has removed what only would draw in training."""

ATTENDS = frozenset({"scaled_dot_product_attention", "multi_head_attention_forward"})
"""Functions that drop inside: what they draw is no op of its own to the user."""

GIVEN = "Pass the random tensor in as an input."
INSTEAD = {
    "bernoulli": "Pass uniform noise in as an input and compare with it (noise < p), or return the probabilities and "
    "draw outside.",
    "multinomial": "Pass Gumbel noise in as an input and take topk of log p + noise (argmax for each draw with "
    "replacement), or return the probabilities and draw outside.",
    "gumbel_softmax": "Pass Gumbel noise in as an input and write it out: softmax((logits + noise) / tau).",
    "normal": "Pass standard normal noise in as an input: mean + std * noise.",
    "poisson": "Return the rate and draw outside: no noise that is passed in stands for it.",
    "randperm": "Pass the permutation in as an input.",
}
"""What stands for a draw that its inputs decide; the others do not depend on what the model computes."""

TRAINING_INPUT = 2
"""The input of ONNX's Dropout that says whether it draws."""


def draws(op: Op, graph: Graph) -> bool:
    """Whether ``op`` draws each time that the graph runs."""
    made_of = op.attributes.get("made of")
    if op.op in DRAWS or (isinstance(made_of, list) and not OF_ONNX.isdisjoint(map(str, made_of))):
        return True
    if op.op not in DROPS:
        return False
    given = any(edge.target_input == TRAINING_INPUT for edge in graph.fed(op.id))
    return given or op.attributes.get("train", op.attributes.get("training")) is True


def is_of_dropout(op: Op, graph: Graph) -> bool:
    """Whether ``op`` is dropout, or what eager draws for one, that inside of attention included."""
    if op.op in DROPS or not draws(op, graph):  # asked first: most ops draw nothing
        return op.op in DROPS
    within = {frame.function for frame in op.stack if not frame.user} | {called(op, graph)}
    return not within.isdisjoint(DROPS | ATTENDS)


def switched_by(case: Case, op: Op, graph: Graph) -> str:
    """Return what must be passed for ``op`` to follow the model's mode, where what calls it does not do so."""
    place = op.location
    return always_trains(case.source_of(place.file), place.line, called(op, graph)) if place is not None else ""


def is_drawn_at(graph: Graph | None, place: Location) -> bool:
    """Whether an op of ``graph`` draws on the line of ``place``, or on none that is known."""
    for op in graph.ops if graph is not None else ():
        at = {(one.file, one.line) for one in op.stack}
        if graph is not None and draws(op, graph) and (not at or (place.file, place.line) in at):
            return True
    return False


def called(op: Op, graph: Graph) -> str:
    """Return the last part of the name of the function that the user, or a module, called for ``op``."""
    call = graph.call_by_id.get(op.call)
    return (call.name if call is not None else op.op).rpartition(".")[2]


def instead_of(name: str) -> str:
    """Return what helps against a draw by the function ``name``: a random tensor does not stand for all of them."""
    return INSTEAD.get(name, GIVEN)
