"""What to compare and within which limits: plain frozen values, from the command line or the page."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from explorer.errors import UsageError
from explorer.evidence import KINDS, Kind

MOST_MEMORY = 1_000_000_000
"""Megabytes, more than any machine has: beyond this the system's own numbers end."""
MOST_SEED = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a comparison is made. Times in seconds, memory in megabytes, both for each capture.

    Raises
    ------
    UsageError
        A limit or the seed is out of its range.
    """

    captures: tuple[Kind, ...] = KINDS
    seed: int = 0
    time_limit: float = 120.0
    memory_limit: int = 6000
    dynamic: bool = False
    """Leave sizes open where an exporter can."""
    trust: bool = False
    """Do not contain the model: with all files, the network, the environment, and no limit on memory."""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.time_limit) and self.time_limit > 0):
            raise UsageError(
                f"The time limit (--time-limit) is no finite number above 0: {self.time_limit}.",
                hint="Give seconds, such as 120.",
            )
        if not 1 <= self.memory_limit <= MOST_MEMORY:
            raise UsageError(
                f"The memory limit (--memory-limit) is not between 1 and {MOST_MEMORY:,} MB: {self.memory_limit}.",
                hint="Give megabytes, such as 6000.",
            )
        if not 0 <= self.seed <= MOST_SEED:
            raise UsageError(
                f"The seed (--seed) is not between 0 and 2**63 - 1: {self.seed}.",
                hint="Give a whole number, such as 0.",
            )


STORED: Mapping[str, tuple[Kind, ...]] = {"torchscript": ("jit",), "exported": ("export",), "onnx": ("ort",)}
"""Kinds of sources that hold a graph already, and the kinds of captures that follow from it."""

STORED_AS: Mapping[str, Kind] = {"torchscript": "script", "exported": "export", "onnx": "onnx"}
"""The kind of capture that each of them is itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """What is made of a source's examples before anything of them is captured; each is called as it is there.

    Names that the source does not have mean nothing: its text may have been edited since.
    """

    first: str | None = None
    """The one that is captured, in place of the source's first."""
    removed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    """Pairs of the source's name and the new one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorFile:
    """A file of tensors that was handed in: how specifications call it, where it lies, and its content's digest."""

    name: str
    path: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSource:
    """A model file that was found and parses, or a file with a stored graph; nothing of it has run yet.

    ``path`` is where it is, ``shown`` how the user named it (reports and messages use that), ``target``
    the class or function asked for by ``model.py:Net``. ``inputs`` pairs a name with a specification
    such as ``f32[1,3,8,8]; i64[4]<10``; a file that it names is one of ``files``, else one of this machine.
    """

    name: str
    kind: str  # "sample", "model", or one of STORED
    path: str
    shown: str
    text: str
    target: str | None = None
    inputs: tuple[tuple[str, str], ...] = ()
    files: tuple[TensorFile, ...] = ()
    arranged: Arrangement = Arrangement()
    adds: bool = False
    """Whether ``inputs`` are beside the examples that a stored graph brings, in place of which they else are."""
    alone: bool = False
    """Whether it was handed in by itself: no files that it may import are beside it."""
    digest: str = ""
    """Of the content of a file that was handed in: a stored graph has no ``text`` that tells it from another."""

    @property
    def stored(self) -> bool:
        """Whether it holds a graph already, with no Python behind it."""
        return self.kind in STORED
