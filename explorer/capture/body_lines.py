"""The lines of ops in the bodies of ``torch.no_grad`` and ``torch.autocast`` when an exported program is decomposed.

NOTE: a program is decomposed by running it node by node, and each new op has the line of the node that runs. The body
of an op that runs one once is called as a whole, so that its ops had none, or that of a node before it. Here it runs
node by node as well, as torch does it with the bodies of ``cond`` and ``while_loop``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from torch import fx
from torch._higher_order_ops.wrap import WrapWithAutocast, WrapWithSetGradEnabled

CALLS = "__call__"


@contextmanager
def lines_in_bodies() -> Iterator[None]:
    """Have what such bodies are decomposed to keep their lines while the context is open."""
    with ExitStack() as stack:
        for owner in (WrapWithSetGradEnabled, WrapWithAutocast):
            stack.callback(setattr, owner, CALLS, owner.__call__)
            setattr(owner, CALLS, _by_node(owner.__call__))
        yield


def _by_node(call: Callable[..., Any]) -> Callable[..., Any]:
    def called(*args: Any, **kwargs: Any) -> Any:
        return call(*map(_run_by_node, args), **kwargs)

    return called


def _run_by_node(argument: Any) -> Any:
    return fx.Interpreter(argument).run if isinstance(argument, fx.GraphModule) else argument
