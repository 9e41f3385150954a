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
