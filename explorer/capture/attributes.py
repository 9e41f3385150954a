"""Plain Python state of a captured object: kept as it was, and put back before each example.

A script keeps a counter of its module as an attribute of its own, and Dynamo runs Python that writes to the
model: without this an example would meet what the one before it has left behind, as in eager it does not.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

PLAIN = (bool, int, float, str, list, dict, set, tuple, type(None))


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of one module and its value at the start."""

    owner: Any
    name: str
    value: object

    def restore(self) -> None:
        """Put the value back where it has changed."""
        if getattr(self.owner, self.name, None) != self.value:
            setattr(self.owner, self.name, copy.deepcopy(self.value))


@dataclass(frozen=True, slots=True)
class OwnGenerator:
    """A random generator that the model holds, and its state at the start: a graph that was captured draws from it."""

    generator: torch.Generator
    state: torch.Tensor

    def restore(self) -> None:
        """Put the state back."""
        self.generator.set_state(self.state)


def own_generators(model: nn.Module) -> tuple[OwnGenerator, ...]:
    """Return the generators among the attributes of ``model``'s modules, as they are now."""
    held = (value for module in model.modules() for value in vars(module).values())
    return tuple(OwnGenerator(one, one.get_state()) for one in held if isinstance(one, torch.Generator))


def plain_attributes(model: nn.Module, captured: Any = None) -> tuple[Attribute, ...]:
    """Return the plain attributes of ``model``'s modules, held by ``captured`` where that is another object."""
    return tuple(_found(model, model if captured is None else captured))


def _found(model: nn.Module, captured: Any) -> Iterator[Attribute]:
    owners = dict(captured.named_modules())
    for path, module in model.named_modules():
        owner = owners.get(path)
        for name, value in vars(module).items():
            if name.startswith("_") or name == "training" or not _is_plain(value):
                continue
            if owner is not None and hasattr(owner, name):
                yield Attribute(owner, name, copy.deepcopy(value))


def _is_plain(value: object) -> bool:
    """Whether ``value`` holds nothing but Python's own types."""
    if isinstance(value, dict):
        return all(_is_plain(one) for pair in value.items() for one in pair)
    if isinstance(value, list | set | tuple):
        return type(value) in PLAIN and all(_is_plain(one) for one in value)
    return type(value) in PLAIN
