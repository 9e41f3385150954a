"""What can be told of a file that holds a graph already: the graph, a way to run it, forms that follow from it.

One file per kind of stored graph, found by the source's kind. There is no eager model behind such a file: the stored
graph itself is what its other forms are compared with.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from explorer.capture.refusals import first_sentence
from explorer.capture.registry import Captured
from explorer.errors import SourceError
from explorer.evidence import Kind
from explorer.graph import Graph
from explorer.options import ModelSource
from explorer.source.archives import ANEW, UnsafeArchiveError, check_archive
from explorer.source.load import Arguments
from explorer.source.places import Places

FILES: Mapping[str, str] = {
    "torchscript": "explorer.capture.stored_torchscript",
    "exported": "explorer.capture.stored_exported",
    "onnx": "explorer.capture.stored_onnx",
}


ARCHIVES = frozenset({"torchscript", "exported"})


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A stored graph that was read."""

    kind: Kind
    captured: Captured
    examples: Mapping[str, Arguments] = field(default_factory=dict[str, Arguments])
    """Inputs that the file itself holds, or that its shapes allow to make."""
    arguments: tuple[str, ...] = ()
    """The names of the arguments that it takes, as its author wrote them; empty where the file does not tell."""
    derive: Callable[[Arguments | None], Captured]
    """Makes the form that follows from the stored graph; the first example is there where there is one."""
    sized: Callable[[Arguments], Graph] | None = None
    """Makes the stored graph with the shapes that a run on an example shows, where it does not tell them itself."""
    refused: str = ""
    """Why what runs such graphs does not run this one, in a sentence; empty where it does."""


Reader = Callable[[ModelSource, Places], Stored]
_registered: dict[str, Reader] = {}


def reads(kind: str) -> Callable[[Reader], Reader]:
    """Register a function as the reader of sources of ``kind``; a second one of the same kind raises."""

    def register(reader: Reader) -> Reader:
        if kind in _registered:
            message = f"two readers of {kind!r}"
            raise ValueError(message)
        _registered[kind] = reader
        return reader

    return register


def read_stored(source: ModelSource, places: Places) -> Stored:
    """Return the stored graph of ``source``.

    Raises
    ------
    SourceError
        The file does not hold what its name says.
    """
    importlib.import_module(FILES[source.kind])
    if source.kind in ARCHIVES:
        try:
            check_archive(Path(source.path))
        except UnsafeArchiveError as error:
            raise SourceError(f"The file is not opened: {error}", file=source.shown, hint=ANEW) from error
    return _registered[source.kind](source, places)


def said(error: BaseException, places: Places) -> str:
    """Return the first sentence of what a reader of files says."""
    return first_sentence(places.clean(str(error))) or f"{type(error).__name__}."
