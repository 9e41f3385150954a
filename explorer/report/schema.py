"""The report's records: their fields are the JSON, see the contract in ``docs/report.md``.

Fields are only ever added; none is renamed, removed or given another meaning under ``schema`` 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from explorer.divergence import Alignment, Divergence, Group, GroupKind, Severity
from explorer.evidence import CaptureWarning, DecisionKind, Escape, Kind, Outcome, Replay, StateChange
from explorer.graph import Alias, Attribute, AutogradNode, Edge, Port, RegionId, RegionKind, Role, Step, Summary

__all__ = [
    "Alignment", "CallEntry", "CaptureEntry", "DecisionEntry", "Divergence", "FormEntry", "FrameEntry", "GraphEntry",
    "Group", "GroupKind", "InputEntry", "NodeEntry", "RegionEntry", "Replay", "Report", "Severity", "SourceEntry",
    "Tool", "ValueEntry",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """The program that wrote the report."""

    name: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEntry:
    """What was compared. ``text`` is the model file's text as it was run."""

    name: str
    kind: str
    file: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionEntry:
    """A place in the user's code that chose its way."""

    file: str
    line: int
    column: int
    function: str
    kind: DecisionKind
    visits: int
    taken: tuple[int, ...]
    """The first choices: 1 into the body, 0 over it; of a ``try`` the line of the handler that ran."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InputEntry:
    """One example, with the model file's lines that its eager run executed and how often."""

    name: str
    arguments: tuple[str, ...]
    raised: str | None = None
    lines: Mapping[int, int] = field(default_factory=dict[int, int])
    deterministic: bool = True
    decisions: tuple[DecisionEntry, ...] = ()
    """Every place that chose its way, in the order in which they were first met."""
    changes: tuple[StateChange, ...] = ()
    """Parameters, buffers, attributes, globals and arguments that were not the same after the call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormEntry:
    """A further graph of a capture: a step on the way to it, or what follows from it."""

    id: str
    """The capture's id and the form's name, such as ``jit:cse``: its graph is found by it, as a capture's is."""
    name: str
    what: str
    """What the step does, in a few words."""
    after: str
    """Id of the graph that it was made from and is aligned with."""
    nodes: int = 0
    """Of its own graph: a form that could not be made, or changes nothing, has none."""
    edges: int = 0
    seconds: float = 0.0
    changed: bool = False
    """Whether it differs from the graph that it was made from."""
    reason: str | None = None
    """Why it could not be made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureEntry:
    """One capture: its state, its size, and why it failed where it did."""

    id: str
    kind: Kind
    input: str | None
    status: Literal["ok", "failed", "skipped"]
    reason: str | None = None
    file: str | None = None
    line: int | None = None
    nodes: int = 0
    edges: int = 0
    seconds: float = 0.0
    warnings: tuple[CaptureWarning, ...] = ()
    message: str = ""
    """The producer's own words."""
    hint: str = ""
    note: str = ""
    ops: int = 0
    """Ops that do work: ``nodes`` without parameters, constants, shape arithmetic and the like."""
    unknown: Mapping[str, int] = field(default_factory=dict[str, int])
    """Producer's names that the vocabulary does not know, and how often each stands: such ops keep their own name."""
    replay: Replay | None = None
    """Eager only: whether the recorded ops, run again on the same inputs, give the same bits."""
    error: str = ""
    """The exception's class; where the process ended, ``timeout``, ``crash``, ``memory``, ``exit`` and the like."""
    forms: tuple[FormEntry, ...] = ()
    """In the order in which they were made."""


class ValueEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an output of a node carries."""

    dtype: str | None
    shape: tuple[int | str | None, ...] | None
    device: str | None = None
    """Left out where it is ``cpu`` or not known."""
    strides: tuple[int, ...] | None = None
    """Left out where they are those of a contiguous tensor, or not known."""
    summary: Summary | None = None
    """What it held on the captured example, in a few numbers; left out where that is not known."""


class FrameEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A frame of the Python stack from which an op was called."""

    file: str
    line: int
    function: str
    user: bool = False
    """Whether it is the user's code; left out of a library's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeEntry:
    """A graph's node as the contract writes it."""

    id: str
    op: str
    target: str
    role: Role
    module: str
    module_type: str
    file: str | None
    line: int | None
    region: RegionId | None
    outputs: tuple[ValueEntry, ...]
    attributes: Mapping[str, Attribute]
    autograd: tuple[str, ...] = ()
    """Names of the ``grad_fn`` nodes that belong to it."""
    call: str = ""
    """The Python call that made it, an ``id`` of the graph's ``calls``; else what ops of one line share."""
    within: tuple[Step, ...] = ()
    """Eager only: the sides and turns of loops that it ran under, in the user's code, from the outermost inwards."""
    aliases: tuple[Alias, ...] = ()
    """Eager only: which of its outputs share the memory of what it was given."""
    writes: tuple[Port, ...] = ()
    """Eager only: the values, as node and output, whose memory it wrote to."""
    stack: int | None = None
    """Which of the graph's ``stacks`` it was called from; ``None`` where that is not known."""
    placed: bool = False
    """Whether its producer tells no place: its line is then that of what it serves."""
    column: int | None = None
    """Of TorchScript's compiled graphs: where its expression begins in ``line``, from 0, in bytes of UTF-8."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEntry:
    """A call of a torch function, such as ``F.linear``, and the line that calls: a library's where that is one."""

    id: str
    name: str
    module: str
    file: str | None
    line: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionEntry:
    """The body of an ``If`` or ``Loop`` in a graph."""

    id: str
    owner: str
    kind: RegionKind
    parent: str | None = None
    formals: tuple[str, ...] = ()
    """Of a loop's body: the nodes that stand for what it is handed at each turn."""
    results: tuple[tuple[Port, ...], ...] = ()
    """For each output of the owner, as node and output, what the body gives: of a loop, what its next turn takes."""
    going: tuple[Port, ...] = ()
    """Of a loop: what decides whether it goes on, as node and output."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphEntry:
    """A graph as the contract writes it."""

    nodes: tuple[NodeEntry, ...]
    edges: tuple[Edge, ...]
    regions: tuple[RegionEntry, ...] = ()
    autograd: tuple[AutogradNode, ...] = ()
    """Eager only: the ``grad_fn`` nodes, each with the op that made it and the nodes that it passes gradients to."""
    stacks: tuple[tuple[FrameEntry, ...], ...] = ()
    """The Python stacks of its nodes, each once: the frames from the innermost outwards."""
    calls: tuple[CallEntry, ...] = ()
    """Eager only: the Python calls that made its nodes, in order."""
    escapes: tuple[Escape, ...] = ()
    """Eager only: what the user's code read out of tensors or drew at random, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that is known about one source, as data."""

    schema: Literal[1] = 1
    tool: Tool
    environment: Mapping[str, str]
    source: SourceEntry
    dynamic: bool = False
    """Whether sizes were left open where an exporter can."""
    inputs: tuple[InputEntry, ...]
    captures: tuple[CaptureEntry, ...]
    matrix: Mapping[str, Mapping[str, Outcome]]
    divergences: tuple[Divergence, ...]
    verdict: str = ""
    """The first sentence that a reader needs."""
    summary: str = ""
    """The second one: what the causes are and which captures refuse or keep what they saw."""
    tolerances: Mapping[str, tuple[float, float]] = field(default_factory=dict[str, tuple[float, float]])
    """Per dtype: relative and absolute tolerance."""
    graphs: Mapping[str, GraphEntry] | None = None
    alignments: tuple[Alignment, ...] | None = None
