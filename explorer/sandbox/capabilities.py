"""What root may beyond others: given up, so that limits bind it, too."""

from __future__ import annotations

import ctypes
import os
import struct

_THIRD_VERSION = 0x20080522


def give_up() -> None:
    """Give up all capabilities of this process.

    Raises
    ------
    OSError
        The kernel does not take it.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    # Two halves of three sets each: effective, permitted, inheritable.
    if libc.capset(struct.pack("Ii", _THIRD_VERSION, 0), struct.pack("6I", *[0] * 6)) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"capset: {os.strerror(number)}")
