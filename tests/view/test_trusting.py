"""Where nothing holds a stranger's code, it runs only when its reader says to trust it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Checkbox

from explorer import comparison
from explorer.errors import SourceError
from explorer.sandbox.pool import Containment
from explorer.view import sidebar, state
from explorer.view.session import Session
from explorer.view.trusting import LIMITED, TRUST, badge, check_trusted
from tests.view.fakes import fake_stream

HELD = Containment(contained=True, holds=("the network",), landlock=7)
NOT_HELD = Containment(contained=False, why="this system has no Landlock")


def test_what_is_contained_needs_no_word_of_trust() -> None:
    check_trusted(HELD, trusted=False, shown="a.py")


def test_what_is_not_contained_needs_it() -> None:
    check_trusted(NOT_HELD, trusted=True, shown="a.py")
    with pytest.raises(SourceError, match="cannot contain") as refused:
        check_trusted(NOT_HELD, trusted=False, shown="a.py")
    assert refused.value.file == "a.py"
    assert TRUST in refused.value.hint


def test_the_badge_is_a_word_with_what_it_means() -> None:
    assert badge(None) == {}
    assert badge(HELD)["word"] == "contained"
    assert badge(NOT_HELD)["word"] == "limits only"
    assert "no Landlock" in badge(NOT_HELD)["title"]


MODEL = b"import torch\ndef build_model(): return torch.nn.Linear(2, 2)\ndef example_inputs(): return {'a': (torch.ones(2),)}\n"
APP = Path(__file__).parents[1] / "browser" / "fake_app.py"


class HeldPool:
    """Stands in for the pool of workers: it knows what they are held to, and does nothing."""

    def __init__(self, held: Containment) -> None:
        self._held = held

    def containment(self) -> Containment:
        return self._held

    known_containment = containment


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Callable[[Containment, str], AppTest]:
    def opened(held: Containment, mode: str) -> AppTest:
        monkeypatch.setattr(comparison, "stream", fake_stream)  # as the app itself does, but for this test alone
        monkeypatch.setattr(sidebar, "shared_pool", lambda: HeldPool(held))
        page = AppTest.from_file(str(APP), default_timeout=60)
        page.session_state[state.MODE] = mode
        return page.run()

    return opened


Opened = Callable[[Containment, str], AppTest]


def trusts(page: AppTest) -> list[Checkbox]:
    return [one for one in page.checkbox if one.label == TRUST]


def asked(page: AppTest) -> str | None:
    session: Session = page.session_state[state.SESSION]
    return session.source.shown if session.source is not None and session.source.alone else None


def problem(page: AppTest) -> str:
    session: Session = page.session_state[state.SESSION]
    return session.problem.message if session.problem else ""


def test_a_page_that_contains_asks_for_nothing(opened: Opened) -> None:
    page = opened(HELD, "Upload")
    assert not trusts(page)
    page.file_uploader[0].set_value(("a.py", MODEL, "text/x-python")).run()
    assert (asked(page), problem(page)) == ("a.py", "")


def test_an_upload_that_nothing_contains_runs_when_it_is_trusted(opened: Opened) -> None:
    page = opened(NOT_HELD, "Upload")
    page.file_uploader[0].set_value(("a.py", MODEL, "text/x-python")).run()
    assert (asked(page), problem(page)) == (None, LIMITED)
    trusts(page)[0].check().run()
    assert (asked(page), problem(page)) == ("a.py", "")
    page.file_uploader[0].set_value(("b.py", MODEL, "text/x-python")).run()
    assert (asked(page), problem(page)) == ("a.py", LIMITED), "it is to be said of each"
    assert [one.value for one in trusts(page)] == [False]


def test_a_written_model_that_nothing_contains_runs_when_it_is_trusted(opened: Opened) -> None:
    page = opened(NOT_HELD, "Write")
    page.text_area[0].set_value(MODEL.decode())
    page.button[0].click().run()
    assert (asked(page), problem(page)) == (None, LIMITED)
    trusts(page)[0].check()
    page.button[0].click().run()
    assert asked(page) is not None
    assert problem(page) == ""
