"""What a job may have too much of, and the system counts for nobody, or for all of a user's processes at once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from explorer.sandbox import processes

MOST_THREADS = 512
MOST_PROCESSES = 64
MOST_FILES = 20_000
MOST_NESTED = 100
"""Folders in one another: a path that is too long cannot be looked into."""
MOST_BYTES = 8 << 30
"""Of all files of a job's together, those that it has removed but still holds open included."""


_BLOCK = 512
"""Bytes in which the system counts what a file takes."""


def excess(pid: int, scratch: Path, *, alone: bool) -> str:
    """Return what a job has too much of, empty where nothing; ``alone`` says that it can have no processes."""
    below = [] if alone else processes.descendants(pid)
    if len(below) >= MOST_PROCESSES:
        return f"more than {MOST_PROCESSES} processes"
    if sum(processes.threads(one) for one in (pid, *below)) > MOST_THREADS:
        return f"more than {MOST_THREADS} threads"
    size = 0
    for files, (one, depth) in enumerate(_held(scratch, pid), start=1):
        size += one
        if depth > MOST_NESTED:
            return f"more than {MOST_NESTED} folders in one another"
        if files > MOST_FILES:
            return f"more than {MOST_FILES:,} files"
        if size > MOST_BYTES:
            return f"more than {MOST_BYTES >> 30} GB of files"
    return ""


def _held(scratch: Path, pid: int) -> Iterator[tuple[int, int]]:
    """Yield how much each file of a job takes, and in how many folders it is."""
    waiting = [(str(scratch), 0)]
    while waiting:
        folder, depth = waiting.pop()
        with suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                with suppress(OSError):  # It may be gone by now.
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append((entry.path, depth + 1))
                    yield entry.stat(follow_symlinks=False).st_blocks * _BLOCK, depth
    with suppress(OSError), os.scandir(f"/proc/{pid}/fd") as open_files:
        for one in open_files:
            with suppress(OSError):
                found = os.stat(one.path)  # noqa: PTH116 - of what is open, by the system's own link
                if found.st_nlink == 0:
                    yield found.st_blocks * _BLOCK, 0
