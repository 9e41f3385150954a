"""What a producer warns of is kept for each line, however often one line is warned of."""

from __future__ import annotations

import warnings
from collections.abc import Iterable

import pytest

from explorer.capture.warnings import collected_warnings
from explorer.evidence import CaptureWarning
from explorer.source.places import Places

PLACES = Places(path="/models/model.py", shown="model.py")


def kept(raised: Iterable[tuple[str, int]]) -> list[CaptureWarning]:
    """Return what is kept of warnings, each with its text and the line that it is raised at."""
    with collected_warnings(PLACES) as found:
        for text, line in raised:
            warnings.warn_explicit(text, UserWarning, "/models/model.py", line)
    return found


def test_a_line_is_warned_of_though_hundreds_are_before_it() -> None:
    """Of 260 branches in a file 198 were kept, and nothing said so."""
    assert [one.line for one in kept(("It is fixed.", line) for line in range(1, 1_001))] == list(range(1, 1_001))


def test_a_line_that_is_warned_of_again_and_again_leaves_out_none() -> None:
    found = kept([*[("It is fixed.", 1)] * 5_000, ("It is fixed.", 2)])
    assert [(one.message, one.line) for one in found] == [("It is fixed.", 1), ("It is fixed.", 2)]


def test_what_is_left_out_is_another_of_a_kind_and_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.capture.warnings.MOST_WARNINGS", 4)
    found = kept([*((f"It is off by {number}.", 1) for number in range(5)), ("It is lost.", 1), ("It is fixed.", 2)])
    assert [(one.message, one.line) for one in found] == [
        ("It is off by 0.", 1),
        ("It is off by 1.", 1),
        ("It is lost.", 1),
        ("It is fixed.", 2),
        ("Warnings that are left out: 3.", None),
    ]
