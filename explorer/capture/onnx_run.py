"""Run an ONNX model with ONNX Runtime on the arguments that the PyTorch model takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import onnx
import onnxruntime
import torch
from torch.utils import _pytree as pytree

from explorer.source.load import Arguments

Run = Callable[[Arguments], list[torch.Tensor]]


class WrongInputsError(Exception):
    """The example's tensors do not fit the graph's inputs."""


def positional(arguments: Arguments) -> tuple[Any, ...]:
    """Return the arguments as the exporters take them: a trailing dict would be taken for keywords."""
    if arguments.kwargs or (arguments.args and isinstance(arguments.args[-1], dict)):
        return (*arguments.args, arguments.kwargs)
    return arguments.args


def runner(model: onnx.ModelProto) -> Run:
    """Return a function that runs ``model`` and returns its outputs as a flat list of tensors."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    names = [one.name for one in session.get_inputs()]

    def run(arguments: Arguments) -> list[torch.Tensor]:
        return [_tensor(one) for one in session.run(None, _feed(names, arguments))]

    return run


def _feed(names: list[str], arguments: Arguments) -> dict[str, Any]:
    leaves = pytree.tree_leaves((arguments.args, arguments.kwargs))
    tensors = [leaf for leaf in leaves if isinstance(leaf, torch.Tensor)]
    if len(tensors) != len(names):
        message = f"The graph takes {len(names)} inputs ({', '.join(names)}); this example has {len(tensors)}."
        raise WrongInputsError(message)
    return {name: _array(tensor) for name, tensor in zip(names, tensors, strict=True)}


def _array(tensor: torch.Tensor) -> Any:
    return tensor.detach().cpu().resolve_conj().resolve_neg().contiguous().numpy()


def _tensor(value: Any) -> torch.Tensor:
    return torch.as_tensor(value)
