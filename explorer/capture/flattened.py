"""A wrapper for models whose outputs a tracer does not take, such as transformers' ModelOutput."""

from __future__ import annotations

from dataclasses import is_dataclass
from typing import Any

import torch
from torch import nn
from torch.utils import _pytree as pytree

HIDDEN = "wrapped"
"""The wrapper's name for the model: taken off the front of module paths."""

NOTE = "The tracer does not take this class of outputs: it was given them as a flat tuple."


class Flattened(nn.Module):
    """Calls the model and returns the tensors of its result as a tuple."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.wrapped = model

    def forward(self, *args: Any, **kwargs: Any) -> tuple[torch.Tensor, ...]:
        """Return the result's tensors in pytree order."""
        result = self.wrapped(*args, **kwargs)
        return tuple(leaf for leaf in pytree.tree_leaves(result) if isinstance(leaf, torch.Tensor))


def needs_flattening(result: object) -> bool:
    """Whether ``result`` holds a dataclass that pytree knows, which tracers refuse."""
    if is_dataclass(result) and not isinstance(result, type):
        return not pytree.tree_structure(result).is_leaf()
    if isinstance(result, list | tuple):
        return any(needs_flattening(one) for one in result)
    return False
