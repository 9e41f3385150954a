"""What a reader handed in, kept under a name that nobody guesses: the address has it, and a reload finds it again.

NOTE: whoever has the address can open it, as long as it is kept. It is written as data and checked when it is read: the
files go the way that they went when they were handed in, into a fresh folder and from there only to the worker.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import msgspec

from explorer.errors import ExplorerError, SourceError
from explorer.options import Arrangement, ModelSource
from explorer.source.find import find_source
from explorer.source.samples import sample_names
from explorer.view import keeping
from explorer.view.handing_in import from_text, from_upload, of_class, tensor_file
from explorer.view.permalink import KEPT

LOG = logging.getLogger(__name__)

BYTES = 16
"""Of a name: as many as nobody guesses."""


class File(msgspec.Struct, frozen=True):
    """A file as its reader called it."""

    name: str
    content: bytes


class HandedIn(msgspec.Struct, frozen=True, kw_only=True):
    """A model that a reader handed in or examines with files of his own."""

    way: Literal["sample", "text", "upload"]
    model: File
    target: str | None = None
    inputs: tuple[tuple[str, str], ...] = ()
    files: tuple[File, ...] = ()
    arranged: Arrangement = Arrangement()
    adds: bool = False
    others: tuple[File, ...] = ()


def keep(source: ModelSource, others: Sequence[ModelSource]) -> str:
    """Keep what is needed to show ``source`` with ``others`` beside it once more; return its name in the address.

    Empty where the address tells all by itself, or where nothing can be kept.
    """
    home = keeping.handed_in()
    if home is None or not (source.alone or source.files or others):
        return ""
    try:
        content = msgspec.msgpack.encode(_handed_in(source, others))
    except OSError as error:
        LOG.warning("a file that was handed in is gone: %s", error)
        return ""
    name = secrets.token_urlsafe(BYTES)
    return name if home.put(name, content) else ""


def found(name: str, folder: Path) -> tuple[ModelSource, tuple[ModelSource, ...]] | None:
    """Return the source that was kept under ``name`` and what is beside it, written to ``folder``.

    ``None`` where it is not kept, or no more.
    """
    home = keeping.handed_in()
    content = home.get(name) if home and KEPT.fullmatch(name) else None
    if content is None:
        return None
    try:
        handed = msgspec.msgpack.decode(content, type=HandedIn)
        return _source(handed, _fresh(folder, "model")), tuple(_others(handed, folder))
    except (msgspec.MsgspecError, ExplorerError, OSError) as error:
        LOG.warning("what was handed in cannot be read any more: %s", error)
        return None


def _handed_in(source: ModelSource, others: Sequence[ModelSource]) -> HandedIn:
    way: Literal["sample", "text", "upload"] = "upload" if source.digest else "text" if source.alone else "sample"
    content = Path(source.path).read_bytes() if way == "upload" else source.text.encode()
    return HandedIn(
        way=way,
        model=File(source.name if way == "sample" else source.shown, content),
        target=source.target,
        inputs=source.inputs,
        files=tuple(File(one.name, Path(one.path).read_bytes()) for one in source.files),
        arranged=source.arranged,
        adds=source.adds,
        others=tuple(File(one.shown, Path(one.path).read_bytes()) for one in others),
    )


def _source(handed: HandedIn, folder: Path) -> ModelSource:
    model = handed.model
    match handed.way:
        case "sample":
            if model.name not in sample_names():
                raise SourceError("There is no such sample any more.", file=model.name)
            source = find_source(model.name)
        case "text":
            source = from_text(model.name, model.content.decode(), folder)
        case "upload":
            source = from_upload(model.name, model.content, folder)
    return replace(
        of_class(source, handed.target or ""),
        inputs=handed.inputs,
        files=tuple(tensor_file(one.name, one.content, folder) for one in handed.files),
        arranged=handed.arranged,
        adds=handed.adds,
    )


def _others(handed: HandedIn, folder: Path) -> Iterator[ModelSource]:
    for at, one in enumerate(handed.others):
        yield from_upload(one.name, one.content, _fresh(folder, str(at)))


def _fresh(folder: Path, name: str) -> Path:
    """Return a folder of its own: two names may be one once they are harmless."""
    (folder / name).mkdir()
    return folder / name
