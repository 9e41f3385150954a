"""The page as a file: made beside the page, of exactly what its reader sees."""

from __future__ import annotations

import base64
import json
import re
import time
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from explorer import comparison
from explorer.options import ModelSource
from explorer.view import running
from explorer.view.doing import act
from explorer.view.reader import Reader
from explorer.view.saving import Saving
from explorer.view.session import Session
from explorer.view.standalone import to_html
from tests.view.fakes import TEXT, fake_stream


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Session:
    """A session that has compared the sample."""
    monkeypatch.setattr(comparison, "stream", fake_stream)
    monkeypatch.setattr(running.SAMPLES, "_kept", type(running.SAMPLES._kept)())
    begun = Session()
    compare(begun)
    return begun


def compare(session: Session, *, text: str = TEXT, edited: bool = False) -> None:
    kind = "model" if edited else "sample"
    source = ModelSource(name="gated_mlp", kind=kind, path="/nowhere/gated_mlp.py", shown="gated_mlp.py", text=text)
    session.ask(source, edited=edited)
    until(lambda: session.job is None or session.job.state.finished)
    session.absorb()


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def saved(session: Session) -> Saving:
    session.save()
    saving = session.saving
    assert saving is not None
    until(lambda: not saving.running)
    return saving


def test_it_is_what_its_reader_sees(session: Session) -> None:
    act(session, {"do": "pair", "left": "eager:long", "right": "trace"})
    act(session, {"do": "toggle", "key": "/encoder", "open": True})
    act(session, {"do": "unlock", "side": "right", "on": True})
    act(session, {"do": "toggle", "key": "/encoder", "open": False, "side": "right"})
    act(session, {"do": "autograd", "on": True})
    saving = saved(session)
    assert saving.name == "gated_mlp.html"
    assert session.report is not None
    shown = session.shown(session.report)
    reader = Reader(toggled={"/encoder": True}, alone={"right": {"/encoder": False}}, autograd=True)
    assert saving.content == to_html(session.report, shown, reader)


def test_after_an_edit_it_holds_the_graphs_before_it(session: Session) -> None:
    compare(session, text=TEXT + "# edited\n", edited=True)
    act(session, {"do": "pair", "left": "trace:before", "right": "trace"})
    (packed,) = re.findall(rb'id="report">(.*?)</script>', saved(session).content or b"")
    held: dict[str, Any] = json.loads(zlib.decompress(base64.b64decode(packed)))
    assert held["parts"][held["states"]["first"]["shown"]]["left"] == "trace:before"
    assert held["common"]["notice"]["text"].startswith("Your edit")


def test_one_file_is_made_at_a_time(session: Session) -> None:
    first = saved(session)
    session.save()
    assert session.saving is first


def test_one_that_cannot_be_made_ends() -> None:
    def make(_tell: object) -> bytes:
        raise RuntimeError

    saving = Saving("x.html", make)
    saving.start()
    until(lambda: not saving.running)
    assert saving.failed
