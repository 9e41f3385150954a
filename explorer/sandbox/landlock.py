"""Landlock, by which a process on Linux gives up files, ports and signals, without being root.

Versions: 1 (Linux 5.13) files; 2 moving files between folders; 3 cutting files; 4 TCP; 5 device controls;
6 (Linux 6.12) abstract Unix sockets and signals; 7 what is logged. https://docs.kernel.org/userspace-api/landlock.html
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from explorer.sandbox.syscalls import LANDLOCK_ADD, LANDLOCK_CREATE, LANDLOCK_RESTRICT

_WRITE_FILE, _READ_FILE, _READ_FOLDER = 1 << 1, 1 << 2, 1 << 3
_REMOVE_FOLDER, _REMOVE_FILE = 1 << 4, 1 << 5
_MAKE_FOLDER, _MAKE_FILE, _MAKE_LINK = 1 << 7, 1 << 8, 1 << 12
_MOVE, _CUT = 1 << 13, 1 << 14

_BITS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""How many rights of files each version knows; later ones as the fifth."""
_BIND_AND_CONNECT = 3
_ABSTRACT_SOCKETS_AND_SIGNALS = 3

_READ = _READ_FILE | _READ_FOLDER
# Not executing (no program is ever started), and no devices, pipes with a name or sockets.
_CHANGE = (
    _READ
    | _WRITE_FILE
    | _REMOVE_FOLDER
    | _REMOVE_FILE
    | _MAKE_FOLDER
    | _MAKE_FILE
    | _MAKE_LINK
    | _MOVE
    | _CUT
)  # fmt: skip
_OF_FILES = _WRITE_FILE | _READ_FILE | _CUT
"""The rights that a rule for a single file may name."""

_UNLOGGED = 1
_VERSION = 1
_BENEATH = 1


def version() -> int:
    """Return the kernel's version of Landlock; 0 where there is none."""
    if sys.platform != "linux":
        return 0
    found: int = _syscall(LANDLOCK_CREATE, None, 0, _VERSION)
    return max(found, 0)


def restrict(*, readable: Iterable[Path], listable: Iterable[Path], writable: Iterable[Path]) -> None:
    """Give up, for ever, all files but those at and beneath some paths; paths that are not there are passed over.

    Parameters
    ----------
    readable
        What may be read.
    listable
        Folders whose names may be read, and those of all folders beneath, but not the files.
    writable
        What may be read, written, made and removed.

    Raises
    ------
    OSError
        The kernel does not take it.
    """
    known = version()
    every = (1 << _BITS[min(known, max(_BITS))]) - 1
    network = _BIND_AND_CONNECT if known >= 4 else 0  # noqa: PLR2004 - see the head
    scopes = _ABSTRACT_SOCKETS_AND_SIGNALS if known >= 6 else 0  # noqa: PLR2004
    size = 24 if scopes else 16 if network else 8
    rules = _checked("create", _syscall(LANDLOCK_CREATE, struct.pack("QQQ", every, network, scopes), size, 0))
    try:
        for paths, rights in ((readable, _READ), (listable, _READ_FOLDER), (writable, _CHANGE)):
            for path in paths:
                with suppress(FileNotFoundError, NotADirectoryError, PermissionError):
                    _allow(rules, path, rights & every)
        # What is refused is told to the job; it need not fill the machine's audit log, too.
        _checked("restrict", _syscall(LANDLOCK_RESTRICT, rules, _UNLOGGED if known >= 7 else 0))  # noqa: PLR2004
    finally:
        os.close(rules)


def _allow(rules: int, path: Path, rights: int) -> None:
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            rights &= _OF_FILES
        if rights:
            _checked(
                f"allow {path}", _syscall(LANDLOCK_ADD, rules, _BENEATH, struct.pack("=Qi", rights, descriptor), 0)
            )
    finally:
        os.close(descriptor)


def _syscall(number: int, *arguments: int | bytes | None) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    # Whole registers: of a plain int only the lower half would be sure.
    whole = (ctypes.c_long(one) if isinstance(one, int) else one for one in arguments)
    found: int = libc.syscall(ctypes.c_long(number), *whole)
    return found


def _checked(what: str, found: int) -> int:
    if found < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"Landlock, {what}: {os.strerror(number)}")
    return found
