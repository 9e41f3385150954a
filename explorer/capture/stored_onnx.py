"""An ONNX file (``.onnx``, with external data beside it): its graph, and what ONNX Runtime makes of it.

A valid model that ONNX Runtime does not run is shown all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import torch
from onnx import ModelProto, ValueInfoProto

from explorer.capture.known_refusals import HINTS
from explorer.capture.onnx_data import data_sets, graph_inputs
from explorer.capture.onnx_functions import inlined
from explorer.capture.onnx_graph import DTYPES, OnnxWalker
from explorer.capture.onnx_read import read_model
from explorer.capture.onnx_run import loaded, runner, watched
from explorer.capture.ort import optimised, tied_back
from explorer.capture.registry import Captured, RefusedError
from explorer.capture.stored import Stored, reads
from explorer.options import ModelSource
from explorer.source.load import DTYPES as TORCH_DTYPES
from explorer.source.load import Arguments, random_tensor
from explorer.source.places import Places

REPLACE = "Replace in the file what ONNX Runtime names, or install a newer one."
"""What helps where the reason is not known; there is no other exporter to look at."""

BOUND = 2
"""Random integers are below it: they may be indices."""


@reads("onnx")
def read_onnx(source: ModelSource, places: Places) -> Stored:
    """Load and check the model; its inputs lie beside it, or are made at random where the file fixes their sizes."""
    model, note = read_model(source, places)
    model = inlined(model)
    run, refused = loaded(model, places)

    def derive(_example: Arguments | None) -> Captured:
        if refused is not None:
            raise RefusedError(replace(refused, hint=refused.hint.replace(HINTS["ort"], REPLACE)))
        return _optimised(model, places)

    return Stored(
        kind="onnx",
        captured=Captured(graph=OnnxWalker(places=places).walk(model), run=run, flat=True, note=note),
        examples=dict(data_sets(Path(source.path), model)) or _examples(model),
        derive=derive,
        sized=lambda example: OnnxWalker(places=places, held=watched(model, example)).walk(model),
        refused=refused.reason if refused else "",
    )


def _optimised(model: ModelProto, places: Places) -> Captured:
    made = optimised(model)
    graph = OnnxWalker(places=places).walk(tied_back(made, model))
    return Captured(graph=graph, run=runner(made), flat=True, made_from="onnx")


def _examples(model: ModelProto) -> Mapping[str, Arguments]:
    inputs = graph_inputs(model)
    tensors = [one for one in map(_random, inputs) if one is not None]
    name = "random" if inputs else "no inputs"
    return {name: Arguments(args=tuple(tensors), kwargs={})} if len(tensors) == len(inputs) else {}


def _random(info: ValueInfoProto) -> torch.Tensor | None:
    """Return a tensor for an input, ``None`` where its type or a size is left open."""
    kind = info.type.tensor_type
    name = DTYPES.get(kind.elem_type, "")
    fixed = info.type.HasField("tensor_type") and kind.HasField("shape")
    if not fixed or name not in TORCH_DTYPES or not all(one.HasField("dim_value") for one in kind.shape.dim):
        return None
    return random_tensor(TORCH_DTYPES[name], [one.dim_value for one in kind.shape.dim], BOUND)
