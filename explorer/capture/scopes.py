"""The module whose forward is running."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch
from torch import nn


@dataclass
class ScopeStack:
    """The module whose forward is running, by global forward hooks; leaves no trace on the model."""

    model: nn.Module
    names: dict[int, str] = field(init=False)
    open: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    def __post_init__(self) -> None:
        self.names = {id(module): name for name, module in self.model.named_modules()}

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Follow the calls of modules while the context is open."""
        hooks = torch.nn.modules.module
        before = hooks.register_module_forward_pre_hook(self._push)
        after = hooks.register_module_forward_hook(self._pop, always_call=True)
        try:
            yield
        finally:
            before.remove()
            after.remove()

    @property
    def current(self) -> tuple[str, str]:
        """Path and class of the innermost module; empty at the top."""
        return self.open[-1] if self.open else ("", "")

    def _push(self, module: nn.Module, _args: object) -> None:
        name = self.names.get(id(module))
        self.open.append((self.current[0] if name is None else name, type(module).__name__))

    def _pop(self, _module: nn.Module, _args: object, _output: object) -> None:
        if self.open:
            self.open.pop()
