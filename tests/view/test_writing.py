"""A text that is written in the page: an edit of the model that is shown, or a model of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from explorer import comparison
from explorer.view import running, sidebar, state
from explorer.view.session import Session
from tests.cases import Workshop
from tests.view.fakes import fake_stream
from tests.view.test_session import finish
from tests.view.test_trusting import APP, HELD, HeldPool


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    monkeypatch.setattr(comparison, "stream", fake_stream)
    monkeypatch.setattr(sidebar, "shared_pool", lambda: HeldPool(HELD))
    monkeypatch.setattr(running.SAMPLES, "_kept", type(running.SAMPLES._kept)())
    opened = AppTest.from_file(str(APP), default_timeout=60)
    opened.session_state[state.MODE] = "Write"
    opened.run()
    finish(opened.session_state[state.SESSION])
    yield opened.run()
    finish(opened.session_state[state.SESSION])


def press(page: AppTest, label: str) -> Session:
    next(one for one in page.button if one.label == label).click().run()
    return page.session_state[state.SESSION]


def test_a_change_of_what_is_shown_is_an_edit_of_it(page: AppTest) -> None:
    page.text_area[0].set_value(f"{page.text_area[0].value}\n")
    session = press(page, "Run")
    assert session.source is not None
    assert (session.source.name, session.before) == ("gated_mlp", session.kept)


def test_a_new_model_is_no_edit_of_what_is_shown_but_what_follows_is_one_of_it(page: AppTest) -> None:
    press(page, "Write a new model")
    assert page.text_area[0].value == sidebar.BEGINNING
    session = press(page, "Run")
    assert session.source is not None
    assert (session.source.name, session.source.text, session.before) == ("model", sidebar.BEGINNING, None)
    finish(session)
    page.run().text_area[0].set_value(f"{sidebar.BEGINNING}\n")
    session = press(page, "Run")
    assert (session.source.name, session.before) == ("model", session.kept)


def test_a_new_model_that_is_refused_stays_one_and_is_forgotten_with_its_text(page: AppTest) -> None:
    press(page, "Write a new model")
    page.text_area[0].set_value("def")
    session = press(page, "Run")
    assert session.problem is not None
    for mode in ("Samples", "Write"):
        page.session_state[state.MODE] = mode
        page.run()
    assert page.session_state[state.ANEW]
    session.draft = None  # as where another source was asked for
    for mode in ("Samples", "Write"):
        page.session_state[state.MODE] = mode
        page.run()
    assert not page.session_state[state.ANEW]


def test_what_was_wrong_with_the_text_before_is_not_told_of_a_new_model(page: AppTest) -> None:
    page.text_area[0].set_value("def")
    assert press(page, "Run").problem is not None
    assert press(page, "Write a new model").problem is None


def test_the_text_before_a_new_model_can_be_taken_back(page: AppTest) -> None:
    page.text_area[0].set_value("typed and not run")
    press(page, "Write a new model")
    press(page, "Take the text before back")
    assert page.text_area[0].value == "typed and not run"
    session = press(page, "Write a new model")
    assert page.text_area[0].value == sidebar.BEGINNING
    press(page, "Run")
    assert session.source is not None
    assert session.source.name == "model"
    assert "Write a new model" in [one.label for one in page.button]


def test_the_new_model_shows_what_the_page_is_for(workshop: Workshop) -> None:
    """Both sides of its branch gave the same once: its trace was right by chance."""
    (found,) = [one for one in workshop.report(sidebar.BEGINNING, "trace").divergences if one.severity == "error"]
    assert (found.cause, found.inputs) == ("baked-branch", ("below",))
