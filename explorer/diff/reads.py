"""What code read out of tensors, by the place and the way that it read it."""

from __future__ import annotations

from collections.abc import Collection

from explorer.evidence import EagerRun, Escape
from explorer.graph import Graph, OpId, Scalar

Read = tuple[str, int, str]
"""File, line and how: what one call reads is compared with what the same call read."""


def reads_differ(captured: list[Scalar] | None, other: list[Scalar] | None) -> bool:
    """Whether the same read gave something else; one more or fewer is the doing of a loop or a branch."""
    return any(one != two for one, two in zip(captured or (), other or (), strict=False))


def read_of(escape: Escape) -> Read:
    """Return which read gave a value."""
    return escape.file, escape.line, escape.how


def values_read(run: EagerRun, source: str) -> dict[Read, list[Scalar]]:
    """Return what each read of data, shapes or randomness gave in a run, in order."""
    found: dict[Read, list[Scalar]] = {}
    for escape in run.escapes:
        if escape.source == source:
            found.setdefault(read_of(escape), []).append(escape.value)
    return found


def plain_values(graph: Graph, file: str, lines: Collection[int]) -> list[object]:
    """Return what ops on ``lines`` hold of plain values, the constants included that come to them or are made there."""
    here = set(graph.standing_on(file, lines))
    taking = here | {op.id for op in graph.ops if op.role == "shape" and any(
        one.file == file and one.line in lines for one in op.stack)}  # fmt: skip
    fed, waiting = set[OpId](), [*taking]
    while waiting:
        for edge in graph.fed(waiting.pop()):
            if edge.source not in fed:
                fed.add(edge.source)
                waiting += [edge.source] if graph.by_id[edge.source].role == "shape" else []
    found: list[object] = []
    for op in graph.ops:
        if op.id in here and op.op != "item":
            found.append((op.op, tuple(map(str, op.outputs)), str(sorted(op.attributes.items()))))
        elif op.id in fed and op.role == "constant":
            found.append(("constant", tuple(map(str, op.outputs)), str(sorted(op.attributes.items()))))
    return found
