"""What a tracer says of a call as the user would write it, asked without running the model again."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import torch
from torch import nn
from torch.utils import _pytree as pytree

from explorer.capture.flattened import Form
from explorer.capture.refusals import refusal
from explorer.capture.registry import Subject
from explorer.capture.tensors import bound
from explorer.evidence import Failure, Kind
from explorer.source.held import tensors_held

BESIDE = " The graph shown is of a wrapper that hands over and returns the tensors in it."
"""What a reader of the refusal must know: there is a graph nevertheless."""


class _First(nn.Module):
    """Takes any arguments and returns the first tensor among them, or one of its own."""

    def forward(self, *given: object) -> torch.Tensor:
        return next(iter(tensors_held(given)), torch.zeros(()))


class _Returning(nn.Module):
    """Takes the tensors of a result and returns them in its form."""

    def __init__(self, form: Form) -> None:
        super().__init__()
        self._form = form

    def forward(self, *tensors: torch.Tensor) -> object:
        return self._form.filled(tensors)


def refused_plainly(kind: Kind, subject: Subject) -> Failure | None:
    """Return why ``kind`` refuses the arguments or the result as they are.

    ``None`` where it takes them: keyword arguments can be given by position.
    """
    call = bound(subject.model, subject.arguments)
    args = (*call.args, *call.kwargs.values())
    for model, taken in ((_First(), args), (_Returning(Form.of(subject.result)), tuple(tensors_held(subject.result)))):
        given = _detached(taken)
        if not _works(model, given):  # no result of this form can be made of other tensors
            continue
        try:
            _ask(kind, model, given)
        except Exception as error:  # noqa: BLE001 - whatever it raises is its refusal
            failure = refusal(kind, error, subject.places, subject.result)
            about = failure.about or ("output" if isinstance(model, _Returning) else "")
            return replace(failure, reason=failure.reason + BESIDE, about=about)
    return None


def _works(model: nn.Module, args: tuple[Any, ...]) -> bool:
    try:
        with torch.no_grad():
            model(*args)
    except Exception:  # noqa: BLE001 - a class of the user's or a library's may do anything as it is copied
        return False
    return True


def _ask(kind: Kind, model: nn.Module, args: tuple[Any, ...]) -> None:
    with torch.no_grad(), warnings.catch_warnings(action="ignore"):
        match kind:
            case "trace":
                torch.jit.trace(model, args, check_trace=False)
            case "onnx_ts":
                torch._C._jit_flatten((args, model(*args)))  # noqa: SLF001 - how the exporter opens what it is given
            case _:  # the newer ONNX exporter asks torch.export
                torch.export.export(model, args)


def _detached(thing: Any) -> Any:
    return pytree.tree_map(lambda leaf: leaf.detach() if isinstance(leaf, torch.Tensor) else leaf, thing)
