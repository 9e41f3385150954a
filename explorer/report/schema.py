"""The report's records: their fields are the JSON, see the contract in ``docs/report.md``.

Fields are only ever added; none is renamed, removed or given another meaning under ``schema`` 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from explorer.divergence import Alignment, Divergence, Group, GroupKind, Severity
from explorer.evidence import CaptureWarning, Kind, Outcome, Replay
from explorer.graph import Attribute, AutogradNode, Edge, RegionId

__all__ = [
    "Alignment", "CaptureEntry", "Divergence", "GraphEntry", "Group", "GroupKind", "InputEntry", "NodeEntry",
    "RegionEntry", "Replay", "Report", "Severity", "SourceEntry", "Tool", "ValueEntry",
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
class InputEntry:
    """One example, with the model file's lines that its eager run executed and how often."""

    name: str
    arguments: tuple[str, ...]
    raised: str | None = None
    lines: Mapping[int, int] = field(default_factory=dict[int, int])
    deterministic: bool = True


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueEntry:
    """What an output of a node carries."""

    dtype: str | None
    shape: tuple[int | str | None, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeEntry:
    """A graph's node as the contract writes it."""

    id: str
    op: str
    target: str
    role: str
    module: str
    module_type: str
    file: str | None
    line: int | None
    region: RegionId | None
    outputs: tuple[ValueEntry, ...]
    attributes: Mapping[str, Attribute]
    autograd: tuple[str, ...] = ()
    """Names of the ``grad_fn`` nodes that belong to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionEntry:
    """The body of an ``If`` or ``Loop`` in a graph."""

    id: str
    owner: str
    kind: str
    parent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphEntry:
    """A graph as the contract writes it."""

    nodes: tuple[NodeEntry, ...]
    edges: tuple[Edge, ...]
    regions: tuple[RegionEntry, ...] = ()
    autograd: tuple[AutogradNode, ...] = ()
    """Eager only: the ``grad_fn`` nodes, each with the op that made it and the nodes that it passes gradients to."""


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
