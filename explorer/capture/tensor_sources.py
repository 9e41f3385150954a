"""The tensors that no op made: arguments, parameters, buffers and constants, each with its node of the graph."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from types import FrameType
from typing import Any

import torch
from torch import nn

from explorer.capture.closures import Variable, variables
from explorer.capture.losses import Losses
from explorer.capture.origins import Met, Origins, Owners
from explorer.capture.tensors import argument_names, attribute_of, value_of
from explorer.graph import Op, OpId, Port, Role
from explorer.source.load import Arguments
from explorer.source.places import Places

NAMES = "Which parameters and arguments there were"

NO_PLACE = "no place is known for what is read"

LOADING = "/torch/serialization.py"

SMALL = 16
"""Elements up to which a constant's values are kept."""


class Sources:
    """Knows what each tensor of a run is: the result of an op, or one that was there before."""

    def __init__(self, model: nn.Module, arguments: Arguments, losses: Losses, places: Places) -> None:
        self.ops: dict[OpId, Op] = {}
        self.origins = Origins()
        self.cells = losses.kept(NAMES, lambda: variables(model, places), ())
        self.owners = losses.kept(NAMES, lambda: Owners(_owned(model, self.cells)), Owners(()))
        self.inputs = losses.kept(NAMES, lambda: Owners(self._add_inputs(model, arguments)), Owners(()))

    def met(self, thing: torch.Tensor | torch.UntypedStorage) -> tuple[int, Port, Port]:
        """Return the memory of what an op is given, the op whose result it is, and the port at which it first appeared.

        What no op made has a node of its own from now on.
        """
        memory, port, home = self._known(thing)
        if port is not None and home is not None:
            return memory, port, home
        tensor = thing if isinstance(thing, torch.Tensor) else self.owners.on(thing)
        if tensor is None:
            port = self._add(torch.empty(0, dtype=torch.uint8).set_(thing))  # pyright: ignore[reportArgumentType]
            if not _is_loading():
                self.origins.bare.add(port)
        else:
            self._add(tensor)
        memory, port, home = self._known(thing)
        if port is None or home is None:
            raise LookupError(NO_PLACE)
        return memory, port, home

    def port(self, tensor: torch.Tensor) -> Port:
        """Return the op whose result ``tensor`` is, a write to its memory after that included."""
        return self.met(tensor)[1]

    def _known(self, thing: torch.Tensor | torch.UntypedStorage) -> Met:
        return self.origins.met(thing) if isinstance(thing, torch.Tensor) else self.origins.of_storage(thing)

    def origin(self, tensor: torch.Tensor) -> Port | str:
        """Return what ``tensor`` is the result of, without making a node of it."""
        return self.origins.port(tensor) or self.owners.of(tensor)

    def is_constant(self, op: OpId) -> bool:
        """Whether ``op`` is a tensor that no op made, and that is none of the model's and no argument."""
        return op in self.ops and self.ops[op].role == "constant"

    def leaf(self, tensor: torch.Tensor) -> OpId | None:
        """Return the op at whose output ``tensor`` first appeared."""
        home = self.origins.home(tensor)
        return home[0] if home is not None else None

    def owner(self, tensor: torch.Tensor) -> str:
        """Return ``kind:name`` of the parameter, buffer or argument whose memory ``tensor`` is."""
        return self.owners.of(tensor) or self.inputs.of(tensor)

    def _add_inputs(self, model: nn.Module, arguments: Arguments) -> list[tuple[str, torch.Tensor]]:
        named: list[tuple[str, torch.Tensor]] = []
        for name, leaf in argument_names(model, arguments):
            if not isinstance(leaf, torch.Tensor):
                continue
            op = OpId(f"input:{name}")
            self.ops[op] = Op(id=op, op="input", target=name, role="input", outputs=(value_of(leaf),))
            self.origins.add_source(op, leaf)
            named.append((f"argument:{name}", leaf))
        return named

    def _add(self, tensor: torch.Tensor) -> Port:
        """Return the node of a tensor that no op made: a parameter, a buffer, or a constant, with or without a name."""
        kind, _, name = self.owners.of(tensor).partition(":")
        is_constant = kind in {"", "attribute", "nonlocal"}
        role: Role = "constant" if is_constant else "parameter"
        op = OpId(f"constant:{name or len(self.ops)}" if is_constant else f"{kind}:{name}")
        if op not in self.ops:
            self.ops[op] = Op(
                id=op, op=role, target=name or "constant", role=role, outputs=(value_of(tensor),),
                module=name.rpartition(".")[0], attributes=_content(tensor) if is_constant else {},
            )  # fmt: skip
        self.origins.add_source(op, tensor)
        return op, 0


def _is_loading() -> bool:
    """Whether ``torch.load`` is running: the memory that it makes a tensor of holds what was stored."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - inspect.currentframe is this
    while frame is not None and not frame.f_code.co_filename.endswith(LOADING):
        frame = frame.f_back
    return frame is not None


def _owned(model: nn.Module, cells: Iterable[Variable]) -> Iterator[tuple[str, torch.Tensor]]:
    for one in cells:
        if isinstance(one.value, torch.Tensor):
            yield f"nonlocal:{one.name}", one.value
    for path, module in model.named_modules():  # the first to be told: who is a buffer, too, is one
        for name, value in vars(module).items():
            if isinstance(value, torch.Tensor):
                yield f"attribute:{path}.{name}" if path else f"attribute:{name}", value
    for name, buffer in model.named_buffers():
        yield f"buffer:{name}", buffer
    for name, parameter in model.named_parameters():
        yield f"parameter:{name}", parameter


def _content(tensor: torch.Tensor) -> dict[str, Any]:
    """Return the values of a small constant, which may have come from Python."""
    try:
        if tensor.numel() > SMALL or tensor.layout != torch.strided or tensor.is_quantized:
            return {}
        return {"value": attribute_of(tensor.detach().reshape(-1).tolist())}
    except Exception:  # noqa: BLE001 - a user's class of tensors may do anything
        return {}
