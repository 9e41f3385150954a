"""State of a captured object that a run may bind anew: kept as it was, and put back before each example.

A script keeps a counter of its module as an attribute of its own, and Dynamo runs Python that writes to the
model: without this an example would meet what the one before it has left behind, as in eager it does not.
What tensors and containers hold is put back into them, so that whoever else holds them sees it too.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.nn.parameter import is_lazy

PLAIN = (bool, int, float, str, list, dict, set, tuple, deque, type(None))

OWN = frozenset(vars(nn.Module()))
"""What torch itself keeps in each module."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of one module, and what makes its value at the start."""

    owner: Any
    name: str
    value: Callable[[], object]

    def restore(self) -> None:
        """Put the value back where it has changed."""
        value = self.value()
        if not _is_same(getattr(self.owner, self.name, None), value):
            setattr(self.owner, self.name, value)


@dataclass(frozen=True, slots=True)
class Slot:
    """A parameter, buffer or tensor of one module: it is bound again; who keeps its values copies them in."""

    owner: Any
    name: str
    tensor: torch.Tensor

    def restore(self) -> None:
        """Bind the tensor again where another has taken its place."""
        if getattr(self.owner, self.name, None) is not self.tensor:
            setattr(self.owner, self.name, self.tensor)


@dataclass(frozen=True, slots=True)
class Values:
    """A tensor that a captured graph holds and may write to, and what it held once it was captured."""

    tensor: torch.Tensor
    start: torch.Tensor

    def restore(self) -> None:
        """Put back what it held."""
        if self.tensor.shape == self.start.shape and not equal(self.tensor, self.start):
            with torch.no_grad():
                self.tensor.copy_(self.start)


@dataclass(frozen=True, slots=True)
class Names:
    """What one module of Python's has as attributes at the start: those that a run adds are taken away."""

    owner: nn.Module
    names: frozenset[str]

    def restore(self) -> None:
        """Take away what was added."""
        for name in vars(self.owner).keys() - self.names:
            delattr(self.owner, name)


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


def constants(model: nn.Module) -> tuple[Values, ...]:
    """Return the tensors among the attributes of ``model``'s modules, as they are now: a graph holds them itself.

    A capture has run the model, which may have written to them: each example is to meet the graph as it was made.
    """
    held = (value for module in model.modules() for name, value in vars(module).items() if name not in OWN)
    tensors = {id(one): one for one in held if isinstance(one, torch.Tensor) and is_ordinary(one)}
    return tuple(Values(one, one.detach().clone()) for one in tensors.values())


def names(model: nn.Module) -> tuple[Names, ...]:
    """Return the names of the attributes that ``model``'s modules have, as they are now."""
    return tuple(Names(module, frozenset(vars(module))) for module in model.modules())


def plain_attributes(model: nn.Module, captured: Any = None) -> tuple[Attribute | Slot, ...]:
    """Return plain attributes and tensors of ``model``'s modules, held by ``captured`` where that is another object."""
    return (*slots(model, captured).values(), *_found(model, model if captured is None else captured))


def slots(model: nn.Module, captured: Any = None) -> dict[str, Slot]:
    """Return where the modules of ``captured``, or of ``model`` itself, hold tensors, by name.

    A compiled module does not tell which tensors it holds that are no buffers: ``model`` does.
    """
    found: dict[str, Slot] = {}
    for path, module, owner in _owners(model, model if captured is None else captured):
        held = {**module._parameters, **module._buffers, **vars(module)}  # noqa: SLF001 - a name may hold None
        for name in held:
            now = getattr(owner, name, None)
            if name not in OWN and isinstance(now, torch.Tensor) and is_ordinary(now):
                found[f"{path}.{name}" if path else name] = Slot(owner, name, now)
    return found


def is_ordinary(tensor: torch.Tensor) -> bool:
    """Whether a tensor has values that can be compared and copied into it."""
    return not is_lazy(tensor) and not tensor.is_nested and tensor.layout is torch.strided and not tensor.is_meta


def equal(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Whether two tensors hold the same, NaN being the same as NaN."""
    if one.shape != other.shape or one.dtype != other.dtype:
        return False
    return torch.equal(one, other) or bool(((one == other) | ((one != one) & (other != other))).all())  # noqa: PLR0124


def _owners(model: nn.Module, captured: Any) -> Iterator[tuple[str, nn.Module, Any]]:
    owners = dict(captured.named_modules())
    yield from ((path, module, owners[path]) for path, module in model.named_modules() if path in owners)


def _found(model: nn.Module, captured: Any) -> Iterator[Attribute]:
    for _, module, owner in _owners(model, captured):
        for name, value in {**module._buffers, **vars(module)}.items():  # noqa: SLF001 - a buffer may be None
            if name in OWN or isinstance(value, torch.Tensor) or not is_plain(value):
                continue
            if hasattr(owner, name):
                yield Attribute(owner, name, kept(value))


def kept(value: Any) -> Callable[[], object]:
    """Return what puts ``value``, and all that it holds, back to what it is now, and gives it."""
    if isinstance(value, torch.Tensor):
        return _kept_tensor(value) if is_ordinary(value) else lambda: value
    if not isinstance(value, list | deque | dict | set | tuple):
        return lambda: value
    keys: list[Any] = list(value)  # pyright: ignore[reportUnknownArgumentType]
    parts = [kept(value[one] if isinstance(value, dict) else one) for one in keys]

    def back() -> object:
        held = [part() for part in parts]
        if isinstance(value, tuple):
            return value  # pyright: ignore[reportUnknownVariableType]
        value.clear()
        if isinstance(value, dict):
            for key, one in zip(keys, held, strict=True):
                value[key] = one
        elif isinstance(value, set):
            value.update(held)
        else:
            value.extend(held)
        return value  # pyright: ignore[reportUnknownVariableType]

    return back


def _kept_tensor(tensor: torch.Tensor) -> Callable[[], object]:
    values = Values(tensor, tensor.detach().clone())

    def back() -> object:
        values.restore()
        return tensor

    return back


def _is_same(one: Any, other: Any) -> bool:
    """Whether two plain values are the same; tensors of one value are."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, torch.Tensor):
        return is_ordinary(one) and is_ordinary(other) and equal(one, other)
    if isinstance(one, list | deque | tuple):
        return len(one) == len(other) and all(map(_is_same, one, other))  # pyright: ignore[reportUnknownArgumentType]
    if isinstance(one, dict):
        return list(one) == list(other) and all(_is_same(one[key], other[key]) for key in one)
    return bool(one == other)


def is_plain(value: object) -> bool:
    """Whether ``value`` holds nothing but Python's own types and tensors."""
    if isinstance(value, dict):
        return all(is_plain(one) for pair in value.items() for one in pair)
    if isinstance(value, list | set | tuple | deque):
        return type(value) in PLAIN and all(is_plain(one) for one in value)
    return type(value) in PLAIN or isinstance(value, torch.Tensor)
