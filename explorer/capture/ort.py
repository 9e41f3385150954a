"""What ONNX Runtime makes of an exported model: its optimised graph, each op tied back to what it was made of.

NOTE: ONNX Runtime keeps neither ``metadata_props`` nor ``doc_string`` of what it fuses. What a node was made of is
told by its values: those of the exported graph that lie between its outputs and what it takes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import onnx
import onnxruntime
from onnx import ModelProto, NodeProto

from explorer.capture.known_refusals import HINTS
from explorer.capture.onnx import export_onnx
from explorer.capture.onnx_export import Exported, captured_onnx, placed
from explorer.capture.onnx_graph import MADE_OF
from explorer.capture.onnx_run import session_options
from explorer.capture.onnx_ts import export_onnx_ts
from explorer.capture.refusals import refusal
from explorer.capture.registry import Captured, RefusedError, Subject, captures
from explorer.source.memory import reraise_want_of_memory

MOVES = frozenset({"Reshape", "Transpose", "Squeeze", "Unsqueeze", "Flatten", "Identity"})
"""Ops that only move elements: they stand around what was made of ops that compute."""


class Origin(NamedTuple):
    """The exported node that stands for an optimised one, and all that it was made of."""

    node: NodeProto
    made_of: tuple[NodeProto, ...]


@captures("ort")
def capture_ort(subject: Subject) -> Captured:
    """Optimise what the newer exporter writes, or the older one where that refuses."""
    exported = _exported(subject)
    try:
        model = optimised(exported.model)
    except Exception as error:
        reraise_want_of_memory(error)
        failure = placed(refusal("ort", error, subject.places), exported, subject.places)
        raise RefusedError(failure) from error
    captured = captured_onnx(exported.with_model(model), subject, shown=tied_back(model, exported.model))
    note = f"Made from {exported.kind}." if exported.kind != "onnx" else ""
    return replace(captured, made_from=exported.kind, note=f"{note} {captured.note}".strip())


def _exported(subject: Subject) -> Exported:
    try:
        return export_onnx(subject)
    except Exception as error:  # noqa: BLE001 - the other exporter may take what this one refuses
        reraise_want_of_memory(error)
        newer = refusal("onnx", error, subject.places, subject.result)
    fresh = replace(subject, model=subject.build(), arguments=subject.arguments.fresh())
    try:
        return export_onnx_ts(fresh)
    except Exception as error:
        reraise_want_of_memory(error)
        older = refusal("onnx_ts", error, subject.places, subject.result)
        reason = f"ONNX Runtime was given no model. {newer.reason} {older.reason}"
        raise RefusedError(replace(newer, reason=reason, hint=HINTS["ort"])) from error


def optimised(model: ModelProto) -> ModelProto:
    """Return ``model`` as ONNX Runtime rewrites it, short of layouts that fit one processor only."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "optimised.onnx")
        options = session_options()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
        options.optimized_model_filepath = str(path)
        onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        return onnx.load(path)


def tied_back(model: ModelProto, exported: ModelProto) -> ModelProto:
    """Return a copy of ``model`` with the metadata of what each node was made of."""
    found = dict(_origins(model, exported))
    tied = ModelProto()
    tied.CopyFrom(model)
    for position, node in enumerate(tied.graph.node):
        origin = found.get(position)
        if origin is None:
            continue
        del node.metadata_props[:]
        node.metadata_props.extend(origin.node.metadata_props)
        node.doc_string = origin.node.doc_string
        node.name = origin.node.name
        if len(origin.made_of) > 1:
            node.metadata_props.add(key=MADE_OF, value=",".join(one.op_type for one in origin.made_of))
    return tied


def _origins(model: ModelProto, exported: ModelProto) -> Iterator[tuple[int, Origin]]:
    """Yield the place of each optimised node with its origin; helpers get that of what they serve."""
    made_by = {value: node for node in exported.graph.node for value in node.output if value}
    by_name = {node.name: node for node in exported.graph.node}
    present = {value for node in model.graph.node for value in node.output}
    takers: dict[str, int] = {}
    found: dict[int, Origin] = {}
    handed: dict[str, tuple[NodeProto, ...]] = {}
    for position, node in reversed(list(enumerate(model.graph.node))):
        known = _between(node, made_by, present) or _named(node, by_name)
        serves = next((found[takers[value]] for value in node.output if takers.get(value) in found), None)
        origin = known or (Origin(serves.node, ()) if serves else None)
        work = next((handed[value] for value in node.output if value in handed), ())
        if work:
            origin = Origin(work[-1], work)
        if origin is not None and node.op_type in MOVES:
            origin, work = _parted(origin)
            handed |= {node.input[0]: work} if work else {}
        if origin is not None:
            found[position] = origin
            yield position, origin
        takers |= dict.fromkeys(node.input, position)


def _between(node: NodeProto, made_by: dict[str, NodeProto], present: set[str]) -> Origin | None:
    """Return what made the result of ``node`` in the exported graph, from values on that both graphs have."""
    last = next((made_by[value] for value in node.output if value in made_by), None)
    if last is None:
        return None
    parts: list[NodeProto] = [last]
    waiting = list(last.input)
    while waiting:
        value = waiting.pop()
        part = made_by.get(value)
        if part is not None and value not in present and part.op_type != "Constant" and part not in parts:
            parts.append(part)
            waiting += part.input
    return Origin(last, tuple(reversed(parts)))


def _parted(origin: Origin) -> tuple[Origin, tuple[NodeProto, ...]]:
    """Return what an op that only moves elements was made of, and what computes: that made what it moves."""
    moves = tuple(one for one in origin.made_of if one.op_type in MOVES)
    return Origin(origin.node, moves), tuple(one for one in origin.made_of if one not in moves)


def _named(node: NodeProto, by_name: dict[str, NodeProto]) -> Origin | None:
    """Return the node whose name a fused one carries at its front: ``MatMul_11/MatMulAddFusion``."""
    parts = node.name.split("/")
    for end in range(len(parts), 0, -1):
        if (found := by_name.get("/".join(parts[:end]))) is not None:
            return Origin(found, ())
    return None
