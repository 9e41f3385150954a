"""The log: a line of JSON for each event, and nothing of what readers hand in."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from explorer import logs
from explorer.source.inputs import parse_arguments

THEIRS = "their_secret_weights"


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    logger = logging.getLogger("explorer")
    handlers, level = list(logger.handlers), logger.level
    yield
    logger.handlers[:] = handlers
    logger.setLevel(level)


def told(*, debug: bool) -> list[dict[str, object]]:
    """Return the lines of an event, of a fault and of what only few want to know."""
    stream = io.StringIO()
    logs.begin(debug=debug, stream=stream)
    log = logging.getLogger("explorer.view.running")
    logs.event(log, "a comparison ended", seconds=1.5, made=3, sample=None)
    log.debug("a detail")
    try:
        parse_arguments(THEIRS)
    except Exception:
        log.exception("comparing a model")
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_is_a_line_with_its_facts() -> None:
    first = told(debug=False)[0]
    assert first["time"]
    assert {**first, "time": ""} == {
        "time": "", "level": "info", "logger": "explorer.view.running", "event": "a comparison ended",
        "seconds": 1.5, "made": 3, "sample": None,
    }  # fmt: skip


def test_of_a_fault_it_tells_where_our_code_was_and_nothing_that_was_handed_in() -> None:
    stream = io.StringIO()
    logs.begin(stream=stream)
    try:
        parse_arguments(THEIRS)
    except Exception:
        logging.getLogger("explorer.view").exception("comparing a model")
    (line,) = stream.getvalue().splitlines()
    assert THEIRS not in line
    fault = json.loads(line)
    assert fault["error"] == "UsageError"
    assert any(place.startswith("inputs.py:") for place in fault["at"])


def test_for_debugging_all_is_told() -> None:
    lines = told(debug=True)
    assert [line["event"] for line in lines] == ["a comparison ended", "a detail", "comparing a model"]
    assert "traceback" in lines[2]
    assert [line["event"] for line in told(debug=False)] == ["a comparison ended", "comparing a model"]


def test_it_can_be_begun_again() -> None:
    """Each run of the page does."""
    first, second = io.StringIO(), io.StringIO()
    logs.begin(stream=first)
    logs.begin(stream=second)
    logs.event(logging.getLogger("explorer"), "once")
    assert (first.getvalue(), len(second.getvalue().splitlines())) == ("", 1)
