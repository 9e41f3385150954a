"""Tensors that a thread of the model's own makes: no mode sees its ops."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch

from explorer.capture.losses import Losses
from explorer.capture.origins import identity_of


@dataclass(slots=True)
class Threads:
    """Knows which tensors were there when the first thread was started."""

    losses: Losses = field(default_factory=Losses)
    there: set[int] | None = None
    """None while there was no thread."""

    def may_have_made(self, tensor: torch.Tensor) -> bool:
        """Whether a tensor that no op made can be a thread's."""
        return self.there is not None and identity_of(tensor) not in self.there

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Notice the start of threads while the context is open."""
        start = threading.Thread.start

        def started(thread: threading.Thread) -> None:
            if self.there is None:
                self.there = self.losses.kept("What threads made", _tensors, set[int]())
            start(thread)

        setattr(threading.Thread, "start", started)  # noqa: B010 - of another name for self
        try:
            yield
        finally:
            threading.Thread.start = start


def _tensors() -> set[int]:
    return {identity_of(one) for one in gc.get_objects() if issubclass(type(one), torch.Tensor)}
