"""Run an ONNX model with ONNX Runtime on the arguments that the PyTorch model takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import onnx
import onnxruntime
import torch

from explorer.source.held import tensors_held
from explorer.source.load import Arguments

Run = Callable[[Arguments], list[torch.Tensor]]


class WrongInputsError(Exception):
    """The example's tensors do not fit the graph's inputs."""


def positional(args: tuple[Any, ...], kwargs: dict[str, Any] | None = None) -> tuple[Any, ...]:
    """Return the arguments as the exporters take them: a trailing dict would be taken for keywords."""
    return (*args, kwargs or {}) if kwargs or (args and isinstance(args[-1], dict)) else args


def runner(
    model: onnx.ModelProto,
    names_of: Callable[[Arguments], tuple[str, ...]] | None = None,
    captured: tuple[str, ...] = (),
) -> Run:
    """Return a function that runs ``model`` and returns its outputs as a flat list of tensors.

    Parameters
    ----------
    names_of
        Names the tensors of a call as the graph's inputs are named; without it they are fed in order.
    captured
        The names of the captured example's tensors: the exporter may have dropped some that are not used.
    """
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), session_options(), providers=["CPUExecutionProvider"]
    )
    names = [one.name for one in session.get_inputs()]

    def run(arguments: Arguments) -> list[torch.Tensor]:
        given = names_of(arguments) if names_of is not None else None
        return [_tensor(one) for one in session.run(None, _feed(names, arguments, given, captured))]

    return run


def session_options() -> onnxruntime.SessionOptions:
    """Return options for one thread and no words."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    return options


def _feed(
    names: list[str], arguments: Arguments, given: tuple[str, ...] | None, captured: tuple[str, ...]
) -> dict[str, Any]:
    tensors = tensors_held((arguments.args, arguments.kwargs))
    if given is not None and set(names) <= set(given) <= set(captured):
        found = dict(zip(given, tensors, strict=True))
        return {name: _array(found[name]) for name in names}
    if len(tensors) != len(names):
        message = f"The graph takes {len(names)} inputs ({', '.join(names)}); this example has {len(tensors)}."
        raise WrongInputsError(message)
    return {name: _array(tensor) for name, tensor in zip(names, tensors, strict=True)}


def _array(tensor: torch.Tensor) -> Any:
    return tensor.detach().cpu().resolve_conj().resolve_neg().contiguous().numpy()


def _tensor(value: Any) -> torch.Tensor:
    return torch.as_tensor(value)
