"""What the diff finds: groups of ops that do the same work, and divergences with their causes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from explorer.evidence import Kind
from explorer.graph import Scalar

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""The gravest first."""

GroupKind = Literal["same", "changed", "fused", "decomposed", "moved", "only-left", "only-right"]
Sure = Literal["certain", "likely", "guessed"]
"""By what two sides of a group were matched: what only they have, what is around them, or their order alone."""
Evidence = Mapping[str, Scalar | list[Scalar]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Divergence:
    """One place where a static graph is not what eager does, with its cause, line and evidence."""

    id: str
    severity: Severity
    cause: str
    capture: Kind
    inputs: tuple[str, ...]
    file: str | None
    line: int | None
    function: str | None
    module: str
    explanation: str
    remedy: str = ""
    evidence: Evidence = field(default_factory=dict[str, Scalar | list[Scalar]])
    left: tuple[str, ...] = ()
    """Ops of the eager graph (of the example in ``left_capture``)."""
    right: tuple[str, ...] = ()
    """Ops of the static graph."""
    left_capture: str | None = None
    right_capture: str | None = None
    source: str = ""
    """The other source whose graph it is, as the user named it; empty for captures of the first."""

    @property
    def row(self) -> str:
        """What the matrix calls the graph: its kind of capture, or the other source."""
        return self.source or self.capture


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Ops of two graphs that do the same work, or ops of one that the other has not."""

    left: tuple[str, ...]
    right: tuple[str, ...]
    kind: GroupKind
    matched_by: str = ""
    """What tied them: ``module, line and op``, ``neighbours`` and so on."""
    sure: Sure | None = None
    """How sure it is that they belong together; ``None`` where there is one side alone."""
    held: Literal["same", "apart"] | None = None
    """Whether what they gave was the same on the captured example; ``None`` where it is not known of both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """Which ops of two captures do the same work; every node of both is in exactly one group."""

    left: str
    right: str
    groups: tuple[Group, ...]


LOUD_CAUSES = (
    "baked-branch", "unrolled-loop", "baked-constant", "baked-random", "baked-state", "baked-mode",
    "specialised-shape", "specialised-type", "mutation", "lost-check", "output-structure", "numerical-mismatch",
    "capture-failure", "graph-break",
)  # fmt: skip
"""Causes of errors and warnings."""

QUIET_CAUSES = (
    "fused",
    "decomposed",
    "folded-constant",
    "removed",
    "reordered",
    "layout",
    "control-flow-kept",
)
"""Causes of notes: the structure differs, the results do not."""

CAUSES = (*LOUD_CAUSES, *QUIET_CAUSES)
