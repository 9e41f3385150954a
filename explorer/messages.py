"""What the app asks of a worker and what a worker answers: JSON in a checked schema, never a pickle."""

from __future__ import annotations

from typing import Literal

import msgspec

from explorer.evidence import Capture, EagerResult, Example, Form, Kind, Outcome, StaticResult
from explorer.graph import Location
from explorer.options import ModelSource, Options


class EagerJob(msgspec.Struct, frozen=True, tag="eager"):
    """Run the model eagerly on every example and record each run."""

    source: ModelSource
    options: Options
    without: tuple[str, ...] = ()
    """Examples to leave out: on those the process ended."""


class StaticJob(msgspec.Struct, frozen=True, tag="static"):
    """Capture one kind of static graph and run it on every example beside eager."""

    source: ModelSource
    options: Options
    kind: Kind
    without: tuple[str, ...] = ()
    other: ModelSource | None = None
    """A source of its own that is run beside ``source``, in place of a capture of it."""
    grad: bool = True
    """Whether gradients are enabled while the graph is captured: not where eager raises with them."""
    twice: bool = False
    """Whether eager and the graph are called a second time on the first example: the first call leaves state."""

    @property
    def label(self) -> str:
        """What the capture is called: its kind, or the other source as the user named it."""
        return self.other.shown if self.other else self.kind


Job = EagerJob | StaticJob


Stage = Literal["loading", "running", "watching", "making", ""]
"""What a process that ends then leaves undone: the model; the answer to one example; what is seen beside; one
form; or all that the job is for."""


class Doing(msgspec.Struct, frozen=True, tag="doing"):
    """A step has begun."""

    what: str
    """As a person reads it, such as ``building the model`` or ``running trace on long``."""
    stage: Stage = ""
    name: str = ""
    """Of the example that is run, or of the form that is made."""


class EagerFinished(msgspec.Struct, frozen=True, tag="eager-finished"):
    """The eager job is done."""

    result: EagerResult


class ExamplesRead(msgspec.Struct, frozen=True, tag="examples-read"):
    """The model file is loaded: these are its examples, in its order."""

    examples: tuple[Example, ...]


class CaptureMade(msgspec.Struct, frozen=True, tag="capture-made"):
    """A static graph is there, or is refused; its runs on the examples follow."""

    capture: Capture


class OutcomeMade(msgspec.Struct, frozen=True, tag="outcome-made"):
    """A static graph has run on one example."""

    example: str
    outcome: Outcome


class FormMade(msgspec.Struct, frozen=True, tag="form-made"):
    """A further graph of the capture is there, or cannot be made."""

    form: Form


class StaticFinished(msgspec.Struct, frozen=True, tag="static-finished"):
    """The static job is done, its capture made or refused."""

    result: StaticResult


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """The source cannot be worked with; becomes an :class:`~explorer.errors.ExplorerError` again."""

    error: Literal["source", "nothing-runs", "usage"]
    message: str
    file: str | None = None
    line: int | None = None
    hint: str = ""


class Died(msgspec.Struct, frozen=True, tag="died"):
    """The worker's process ended without a result. Made on the app's side, never sent by a worker."""

    cause: Literal["timeout", "crash", "internal", "memory", "exit", "cancelled", "protocol", "excess"]
    detail: str
    """One phrase, such as ``signal 11 (segmentation fault)`` or ``exit status 3``."""
    doing: Doing = Doing(what="")
    """The last step that it had begun."""
    stack: tuple[Location, ...] = ()
    """Where the Python code stood when time ran out, innermost first, where that could be seen."""
    output: str = ""
    """The end of what it wrote to its standard output and error: the user's words, not ours."""


Step = Doing | ExamplesRead | CaptureMade | OutcomeMade | FormMade
"""What a job tells on its way."""

FromWorker = Step | EagerFinished | StaticFinished | Refused
Message = FromWorker | Died
