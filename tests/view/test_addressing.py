"""A session by its address: what one visitor made of the page, another one opens."""

from __future__ import annotations

from explorer.view.permalink import parse, write
from explorer.view.session import Session
from tests.view.fakes import gated_report

REPORT = gated_report()


def visit() -> Session:
    session = Session()
    session.kept = REPORT
    return session


def address(session: Session) -> dict[str, str]:
    shown = session.shown(REPORT)
    assert shown is not None
    return write(session.place(REPORT, shown))


def reopened(session: Session) -> Session:
    again = visit()
    again.open_link(parse(address(session), ("gated_mlp",)))
    return again


def test_panes_for_themselves_are_so_again_with_what_is_open_in_each() -> None:
    session = visit()
    session.act({"do": "toggle", "key": "/encoder", "open": True})
    session.act({"do": "unlock", "side": "right", "on": True})
    session.act({"do": "toggle", "key": "/encoder", "open": False, "side": "right"})
    session.act({"do": "toggle", "key": "/encoder/0", "open": True, "side": "right"})
    again = reopened(session)
    assert again.toggled == session.toggled == {"/encoder": True}
    assert again.alone == session.alone == {"right": {"/encoder": False, "/encoder/0": True}}


def test_what_is_looked_for_is_looked_for_again_until_it_is_found() -> None:
    session = visit()
    session.act({"do": "seek", "text": "encoder.1 "})
    assert address(session)["seek"] == "encoder.1"
    assert reopened(session).sought == "encoder.1"
    session.act({"do": "focus", "side": "left", "node": "be1"})
    assert session.sought == ""
    assert "seek" not in address(session)


def test_an_open_frame_is_kept_with_the_op_that_it_is_of() -> None:
    session = visit()
    frame = "torch/nn/functional.py:12"
    session.act({"do": "library", "frame": frame, "side": "left", "node": "be1"})
    assert session.focus is not None
    again = reopened(session)
    assert again.library == frame
    assert again.focus is not None
    assert (again.focus.side, again.focus.node) == ("left", "be1")
    session.act({"do": "library", "frame": "", "side": "left", "node": "be1"})
    assert "frame" not in address(session)


def test_a_frame_of_an_op_that_is_not_there_moves_nothing() -> None:
    session = visit()
    session.act({"do": "library", "frame": "torch/nn/functional.py:12", "side": "left", "node": "nowhere"})
    assert session.focus is None
