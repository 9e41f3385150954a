"""An ONNX file (``.onnx``, with external data beside it): its graph, and what ONNX Runtime makes of it."""

from __future__ import annotations

from collections.abc import Mapping

import onnx
import torch
from onnx import ModelProto, ValueInfoProto

from explorer.capture.onnx_graph import DTYPES, OnnxWalker
from explorer.capture.onnx_run import runner
from explorer.capture.ort import optimised, tied_back
from explorer.capture.registry import Captured
from explorer.capture.stored import Stored, reads, said
from explorer.errors import SourceError
from explorer.options import ModelSource
from explorer.source.load import DTYPES as TORCH_DTYPES
from explorer.source.load import Arguments
from explorer.source.places import Places


@reads("onnx")
def read_onnx(source: ModelSource, places: Places) -> Stored:
    """Load and check the model; its inputs are made at random where the file fixes all their sizes."""
    try:
        model = onnx.load(source.path)
        onnx.checker.check_model(model)
        run = runner(model)
    except Exception as error:
        message = f"The file holds no ONNX model that can be run: {said(error, places)}"
        hint = "External data must lie beside the file, under the names that it gives."
        raise SourceError(message, file=source.shown, hint=hint) from error
    return Stored(
        kind="onnx",
        captured=Captured(graph=OnnxWalker(places=places).walk(model), run=run, flat=True),
        examples=_examples(model),
        derive=lambda _example: _optimised(model, places),
    )


def _optimised(model: ModelProto, places: Places) -> Captured:
    made = optimised(model)
    graph = OnnxWalker(places=places).walk(tied_back(made, model))
    return Captured(graph=graph, run=runner(made), flat=True, made_from="onnx")


def _examples(model: ModelProto) -> Mapping[str, Arguments]:
    stored = {tensor.name for tensor in model.graph.initializer}
    made = [_random(one) for one in model.graph.input if one.name not in stored]
    tensors = [one for one in made if one is not None]
    return {"random": Arguments(args=tuple(tensors), kwargs={})} if tensors and len(tensors) == len(made) else {}


def _random(info: ValueInfoProto) -> torch.Tensor | None:
    """Return a tensor for an input, ``None`` where its type or a size is left open."""
    kind = info.type.tensor_type
    name = DTYPES.get(kind.elem_type)
    sizes = [one.dim_value for one in kind.shape.dim]
    fixed = info.type.HasField("tensor_type") and kind.HasField("shape")
    if (
        not fixed
        or name is None
        or name not in TORCH_DTYPES
        or not all(one.HasField("dim_value") for one in kind.shape.dim)
    ):
        return None
    dtype = TORCH_DTYPES[name]
    if dtype.is_floating_point or dtype.is_complex:
        return torch.randn(sizes, dtype=dtype)
    return torch.randint(0, 2, sizes).to(dtype)  # small, as it may be an index
