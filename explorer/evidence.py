"""What the worker saw: captures, outcomes and the course of each eager run.

These records are all that crosses from the worker to the rest, as JSON that is checked on arrival.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import repeat
from typing import Literal

from explorer.graph import Graph, Location, OpId, Scalar, Value

Kind = Literal["eager", "trace", "script", "jit", "export", "dynamo", "onnx", "onnx_ts", "ort"]
STATIC_KINDS: tuple[Kind, ...] = ("trace", "script", "jit", "export", "onnx", "onnx_ts", "ort", "dynamo")
KINDS: tuple[Kind, ...] = ("eager", *STATIC_KINDS)

TRACERS: frozenset[Kind] = frozenset({"trace", "onnx_ts"})
"""Captures that torch.jit.trace makes, or that are made of what it does."""

EXPORTS: frozenset[Kind] = frozenset({"export", "onnx"})
"""Captures that torch.export makes, or that are made of what it does."""

WRONG = frozenset({"differs", "raises", "returns"})

VALUES = frozenset({"value", "argument"})
"""Where outcomes differ that differ in values alone."""

IN_TENSORS = frozenset({"value", "shape"})
"""Where outcomes differ of which an op tells more: a size that is another may show in values alone."""

PRODUCERS: Mapping[str, str] = {
    "eager": "The other model",
    "trace": "torch.jit.trace",
    "script": "torch.jit.script",
    "jit": "TorchScript",
    "export": "torch.export",
    "dynamo": "torch.compile",
    "onnx": "The ONNX exporter (dynamo=True)",
    "onnx_ts": "The ONNX exporter (dynamo=False)",
    "ort": "ONNX Runtime",
}
"""By kind: what makes it, and what a refusal begins with."""

Verdict = Literal["agrees", "differs", "raises", "returns", "not-run"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureWarning:
    """A warning that the producer gave, with the user's line where it names one."""

    message: str
    file: str | None = None
    line: int | None = None


About = Literal[
    "",
    "data",
    "numpy",
    "operator",
    "annotation",
    "output",
    "statement",
    "list",
    "kernel",
    "tuple",
    "optional",
    "decorator",
]
"""What a refusal is about, where what helps, or its place, depends on that: data that decide, NumPy, an operator, a
type, what is returned, a statement, a list that is read out of a tensor,
a kernel for certain types, what is unpacked, what may be None, a decorator.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why something did not work: one plain sentence, the producer's own words, the place, what helps."""

    reason: str
    file: str | None = None
    line: int | None = None
    function: str | None = None
    message: str = ""
    """The producer's own message, shortened to what a person reads."""
    hint: str = ""
    error: str = ""
    """Name of the exception's class, or ``timeout``, ``crash``, ``memory``."""
    about: About = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """Whether a recorded eager graph, run again on the same inputs, gives bit-equal results."""

    exact: bool
    reason: str = ""
    """Why not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A further graph of a capture: a step on the way to it, or what follows from it."""

    name: str
    what: str
    """What the step does, in a few words."""
    after: str
    """What it was made from: another form by its name, a kind of capture, or empty for the capture itself."""
    graph: Graph | None = None
    """None where it could not be made, or changes nothing: then it is what it was made from."""
    reason: str = ""
    """Why it could not be made."""
    seconds: float = 0.0
    changed: bool = False
    """Whether it differs from what it was made from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One attempt to get a graph: a kind, an example, and either a graph or the failure."""

    id: str
    kind: Kind
    input: str | None
    status: Literal["ok", "failed", "skipped"]
    graph: Graph | None = None
    failure: Failure | None = None
    seconds: float = 0.0
    warnings: tuple[CaptureWarning, ...] = ()
    breaks: tuple[Failure, ...] = ()
    """Graph breaks: where Dynamo returned to Python, and why."""
    note: str = ""
    """What a reader must know, such as "outputs were flattened for the tracer"."""
    refused: Failure | None = None
    """Why the producer refuses the plain call, where the graph is of a wrapper around the model."""
    replay: Replay | None = None
    """Eager only."""
    made_from: Kind | None = None
    """The kind of capture that this one is an optimised form of."""
    forms: tuple[Form, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a static graph behaved on one example beside eager."""

    outcome: Verdict
    max_abs_error: float | None = None
    max_rel_error: float | None = None
    message: str | None = None
    where: Literal["value", "shape", "dtype", "structure", "argument", "error"] | None = None
    """What differs first: ``argument`` is an argument after the call."""
    beneath: Literal["value", "shape", "dtype"] | None = None
    """What differs of the tensors themselves, where the structure that holds them differs, too."""
    rounding: bool = False
    """True where values are beyond tolerance by no more than sums in another order amount to."""
    output: int | None = None
    """Position of the first output whose values differ, among the leaves that were compared."""
    file: str | None = None
    line: int | None = None
    """The user's line at which the graph raises, where its error tells one."""


DecisionKind = Literal["if", "loop", "try"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A place in the user's code that chose its way, with each choice in order.

    ``taken`` has one entry per visit: ``1`` where it went on into the body (of the ``if``, of the loop) and
    ``0`` where it jumped over it; for ``try`` the line of the handler that ran. It holds the first 2,000
    visits; ``rest`` tells the later ones, each choice with how often it was made in a row.
    """

    file: str
    line: int
    column: int
    function: str
    kind: DecisionKind
    taken: tuple[int, ...]
    rest: tuple[tuple[int, int], ...] = ()

    def choices(self) -> Iterator[int]:
        """Yield every choice in order, those of ``taken`` and of ``rest``.

        Examples
        --------
        >>> loop = Decision(file="m.py", line=1, column=0, function="f", kind="loop", taken=(1,), rest=((1, 2), (0, 1)))
        >>> list(loop.choices())
        [1, 1, 1, 0]
        """
        yield from self.taken
        for choice, times in self.rest:
            yield from repeat(choice, times)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fed:
    """An op that took a value which had left the graph.

    ``sure`` is ``exact`` where the very number that was read was handed to the call that made the op; ``equal`` where
    the op has an equal one, on a line that reads what the value was assigned to: a good guess.
    """

    op: OpId
    sure: Literal["exact", "equal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision that a value which had left the graph had a part in.

    ``sure`` is ``exact`` where the value was read in the condition itself; ``named`` where the condition reads a name
    that the value, or what arithmetic made of it, was assigned to, and which may have got another one since.
    """

    line: int
    column: int
    kind: Literal["if", "loop"]
    sure: Literal["exact", "named"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Escape:
    """A value that left the graph for Python: ``bool(t)``, ``t.item()``, ``t.shape``, ``random.random()``.

    ``source`` says what it was read from: a tensor's data, a tensor's shape, or a source of randomness.
    """

    how: str
    source: Literal["data", "shape", "random"]
    value: Scalar
    file: str
    line: int
    function: str = ""
    steady: bool = False
    """Whether it was drawn from a generator that the run itself has seeded: the same number on every call."""
    op: OpId | None = None
    """The op whose result it was read from, or the last that wrote to it."""
    fed: tuple[Fed, ...] = ()
    """Ops that took it. What arithmetic in Python made of it is another value, and is not followed."""
    decided: tuple[Decided, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChange:
    """A parameter, buffer, attribute, global, variable of a closure or argument that was not the same after the call.

    ``name`` is dotted from the model (``bn.running_mean``, of a function in it ``scale.mean``), ``globals.NAME`` or
    ``arguments.NAME``.
    """

    name: str
    kind: Literal["parameter", "buffer", "attribute", "global", "nonlocal", "argument"]
    before: str
    after: str
    location: Location | None = None
    """The line that wrote it, where it is known."""

    @classmethod
    def written(cls, name: str, location: Location | None) -> StateChange:
        """Return the change of a tensor that was written to; ``name`` is such as ``buffer:bn.running_mean``."""
        kind, _, bare = name.partition(":")
        return cls(name=bare, kind=kind, before="", after="", location=location)  # pyright: ignore[reportArgumentType]


KEPT_BETWEEN_CALLS = frozenset({"buffer", "attribute", "global", "nonlocal"})


@dataclass(frozen=True, slots=True, kw_only=True)
class EagerRun:
    """The course of one eager run: what it ran, chose, read out, drew and changed."""

    example: str
    raised: Failure | None = None
    seconds: float = 0.0
    lines: Mapping[int, int] = field(default_factory=dict[int, int])
    """Lines of the model file that ran, and how often."""
    beside: Mapping[str, Mapping[int, int]] = field(default_factory=dict[str, Mapping[int, int]])
    """The same of the user's other files, by name."""
    decisions: tuple[Decision, ...] = ()
    escapes: tuple[Escape, ...] = ()
    changes: tuple[StateChange, ...] = ()
    deterministic: bool = True
    """False where a second run with the same seed gave another result."""
    draws_idle: bool = False
    """Whether it drew from Python or NumPy, and gives the same where it draws other numbers from there."""
    grad: bool = True
    """False where gradients were disabled, as the model raises with them."""
    training: bool = False
    """Whether the model, or a module in it, was in training mode when it was called."""

    @property
    def leaves_state(self) -> bool:
        """Whether it has changed what a second call of the model may read."""
        return any(change.kind in KEPT_BETWEEN_CALLS for change in self.changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One named set of inputs, as readable strings such as ``x: f32[1, 3, 8, 8]``."""

    name: str
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EagerResult:
    """What the eager job hands over: the examples, a run and a capture for each."""

    examples: tuple[Example, ...]
    runs: tuple[EagerRun, ...]
    captures: tuple[Capture, ...]
    sequence: bool = False
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    tolerances: Mapping[str, tuple[float, float]] = field(default_factory=dict[str, tuple[float, float]])
    """Per dtype: relative and absolute tolerance of the comparisons."""
    texts: Mapping[str, str] = field(default_factory=dict[str, str])
    """The text of the user's other files that ran, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the ops of a graph gave on an example other than the captured one, by their ids."""

    example: str
    outputs: Mapping[OpId, tuple[Value, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticResult:
    """What a static job hands over: the capture and its outcome on every example."""

    capture: Capture
    outcomes: Mapping[str, Outcome] = field(default_factory=dict[str, Outcome])
    seen: Seen | None = None
    """Of the first example on which what comes out is not eager's."""
    again: Outcome | None = None
    """What a second call on the first example gives beside eager's second, where that is not what the first gave."""
