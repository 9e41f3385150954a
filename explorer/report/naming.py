"""The producers' names in a graph, and those that the vocabulary does not know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from explorer.evidence import Kind
from explorer.graph import Op
from explorer.report.schema import NodeEntry
from explorer.vocabulary import is_known

OF_ONNX = frozenset({"onnx", "onnx_ts", "ort"})
NAMED = frozenset({"input", "output", "parameter", "constant"})
"""What is called by the user's names, or by no name of an op."""
FORMAL = "formal"
"""What a body is handed, which is called by the name of a variable."""


def names_of(kind: Kind, ops: Iterable[Op | NodeEntry]) -> Counter[str]:
    """Return how often each producer's name stands in a graph; those of ONNX as ``onnx::Gemm``."""
    before = "onnx::" if kind in OF_ONNX else ""
    return Counter(f"{before}{op.target}" for op in ops if op.op not in NAMED and op.role != FORMAL)


def unknown_of(kind: Kind, ops: Iterable[Op | NodeEntry]) -> dict[str, int]:
    """Return those that the vocabulary does not know: such ops pass through under their own name."""
    return {name: count for name, count in names_of(kind, ops).items() if not is_known(name)}
