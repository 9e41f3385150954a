"""The Python calls above the ops: ``F.linear`` is one call, whatever ATen ops it makes.

NOTE: a function mode sees what the model's code calls, by its public name. It is off while it handles a call, so
what a function such as ``multi_head_attention_forward`` calls inside belongs to that one call.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from types import FrameType
from typing import Any

import torch
from torch._ops import OpOverload
from torch.overrides import TorchFunctionMode, resolve_name

from explorer.capture.course import untraced
from explorer.capture.escapes import READERS, Escapes
from explorer.capture.losses import GRAPH, HANDED, LEFT, Losses
from explorer.capture.scopes import ScopeStack
from explorer.capture.unseen import NOTED, Unseen
from explorer.graph import CallId, Port, PythonCall
from explorer.source.places import Places

INSIDE = (
    "/torch/overrides.py",
    "/torch/_tensor.py",
    "/torch/_ops.py",
    "/torch/_jit_internal.py",
    "/torch/functional.py",
    "/torch/nn/functional.py",
)
"""Where torch's functions are defined: a frame of theirs is the call's inside, not the code that makes it."""

FILLING: dict[object, OpOverload] = {
    torch._VF._pad_packed_sequence: torch.ops.aten._pad_packed_sequence.default,  # noqa: SLF001 - no public name
}
"""Functions that run as several ops, but fill what an op has left unfilled without one."""

SHORTER = (("torch.nn.functional.", "F."), ("torch.functional.", "torch."), ("torch.Tensor.", "Tensor."),
           ("torch.nn.", "nn."))  # fmt: skip


@dataclass(slots=True)
class Made:
    """One call that made ops, and where."""

    func: Any
    module: str
    file: str
    line: int
    function: str


class Calls(TorchFunctionMode):
    """Knows which call is being made, and notes what a call read out of tensors."""

    def __init__(
        self,
        *,
        scopes: ScopeStack,
        escapes: Escapes,
        unseen: Unseen,
        losses: Losses,
        origin: Callable[[torch.Tensor], Port | str],
        whole: Callable[[Any, tuple[Any, ...], dict[str, Any], Any], None],
    ) -> None:
        super().__init__()
        self._scopes = scopes
        self._losses = losses
        self._escapes = escapes
        self._unseen = unseen
        self._origin = origin
        self._whole = whole
        self._made: list[Made] = []
        self._open: tuple[Any, FrameType] | None = None
        self._id = CallId("")

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        frame = sys._getframe(1)  # noqa: SLF001 - inspect.currentframe is this
        hashable = type(func).__hash__ is not None
        if hashable and func in NOTED:
            self._losses.kept(HANDED, lambda: self._unseen.note(func, args, frame), None)
        taken = self._escapes.taken(args, kwargs)
        self._open, self._id = (func, frame), CallId("")
        try:
            result = func(*args, **kwargs)
            if hashable and func in FILLING:
                self._losses.kept(GRAPH, lambda: self._whole(FILLING[func], args, kwargs, result), None)
        finally:
            for one in taken:
                one.calls.append(self._id)
            self._open, self._id = None, CallId("")
        reader = READERS.get(func) if hashable else None
        if reader is not None:
            noted = untraced(self._escapes.note, *reader, result, frame)
            if noted is not None and args and isinstance(tensor := args[0], torch.Tensor):
                noted.tensor = self._losses.kept(LEFT, lambda: self._origin(tensor), None)
        return result

    @property
    def current(self) -> CallId:
        """The call that is being made; empty where there is none. It counts as made once it is asked for."""
        if self._open is not None and not self._id:
            func, frame = self._open
            frame = _caller(frame)
            self._id = CallId(f"c{len(self._made)}")
            code = frame.f_code
            self._made.append(Made(func, self._scopes.current[0], code.co_filename, frame.f_lineno, code.co_name))
        return self._id

    def calls(self, places: Places) -> tuple[PythonCall, ...]:
        """Return the calls that made ops, in order."""
        return tuple(
            PythonCall(
                id=CallId(f"c{position}"),
                name=written(made.func),
                location=places.location(made.file, made.line, made.function),
                module=made.module,
            )
            for position, made in enumerate(self._made)
        )


def _caller(frame: FrameType) -> FrameType:
    """Return the frame that made the call of which ``frame`` may be a part."""
    while frame.f_back is not None and _is_inside(frame.f_code.co_filename):
        frame = frame.f_back
    return frame


@lru_cache(maxsize=1_000)
def _is_inside(file: str) -> bool:
    return file.endswith(INSIDE)


def written(func: Callable[..., Any]) -> str:
    """Return a torch function's name as a person writes it.

    Examples
    --------
    >>> import torch
    >>> written(torch.nn.functional.linear), written(torch.Tensor.add), written(torch.einsum)
    ('F.linear', 'Tensor.add', 'torch.einsum')
    """
    try:
        known = resolve_name(func)
    except TypeError:  # what a library passes off as a function need not be hashable
        known = None
    name = known or f"{getattr(func, '__module__', None) or 'torch'}.{getattr(func, '__name__', func)}"
    for long, short in SHORTER:
        if name.startswith(long):
            return short + name.removeprefix(long).removesuffix(".__get__")
    return name if name.startswith("torch.") or "." not in name else f"torch.ops.{name}"
