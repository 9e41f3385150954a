"""What a reader handed in, kept under a name that nobody guesses: the address has it, and a reload finds it again.

NOTE: whoever has the address can open it, as long as it is kept. It is written as data and checked when it is read: the
files go the way that they went when they were handed in, into a fresh folder and from there only to the worker.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import msgspec

from explorer.errors import ExplorerError, SourceError
from explorer.options import Arrangement, ModelSource
from explorer.source.find import find_source
from explorer.source.samples import sample_names
from explorer.view import keeping
from explorer.view.cache import DiskCache
from explorer.view.handing_in import check_named, digest_of, from_text, from_upload, of_class, tensor_file
from explorer.view.permalink import KEPT

LOG = logging.getLogger(__name__)

BYTES = 16
"""Of a name: as many as nobody guesses."""


class File(msgspec.Struct, frozen=True):
    """A file as its reader called it. Its content is kept by its digest: with other examples it is the same."""

    name: str
    digest: str


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A model that a reader handed in, or a sample that he examines with files of his own."""

    way: Literal["sample", "text", "upload"]
    model: File
    target: str | None = None
    inputs: tuple[tuple[str, str], ...] = ()
    files: tuple[File, ...] = ()
    arranged: Arrangement = Arrangement()
    adds: bool = False
    others: tuple[File, ...] = ()
    before: Kept | None = None
    """Of an edit, what it is an edit of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """What was found again, written to a fresh folder."""

    source: ModelSource
    others: tuple[ModelSource, ...] = ()
    before: ModelSource | None = None


def keep(source: ModelSource, others: Sequence[ModelSource], before: ModelSource | None = None) -> str:
    """Keep what is needed to show ``source`` with ``others`` beside it once more; return its name in the address.

    ``before`` is what ``source`` is an edit of. Empty where the address tells all by itself, or where nothing can be
    kept.
    """
    home = keeping.handed_in()
    if home is None or not (source.alone or source.files or others):
        return ""
    try:
        content = msgspec.msgpack.encode(_kept(source, others, before, home))
    except OSError as error:
        LOG.warning("what was handed in is not kept: %s", error.strerror or "there is no room")
        return ""
    name = secrets.token_urlsafe(BYTES)
    return name if home.put(name, content) else ""


def stays(name: str) -> bool:
    """Say that what is kept under ``name`` is shown now; return whether it is there."""
    home = keeping.handed_in()
    return home is None or home.touch(name)


def found(name: str, folder: Path) -> Handed | None:
    """Return what was kept under ``name``, written to ``folder``; ``None`` where it is not kept, or no more."""
    home = keeping.handed_in()
    content = home.get(name) if home and KEPT.fullmatch(name) else None
    if home is None or content is None:
        return None
    try:
        kept = msgspec.msgpack.decode(content, type=Kept)
        return Handed(
            source=_source(kept, _fresh(folder, "model"), home),
            others=tuple(_others(kept, folder, home)),
            before=_source(kept.before, _fresh(folder, "before"), home) if kept.before else None,
        )
    except (msgspec.MsgspecError, ExplorerError, OSError, UnicodeDecodeError) as error:
        LOG.warning("what was handed in cannot be read any more: %s", type(error).__name__)
        return None


def _kept(source: ModelSource, others: Sequence[ModelSource], before: ModelSource | None, home: DiskCache) -> Kept:
    way: Literal["sample", "text", "upload"] = "upload" if source.digest else "text" if source.alone else "sample"
    content = {"upload": Path(source.path).read_bytes, "text": source.text.encode, "sample": bytes}[way]()
    return Kept(
        way=way,
        model=_put(source.name if way == "sample" else source.shown, content, home),
        target=source.target,
        inputs=source.inputs,
        files=tuple(_put(one.name, Path(one.path).read_bytes(), home) for one in source.files),
        arranged=source.arranged,
        adds=source.adds,
        others=tuple(_put(one.shown, Path(one.path).read_bytes(), home) for one in others),
        before=_kept_before(before, home) if before else None,
    )


def _kept_before(before: ModelSource, home: DiskCache) -> Kept | None:
    """Return what an edit is of, if its files are still there: the edit itself is kept in any case."""
    try:
        return _kept(before, (), None, home)
    except OSError:
        return None


def _put(name: str, content: bytes, home: DiskCache) -> File:
    digest = digest_of(content)
    if not (home.touch(digest) or home.put(digest, content)):
        raise OSError(f"there is no room for {name}")
    return File(name, digest)


def _content(file: File, home: DiskCache) -> bytes:
    content = home.get(file.digest)
    if content is None or digest_of(content) != file.digest:
        raise OSError(f"{file.name} is kept no more")
    return content


def _source(kept: Kept, folder: Path, home: DiskCache) -> ModelSource:
    model = kept.model
    match kept.way:
        case "sample":
            if model.name not in sample_names():
                raise SourceError("There is no such sample any more.", file=model.name)
            source = find_source(model.name)
        case "text":
            source = from_text(model.name, _content(model, home).decode(), folder)
        case "upload":
            source = from_upload(model.name, _content(model, home), folder)
    files = tuple(tensor_file(one.name, _content(one, home), folder) for one in kept.files)
    check_named(kept.inputs, files)
    return replace(
        of_class(source, kept.target or ""), inputs=kept.inputs, files=files, arranged=kept.arranged, adds=kept.adds
    )


def _others(kept: Kept, folder: Path, home: DiskCache) -> Iterator[ModelSource]:
    for at, one in enumerate(kept.others):
        yield from_upload(one.name, _content(one, home), _fresh(folder, str(at)))


def _fresh(folder: Path, name: str) -> Path:
    """Return a folder of its own: two names may be one once they are harmless."""
    (folder / name).mkdir()
    return folder / name
