"""What code read out of tensors, by the place and the way that it read it."""

from __future__ import annotations

from explorer.evidence import EagerRun, Escape
from explorer.graph import Scalar

Read = tuple[str, int, str]
"""File, line and how: what one call reads is compared with what the same call read."""


def reads_differ(captured: list[Scalar] | None, other: list[Scalar] | None) -> bool:
    """Whether the same read gave something else; one more or fewer is the doing of a loop or a branch."""
    return any(one != two for one, two in zip(captured or (), other or (), strict=False))


def read_of(escape: Escape) -> Read:
    """Return which read gave a value."""
    return escape.file, escape.line, escape.how


def values_read(run: EagerRun, source: str) -> dict[Read, list[Scalar]]:
    """Return what each read of data, shapes or randomness gave in a run, in order."""
    found: dict[Read, list[Scalar]] = {}
    for escape in run.escapes:
        if escape.source == source:
            found.setdefault(read_of(escape), []).append(escape.value)
    return found
