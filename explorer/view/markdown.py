"""What a reader names, in places where Streamlit reads Markdown."""

from __future__ import annotations

import re


def plainly(name: str) -> str:
    """Return Markdown that reads as ``name``: a label is Markdown even where it is not seen, and loads its images."""
    return re.sub(r"([\\`*~$:!<>\[\]])", r"\\\1", name)
