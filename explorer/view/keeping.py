"""Where what outlives a visit is kept, and for how long: reports, and what readers handed in."""

from __future__ import annotations

import hashlib
import logging
import os
import sys
import zlib
from functools import cache
from importlib import metadata
from pathlib import Path

import msgspec
import platformdirs

import explorer
from explorer.report.schema import Report
from explorer.sandbox.containment import python_paths
from explorer.view.cache import DiskCache

LOG = logging.getLogger(__name__)

FOLDER = "PARALLAX_CACHE"
"""Environment variable that names the folder; `off` says that nothing is kept."""
OFF = "off"
MOST_OF_REPORTS = 1_000_000_000
MOST_HANDED_IN = 500_000_000
"""Bytes of each."""
DAY = 24 * 3600.0
"""Seconds for which all is kept since it was last shown: a report has its model's text."""
FAST = 1
"""Of zlib's levels: the others take three times as long for a tenth less."""
LARGEST = 2_000_000_000
"""Bytes of a report that is unpacked."""


def folder() -> Path | None:
    """Return where it is, as asked for or as is usual on this system; ``None`` where nothing is to be kept."""
    asked = os.environ.get(FOLDER, "").strip()
    if asked == OFF:
        return None
    try:
        return _safe(Path(asked) if asked else platformdirs.user_cache_path("parallax", appauthor=False))
    except RuntimeError:  # nobody's home is known
        return None


@cache
def _safe(home: Path) -> Path | None:
    """Return a folder in which models cannot read: not where Python and its packages are."""
    home = home.absolute()
    if any(home.is_relative_to(one) or one.is_relative_to(home) for one in python_paths()):
        LOG.warning("nothing is kept in %s: models can read there; name another folder in %s", home, FOLDER)
        return None
    return home


def handed_in() -> DiskCache | None:
    """Return where readers' files are kept, by names that nobody guesses."""
    home = folder()
    return DiskCache(home / "handed-in", most=MOST_HANDED_IN, seconds=DAY) if home else None


def keep(key: object, report: Report) -> None:
    """Keep ``report`` under what it was made of."""
    if home := _reports():
        home.put(_told(key), zlib.compress(msgspec.msgpack.encode(report), FAST))


def kept(key: object) -> Report | None:
    """Return what these versions made of it; nothing where it was dropped, or cannot be read."""
    home = _reports()
    content = home.get(_told(key)) if home else None
    if home is None or content is None:
        return None
    try:
        unpacked = zlib.decompressobj().decompress(content, LARGEST)
        return msgspec.msgpack.decode(unpacked, type=Report)
    except (zlib.error, msgspec.MsgspecError):
        home.drop(_told(key))
        return None


def _reports() -> DiskCache | None:
    home = folder()
    return DiskCache(home / "reports", most=MOST_OF_REPORTS, seconds=DAY) if home else None


def _told(key: object) -> str:
    return f"{_versions()} {key!r}"


@cache
def _versions() -> str:
    """Return what tells these versions from others: of all packages, as models import them, and of our own files."""
    packages = sorted({f"{one.name} {one.version}" for one in metadata.distributions()})
    own = Path(explorer.__file__).parent.rglob("*.py")
    files = sorted((str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in own)
    return hashlib.sha256(f"{sys.version} {packages} {files}".encode()).hexdigest()
