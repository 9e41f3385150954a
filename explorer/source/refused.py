"""What helps where the worker's containment refused a model something: a file, the network, a process."""

from __future__ import annotations

import errno
import os
import re
import sys
from pathlib import Path
from traceback import walk_tb

from explorer.source.encoding import as_text, words_of
from explorer.source.places import chain_of

CONTAINED = "PARALLAX_CONTAINED"
"""Set in the environment of a job that is held to its own files."""

OF_THE_NETWORK = frozenset({"gaierror", "URLError", "ConnectionError", "MaxRetryError", "LocalEntryNotFoundError"})
"""Errors of those who find no network, in the standard library and in those that fetch models."""
OF_NATIVE_CODE = re.compile(r"Permission denied|Operation not permitted|\berrno:? ?(?:1|13)\b", re.IGNORECASE)
WITHOUT = {
    "socket.py": "without network, and without the services of this machine",
    "subprocess.py": "without other programs",
    "popen_fork.py": "in one process, which starts no others (DataLoader with num_workers=0)",
    "": "without network, without other processes, and with its own files only",
}
"""What a model runs without, by the file of the standard library in which it was refused."""
LONGEST_PATH = 300

OWN = "If the code is your own, run it with --trust."
UPLOADED = "On the command line (python -m explorer compare) files beside it are readable, and all with --trust."


def help_against(error: BaseException, *, alone: bool) -> str:
    """Return what helps if ``error`` came of the containment, else nothing.

    Parameters
    ----------
    error
        What the user's code raised.
    alone
        Whether the model was handed in to the page by itself.
    """
    if CONTAINED not in os.environ:
        return ""
    further = UPLOADED if alone else OWN
    for one in chain_of(error):
        if isinstance(one, PermissionError) and isinstance(one.filename, str | bytes):
            return f"{_of_file(os.fsdecode(one.filename), one.errno)} {further}"
        if isinstance(one, ModuleNotFoundError) and (file := _unreadable(one.name or "")):
            return f"{_of_file(file, errno.EACCES)} {further}"
        if type(one).__name__ in OF_THE_NETWORK:
            return f"A model runs {WITHOUT['socket.py']}. {further}"
        if isinstance(one, PermissionError) or (isinstance(one, RuntimeError) and OF_NATIVE_CODE.search(words_of(one))):
            return f"A model runs {WITHOUT.get(_innermost(one), WITHOUT[''])}. {further}"
    return ""


def _unreadable(module: str) -> str:
    """Return the file or folder of a module that is there but was not found: its folder cannot be listed."""
    root = module.partition(".")[0]
    if not root or root in sys.modules:
        return ""
    found = (Path(folder, name) for folder in sys.path for name in (f"{root}.py", root))
    return next((str(one) for one in found if one.exists()), "")


def _innermost(error: BaseException) -> str:
    """Return the name of the file in which ``error`` was raised."""
    return next((Path(frame.f_code.co_filename).name for frame, _ in reversed(list(walk_tb(error.__traceback__)))), "")


def _of_file(path: str, number: int | None) -> str:
    shown = as_text(path)[:LONGEST_PATH]
    if number == errno.EPERM:
        return f"A model may not change the rights, owner or times of files, as it tried with {shown}."
    return (
        f"A model reads the files of its own folder, those of Python and its packages, and what it writes itself: "
        f"{shown} is none of them."
    )
