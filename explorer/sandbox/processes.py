"""Process trees on Linux: who descends from whom, and how to leave none behind.

NOTE: A job leads a process group, but what it starts can leave that group (``setsid``) and its parent
(a double fork). So the fork server is made the *subreaper*: what loses its parent becomes the server's
own child, and is found there. Elsewhere than on Linux only the group is killed.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_PROC = Path("/proc")


def adopt_orphans() -> None:
    """Become the parent of every descendant that loses its own."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent ends."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def kill_tree(leader: int) -> None:
    """Kill a process, its group and all its descendants."""
    # The list is made first: once the leader is dead, its descendants are no longer its own.
    doomed = list(_below(leader, _children()))
    kill_group(leader)
    kill(leader, *doomed)


def kill_group(leader: int) -> None:
    """Kill all processes of a group that are still there."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def kill(*pids: int) -> None:
    """Kill the processes that are still there."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)


def strays(*, known: Collection[int]) -> list[int]:
    """Return this process's descendants other than the ``known`` children and what descends from them."""
    children = _children()
    adopted = [pid for pid in children.get(os.getpid(), ()) if pid not in known]
    return [pid for orphan in adopted for pid in (orphan, *_below(orphan, children))]


def descendants(leader: int) -> list[int]:
    """Return all processes that a process has started, and these in turn."""
    return list(_below(leader, _children()))


def threads(pid: int | None = None) -> int:
    """Count a process's threads, this one's by default, those of C libraries included."""
    line = _read(f"/proc/{pid or 'self'}/stat")
    # The command stands in brackets and may hold any character, also a bracket.
    return int(line.rpartition(b")")[2].split()[17]) if line else 1


def mapped_bytes() -> int:
    """Return the size of this process's address space."""
    return _pages(0)


def resident_bytes() -> int:
    """Return how much of this process is in memory, what it shares with others included."""
    return _pages(1)


def kernel_kills() -> int:
    """Count how often the kernel has killed a process for want of memory since the system started."""
    try:
        for line in (_PROC / "vmstat").read_text().splitlines():
            if line.startswith("oom_kill "):
                return int(line.split()[1])
    except OSError:
        pass
    return 0


def _children() -> Mapping[int, list[int]]:
    """Map each process to its children, ended ones that nobody has waited for left out."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    # Not with pathlib, which takes ten times as long; this runs at the end of every job.
    for name in os.listdir(_PROC) if _PROC.is_dir() else ():  # noqa: PTH208
        if name.isdigit() and (line := _read(f"/proc/{name}/stat")):
            # The command stands in brackets and may hold any character, also a bracket.
            state, parent = line.rpartition(b")")[2].split()[:2]
            if state != b"Z":
                found[int(parent)].append(int(name))
    return found


def _read(path: str) -> bytes:
    """Return the beginning of a file, or nothing where it is gone."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return b""
    try:
        return os.read(descriptor, 4096)
    except OSError:  # The process ended in between.
        return b""
    finally:
        os.close(descriptor)


def _below(pid: int, children: Mapping[int, list[int]]) -> Iterator[int]:
    todo = list(children.get(pid, ()))
    while todo:
        child = todo.pop()
        yield child
        todo += children.get(child, ())


def _pages(column: int) -> int:
    try:
        return int((_PROC / "self/statm").read_text().split()[column]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)
