"""The one place that knows the keys of ``st.session_state``."""

from __future__ import annotations

from typing import Literal

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from explorer.source.samples import sample_names
from explorer.view import permalink
from explorer.view.permalink import Permalink
from explorer.view.session import Session

SESSION = "session"
MODE = "mode"
SAMPLE = "sample"
UPLOAD = "upload"
BESIDE = "beside"
BESIDE_OPEN = "beside open"
TEXT = "text"
REPLACED = "replaced"
"""The text that a new one took the place of."""
ANEW = "anew"
"""Whether what is written is a model of its own, not an edit of what is shown."""
EXAMPLES = "examples"
EXAMPLES_OPEN = "examples open"
KINDS = "kinds"
SAVE = "save"
STAGE = "stage"
STATUS = "status"

Mode = Literal["Samples", "Upload", "Write"]
MODES: tuple[Mode, ...] = ("Samples", "Upload", "Write")


def session() -> tuple[Session, Permalink | None]:
    """Return this visitor's session, and what the address asked for where the session has just begun."""
    if SESSION in st.session_state:
        return st.session_state[SESSION], None
    begun = Session()
    link = permalink.parse(st.query_params.to_dict(), sample_names())
    begun.open_link(link)
    st.session_state[SESSION] = begun
    return begun, link


def of_examples(turn: int, what: str, own: str = "") -> str:
    """Return the key of a widget for the examples: with each ``turn`` they are as the source has them again."""
    return f"{EXAMPLES}-{what}-{turn}-{own}"


def trust_of(handed: UploadedFile | None) -> str:
    """Return the key of the box by which a reader says to trust a file, or the text that they write.

    Another file has another box: it is to be said of each.
    """
    return f"trust-{handed.file_id if handed is not None else 'text'}"


def value(key: str) -> object:
    """Return the value of the widget ``key``, or ``None`` while it is not there."""
    return st.session_state.get(key)


def chosen(key: str) -> frozenset[str]:
    """Return what is picked in the widget ``key`` of several choices."""
    return frozenset(str(choice) for choice in st.session_state.get(key) or ())


def files(key: str) -> list[UploadedFile]:
    """Return what was handed in with the widget ``key``, which takes several."""
    return [one for one in st.session_state.get(key) or () if isinstance(one, UploadedFile)]


def of_sidebar() -> tuple[object, ...]:
    """Return what the widgets say that make the sidebar another one."""
    handed = value(UPLOAD)
    handed_in = [handed] if isinstance(handed, UploadedFile) else []
    return (
        *(value(key) for key in (MODE, SAMPLE, EXAMPLES_OPEN, BESIDE_OPEN, SAVE)),
        chosen(KINDS),
        tuple(one.file_id for one in (*handed_in, *files(BESIDE))),
    )


def put(key: str, content: object) -> None:
    """Set the value of the widget ``key`` before it is drawn."""
    st.session_state[key] = content


def action() -> object:
    """Return what the stage asks for in this run, or ``None``."""
    stage = st.session_state.get(STAGE)
    return stage["action"] if stage else None
