"""Sizes that an exporter is to leave open, for ``--dynamic``: all of every tensor, as far as the model allows."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.export import Dim, ShapesCollection

from explorer.capture.tensors import argument_names
from explorer.source.load import Arguments


def open_shapes(model: nn.Module, arguments: Arguments, *, least: int = 0) -> Any:
    """Return ``dynamic_shapes`` for torch.export: sizes from ``least`` on are open where the model allows."""
    collection = ShapesCollection()
    known: set[int] = set()
    for _, leaf in argument_names(model, arguments):
        if isinstance(leaf, torch.Tensor) and leaf.ndim and id(leaf) not in known:
            known.add(id(leaf))
            collection[leaf] = {axis: Dim.AUTO if size >= least else None for axis, size in enumerate(leaf.shape)}
    return collection.dynamic_shapes(model, arguments.args, arguments.kwargs or None)


def open_axes(model: nn.Module, arguments: Arguments) -> dict[str, dict[int, str]]:
    """Return ``dynamic_axes`` for the older ONNX exporter: a name for each size of each tensor."""
    return {
        name: {axis: f"{name}_{axis}" for axis in range(leaf.ndim)}
        for name, leaf in argument_names(model, arguments)
        if isinstance(leaf, torch.Tensor) and leaf.ndim
    }
