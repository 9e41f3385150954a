"""Run an ONNX model with ONNX Runtime on the arguments that the PyTorch model takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import onnx
import onnxruntime

from explorer.capture.onnx_values import Type, WrongInputsError, fed, from_array, taken
from explorer.capture.refusals import refusal
from explorer.capture.summaries import summary_of
from explorer.evidence import Failure
from explorer.graph import Summary
from explorer.source.held import tensors_held
from explorer.source.load import Arguments
from explorer.source.memory import reraise_want_of_memory
from explorer.source.places import Places

LARGEST = 20_000
"""Values of a graph that are all looked at in one run."""

BYTES = 8
"""The longest number that torch has."""

Run = Callable[[Arguments], list[Any]]


def positional(args: tuple[Any, ...], kwargs: dict[str, Any] | None = None) -> tuple[Any, ...]:
    """Return the arguments as the exporters take them: a trailing dict would be taken for keywords."""
    return (*args, kwargs or {}) if kwargs or (args and isinstance(args[-1], dict)) else args


def runner(
    model: onnx.ModelProto,
    names_of: Callable[[Arguments], tuple[str, ...]] | None = None,
    captured: tuple[str, ...] = (),
) -> Run:
    """Return a function that runs ``model`` and returns its outputs as a list, of tensors where they are.

    Parameters
    ----------
    names_of
        Names the tensors of a call as the graph's inputs are named; without it they are fed in order.
    captured
        The names of the captured example's tensors: the exporter may have dropped some that are not used.
    """
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), session_options(), providers=["CPUExecutionProvider"]
    )
    kinds = {one.name: Type.of(one.type) for one in session.get_inputs()}
    results = [Type.of(one.type) for one in session.get_outputs()]
    foreign = any(one.foreign for one in (*kinds.values(), *results))

    def run(arguments: Arguments) -> list[Any]:
        given = names_of(arguments) if names_of is not None else None
        feed = {name: fed(one, kinds[name]) for name, one in _feed(kinds, arguments, given, captured).items()}
        return [taken(one) for one in (_run_foreign(session, feed) if foreign else session.run(None, feed))]

    return run


class NotLoadedError(Exception):
    """ONNX Runtime does not load the model; the message says why, in a sentence."""


def loaded(
    model: onnx.ModelProto,
    places: Places,
    names_of: Callable[[Arguments], tuple[str, ...]] | None = None,
    captured: tuple[str, ...] = (),
) -> tuple[Run, Failure | None]:
    """Return what :func:`runner` returns, or a function that always raises and why ONNX Runtime refuses the model."""
    try:
        return runner(model, names_of, captured), None
    except Exception as error:  # noqa: BLE001 - a model that does not run can be shown
        reraise_want_of_memory(error)
        failure = refusal("ort", error, places)

    def run(_given: Arguments) -> list[Any]:
        raise NotLoadedError(failure.reason)

    return run, failure


def watched(
    model: onnx.ModelProto,
    arguments: Arguments,
    names_of: Callable[[Arguments], tuple[str, ...]] | None = None,
    captured: tuple[str, ...] = (),
) -> dict[str, Summary]:
    """Run ``model`` as it stands and return what each of its values held, by name; empty where it does not run so."""
    exposed = onnx.ModelProto()
    exposed.CopyFrom(model)
    known = {one.name for one in exposed.graph.output}
    inner = [name for node in exposed.graph.node for name in node.output if name and name not in known]
    if len(inner) > LARGEST:
        return {}
    exposed.graph.output.extend(onnx.ValueInfoProto(name=name) for name in inner)
    options = session_options()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    try:
        session = onnxruntime.InferenceSession(exposed.SerializeToString(), options, providers=["CPUExecutionProvider"])
        kinds = {one.name: Type.of(one.type) for one in session.get_inputs()}
        given = _feed(kinds, arguments, names_of(arguments) if names_of is not None else None, captured)
        feed = {name: fed(one, kinds[name]) for name, one in given.items()}
        results = session.run(None, feed)
    except Exception:  # noqa: BLE001 - what it raises is told by its outcome
        return {}
    made = {one.name: result for one, result in zip(session.get_outputs(), results, strict=True)} | feed
    tensors = {name: from_array(one) for name, one in made.items() if _is_array(one)}
    return {name: summary for name, one in tensors.items() if (summary := summary_of(one)) is not None}


def _is_array(value: object) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind in "fiub" and value.dtype.itemsize <= BYTES


def session_options() -> onnxruntime.SessionOptions:
    """Return options for one thread and no words."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    return options


def _run_foreign(session: onnxruntime.InferenceSession, feed: dict[str, Any]) -> Any:
    """Run on values of ONNX Runtime's own, as NumPy has none of their type."""
    made = onnxruntime.OrtValue.ortvalue_from_numpy
    own = {name: one if isinstance(one, onnxruntime.OrtValue) else made(one) for name, one in feed.items()}
    return session.run_with_ort_values(None, own)


def _feed(
    kinds: dict[str, Type], arguments: Arguments, given: tuple[str, ...] | None, captured: tuple[str, ...]
) -> dict[str, Any]:
    names = list(kinds)
    tensors = tensors_held((arguments.args, arguments.kwargs))
    if given is not None and set(names) <= set(given) <= set(captured):
        found = dict(zip(given, tensors, strict=True))
        return {name: found[name] for name in names}
    if given is None and not arguments.args and arguments.kwargs.keys() == kinds.keys():
        return {name: arguments.kwargs[name] for name in names}
    if not all(one.plain for one in kinds.values()) and len(arguments.args) == len(names):
        return dict(zip(names, arguments.args, strict=True))
    if len(tensors) != len(names):
        message = f"The graph takes {len(names)} inputs ({', '.join(names)}); this example has {len(tensors)}."
        raise WrongInputsError(message)
    return dict(zip(names, tensors, strict=True))
