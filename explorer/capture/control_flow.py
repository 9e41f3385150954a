"""``torch.cond`` and ``torch.while_loop`` as the Python that they stand for, while eager is recorded.

NOTE: in eager, torch compiles what is given to them, which no dispatch mode can watch. What runs is the same
with plain Python in their place, and the ops of the side that was taken stand on the user's own lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch


@contextmanager
def plain_control_flow() -> Iterator[None]:
    """Stand in for torch's functions; entered before the model file is imported, as it may take them by name."""
    before = torch.cond, torch.while_loop
    torch.cond, torch.while_loop = _cond, _while_loop
    try:
        yield
    finally:
        torch.cond, torch.while_loop = before


def _cond(pred: Any, true_fn: Callable[..., Any], false_fn: Callable[..., Any], operands: Sequence[Any] = ()) -> Any:
    return (true_fn if _holds(pred) else false_fn)(*operands)


def _while_loop(cond_fn: Callable[..., Any], body_fn: Callable[..., Any], carried_inputs: Sequence[Any]) -> Any:
    carried = tuple(carried_inputs)
    while _holds(cond_fn(*carried)):
        carried = tuple(body_fn(*carried))
    return carried


def _holds(pred: Any) -> bool:
    """Read ``pred`` without a word to who watches what leaves the graph: this choice stays in it."""
    with torch._C.DisableTorchFunction():  # noqa: SLF001 - no public name
        return bool(pred)
