"""What standard error says: one line that is written over on a terminal, a line for each capture elsewhere."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from explorer.comparison import Progress
from explorer.telling import OVERWRITE, Course
from tests.view.fakes import gated_report

STEPS = [
    Progress(report=gated_report(), pending=("eager", "trace", "script"), doing="starting the worker"),
    Progress(report=gated_report(), pending=("trace", "script"), doing="running trace on \x1b]0;loud\x07"),
    Progress(report=gated_report(), pending=("script",), doing="capturing script"),
    Progress(report=gated_report(), pending=(), doing=""),
]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def tell(monkeypatch: pytest.MonkeyPatch) -> Callable[[io.StringIO, bool], str]:
    monkeypatch.setenv("TERM", "xterm")

    def told(stream: io.StringIO, quiet: bool = False) -> str:
        monkeypatch.setattr("sys.stderr", stream)
        with Course(quiet=quiet) as course:
            for step in STEPS:
                course.tell(step)
        return stream.getvalue()

    return told


def test_a_log_has_a_line_for_each_capture_that_is_done(tell: Callable[..., str]) -> None:
    """It had one for each step of each capture, most of a build's log."""
    assert tell(io.StringIO()).splitlines() == [
        "… eager is done, 1 of 3 captures",
        "… trace is done, 2 of 3 captures",
        "… script is done, 3 of 3 captures",
    ]


def test_a_terminal_has_one_line_that_is_gone_at_the_end(tell: Callable[..., str]) -> None:
    first, *lines, last = tell(Terminal()).split(OVERWRITE)
    assert (first, last) == ("", "")
    assert lines[0] == "… 0 of 3 captures · starting the worker"
    assert lines[-1] == "… 2 of 3 captures · capturing script"
    assert "\n" not in "".join(lines)


def test_what_a_model_calls_its_examples_is_not_obeyed_by_the_terminal(tell: Callable[..., str]) -> None:
    assert "\x1b]" not in tell(Terminal())


def test_a_terminal_that_cannot_write_over_is_told_as_a_log(
    tell: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert tell(Terminal()) == tell(io.StringIO())


def test_the_line_is_gone_before_an_error_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setenv("TERM", "xterm")

    def interrupted() -> None:
        with Course() as course:
            course.tell(STEPS[0])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert stream.getvalue().endswith(OVERWRITE)


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal()], ids=["log", "terminal"])
def test_quiet_tells_nothing(stream: io.StringIO, tell: Callable[..., str]) -> None:
    assert tell(stream, True) == ""
