"""The form in the sidebar that lists the examples of what is shown, and takes more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from explorer.errors import ExplorerError
from explorer.options import ModelSource
from explorer.view import state
from explorer.view.examples import Row, Wish, captured_of, rows_of, wished
from explorer.view.handing_in import BEGINNINGS, LARGEST_TENSORS
from explorer.view.markdown import plainly
from explorer.view.session import Session

MOST_ROWS = 6
"""Examples that are listed as they are; a list of more is scrolled in a box of its own."""
LIST_HEIGHT = 330
CAPTURED = "What tracing, scripting and exporting see. Every graph is then run on all examples that are ticked."
SPEC = (
    "A name and its arguments, joined by `;`: a dtype and a shape such as `f32[2,3]`, with a range as in "
    "`i64[4]<1000` or `-1<=f32[2,3]<1`, and `seed 7` for other values of the same kind; a Python value; "
    "or `@file.npy`, a file added below."
)
FILES = (
    "Each is an example of its own, unless a line above names it. What a `.npz` or a `.pt` holds under a name is the "
    "argument of that name; what has none follows each other. Nothing in a file is run."
)


def show(session: Session) -> None:
    """List the examples, to choose, rename and leave out, and take more; all of it is done at once."""
    source = session.source
    expander = st.expander("Examples", key=state.EXAMPLES_OPEN, on_change="rerun")
    if not expander.open:  # what nobody looks at is not built
        return
    with expander, st.form("examples", border=False):
        if source is None:
            st.form_submit_button("Compare with these", disabled=True, width="stretch")
            return
        rows = rows_of(source, session.known)
        if session.running and not session.known.arguments:  # else what is chosen would be chosen among some of them
            st.caption("The examples are listed once the model is read.")
        elif rows:
            _list(session, source, rows)
        _more(session, source)
        st.form_submit_button("Compare with these", on_click=_vary, args=(session,), width="stretch")


def _list(session: Session, source: ModelSource, rows: Sequence[Row]) -> None:
    names = {row.own: row.name for row in rows}
    captured = captured_of(source, rows)
    st.selectbox(
        "Captured",
        list(names),
        index=list(names).index(captured.own) if captured else 0,
        format_func=lambda own: names.get(str(own), str(own)),
        key=state.of_examples(session.turn, "captured"),
        help=CAPTURED,
        filter_mode=None,
    )
    with st.container(key="example-rows", height=LIST_HEIGHT if len(rows) > MOST_ROWS else "content", border=False):
        for row in rows:
            _row(session, row)


def _row(session: Session, row: Row) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
        st.checkbox(
            f"Compare {plainly(row.own)}",
            value=row.compared,
            key=state.of_examples(session.turn, "compared", row.own),
            label_visibility="collapsed",
        )
        st.text_input(
            f"Name of {plainly(row.own)}",
            value=row.name,
            key=state.of_examples(session.turn, "name", row.own),
            label_visibility="collapsed",
        )
    if row.said:
        st.text(row.said)  # not a caption: what is the reader's, or an address's, is no Markdown


def _more(session: Session, source: ModelSource) -> None:
    """Offer further examples, and to name what is examined where a file holds more than one module."""
    st.text_area(
        "Add, one to a line",
        key=state.of_examples(session.turn, "added"),
        height=96,
        placeholder="big=f32[8,16] seed 1\nids=i64[1,12]<1000; 0.5\npair=@a.npy; @b.npy",
        help=SPEC,
    )
    st.file_uploader(
        "Or files of tensors",
        type=list(BEGINNINGS),
        accept_multiple_files=True,
        max_upload_size=LARGEST_TENSORS // 1_000_000,
        key=state.of_examples(session.turn, "files"),
        help=FILES,
    )
    if source.kind == "model":
        st.text_input(
            "Class or function, where the file has several",
            value=source.target or "",
            key=state.of_examples(session.turn, "target"),
            placeholder="Net",
        )


def _vary(session: Session) -> None:
    source = session.source
    if source is None:
        return
    wish = _wish(session, source, rows_of(source, session.known))
    try:
        folder = session.fresh_folder() if wish.files else None
        session.ask(wished(source, session.known, wish, folder=folder))
    except ExplorerError as error:
        session.refuse(error)


def _wish(session: Session, source: ModelSource, rows: Sequence[Row]) -> Wish:
    """Return what the widgets of the examples say; one that is not drawn says what holds."""

    def said(what: str, otherwise: object, own: str = "") -> object:
        found = state.value(state.of_examples(session.turn, what, own))
        return otherwise if found is None else found

    captured = said("captured", None)
    return Wish(
        rows=[
            replace(
                one, name=str(said("name", one.name, one.own)), compared=bool(said("compared", one.compared, one.own))
            )
            for one in rows
        ],
        captured=captured if isinstance(captured, str) else None,
        added=str(said("added", "")),
        files=[(one.name, one.getvalue()) for one in state.files(state.of_examples(session.turn, "files"))],
        target=str(said("target", source.target or "")),
    )
