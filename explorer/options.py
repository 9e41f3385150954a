"""What to compare and within which limits: plain frozen values, from the command line or the page."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.evidence import KINDS, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a comparison is made. Times in seconds, memory in megabytes, both for each capture."""

    captures: tuple[Kind, ...] = KINDS
    seed: int = 0
    time_limit: float = 120.0
    memory_limit: int = 6000
    trust: bool = False
    """Run the model in the worker without its limits on memory and files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSource:
    """A model file that was found and parses; nothing of it has run yet.

    ``path`` is where it is, ``shown`` how the user named it (reports and messages use that), ``target``
    the class or function asked for by ``model.py:Net``. ``inputs`` pairs a name with a specification
    such as ``f32[1,3,8,8]; i64[4]<10``.
    """

    name: str
    kind: str  # "sample" or "model"
    path: str
    shown: str
    text: str
    target: str | None = None
    inputs: tuple[tuple[str, str], ...] = ()
