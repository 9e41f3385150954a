"""The page: read the widgets, ask the session, show. Everything else is elsewhere and free of Streamlit."""

from __future__ import annotations

import logging

import streamlit as st

from explorer.evidence import STATIC_KINDS
from explorer.view import components, payload, sidebar, state
from explorer.view.permalink import Permalink
from explorer.view.running import UNEXPECTED
from explorer.view.session import Session, rows_for

LOG = logging.getLogger(__name__)
SIDEBAR_WIDTH = 266


def show() -> None:
    """Draw the page. It never shows a traceback: what is unexpected is logged and becomes a sentence."""
    st.set_page_config(page_title="Parallax", page_icon="◇", layout="wide", initial_sidebar_state=SIDEBAR_WIDTH)
    st.html(f"<style>{components.read('page.css')}</style>")
    session, link = state.session()
    if link is not None:
        sidebar.begin(session)
    session.absorb()
    with st.sidebar:
        sidebar.sidebar(session)
    st.fragment(_stage)(session)


def _stage(session: Session) -> None:
    def act() -> None:
        session.act(state.action())

    try:
        data = _data(session)
    except Exception:
        LOG.exception("drawing the page")
        data = payload.empty_payload(problem=UNEXPECTED, notice="Nothing can be shown of this comparison.")
    components.stage()(key=state.STAGE, data=data, on_action_change=act)


def _data(session: Session) -> object:
    report = session.report
    shown = session.shown(report) if report else None
    if report is None or shown is None:
        name = session.source.name if session.source else ""
        return payload.empty_payload(problem=session.problem, notice=f"Comparing {name} …" if session.running else "")
    rows = rows_for(report)
    progress = session.progress
    is_partial = session.running and progress is not None and report is progress.report
    if session.source and session.source.kind == "sample":
        link = Permalink(
            source=session.source.name,
            left=shown.left,
            right=shown.right,
            difference=shown.difference,
            captures=None if session.captures == STATIC_KINDS else session.captures,
        )
        state.write_link(link)
    else:
        state.write_link(Permalink())
    return payload.payload(
        report,
        rows,
        shown,
        payload.scene_of(report, rows, shown, session.toggled),
        pending=progress.pending if progress and is_partial else (),
        problem=session.problem,
        notice=_notice(session),
    )


def _notice(session: Session) -> str:
    if session.running:
        return "Still comparing …"
    progress = session.progress
    if progress is None or not progress.cancelled:
        return ""
    skipped = [capture.kind for capture in progress.report.captures if capture.status == "skipped"]
    return f"Cancelled before {', '.join(skipped)}." if skipped else "Cancelled."
