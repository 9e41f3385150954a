"""Turn what a reader handed in, a file or a text, into a source: written to a private folder, checked, not run."""

from __future__ import annotations

import atexit
import re
import shutil
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path

from explorer.errors import SourceError, UsageError
from explorer.options import ModelSource
from explorer.source.encoding import encoded
from explorer.source.find import STORED_KINDS, find_source, model_source
from explorer.source.inputs import FileSpec, parse_arguments, split_input

LONGEST_NAME = 60
HINT = "Write a dtype and a shape, such as x=f32[1,3,8,8], or a Python literal. The command line reads files."


def from_upload(name: str, content: bytes, folder: Path) -> ModelSource:
    """Return the source of an uploaded file; ``name`` is how its owner calls it.

    Raises
    ------
    SourceError
        It is no model file; the error names it as its owner does.
    """
    path = folder / file_name(name)
    path.write_bytes(content)
    shown = shown_name(name)
    try:
        found = find_source(str(path))
    except SourceError as error:
        raise SourceError(error.message, file=shown, line=error.line, hint=error.hint) from error
    return replace(found, name=path.stem, shown=shown, alone=True)


def from_text(name: str, text: str, folder: Path) -> ModelSource:
    """Return the source of a text that was written in the page.

    Raises
    ------
    SourceError
        It cannot be written to a file, does not parse, or holds no model.
    """
    path = folder / file_name(name)
    path.write_bytes(encoded(text, path.name))
    return replace(model_source(text, shown=path.name, path=path), alone=True)


def varied(source: ModelSource, *, examples: str, target: str) -> ModelSource:
    """Return ``source`` with the examples of a text, one to a line, and of its file the class or function ``target``.

    Raises
    ------
    UsageError
        A line is no example, or names a file: one of the app's machine is none of the reader's.
    SourceError
        The file has nothing of that name.
    """
    inputs = written_examples(examples)
    if source.stored:
        return replace(source, inputs=inputs)
    found = model_source(source.text, shown=source.shown, path=Path(source.path), name=source.name, kind=source.kind,
                         target=target or None, inputs=inputs)  # fmt: skip
    return replace(found, alone=source.alone)


def written_examples(text: str) -> tuple[tuple[str, str], ...]:
    """Return name and specification of each line of ``text``.

    Raises
    ------
    UsageError
        A line is no example, or names a file.
    """
    inputs = tuple(split_input(line) for line in text.splitlines() if line.strip())
    for name, spec in inputs:
        if any(isinstance(one, FileSpec) for one in parse_arguments(spec)):
            raise UsageError(f"The example {name!r} names a file, which the page does not read.", hint=HINT)
    return inputs


def file_name(name: str) -> str:
    """Return a harmless file name that resembles ``name``."""
    stem = re.sub(r"\W+", "_", Path(name.replace("\\", "/")).stem, flags=re.ASCII).strip("_")
    suffix = Path(name).suffix.lower()
    return f"{stem[:LONGEST_NAME] or 'model'}{suffix if suffix in STORED_KINDS else '.py'}"


def shown_name(name: str) -> str:
    """Return ``name`` without folders and control characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in last if letter.isprintable())[:120] or "model.py"


def new_folder() -> Path:
    """Return a fresh private folder. TorchScript reads the source from disk, so it stays while it may run."""
    return Path(tempfile.mkdtemp(dir=_scratch()))


def drop_folder(folder: Path) -> None:
    """Remove a folder of :func:`new_folder`."""
    shutil.rmtree(folder, ignore_errors=True)


@cache
def _scratch() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="parallax-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
