"""Where what outlives a visit is kept, and for how long: reports, and what readers handed in."""

from __future__ import annotations

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
from explorer.view.cache import DiskCache

FOLDER = "PARALLAX_CACHE"
"""Environment variable that names the folder; `off` says that nothing is kept."""
OFF = "off"
MOST_OF_REPORTS = 1_000_000_000
MOST_HANDED_IN = 500_000_000
"""Bytes of each."""
DAY = 24 * 3600.0
"""Seconds for which a stranger's file is kept since it was last shown."""
PACKAGES = ("torch", "onnx", "onnxruntime", "onnxscript", "numpy")
FAST = 1
"""Of zlib's levels: the others take three times as long for a tenth less."""
LARGEST = 2_000_000_000
"""Bytes of a report that is unpacked."""


def folder() -> Path | None:
    """Return where it is, as asked for or as is usual on this system; ``None`` where nothing is to be kept."""
    asked = os.environ.get(FOLDER, "").strip()
    if asked == OFF:
        return None
    return Path(asked) if asked else platformdirs.user_cache_path("parallax", appauthor=False)


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
    return DiskCache(home / "reports", most=MOST_OF_REPORTS) if home else None


def _told(key: object) -> str:
    return f"{_versions()} {key!r}"


@cache
def _versions() -> str:
    """Return what tells these versions from others: of the packages, and of the explorer's own files."""
    packages = (f"{name} {metadata.version(name)}" for name in PACKAGES)
    own = sorted(Path(explorer.__file__).parent.rglob("*.py"))
    files = ((path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in own)
    return f"{sys.version} {' '.join(packages)} {sorted(files)}"
