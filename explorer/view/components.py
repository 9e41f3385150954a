"""Our components: plain script and style files from ``static/``, put together and given as text.

NOTE: a component given as text cannot import other files, so the files are concatenated in the order in
which they use one another. Nothing is built, and nothing comes from elsewhere.
"""

from __future__ import annotations

from pathlib import Path

from streamlit.components.v2 import component
from streamlit.components.v2.types import ComponentRenderer

_STATIC = Path(__file__).parent / "static"
_STAGE = ("dom", "verdict", "matrix", "source", "viewport", "boxes", "panes", "differences", "inspector", "stage")
_STATUS = ("dom", "status")


def stage() -> ComponentRenderer:
    """Return the main area: verdict, matrix, source, panes and differences."""
    return component("parallax_stage", css=read("stage.css"), js=stage_script())


def status() -> ComponentRenderer:
    """Return the sidebar's foot: progress, or the surroundings."""
    return component("parallax_status", css=read("status.css"), js=_joined(_STATUS))


def stage_script() -> str:
    """Return the script of the main area, a module whose default export draws it."""
    return _joined(_STAGE)


def read(name: str) -> str:
    """Return the text of a file in ``static/``."""
    return (_STATIC / name).read_text(encoding="utf-8")


def _joined(names: tuple[str, ...]) -> str:
    return "\n".join(read(f"{name}.js") for name in names)
