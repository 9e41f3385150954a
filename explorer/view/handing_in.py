"""Turn what a reader handed in, a file or a text, into a source: written to a private folder, checked, not run."""

from __future__ import annotations

import atexit
import hashlib
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from explorer.errors import SourceError, UsageError
from explorer.options import ModelSource, TensorFile
from explorer.source.encoding import encoded
from explorer.source.find import STORED_KINDS, find_source, model_source
from explorer.source.inputs import FileSpec, parse_arguments, split_input

LONGEST_NAME = 60
LONGEST_SHOWN, LONGEST_ENDING = 120, 12
"""Letters of a file's name, and of its ending."""
LONGEST_EXAMPLE = 60
"""Letters of an example's name."""
LARGEST_TENSORS = 20_000_000
"""Bytes of one file of tensors."""
BEGINNINGS: Mapping[str, bytes] = {".npy": b"\x93NUMPY", ".npz": b"PK", ".pt": b"PK"}
"""The first bytes of files of tensors."""
SAVE: Mapping[str, str] = {
    ".npy": "Save an array with numpy.save.",
    ".npz": "Save arrays with numpy.savez.",
    ".pt": "Save a tensor, or a tuple or dict of them, with torch.save.",
}
ENDINGS = (".py", *STORED_KINDS)
"""Of the files that can be uploaded."""
ENDS = "Hand in a file that ends in .py, .pt, .pt2 or .onnx."
HINT = "Add the file itself below, or write a dtype and a shape, such as x=f32[1,3,8,8], or a Python literal."


def from_upload(name: str, content: bytes, folder: Path) -> ModelSource:
    """Return the source of an uploaded file; ``name`` is how its owner calls it.

    Raises
    ------
    SourceError
        It is no model file; the error names it as its owner does.
    """
    shown = shown_name(name)
    if (suffix := Path(shown).suffix.lower()) not in ENDINGS:
        ends = f"it ends in {suffix}" if suffix else "its name has no ending"
        raise SourceError(f"This is no model file and no stored graph: {ends}.", file=shown, hint=ENDS)
    path = folder / file_name(name)
    path.write_bytes(content)
    try:
        found = find_source(str(path))
    except SourceError as error:
        raise SourceError(error.message, file=shown, line=error.line, hint=error.hint) from error
    return replace(found, name=path.stem, shown=shown, alone=True, digest=digest_of(content))


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


def of_class(source: ModelSource, target: str) -> ModelSource:
    """Return ``source`` as the class or function ``target`` of its file; as its file says where that is empty.

    Raises
    ------
    SourceError
        The file has nothing of that name.
    """
    if source.stored or (source.target or "") == target:
        return source
    found = model_source(source.text, shown=source.shown, path=Path(source.path), target=target or None)
    return replace(source, target=found.target)


def written_examples(text: str, files: Sequence[TensorFile] = ()) -> tuple[tuple[str, str], ...]:
    """Return name and specification of each line of ``text``, which may name ``files``.

    Raises
    ------
    UsageError
        A line is no example or has the name of another, or names a file that is none of those: one of the app's
        machine is none of the reader's.
    """
    inputs = tuple(split_input(line) for line in text.splitlines() if line.strip())
    check_named(inputs, files)
    if twice := [name for name, count in Counter(name for name, _ in inputs).items() if count > 1]:
        raise UsageError(f"There are two examples {twice[0]!r}.", hint="Give each a name of its own.")
    if long := [name for name, _ in inputs if len(name) > LONGEST_EXAMPLE or not name.isprintable()]:
        message = f"The example {long[0][:LONGEST_EXAMPLE]!r} has a name that is too long, or cannot be shown."
        raise UsageError(message, hint=f"Use up to {LONGEST_EXAMPLE} letters.")
    return inputs


def check_named(inputs: Sequence[tuple[str, str]], files: Sequence[TensorFile]) -> None:
    """Refuse examples that name other files than ``files``: one of the app's machine is none of the reader's.

    Raises
    ------
    UsageError
        One does.
    """
    known = {one.name for one in files}
    for name, spec in inputs:
        for one in parse_arguments(spec):
            if isinstance(one, FileSpec) and one.path not in known:
                raise UsageError(f"The example {name!r} names a file that was not handed in.", hint=HINT)


def tensor_file(name: str, content: bytes, folder: Path) -> TensorFile:
    """Write a file of tensors to ``folder``; it is read in the worker only.

    Raises
    ------
    UsageError
        It is too large, or not what its ending says.
    """
    shown = shown_name(name).replace(";", "_").strip()
    suffix = Path(shown).suffix.lower()
    if suffix not in BEGINNINGS:
        message = "This is no file of tensors."
        raise UsageError(message, file=shown, hint=f"Hand in {', '.join(BEGINNINGS)}.")
    if len(content) > LARGEST_TENSORS:
        message = f"The file is larger than {LARGEST_TENSORS // 1_000_000} MB."
        raise UsageError(message, file=shown, hint="Hand in a smaller one; the command line reads files of any size.")
    if not content.startswith(BEGINNINGS[suffix]):
        message = "The file is empty." if not content else f"This is no {suffix} file: it does not begin as one."
        raise UsageError(message, file=shown, hint=SAVE[suffix])
    digest = digest_of(content)
    path = folder / f"{digest}{suffix}"
    path.write_bytes(content)
    return TensorFile(name=shown, path=str(path.resolve()), digest=digest)


def digest_of(content: bytes) -> str:
    """Return what tells ``content`` from any other."""
    return hashlib.sha256(content).hexdigest()


def file_name(name: str) -> str:
    """Return a harmless file name that resembles ``name``."""
    stem = re.sub(r"\W+", "_", Path(name.replace("\\", "/")).stem, flags=re.ASCII).strip("_")
    suffix = Path(name).suffix.lower()
    return f"{stem[:LONGEST_NAME] or 'model'}{suffix if suffix in STORED_KINDS else '.py'}"


def shown_name(name: str) -> str:
    """Return ``name`` without folders and control characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(letter for letter in last if letter.isprintable())
    if len(shown) > LONGEST_SHOWN:  # what it is stands at its end
        ending = Path(shown).suffix[:LONGEST_ENDING]
        shown = f"{shown[: LONGEST_SHOWN - len(ending) - 1]}…{ending}"
    return shown or "model.py"


def new_folder() -> Path:
    """Return a fresh private folder. TorchScript reads the source from disk, so it stays while it may run."""
    return Path(tempfile.mkdtemp(dir=_scratch()))


def kept_folders(folders: Sequence[Path], source: ModelSource | None, others: Sequence[ModelSource] = ()) -> list[Path]:
    """Drop the folders in which nothing of ``source`` and ``others`` stands, and return the rest.

    What stands in those may be captured again.
    """
    paths = (source.path, *(one.path for one in source.files)) if source is not None else ()
    homes = {home for path in (*paths, *(one.path for one in others)) for home in Path(path).parents}
    kept = [folder for folder in folders if folder.resolve() in homes]
    for folder in folders:
        if folder not in kept:
            shutil.rmtree(folder, ignore_errors=True)
    return kept


@cache
def _scratch() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="parallax-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
