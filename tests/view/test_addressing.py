"""A session by its address: what one visitor made of the page, another one opens."""

from __future__ import annotations

import msgspec
import pytest

from explorer.view.doing import act
from explorer.view.gaze import Gaze
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
    act(session, {"do": "toggle", "key": "/encoder", "open": True})
    act(session, {"do": "unlock", "side": "right", "on": True})
    act(session, {"do": "toggle", "key": "/encoder", "open": False, "side": "right"})
    act(session, {"do": "toggle", "key": "/encoder/0", "open": True, "side": "right"})
    again = reopened(session)
    assert again.toggled == session.toggled == {"/encoder": True}
    assert again.alone == session.alone == {"right": {"/encoder": False, "/encoder/0": True}}


def test_what_is_looked_for_is_looked_for_again_until_it_is_found() -> None:
    session = visit()
    act(session, {"do": "seek", "text": "encoder.1 "})
    assert address(session)["seek"] == "encoder.1"
    assert reopened(session).sought == "encoder.1"
    act(session, {"do": "focus", "side": "left", "node": "be1"})
    assert session.sought == ""
    assert "seek" not in address(session)


def test_an_open_frame_is_kept_with_the_op_that_it_is_of() -> None:
    session = visit()
    frame = "torch/nn/functional.py:12"
    act(session, {"do": "remember", "name": "gated_mlp", "gaze": {"op": ["left", "be1"]}})
    act(session, {"do": "library", "frame": frame})
    again = reopened(session)
    assert again.library == frame
    assert again.gaze.op == ("left", "be1")
    act(session, {"do": "library", "frame": ""})
    assert "frame" not in address(session)


LOOKS = {
    "op": ["left", "be1"],
    "line": 18,
    "only": "cause:baked-branch",
    "notes": True,
    "views": {"together": [0.85, 320, -40]},
}


def test_what_is_picked_and_where_the_panes_look_is_found_again() -> None:
    session = visit()
    act(session, {"do": "remember", "name": "gated_mlp", "gaze": LOOKS})
    assert reopened(session).gaze == session.gaze == msgspec.convert(LOOKS, Gaze)


@pytest.mark.parametrize(
    "gaze",
    [
        {"op": ["middle", "n1"]},
        {"op": ["left", ""]},
        {"op": ["left", "n" * 900]},
        {"line": 0},
        {"only": "x" * 900},
        {"views": {"together": [0, 1, 1]}},
        {"views": {"together": [1, 1e300, 1]}},
        {"views": {"together": [1, 2]}},
        7,
    ],
)
def test_a_look_that_is_none_is_dropped(gaze: object) -> None:
    session = visit()
    act(session, {"do": "remember", "name": "gated_mlp", "gaze": LOOKS})
    act(session, {"do": "remember", "name": "gated_mlp", "gaze": gaze})
    assert session.gaze.line == 18
