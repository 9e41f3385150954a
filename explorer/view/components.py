"""Our components: plain script and style files, given to Streamlit as text."""

from __future__ import annotations

from streamlit.components.v2 import component
from streamlit.components.v2.types import ComponentRenderer

from explorer.view import assets


def stage() -> ComponentRenderer:
    """Return the main area: verdict, matrix, source, panes and differences. Its script and style are in its data."""
    return component("parallax_stage", js=assets.loader_script())


def status() -> ComponentRenderer:
    """Return the sidebar's foot: progress, or the surroundings."""
    return component("parallax_status", css=assets.read("status.css"), js=assets.status_script())
