"""Ops that hand on what they are given, or make what nobody takes: they are folded into what they stand beside."""

from __future__ import annotations

from explorer.graph import Graph, Op

WHOLE = 2**63 - 1
"""The end of a slice that goes up to the last element."""

DROPS = frozenset({"dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_alpha_dropout"})
"""Functions of torch.nn.functional, and ops, that draw at random in training alone."""

MAKES_ROOM = frozenset({"empty"})


def passes_on(op: Op) -> bool:
    """Whether ``op`` gives what it takes: dropout in evaluation, a slice of all.

    Examples
    --------
    >>> from explorer.graph import OpId
    >>> drop = Op(id=OpId("n"), op="dropout", target="aten::dropout", attributes={"p": 0.1, "train": False})
    >>> passes_on(drop)
    True
    """
    if op.op in DROPS:
        return op.attributes.get("train", op.attributes.get("training")) is False
    if op.op == "slice":
        asked = op.attributes
        return asked.get("start", 0) in {0, None} and asked.get("end") == WHOLE and asked.get("step", 1) == 1
    return False


def is_room_unused(op: Op, graph: Graph) -> bool:
    """Whether ``op`` makes room that nothing takes, as the inside of ``batch_norm`` does."""
    return op.op in MAKES_ROOM and graph.network.degree(op.id) == 0


def is_converted_in_vain(op: Op, graph: Graph) -> bool:
    """Whether ``op`` converts to what it is given: eager runs nothing then, and a trace keeps it."""
    if op.op != "to" or len(op.outputs) != 1:
        return False
    given = [edge for edge in graph.fed(op.id) if graph.by_id[edge.source].role != "constant"]
    if len(given) != 1:
        return False
    held = graph.by_id[given[0].source].outputs[given[0].source_output : given[0].source_output + 1]
    return (
        bool(held)
        and held[0].dtype is not None
        and (held[0].dtype, held[0].shape) == (op.outputs[0].dtype, op.outputs[0].shape)
    )
