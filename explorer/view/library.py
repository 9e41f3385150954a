"""Lines of a library's source around a frame of a stack. Which file that is, a model or a browser has said.

NOTE: only Python files of packages that anyone can read elsewhere are opened, and only inside the folder they are
installed in: a stack may name any file.
"""

from __future__ import annotations

import re
import sysconfig
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from explorer.view.syntax import Span, coloured

PACKAGES = ("torch", "transformers", "torchvision", "timm", "einops", "onnxscript")
"""Packages whose source is shown."""

AROUND = 6
"""Lines shown before and after the one that calls."""
LONGEST_FILE = 2_000_000
"""Bytes of a file that is read."""

_FRAME = re.compile(r"([\w\-./]{1,300}\.py):(\d{1,6})")


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryLine:
    """A line of a library's file with its colours."""

    number: int
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """What stands around a line of a library's file; without lines the file is not there, or is not shown."""

    frame: str
    """File and line, as a stack writes them."""
    line: int
    lines: tuple[LibraryLine, ...]


def is_shown(frame: str) -> bool:
    """Whether ``frame`` names a line in one of the packages whose source is shown."""
    return bool(_FRAME.fullmatch(frame)) and frame.partition("/")[0] in PACKAGES


def excerpt(frame: str) -> Excerpt | None:
    """Return the lines around ``frame``, such as ``torch/nn/modules/linear.py:134``; ``None`` where it is none."""
    named = _FRAME.fullmatch(frame)
    if named is None:
        return None
    line = int(named[2])
    lines = _lines(named[1])
    first, last = max(1, line - AROUND), min(len(lines), line + AROUND)
    return Excerpt(
        frame=frame,
        line=line,
        lines=tuple(LibraryLine(number=at, spans=lines[at - 1]) for at in range(first, last + 1)),
    )


@lru_cache(maxsize=32)
def _lines(file: str) -> tuple[tuple[Span, ...], ...]:
    home = Path(sysconfig.get_paths()["purelib"]).resolve()
    path = (home / file).resolve()
    package = file.partition("/")[0]
    if package not in PACKAGES or not path.is_relative_to(home / package) or path.suffix != ".py":
        return ()
    try:
        if path.stat().st_size > LONGEST_FILE:
            return ()
        return coloured(path.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return ()
