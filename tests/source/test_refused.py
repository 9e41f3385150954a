"""What is said where the worker's containment refused a model something."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from urllib.error import URLError

import pytest

from explorer.source.refused import CONTAINED, help_against


def refused(number: int, *names: str) -> BaseException:
    return OSError(number, os.strerror(number), *names)


def raised(call: Callable[[], object]) -> BaseException:
    with pytest.raises(Exception) as caught:  # noqa: PT011 - whatever it is
        call()
    return caught.value


def _chained() -> None:
    try:
        raise refused(13, "/home/me/weights.pt")
    except OSError as error:
        raise RuntimeError("cannot load") from error


CASES = [
    pytest.param(lambda: refused(13, "/home/me/weights.pt"), "/home/me/weights.pt is none of them", id="a file"),
    pytest.param(lambda: raised(_chained), "/home/me/weights.pt is none of them", id="what caused it"),
    pytest.param(lambda: refused(1, "/home/me/a"), "rights, owner or times", id="rights"),
    pytest.param(lambda: refused(1), "without network, without other processes", id="a call"),
    pytest.param(lambda: socket.gaierror(-3, "Temporary failure in name resolution"), "without network", id="no name"),
    pytest.param(lambda: URLError("no"), "without network", id="no address"),
    pytest.param(lambda: RuntimeError("open file failed: Permission denied, file path: a"), "its own files", id="C++"),
]


@pytest.mark.parametrize(("error", "said"), CASES)
def test_a_refusal_is_told_with_the_way_on(
    error: Callable[[], BaseException], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CONTAINED, "1")
    told = help_against(error(), alone=False)
    assert said in told
    assert told.endswith("If the code is your own, run it with --trust.")
    assert "command line" in help_against(error(), alone=True)


@pytest.mark.parametrize(("error", "said"), CASES)
def test_where_nothing_is_contained_it_is_no_refusal(
    error: Callable[[], BaseException], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(CONTAINED, raising=False)
    assert help_against(error(), alone=False) == "", said


def test_another_error_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CONTAINED, "1")
    for error in (ValueError("no"), FileNotFoundError(2, "No such file", "a"), RuntimeError("shapes differ")):
        assert help_against(error, alone=False) == ""
