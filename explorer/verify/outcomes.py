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

LONGEST = 300
"""Characters of what an error says: a line on the page."""


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
    if error is not None and eager.error is not None:
        ours, theirs = _said(eager.error, places), _said(error, places)
        both = theirs if ours == theirs else f"eager raises {ours}; the graph raises {theirs}"
        return Outcome(outcome="agrees", message=both, where="error")
    if error is not None:
        place = places.of_error(error)
        where = (place.file, place.line) if place is not None and place.user else (None, None)
        message = _said(error, places)
        return Outcome(outcome="raises", message=message, where="error", file=where[0], line=where[1])
    if eager.error is not None:
        return Outcome(outcome="returns", message=f"eager raises {_said(eager.error, places)}", where="error")
    try:
        return compare_results(eager.result, result, flat=flat, before=eager.after, after=given)
    except Exception as failed:  # noqa: BLE001 - results of a user's own classes may not compare
        reraise_want_of_memory(failed)
        return Outcome(outcome="not-run", message=f"The results cannot be compared: {words_of(failed)}")


def _said(error: BaseException, places: Places) -> str:
    """Return what an error says in a line: its class, unless it is the explorer's own, and its words.

    What a script raises by a `raise` of the user's is told as the error that it stands for.
    """
    name = "" if type(error).__module__.startswith("explorer.") else f"{type(error).__name__}: "
    # The line is taken first: of a long traceback no more than its beginning is kept where it is made clean.
    line = places.clean(_telling(f"{name}{words_of(error)}")).removeprefix("builtins.")
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


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


def _telling(text: str) -> str:
    """Return the line of an error's message that says what happened."""
    lines = [line.strip() for line in text.splitlines() if line.strip()] or [""]
    return (lines[-1] if "failed in the TorchScript interpreter" in lines[0] else _announced(lines)).rstrip(".")


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
