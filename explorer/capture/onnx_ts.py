"""``torch.onnx.export(dynamo=False)``: the older exporter, by way of a trace.

NOTE: it gives ``forward`` a tensor for each number of the call, and for each that is a default, and makes an input of
the graph of it. They are made tensors here first, so that they are named and fed like all others.
"""

from __future__ import annotations

import inspect
import io
from dataclasses import replace
from typing import Any

import onnx
import torch
from torch import nn
from torch.utils import _pytree as pytree

from explorer.capture.ends import Ends
from explorer.capture.flattened import traceable
from explorer.capture.onnx_export import Exported, captured_onnx
from explorer.capture.open_sizes import open_axes
from explorer.capture.plain_calls import refused_plainly
from explorer.capture.registry import Captured, Subject, captures
from explorer.capture.scopes import paths_of
from explorer.capture.tensors import bound, tensor_names
from explorer.capture.warnings import collected_warnings
from explorer.source.load import Arguments

NUMBERS = frozenset({bool, int, float})
"""Types of which the exporter makes tensors."""

WITH_GRADIENT = "!v.requires_grad() INTERNAL ASSERT"
WITHOUT = "Exported under torch.no_grad(): else the exporter refuses a buffer that the model writes into."

PLAIN = (*NUMBERS, str, type(None), torch.Tensor)
"""Types of defaults that it takes: with any other, the call is left as it is."""


@captures("onnx_ts")
def capture_onnx_ts(subject: Subject) -> Captured:
    """Export with the default options; run by ONNX Runtime."""
    return captured_onnx(export_onnx_ts(subject), subject)


def export_onnx_ts(subject: Subject) -> Exported:
    """Return what the exporter writes with its default options.

    A buffer that the model writes into from its parameters it refuses as long as gradients are enabled.
    """
    try:
        return _exported(subject)
    except RuntimeError as error:
        if WITH_GRADIENT not in str(error):
            raise
        with torch.no_grad():
            exported = _exported(replace(subject, model=subject.build()))
        return replace(exported, note=" ".join(filter(None, (exported.note, WITHOUT))))


def _exported(subject: Subject) -> Exported:
    """Export once.

    ``verbose`` makes the exporter keep each node's Python stack; what it prints goes to the worker's log.
    """
    arguments = with_numbers_as_tensors(subject.model, subject.arguments)
    form = traceable(subject.model, arguments, subject.result, by="onnx_ts")
    names = tensor_names(subject.model, arguments)
    written: Any = io.BytesIO()  # the older exporter writes to a file object, which its types do not say
    with collected_warnings(subject.places) as warnings:
        axes = open_axes(subject.model, arguments) if subject.dynamic else None
        torch.onnx.export(
            form.model,
            form.example,
            written,
            dynamo=False,
            verbose=True,
            input_names=list(names),
            dynamic_axes=axes,
        )
    return Exported(
        kind="onnx_ts",
        model=onnx.load_model_from_string(written.getvalue()),
        names_of=lambda given: tensor_names(subject.model, given),
        ordered=lambda given: bound(subject.model, with_numbers_as_tensors(subject.model, given)),
        captured=names,
        ends=Ends.of(subject.result),
        hidden=form.hidden,
        modules={path: paths for paths in paths_of(form.model).values() for path in paths},
        note=form.note,
        refused=refused_plainly("onnx_ts", subject) if form.hidden else None,
        warnings=tuple(warnings),
    )


def with_numbers_as_tensors(model: nn.Module, arguments: Arguments) -> Arguments:
    """Return a call as the exporter makes it: in order, with the defaults, and a tensor for each number.

    Where a decorator stands before ``forward``, it is as it was given.

    Examples
    --------
    >>> class Scaled(nn.Module):
    ...     def forward(self, x, by, how="up", times=2.5): ...
    >>> with_numbers_as_tensors(Scaled(), Arguments(args=(), kwargs={"by": 3, "x": True})).args
    (tensor(True), tensor(3), 'up', tensor(2.5000, dtype=torch.float64))
    """
    if hasattr(model.forward, "__wrapped__"):  # what wraps it may give arguments of its own, by name
        return arguments
    call = _with_defaults(model, bound(model, arguments))
    args, kwargs = pytree.tree_map(_as_tensor, (call.args, call.kwargs))
    return Arguments(args=args, kwargs=kwargs)


def _with_defaults(model: nn.Module, call: Arguments) -> Arguments:
    """Return a call with the defaults of what it does not give by position."""
    try:
        parameters = list(inspect.signature(model.forward).parameters.values())[len(call.args) :]
    except (TypeError, ValueError):  # forward will raise the same
        return call
    defaults = tuple(one.default for one in parameters if one.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD)
    taken = all(isinstance(one, PLAIN) for one in defaults)
    return Arguments(args=(*call.args, *defaults), kwargs={}) if taken and not call.kwargs else call


def _as_tensor(leaf: Any) -> Any:
    if type(leaf) not in NUMBERS:
        return leaf
    return torch.tensor(leaf, dtype=torch.float64 if isinstance(leaf, float) else None)
