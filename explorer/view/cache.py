"""Bytes by their keys in one folder of the disk, within a bound: what is lost with it can be made again.

NOTE: several servers may share the folder, and each may be killed at any moment. So an entry is written beside its
place and then moved there; one that another has dropped meanwhile is simply not there.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LOG = logging.getLogger(__name__)

NEW = "new-"
"""How a file begins that is not yet at its place."""
ABANDONED = 3600.0
"""Seconds after which nobody writes it any more."""


@dataclass(frozen=True, slots=True)
class DiskCache:
    """The least recently used entries are dropped beyond ``most`` bytes, and all that is older than ``seconds``.

    A folder that cannot be written to is an empty cache: nothing is raised, and the log tells of it.
    """

    folder: Path
    most: int
    seconds: float = float("inf")

    def get(self, key: str) -> bytes | None:
        """Return what was put there, unless it was dropped."""
        path = self._path(key)
        try:
            if time.time() - path.stat().st_mtime > self.seconds:
                path.unlink()
                return None
            content = path.read_bytes()
        except OSError:
            return None
        self.touch(key)
        return content

    def touch(self, key: str) -> bool:
        """Say that it is used now; return whether it is there."""
        path = self._path(key)
        with contextlib.suppress(OSError):  # as on a disk that can only be read
            os.utime(path)
        return path.exists()

    def put(self, key: str, content: bytes) -> bool:
        """Keep ``content``; return whether it is there."""
        if len(content) > self.most:
            return False
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._check()
            self._write(self._path(key), content)
            self._make_room()
        except OSError as error:
            LOG.warning("nothing is kept in %s: %s", self.folder, error)
            return False
        return True

    def drop(self, key: str) -> None:
        """Forget what was put there."""
        with contextlib.suppress(OSError):
            self._path(key).unlink()

    def _check(self) -> None:
        """Refuse a folder that is someone else's, or that others may write to."""
        known = self.folder.stat()
        if hasattr(os, "getuid") and (known.st_uid != os.getuid() or known.st_mode & 0o022):
            raise PermissionError(f"{self.folder} belongs to someone else, or can be written by others")

    def _path(self, key: str) -> Path:
        return self.folder / hashlib.sha256(key.encode()).hexdigest()

    def _write(self, path: Path, content: bytes) -> None:
        handle, name = tempfile.mkstemp(prefix=NEW, dir=self.folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(name).replace(path)
        except OSError:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise

    def _make_room(self) -> None:
        now, total = time.time(), 0
        for used, size, path in sorted(self._entries(), reverse=True):
            total += size
            age = now - used
            if total > self.most or age > self.seconds or (path.name.startswith(NEW) and age > ABANDONED):
                total -= size
                with contextlib.suppress(OSError):
                    path.unlink()

    def _entries(self) -> Iterator[tuple[float, int, Path]]:
        for path in self.folder.iterdir():
            with contextlib.suppress(OSError):  # another server has dropped it
                known = path.stat()
                yield known.st_mtime, known.st_size, path
