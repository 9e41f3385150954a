"""Our own script and style files, as they stand in ``static/``, and which of them make one script.

NOTE: a component given as text cannot import other files, so the files are concatenated in the order in
which they use one another. Nothing is built, and nothing comes from elsewhere.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

_STATIC = Path(__file__).parent / "static"
_STAGE = ("dom", "verdict", "matrix", "source", "viewport", "boxes", "states", "pinned", "paper", "panes", "saving",
          "painting", "caption", "picture", "differences", "inspector", "tools", "present", "exchange", "foresight",
          "sight", "memory", "marks", "stage", "mount")  # fmt: skip


def read(name: str) -> str:
    """Return the text of a file in ``static/``."""
    return (_STATIC / name).read_text(encoding="utf-8")


def stage_style() -> str:
    """Return the style of the main area."""
    return "\n".join(read(f"{name}.css") for name in ("stage", "states", "tools", "present"))


def stage_script() -> str:
    """Return the script of the main area, a module whose default export draws it."""
    return _joined(_STAGE)


@cache  # the files do not change while the app runs
def stage() -> dict[str, str]:
    """Return script and style of the main area, as parts of its data."""
    return {"script": stage_script(), "style": stage_style()}


def loader_script() -> str:
    """Return the script that puts data together and loads the one of the main area, which is part of it."""
    return _joined(("parts", "loader"))


def status_script() -> str:
    """Return the script of the sidebar's foot."""
    return _joined(("dom", "saving", "status"))


def standalone_script() -> str:
    """Return the script of a page that is a file."""
    return _joined((*_STAGE, "stretch", "assemble", "standalone"))


def _joined(names: tuple[str, ...]) -> str:
    return "\n".join(read(f"{name}.js") for name in names)
