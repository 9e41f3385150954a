"""The page: read the widgets, ask the session, show. Everything else is elsewhere and free of Streamlit."""

from __future__ import annotations

import logging
from dataclasses import replace

import streamlit as st

from explorer.report.schema import Report
from explorer.view import assets, components, doing, notices, payload, permalink, sidebar, state
from explorer.view.differences import rows_for
from explorer.view.reference import name_of
from explorer.view.running import UNEXPECTED
from explorer.view.seeking import found
from explorer.view.session import Session
from explorer.view.showing import Shown

LOG = logging.getLogger(__name__)
SIDEBAR_WIDTH = 266


def show() -> None:
    """Draw the page. It never shows a traceback: what is unexpected is logged and becomes a sentence."""
    st.set_page_config(page_title="Parallax", page_icon="◇", layout="wide", initial_sidebar_state=SIDEBAR_WIDTH)
    st.html(f"<style>{assets.read('page.css')}</style>")
    session, link = state.session()
    try:
        if link is not None:
            sidebar.begin(session)
        session.absorb()
    except Exception:  # as where the disk fails
        LOG.exception("beginning a visit")
        session.problem = UNEXPECTED
    with st.sidebar:
        try:
            sidebar.sidebar(session)
        except Exception:  # what is shown of the model stays
            LOG.exception("drawing the sidebar")
            session.problem = UNEXPECTED
    st.fragment(_stage)(session, told=sidebar.told(session))


def _stage(session: Session, *, told: tuple[object, ...]) -> None:
    # A press in the sidebar can reach the server with an action of the stage, and then the stage alone is run for both.
    if told != sidebar.told(session):
        st.rerun()

    def act() -> None:
        asked = state.action()
        if not session.parcels.hear(asked):
            doing.act(session, asked)

    stamp = session.stamp()
    try:
        parcel = session.parcels.pack({**_data(session), **assets.stage()}, stamp[1])
    except Exception:
        LOG.exception("drawing the page")
        data = payload.empty_payload(problem=UNEXPECTED, said="Nothing can be shown of this comparison.")
        parcel = session.parcels.pack({**data, **assets.stage()}, stamp[1])
    components.stage()(key=state.STAGE, data={**parcel, "stamp": stamp}, on_action_change=act)


def _data(session: Session) -> dict[str, object]:
    report = session.seen_report
    shown = session.shown(report) if report else None
    session.stay_kept()
    if report is None or shown is None:
        return {**_empty(session), "address": _address(session, whole=False)}
    rows = rows_for(report)
    writer = payload.writer_of(report, shown, session.toggled, calls=session.calls)
    drawing = payload.drawing_of(report, shown, calls=session.calls)
    reader = replace(
        session.reader(report, shown),
        notice=_notice(session, report, shown),
        gaze=None if session.running or session.is_of_another else session.gaze,
    )
    return payload.payload(
        report,
        rows,
        shown,
        writer.scene(),
        reader,
        pending=session.pending,
        problem=session.problem,
        beside=_beside(session, report),
        found=found(drawing, session.sought, writer.quiet) if session.sought else None,
        alone={
            side: payload.scene_of(report, shown, toggled, calls=session.calls)
            for side, toggled in session.alone.items()
        },
        ahead=_ahead(session, report, shown),
        done=session.done,
        address=_address(session, whole=reader.gaze is not None),
    )


def _address(session: Session, *, whole: bool) -> dict[str, str | None] | None:
    link = session.address
    return None if link is None else permalink.address(link, whole=whole)


def _ahead(session: Session, report: Report, shown: Shown) -> payload.Ahead | None:
    asked = session.foreseen
    if asked is None:
        return None
    now = session.alone.get(asked.side, session.toggled) if asked.side else session.toggled
    scene = payload.scene_of(report, shown, {**now, asked.key: asked.open}, calls=session.calls)
    return payload.Ahead(key=asked.key, open=asked.open, side=asked.side, scene=scene)


def _empty(session: Session) -> dict[str, object]:
    name = session.source.name if session.source else ""
    if session.running:
        return payload.empty_payload(problem=session.problem, said=f"Comparing {name} …", working=True)
    cancelled = session.progress is not None and session.progress.cancelled
    said = f"Comparing {name} was cancelled before anything was known." if cancelled else ""
    return payload.empty_payload(problem=session.problem, said=said)


def _notice(session: Session, report: Report, shown: Shown) -> notices.Notice | None:
    if session.is_of_another and session.source is not None and session.problem is None:
        return notices.of_another(session.source.name, report.source.name, running=session.running)
    if (edit := session.edit) is not None:
        return notices.of_edit(edit, report, shown)
    if session.link is None or session.running:
        return None
    return notices.in_vain(session.link, report, rows_for(report), shown)


def _beside(session: Session, report: Report) -> str:
    if session.running and not session.is_of_another and not session.is_partial:
        return "Comparing once more …"
    # The summary names them, where there is one.
    skipped = [name_of(one) for one in report.captures if one.status == "skipped" and not report.summary]
    return notices.beside(session.pending, skipped)
