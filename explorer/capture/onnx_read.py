"""Reads an ONNX file, and says what stands in the way where it cannot: its bytes, its data, or what it holds.

NOTE: what ONNX Runtime runs is read though onnx's checker refuses it, such as a graph whose nodes are not in order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import onnx
from google.protobuf.message import DecodeError
from onnx import GraphProto, ModelProto, NodeProto
from onnx.external_data_helper import load_external_data_for_model

from explorer.capture.onnx_functions import bodies_of
from explorer.capture.onnx_run import loaded
from explorer.capture.stored import said
from explorer.errors import SourceError
from explorer.options import ModelSource
from explorer.source.memory import reraise_want_of_memory
from explorer.source.places import Places

POINTER = b"version https://git-lfs"
"""How a file begins that Git LFS has put in another one's place."""

MISSING = re.compile(r"tensor name: (\S+)\) should be stored in (.+?), but it is not")

UNORDERED = re.compile(r"however input '(?P<name>[^']*)' of node:.*?OpType: (?P<op>\w+)", re.DOTALL)

HELPS = (
    (r"ir_version \d+ is higher", "Install a newer onnx and onnxruntime, or export with what writes an older version."),
    (r"ir_version|opset_import|Field 'name' of 'graph'", "The file is no whole model: export it again."),
    (r"No opset import for domain", "Name the domain among the model's opset imports."),
    (
        r"No Op registered",
        "Export to another opset, or put an operator of your own in a domain of its own.",
    ),
)
"""What helps against what the checker says; else :data:`ANYWAY`."""

ANYWAY = "Correct what writes the file; onnx.checker.check_model says the whole of it."


def read_model(source: ModelSource, places: Places) -> tuple[ModelProto, str]:
    """Return the model of a file with its data, and what onnx's checker has against it though ONNX Runtime runs it."""
    path = Path(source.path)
    try:
        model = onnx.load(path, load_external_data=False)
    except DecodeError as error:
        message, hint = _of_bytes(path)
        raise SourceError(message, file=source.shown, hint=hint) from error
    try:
        load_external_data_for_model(model, str(path.parent))
    except Exception as error:
        reraise_want_of_memory(error)
        message = f"The file's data cannot be read: {_of_data(error, places)}"
        hint = "Put the files of its data beside it, whole and under the names that it gives."
        raise SourceError(message, file=source.shown, hint=hint) from error
    try:
        onnx.checker.check_model(model)
    except Exception as error:
        reraise_want_of_memory(error)
        against = _against(error, places)
        if model.graph.output and _is_put_in_order(model.graph) and loaded(model, places)[1] is None:
            return model, f"onnx's checker refuses the file, ONNX Runtime runs it: {against}"
        hint = next((help_ for pattern, help_ in HELPS if re.search(pattern, str(error))), ANYWAY)
        raise SourceError(f"The file holds no valid ONNX model: {against}", file=source.shown, hint=hint) from error
    return model, ""


def _of_bytes(path: Path) -> tuple[str, str]:
    with path.open("rb") as file:
        if file.read(len(POINTER)) == POINTER:
            return "The file is a pointer of Git LFS, not the model.", "Fetch the model itself: git lfs pull."
    message = "The file holds no ONNX model that can be read: its bytes are those of another kind of file, or cut off."
    return message, "Export it, or copy it, again as a whole."


def _of_data(error: Exception, places: Places) -> str:
    found = MISSING.search(str(error))
    return (
        f"The tensor {found[1]} is stored in {Path(found[2]).name}, which is not there."
        if found
        else said(error, places)
    )


def _against(error: Exception, places: Places) -> str:
    """Return what the checker says, in a sentence."""
    found = UNORDERED.search(str(error))
    return (
        f"The input {found['name']!r} of {found['op']} is made by no node before it." if found else said(error, places)
    )


def _is_put_in_order(graph: GraphProto) -> bool:
    """Put the nodes, those of bodies too, behind those that they take from; ``False`` where they go in a circle."""
    nodes = list(graph.node)
    made = {name: place for place, node in enumerate(nodes) for name in node.output if name}
    before = {place: {made[name] for name in _taken(node) if name in made} for place, node in enumerate(nodes)}
    try:
        order = list(TopologicalSorter(before).static_order())
    except CycleError:
        return False
    if any(max(earlier, default=-1) >= place for place, earlier in before.items()):
        del graph.node[:]
        graph.node.extend(nodes[place] for place in order)
    return all(_is_put_in_order(body) for node in graph.node for body in bodies_of(node))


def _taken(node: NodeProto) -> Iterator[str]:
    """Yield the names that a node takes, its bodies included."""
    yield from node.input
    for body in bodies_of(node):
        yield from (one.name for one in body.output)
        for inner in body.node:
            yield from _taken(inner)
