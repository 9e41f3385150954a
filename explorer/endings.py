"""How a worker ended that did not finish its job: the sentence, the line and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from explorer.evidence import Failure
from explorer.graph import Location
from explorer.messages import Died
from explorer.options import ModelSource, Options

Rest = Literal["captures", "examples", ""]

GOES_ON: Mapping[Rest, str] = {
    "captures": " The other captures go on.",
    "examples": " Eager goes on with the other examples.",
    "": "",
}


def ending(died: Died, source: ModelSource, options: Options, *, rest: Rest = "captures") -> Failure:
    """Return why a worker ended, at which line of ``source``, and what to do; ``rest`` is what goes on without it."""
    place = _user_place(died.stack, source)
    what = "What this line calls" if place else "Something"
    reasons = {
        "timeout": (f"It did not finish within {options.time_limit:g} s.",
                    "Look for a loop that does not end, or raise --time-limit."),
        "memory": (f"It needs more than {options.memory_limit} MB of memory.",
                   "Use a smaller model, or raise --memory-limit."),
        "crash": (f"The process crashed: {died.detail}.",
                  f"{what} failed in native code, which Python cannot catch.{GOES_ON[rest]}"),
        "internal": (f"An internal error of the explorer: {died.detail.rstrip('.')}.",
                     f"This is no fault of the model. Please report it with the model file.{GOES_ON[rest]}"),
        "excess": (f"The model was stopped: it had {died.detail}.",
                   f"Let it have fewer; your own code runs without this limit by --trust.{GOES_ON[rest]}"),
        "exit": (f"The model ended the process: {died.detail}.", "Raise an exception instead of leaving the program."),
        "cancelled": ("Cancelled before it was done.", ""),
        "protocol": (f"What the worker sent was not understood: {died.detail}.",
                     "Does the model write to files that it did not open?"),
    }  # fmt: skip
    reason, hint = reasons[died.cause]
    return Failure(
        reason=reason,
        file=source.shown if place else None,
        line=place.line if place else None,
        function=place.function if place else None,
        message=f"{died.detail} while {died.doing.what}".strip(),
        hint=hint,
        error=died.cause,
    )


def _user_place(stack: tuple[Location, ...], source: ModelSource) -> Location | None:
    return next((place for place in stack if place.file in {source.path, source.shown}), None)
