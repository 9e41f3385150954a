"""Looks at an archive before anything opens it, in the worker: what it would unpack to, and the names that it holds.

NOTE: readers trust what an archive says of itself. A small one may unpack to more than the machine has, hold the same
bytes under a thousand names, or names that lead elsewhere.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

MOST_ENTRIES = 100_000
DEEPEST = 40
"""Folders in one another."""
LONGEST_NAME = 1_000
LARGEST_UNPACKED = 8_000_000_000
"""Bytes of all that it holds."""
LARGEST_PACKED_TIGHT = 500_000_000
MOST_RATIO = 50
"""What an archive of more than that many bytes may be packed by: numbers seldom shrink to a fiftieth."""
ENCRYPTED = 0x1
ANEW = "Save it anew with the program that made it, whole and without another packing."


class UnsafeArchiveError(Exception):
    """The archive is not to be opened; the message says why, in a sentence."""


def check_archive(path: Path) -> None:
    """Refuse an archive that is broken, or that would unpack to too much or elsewhere.

    Raises
    ------
    UnsafeArchiveError
        With the reason, as a sentence that begins small.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        message = "it is no archive that can be read, or it is cut off."
        raise UnsafeArchiveError(message) from error
    if reason := next(_against(entries, path.stat().st_size), None):
        raise UnsafeArchiveError(reason)


def _against(entries: list[zipfile.ZipInfo], size: int) -> Iterator[str]:
    """Yield what is wrong with it."""
    if len(entries) > MOST_ENTRIES:
        yield f"it holds {len(entries):,} entries; at most {MOST_ENTRIES:,} are opened."
    packed, unpacked = sum(one.compress_size for one in entries), sum(one.file_size for one in entries)
    if packed > size:
        yield f"its entries lie over each other: together they have {packed:,} bytes, the file has {size:,}."
    if unpacked > LARGEST_UNPACKED or (unpacked > LARGEST_PACKED_TIGHT and unpacked > MOST_RATIO * size):
        yield f"it would unpack to {unpacked / 1e9:.1f} GB, {max(1, unpacked // max(size, 1)):,} times its size."
    yield from (f"it holds {one.filename[:60]!r}, {why}." for one in entries if (why := _why_not(one)))


def _why_not(entry: zipfile.ZipInfo) -> str:
    """Return why an entry is not to be opened; empty where it is."""
    name = entry.orig_filename
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if name.startswith(("/", "\\")) or ".." in parts or (parts and parts[0].endswith(":")):
        return "a name that leads out of it"
    if "\0" in name or len(name) > LONGEST_NAME or len(parts) > DEEPEST:
        return "a name that no program writes"
    return "which is encrypted" if entry.flag_bits & ENCRYPTED else ""
