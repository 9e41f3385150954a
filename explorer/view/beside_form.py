"""The part of the sidebar that takes files to be run beside the model."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from explorer.errors import ExplorerError
from explorer.options import ModelSource
from explorer.sandbox.pool import shared_pool
from explorer.view import state
from explorer.view.beside import LARGEST_FILE, HandedIn, called, taken
from explorer.view.markdown import plainly
from explorer.view.session import Session
from explorer.view.trusting import trust_in

HELP = (
    "Stored graphs (`.pt` of TorchScript, `.pt2`, `.onnx`), or another model file (`.py`). Each is run on the examples "
    "of the model and compared with it: it has a row of the matrix, and its graph can be shown in a pane. They stay "
    "until they are taken away, whatever model is shown."
)


def show(session: Session) -> None:
    """Take files, list them, and ask for trust in each where nothing contains it."""
    files = state.files(state.BESIDE)
    expander = st.expander("Stored graphs beside it", key=state.BESIDE_OPEN, on_change="rerun")
    # What nobody looks at is not built: the browser is long at an uploader. One that is not built forgets its files.
    if expander.open or files:
        with expander:
            _form(session, files)


def _form(session: Session, files: Sequence[UploadedFile]) -> None:
    st.file_uploader(
        "Files of graphs, or models",
        accept_multiple_files=True,
        max_upload_size=LARGEST_FILE // 1_000_000,
        key=state.BESIDE,
        on_change=_take,
        args=(session,),
        help=HELP,
    )
    for one in session.resumed:
        st.button(f"Take {plainly(one.shown)} away", on_click=_take_away, args=(session, one), width="stretch")
    if files and not shared_pool().containment().contained:
        for one in files:
            label = plainly(trust_in(called(one.name)))
            st.checkbox(label, key=state.trust_of(one), on_change=_take, args=(session,))


def _take_away(session: Session, gone: ModelSource) -> None:
    session.resumed = tuple(one for one in session.resumed if one != gone)
    _take(session)


def _take(session: Session) -> None:
    if session.source is None:
        return
    files = [
        HandedIn(name=one.name, content=one.getvalue(), trusted=state.value(state.trust_of(one)) is True)
        for one in state.files(state.BESIDE)
    ]
    held = shared_pool().containment()
    folder = session.fresh_folder()
    now = taken(files, session.source, session.others, held=held, folder=folder, resumed=session.resumed)
    try:
        if now.sources != session.others:
            session.difference = None  # the list is another one
        if now.sources != session.others or (now.error is None and not session.running):
            session.ask(session.source, others=now.sources, keep_choices=True)  # known: only what was refused is gone
    except ExplorerError as error:
        session.refuse(error)
    if now.error is not None:
        session.refuse(now.error, aside=True)
