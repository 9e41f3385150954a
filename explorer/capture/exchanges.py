"""What exchanges the insides of tensors or of memories: torch refuses it, or crashes, where a recorder looks on.

NOTE: ``torch.utils.swap_tensors`` asks that nothing refers to the tensors, weakly neither. ``share_memory_`` copies a
storage by an op, and swaps it with the copy: a Python object that the recorder holds of the copy is then another's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.utils._python_dispatch import _disable_current_modes  # no public name

from explorer.capture.origins import Origins

SHARING = ("_share_fd_cpu_", "_share_filename_cpu_")
"""Ways of moving a storage into memory that processes share."""


@contextmanager
def exchanging(origins: Origins) -> Iterator[None]:
    """Let tensors and memories be exchanged as without the recorder while the context is open."""
    swap = getattr(torch._C, "_swap_tensor_impl")  # noqa: B009, SLF001 - no stub has it

    def swapped(one: torch.Tensor, other: torch.Tensor) -> None:
        with origins.released(one, other):
            swap(one, other)

    before: list[tuple[Any, str, Any]] = [(torch._C, "_swap_tensor_impl", swap)]  # noqa: SLF001
    before += [(torch.UntypedStorage, name, getattr(torch.UntypedStorage, name)) for name in SHARING]
    setattr(torch._C, "_swap_tensor_impl", swapped)  # noqa: B010, SLF001
    for owner, name, share in before[1:]:
        setattr(owner, name, _shared(share, origins))
    try:
        yield
    finally:
        for owner, name, original in before:
            setattr(owner, name, original)


def _shared(share: Callable[..., Any], origins: Origins) -> Callable[..., Any]:
    """Return ``share`` with the copy that it makes left unseen: what a memory holds is what it held."""

    def shared(storage: torch.UntypedStorage, *args: Any, **kwargs: Any) -> Any:
        origins.keep_memory(storage)
        with _disable_current_modes():
            return share(storage, *args, **kwargs)

    return shared
