"""One run of a graph beside another: how each of them is called, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from explorer.capture.attributes import equal
from explorer.capture.registry import Captured
from explorer.evidence import Outcome
from explorer.source.encoding import words_of
from explorer.source.load import Arguments
from explorer.source.memory import copied, reraise_want_of_memory
from explorer.source.places import Places
from explorer.verify.compare import compare_results


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What eager, or a stored graph, does on one example: its result or error, and the arguments after the call.

    Both are copies: no later run changes them.
    """

    result: object
    error: BaseException | None
    after: Arguments


def outcome_of(
    eager: Answer,
    result: object,
    error: BaseException | None,
    given: Arguments,
    *,
    flat: bool,
    places: Places,
) -> Outcome:
    """Return the outcome of one example; ``given`` are the graph's arguments after the call."""
    if error is not None:
        name = "" if type(error).__module__.startswith("explorer.") else f"{type(error).__name__}: "
        message = first_line(f"{name}{places.clean(words_of(error))}")
        if eager.error is not None:
            return Outcome(outcome="agrees", message=message, where="error")
        place = places.of_error(error)
        where = (place.file, place.line) if place is not None and place.user else (None, None)
        return Outcome(outcome="raises", message=message, where="error", file=where[0], line=where[1])
    if eager.error is not None:
        message = f"eager raises {type(eager.error).__name__}: {first_line(places.clean(words_of(eager.error)))}"
        return Outcome(outcome="returns", message=message, where="error")
    try:
        return compare_results(eager.result, result, flat=flat, before=eager.after, after=given)
    except Exception as failed:  # noqa: BLE001 - results of a user's own classes may not compare
        reraise_want_of_memory(failed)
        return Outcome(outcome="not-run", message=f"The results cannot be compared: {words_of(failed)}")


def start_of(captured: Captured) -> dict[str, torch.Tensor]:
    """Return copies of what the graph may write, as it is now."""
    return {name: tensor.detach().clone() for name, tensor in captured.state.items()}


def reset(captured: Captured, pristine: dict[str, torch.Tensor]) -> None:
    """Put tensors and plain attributes back where they were at the start, with the values that they had."""
    for attribute in captured.attributes:
        attribute.restore()
    with torch.no_grad():
        for name, value in pristine.items():
            target = captured.state[name]
            if target.shape == value.shape and not equal(target, value):
                target.copy_(value)


def call(
    model: nn.Module | Callable[[Arguments], object],
    arguments: Arguments,
    *,
    grad: bool,
    unpacked: bool = True,
) -> tuple[object, BaseException | None]:
    """Call a model or a captured graph and return its result or what it raises."""
    run: Any = model
    try:
        with torch.set_grad_enabled(grad):
            return (run(*arguments.args, **arguments.kwargs) if unpacked else run(arguments)), None
    except (Exception, SystemExit) as error:  # noqa: BLE001 - what a model raises is a result
        reraise_want_of_memory(error)
        return None, error


def answered(
    model: nn.Module | Callable[[Arguments], object],
    arguments: Arguments,
    *,
    grad: bool,
    unpacked: bool = True,
) -> Answer:
    """Call a model or a captured graph on fresh arguments and return what it does, to be kept beside later runs.

    What it returns may be a buffer, or an argument that it keeps, and a later run may write to either.
    """
    given = arguments.fresh()
    result, error = call(model, given, grad=grad, unpacked=unpacked)
    result, args, kwargs = copied((result, given.args, given.kwargs))
    return Answer(result=result, error=error, after=Arguments(args=args, kwargs=kwargs))


def first_line(text: str) -> str:
    """Return the line of an error's message that says what happened."""
    lines = [line.strip() for line in text.splitlines() if line.strip()] or [""]
    line = (lines[-1] if "failed in the TorchScript interpreter" in lines[0] else _announced(lines)).rstrip(".")
    return line if len(line) <= 300 else line[:299] + "…"  # noqa: PLR2004 - a line on the page


def _announced(lines: list[str]) -> str:
    """Return the first line, with those after it that it only announces.

    Examples
    --------
    >>> _announced(["Got invalid dimensions for input: x for the following indices", "index: 0 Got: 3 Expected: 2"])
    'Got invalid dimensions for input: x for the following indices index: 0 Got: 3 Expected: 2'
    """
    said = lines[0]
    for line in lines[1:4]:
        if not said.endswith((":", "following indices")):
            break
        said = f"{said} {line}"
    return said
