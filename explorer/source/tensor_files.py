"""Read the arguments of a call from a file of tensors, in the worker: nothing of it is ever unpickled into code.

A ``.npy`` file is one argument. Of several, those with names are the arguments of these names, the others follow
each other: the arrays of a ``.npz``, the tuple, list or dict that a ``.pt`` holds; ``(arguments, keyword arguments)``
as in a model file.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from explorer.errors import UsageError
from explorer.source.archives import UnsafeArchiveError, check_archive
from explorer.source.encoding import as_text, words_of

MOST_ARRAYS = 1_000
NUMBERED = re.compile(r"arr_(\d{1,6})")
"""How NumPy calls arrays that were saved without names."""
PLAIN = (torch.Tensor, bool, int, float, complex, str, type(None))
TORCH = (".pt", ".pth")
HINTS = {
    ".npy": "Save one array of numbers with numpy.save, and give its file.",
    ".npz": "Save arrays of numbers with numpy.savez, and give its file.",
    ".pt": "Save a tensor, or a tuple or dict of tensors, with torch.save, and give its file.",
}

Call = tuple[tuple[Any, ...], dict[str, Any]]
"""Positional and keyword arguments."""


def arguments_in(name: str, path: Path, *, shown: str) -> Call:
    """Return what the file ``path``, which its owner calls ``shown``, gives to the example ``name``.

    Raises
    ------
    UsageError
        It cannot be read, or holds something else than tensors and plain values.
    """
    hint = HINTS[".pt" if path.suffix in TORCH else ".npz" if path.suffix == ".npz" else ".npy"]
    try:
        if path.suffix != ".npy" and zipfile.is_zipfile(path):
            check_archive(path)
        return _call(torch.load(path, map_location="cpu", weights_only=True)) if path.suffix in TORCH else _arrays(path)
    except (_UnusableError, UnsafeArchiveError) as error:
        raise UsageError(f"The input {name!r} cannot be used: {error}", file=shown, hint=hint) from error
    except Exception as error:  # besides errors of files, whatever broken archives raise
        message = f"The input {name!r} cannot be read: {_sentence(error, path, shown)}"
        raise UsageError(message, file=shown, hint=hint) from error


class _UnusableError(Exception):
    """The file was read, but what it holds is no arguments; the message says why, in a sentence."""


def _arrays(path: Path) -> Call:
    found: Any = np.load(path, allow_pickle=False)
    if isinstance(found, np.ndarray):
        return (_tensor(found),), {}
    with found as archive:
        if len(archive.files) > MOST_ARRAYS:
            message = f"it holds more than {MOST_ARRAYS:,} arrays."
            raise _UnusableError(message)
        arrays = {key: _tensor(archive[key]) for key in archive.files}
    places = {key: int(match[1]) for key in arrays if (match := NUMBERED.fullmatch(key))}
    following = tuple(arrays[key] for key in sorted(places, key=lambda key: places[key]))
    return following, _named({key: one for key, one in arrays.items() if key not in places})


def _tensor(array: np.ndarray) -> torch.Tensor:
    try:
        return torch.from_numpy(array)
    except (TypeError, ValueError) as error:
        message = f"torch has no tensors of its dtype, {array.dtype}."
        raise _UnusableError(message) from error


def _call(held: object) -> Call:
    """Return the call that the content of a ``.pt`` file stands for."""
    _check(held)
    match held:
        case (tuple() as args, dict() as kwargs):
            return args, _named(kwargs)
        case tuple() | list():
            return tuple(held), {}
        case dict():
            return (), _named(held)
        case torch.Tensor():
            return (held,), {}
        case _:
            message = f"it holds {type(held).__name__}, no tensor."
            raise _UnusableError(message)


def _check(thing: object) -> None:
    """Refuse what is neither a tensor nor a plain value, nor made of these."""
    if isinstance(thing, Mapping):
        for one in thing.values():
            _check(one)
    elif isinstance(thing, Sequence) and not isinstance(thing, str | bytes | bytearray):
        for one in thing:
            _check(one)
    elif not isinstance(thing, PLAIN):
        message = f"it holds {type(thing).__name__}, which is neither a tensor nor a plain value."
        raise _UnusableError(message)


def _named(arguments: Mapping[Any, Any]) -> dict[str, Any]:
    for key in arguments:
        if not (isinstance(key, str) and key.isidentifier()):
            message = f"{as_text(str(key))[:60]!r} cannot be the name of an argument."
            raise _UnusableError(message)
    return dict(arguments)


def _sentence(error: BaseException, path: Path, shown: str) -> str:
    said = words_of(error)
    if "TorchScript" in said:
        return "it holds a TorchScript program, not tensors."
    if "pickle" in said or "eights only" in said:  # their own words tell how to do what is not safe
        return "it holds more than numbers (that would have to be unpickled)."
    text = (error.strerror if isinstance(error, OSError) else None) or said or type(error).__name__
    return as_text(text.replace(str(path), shown).splitlines()[0].rstrip(".")) + "."
