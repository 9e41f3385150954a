"""The module whose forward is running, and the path that it is called by."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn
from torch.utils.hooks import RemovableHandle

from explorer.capture.losses import MODULES, Losses


@dataclass
class ScopeStack:
    """The module whose forward is running, by global forward hooks; leaves no trace on the model."""

    model: nn.Module
    losses: Losses = field(default_factory=Losses)
    names: dict[int, tuple[str, ...]] = field(init=False)
    """The paths of each module: one that is shared has several."""
    open: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    _last: list[RemovableHandle | None] = field(default_factory=list["RemovableHandle | None"])
    """For each open module, the hook that ends it where it has hooks of its own."""
    _thread: int = 0

    def __post_init__(self) -> None:
        self.names = self.losses.kept(MODULES, self._named, {})

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Follow the calls of modules while the context is open."""
        self._thread = threading.get_ident()
        hooks = torch.nn.modules.module
        before = hooks.register_module_forward_pre_hook(self._push)
        after = hooks.register_module_forward_hook(self._pop, always_call=True)
        try:
            yield
        finally:
            before.remove()
            after.remove()
            for handle in self._last:
                if handle is not None:
                    handle.remove()

    @property
    def current(self) -> tuple[str, str]:
        """Path and class of the innermost module; empty at the top."""
        return self.open[-1] if self.open else ("", "")

    def _push(self, module: nn.Module, _args: object) -> None:
        if threading.get_ident() != self._thread:  # no mode sees the ops of other threads
            return
        # A tracer sees each call that is made here, for each module: the most usual way makes none.
        paths = self.names.get(id(module), ())
        self.open.append((paths[0] if len(paths) == 1 else self._name(paths), type(module).__name__))
        hooked = vars(module).get("_forward_hooks")
        self._last.append(self.losses.kept(MODULES, lambda: self._ending(module), None) if hooked else None)

    def _named(self) -> dict[int, tuple[str, ...]]:
        return {id(module): paths for module, paths in paths_of(self.model).items()}

    def _name(self, paths: tuple[str, ...]) -> str:
        """Return the path by which a module is called: of several, the one below the module that is running."""
        return below(self.current[0], paths or (self.current[0],))

    def _ending(self, module: nn.Module) -> RemovableHandle:
        """Return the hook that ends ``module``: its own run after the global ones, so one is put behind them."""
        return module.register_forward_hook(self._close, always_call=True)

    def _pop(self, _module: nn.Module, _args: object, _output: object) -> None:
        if threading.get_ident() == self._thread and self._last and self._last[-1] is None:
            self.open.pop()
            self._last.pop()

    def _close(self, _module: nn.Module, _args: object, _output: object) -> None:
        if threading.get_ident() == self._thread and self._last:
            self._end()

    def _end(self) -> None:
        self.open.pop()
        handle = self._last.pop()
        if handle is not None:
            handle.remove()


def paths_of(model: nn.Module) -> dict[nn.Module, tuple[str, ...]]:
    """Return the paths of each module: one that is shared has several."""
    found: dict[nn.Module, tuple[str, ...]] = {}
    for path, module in model.named_modules(remove_duplicate=False):
        found[module] = (*found.get(module, ()), path)
    return found


def unwrapped(path: str, hidden: str) -> str:
    """Return ``path`` without the capture's own wrapper at its front.

    Examples
    --------
    >>> unwrapped("wrapped.fc.weight", "wrapped"), unwrapped("wrapped", "wrapped"), unwrapped("wrapped_x.fc", "wrapped")
    ('fc.weight', '', 'wrapped_x.fc')
    """
    return f"{path}.".removeprefix(f"{hidden}.").removesuffix(".")


def below(caller: str, paths: tuple[str, ...]) -> str:
    """Return the path by which a module is called: of several, the one below the module that is running."""
    above = f"{caller}." if caller else ""
    return next((path for path in paths if path.startswith(above)), paths[0])


def modules_of_scopes(model: nn.Module) -> Callable[[Any], tuple[str, str] | None] | None:
    """Return what tells path and class of a traced node's module as it was called; ``None`` where no module is shared.

    A trace has one path for each module, and for one that is shared the last; but beside each node it has the modules
    that were running, from the outermost inwards: ``__module.first/__module.second.shared``.
    """
    paths = paths_of(model)
    if all(len(one) == 1 for one in paths.values()):
        return None
    modules = {path: module for module, known in paths.items() for path in known}

    def called(node: Any) -> tuple[str, str] | None:
        running = [part.removeprefix("__module.") for part in node.scopeName().split("/") if part]
        if not running or not modules.keys() >= set(running):
            return None
        path = ""
        for one in running:
            path = below(path, paths[modules[one]])
        return path, type(modules[running[-1]]).__name__

    return called
