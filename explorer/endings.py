"""How a worker ended that did not finish its job: the sentence, the line and what to do."""

from __future__ import annotations

from explorer.evidence import Failure
from explorer.graph import Location
from explorer.messages import Died
from explorer.options import ModelSource, Options


def ending(died: Died, source: ModelSource, options: Options) -> Failure:
    """Return why a worker ended, at which line of ``source``, and what to do."""
    reasons = {
        "timeout": (f"It did not finish within {options.time_limit:g} s.",
                    "Look for a loop that does not end, or raise --time-limit."),
        "memory": (f"It needs more than {options.memory_limit} MB of memory.",
                   "Use a smaller model, or raise --memory-limit."),
        "crash": (f"The process crashed: {died.detail}.",
                  "This is a fault in a native library; the other captures go on."),
        "internal": (f"An internal error of the explorer: {died.detail.rstrip('.')}.",
                     "This is no fault of the model; the other captures go on. Please report it with the model file."),
        "exit": (f"The model ended the process: {died.detail}.", "Raise an exception instead of leaving the program."),
        "cancelled": ("Cancelled before it was done.", ""),
        "protocol": (f"What the worker sent was not understood: {died.detail}.",
                     "Does the model write to files that it did not open?"),
    }  # fmt: skip
    reason, hint = reasons[died.cause]
    place = _user_place(died.stack, source)
    return Failure(
        reason=reason,
        file=source.shown if place else None,
        line=place.line if place else None,
        function=place.function if place else None,
        message=f"{died.detail} while {died.doing}".strip(),
        hint=hint,
        error=died.cause,
    )


def _user_place(stack: tuple[Location, ...], source: ModelSource) -> Location | None:
    return next((place for place in stack if place.file in {source.path, source.shown}), None)
