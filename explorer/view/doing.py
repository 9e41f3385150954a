"""What a reader does in the page, done to his session."""

from __future__ import annotations

import logging
from typing import assert_never

import msgspec

from explorer.report.schema import Report
from explorer.view.actions import (
    Action,
    BringIntoSight,
    Enlarge,
    Foresee,
    OpenLibrary,
    Remember,
    Seek,
    SelectDifference,
    Setting,
    ShowAutograd,
    ShowCalls,
    ShowMore,
    ShowPair,
    Toggle,
    Unlock,
    read,
)
from explorer.view.differences import rows_for
from explorer.view.payload import drawing_of
from explorer.view.seeking import Focus, boxes_around
from explorer.view.session import Session
from explorer.view.showing import Shown, beside, follow, paired
from explorer.view.toggling import open_all, toggle, unlock

LOG = logging.getLogger(__name__)


def act(session: Session, payload: object) -> None:
    """Do what the component asks for; what is malformed is dropped, as it comes from a browser."""
    report = session.seen_report
    try:
        action, number = read(payload)
    except msgspec.ValidationError:
        LOG.warning("a malformed action of the page was dropped")
        return
    session.done = number or session.done
    if report is None or (now := session.shown(report)) is None:
        return
    if isinstance(action, ShowPair | ShowMore | SelectDifference):
        session.link = None
    if not isinstance(action, Remember):
        session.foreseen = action if isinstance(action, Foresee) else None
    _do(session, report, now, action)
    after = session.shown(report)
    sides = after.sides if after else {}
    session.alone = {side: opened for side, opened in session.alone.items() if sides.get(side) == now.sides.get(side)}


def _do(session: Session, report: Report, now: Shown, action: Action) -> None:
    match action:
        case ShowPair():
            _take(session, paired(report, rows_for(report), now, action.left, action.right))
        case SelectDifference():
            _take(session, follow(report, rows_for(report), now, action.index))
        case ShowMore():
            session.more = beside(report, now, action.captures)
        case Toggle():
            toggle(session.toggled, session.alone, action)
        case Unlock():
            unlock(session.toggled, session.alone, action)
        case BringIntoSight():
            _go_to(session, report, now, action)
        case Foresee():
            pass
        case _:
            _set(session, action)


def _take(session: Session, after: Shown) -> None:
    session.left, session.right, session.difference = after.left, after.right, after.difference


def _set(session: Session, setting: Setting) -> None:
    match setting:
        case ShowAutograd():
            session.autograd = setting.on
        case ShowCalls():
            session.calls = setting.on
        case Enlarge():
            session.large = setting.on
        case Seek():
            session.sought = setting.text
        case OpenLibrary():
            session.library = setting.frame
        case Remember():
            if session.source is None or session.source.name == setting.name:  # not the model before it
                session.gaze = setting.gaze
        case _:
            assert_never(setting)


def _go_to(session: Session, report: Report, now: Shown, action: BringIntoSight) -> None:
    """Keep the op that a search found, with the boxes around it open."""
    around = tuple(boxes_around(drawing_of(report, now, calls=session.calls), action.side, action.node))
    if open_all(session.toggled, session.alone, around):
        session.sought = ""  # the page shows no hits any more
        session.focus = Focus(side=action.side, node=action.node, turn=session.focus.turn + 1 if session.focus else 1)
