"""What a job may touch, and the way it is held to that: Landlock, a filter of system calls, no capabilities.

NOTE: All of it needs neither root nor anything set up, and holds from the moment it is put in force, for the
process's threads and for ever. Namespaces would hide more, but many hosts and all usual containers forbid them to
those who are not root. A user of its own would need root, and could not read a Python that lies in a home folder.
"""

from __future__ import annotations

import os
import pwd
import resource
import site
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

from explorer.messages import Job, StaticJob
from explorer.options import ModelSource
from explorer.sandbox import capabilities, landlock, seccomp
from explorer.source.inputs import FileSpec, parse_arguments

MOST_OPEN = 512
"""Files that a contained job may have open at a time."""
MOST_ENTRIES = 2000
"""Of a folder with more, all is readable, hidden files too: a rule for each would take too long."""

_SYSTEM = (
    "/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime",
    *(f"/proc/self/{name}" for name in ("stat", "statm", "status", "maps", "cmdline", "cgroup", "fd")),
    "/proc/cpuinfo", "/sys/devices/system/cpu", "/dev/urandom",
)  # fmt: skip
"""What the C library, torch and ONNX Runtime read of the machine; of a process itself not its sockets."""
_SINK = "/dev/null"
_PACKAGE = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a job may read, of which folders it may read the names, and where it may write."""

    readable: tuple[Path, ...]
    listable: tuple[Path, ...] = ()
    writable: tuple[Path, ...]


def prepare() -> None:
    """Find out, in the server, what a job's process no longer can: its home and its temporary folder are others."""
    python_paths()
    _homes()


def possible() -> bool:
    """Whether this machine has all that :func:`contain` needs. Whether it holds is for the probe to say."""
    return landlock.version() > 0 and seccomp.machine() is not None


def plan(job: Job, scratch: Path) -> Plan:
    """Return what ``job`` may touch."""
    sources = [job.source]
    if isinstance(job, StaticJob) and job.other is not None:
        sources.append(job.other)
    readable, listable = list(python_paths()), list[Path]()
    for source in sources:
        readable += _own_files(source)
        if not source.alone:
            readable += beside(Path(source.path))
            listable.append(Path(source.path).parent)
    return Plan(readable=tuple(readable), listable=tuple(listable), writable=(scratch, Path(_SINK)))


def contain(plan: Plan) -> None:
    """Hold this process to a plan, for ever. It must have one thread, and what it will use be imported.

    Raises
    ------
    OSError
        The kernel does not take it.
    """
    machine = seccomp.machine()
    assert machine is not None
    resource.setrlimit(resource.RLIMIT_NOFILE, (MOST_OPEN, MOST_OPEN))
    for kind in (resource.RLIMIT_MSGQUEUE, resource.RLIMIT_NICE, resource.RLIMIT_RTPRIO, resource.RLIMIT_MEMLOCK):
        resource.setrlimit(kind, (0, 0))
    seccomp.forbid_new_privileges()
    landlock.restrict(readable=plan.readable, listable=plan.listable, writable=plan.writable)
    capabilities.give_up()
    seccomp.install(seccomp.program(machine, os.getpid()), machine)


@cache
def python_paths() -> tuple[Path, ...]:
    """Return what Python and its packages are read from, and what the machine must tell."""
    found = dict.fromkeys(one for one in _python_paths() if one.exists())
    return tuple(one for one in found if not any(above in found for above in one.parents))


def _python_paths() -> Iterator[Path]:
    yield from map(Path, _SYSTEM)
    yield _PACKAGE
    for prefix in {sys.prefix, sys.base_prefix, sys.exec_prefix}:
        yield from (Path(prefix, name) for name in ("lib", "lib64"))
    own = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    own |= {*site.getsitepackages(), site.getusersitepackages()}
    yield from map(Path, sorted(own))
    for folder in dict.fromkeys(sys.path):
        if folder and folder not in own and Path(folder) != _PACKAGE.parent:
            yield from _entries(Path(folder))
    for name, finder in list(sys.modules.items()):
        if name.startswith("__editable__"):  # how setuptools finds packages that are installed where they are written
            yield from map(Path, getattr(finder, "MAPPING", {}).values())


def beside(file: Path) -> Iterator[Path]:
    """Yield what a model file of the user's own may read beside itself: no hidden files, nothing that links elsewhere.

    In a folder that is more than a project's (the home folder, what is above it, that of temporary files) these are
    the files in it, not what is in its folders.
    """
    yield from _entries(file.parent)


def _own_files(source: ModelSource) -> Iterator[Path]:
    yield Path(source.path)
    handed = {one.name: one.path for one in source.files}
    yield from (Path(path) for path in handed.values())
    for _, spec in source.inputs:
        yield from (Path(handed.get(one.path, one.path)) for one in parse_arguments(spec) if isinstance(one, FileSpec))


def _entries(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        yield folder  # such as a zip file of modules
        return
    wide, entries = _is_wide(folder), list[os.DirEntry[str]]()
    with suppress(OSError), os.scandir(folder) as found:
        entries += islice(found, MOST_ENTRIES + 1)
    if len(entries) > MOST_ENTRIES and not wide:
        yield folder
        return
    shown = (one for one in entries if not one.name.startswith(".") and not one.is_symlink())
    yield from (Path(one.path) for one in shown if not (wide and one.is_dir()))


def _is_wide(folder: Path) -> bool:
    return any(folder == one or folder in one.parents for one in _homes())


@cache
def _homes() -> frozenset[Path]:
    """Return folders that hold more than one project."""
    found = {Path(tempfile.gettempdir()).resolve()}
    with suppress(RuntimeError):  # nobody has said where it is
        found.add(Path.home().resolve())
    with suppress(KeyError):
        found.add(Path(pwd.getpwuid(os.getuid()).pw_dir).resolve())
    return frozenset(found)
