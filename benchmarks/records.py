"""What is kept of a run over a corpus: one record per model, as a line of JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import msgspec

from explorer.evidence import Kind

Fate = Literal["ok", "with line", "without line", "died"]
"""How a capture ended: a graph; refused at a line, or at none; or it ended without saying why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureRecord:
    """How one capture of one model ended."""

    id: str
    kind: Kind
    fate: Fate
    reason: str = ""
    message: str = ""
    """The producer's own words, their beginning."""
    place: str = ""
    error: str = ""
    seconds: float = 0.0
    replay: bool | None = None
    """Eager only: whether the ops, run again, gave the same bits."""
    replay_reason: str = ""
    names: Mapping[str, int] = field(default_factory=dict[str, int])
    """Producer's names of ops, and how often each was met."""
    unknown: Mapping[str, int] = field(default_factory=dict[str, int])
    """Producer's names of ops that no table knows, and how often each was met."""
    outcomes: Mapping[str, int] = field(default_factory=dict[str, int])
    """How often the graph agreed with eager, differed and so on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRecord:
    """What a comparison of one model gave."""

    corpus: str
    model: str
    seconds: float
    refused: str = ""
    """Why there is no report; empty where there is one."""
    deterministic: bool = True
    captures: tuple[CaptureRecord, ...] = ()
    unexpected: str | None = None
    """In what a stored graph's run is not what its maker expects; empty where it is, ``None`` where nobody says."""
    broken: tuple[str, ...] = ()
    """Invariants of the report that do not hold."""
    environment: Mapping[str, str] = field(default_factory=dict[str, str])


def kept(path: Path | None) -> Iterator[ModelRecord]:
    """Yield the records that an earlier run left in ``path``."""
    if path is not None and path.exists():
        for line in path.read_bytes().splitlines():
            yield msgspec.json.decode(line, type=ModelRecord)


def keep(path: Path | None, record: ModelRecord) -> None:
    """Append ``record`` to ``path``, so that a run that is stopped can go on from there."""
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            file.write(msgspec.json.encode(record) + b"\n")
