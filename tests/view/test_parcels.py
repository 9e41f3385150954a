"""What one browser has is not sent to it again; what it may lack is."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import pytest

from explorer.view import parcels
from explorer.view.differences import rows_for
from explorer.view.parcels import Parcels
from explorer.view.payload import empty_payload, payload, scene_of
from explorer.view.showing import choose
from tests.view.fakes import gated_report

REPORT = gated_report()


def data(toggled: Mapping[str, bool]) -> dict[str, object]:
    """Return what the page shows of the handcrafted report."""
    rows = rows_for(REPORT)
    shown = choose(REPORT, rows, left=None, right=None, difference=None)
    assert shown is not None
    return payload(REPORT, rows, shown, scene_of(REPORT, shown, toggled))


CLOSED, OPEN = data({}), data({"/encoder": True})


def parts(packed: Mapping[str, object]) -> dict[str, object]:
    return msgspec.convert(packed["parts"], dict[str, object])


def test_what_was_drawn_is_not_sent_again() -> None:
    kept = Parcels()
    assert parts(kept.pack(CLOSED, 1))
    kept.hear({"do": "toggle", "key": "/encoder", "got": 1})
    assert not parts(kept.pack(CLOSED, 2))


def test_a_box_that_opens_brings_what_stands_in_it_alone() -> None:
    kept = Parcels()
    first = parts(kept.pack(CLOSED, 1))
    kept.hear({"do": "toggle", "got": 1})
    opened = parts(kept.pack(OPEN, 2))
    assert opened
    assert not opened.keys() & first.keys()
    drawn = {str(part["key"]) for part in opened.values() if isinstance(part, dict) and "parts" in part}
    before = {str(part["key"]) for part in first.values() if isinstance(part, dict) and "parts" in part}
    assert drawn & before == {"/encoder"}
    assert drawn - before


def test_what_was_sent_and_not_confirmed_is_sent_once_more() -> None:
    kept = Parcels()
    first = parts(kept.pack(CLOSED, 1))
    assert parts(kept.pack(CLOSED, 2)) == first
    kept.hear({"do": "toggle", "got": 2})
    assert not parts(kept.pack(CLOSED, 3))


@pytest.mark.parametrize("heard", [{"got": 7}, {"got": "all"}, {"got": None}, "got", None, [1]])
def test_a_browser_that_tells_what_was_never_sent_is_taken_to_have_nothing(heard: object) -> None:
    kept = Parcels()
    first = parts(kept.pack(CLOSED, 1))
    assert not kept.hear(heard)
    assert parts(kept.pack(CLOSED, 2)) == first


def test_a_browser_that_lacks_a_part_gets_all_of_them() -> None:
    kept = Parcels()
    first = kept.pack(CLOSED, 1)
    kept.hear({"do": "toggle", "got": 1})
    assert kept.hear({"do": "resend"})
    assert kept.pack(CLOSED, 2)["parts"] == first["parts"]


def test_who_only_looks_on_tells_what_is_there() -> None:
    kept = Parcels()
    kept.pack(CLOSED, 1)
    assert kept.hear({"do": "have", "got": 1})
    assert not parts(kept.pack(CLOSED, 2))


def test_a_browser_that_has_very_much_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parcels, "MOST_KEPT", 3)
    kept = Parcels()
    first = kept.pack(CLOSED, 1)
    for number in range(2, 5):  # three times as much as one answer names
        kept.pack({**data({}), **{f"other-{number}-{one}": "x" * (100 + one) * number for one in range(200)}}, number)
        kept.hear({"do": "toggle", "got": number})
    kept.pack(CLOSED, 5)
    kept.hear({"do": "toggle", "got": 5})
    again = kept.pack(CLOSED, 6)
    assert (again["parts"], first["clears"], again["clears"]) == (first["parts"], False, True)
    assert not kept.pack(CLOSED, 7)["clears"]


def test_an_answer_of_very_many_parts_is_not_sent_anew_for_that(monkeypatch: pytest.MonkeyPatch) -> None:
    """A large graph with all its boxes open was sent whole at every other action."""
    monkeypatch.setattr(parcels, "MOST_KEPT", 3)
    kept = Parcels()
    kept.pack(OPEN, 1)
    for number in range(1, 6):
        kept.hear({"do": "toggle", "got": number})
        again = kept.pack(OPEN, number + 1)
        assert (again["parts"], again["clears"]) == ({}, False)


def test_of_answers_that_nobody_confirms_few_are_kept() -> None:
    kept = Parcels()
    for number in range(1, 100):
        first = kept.pack(CLOSED, number)
    kept.hear({"do": "toggle", "got": 1})
    assert kept.pack(CLOSED, 100)["parts"] == first["parts"]
    kept.hear({"do": "toggle", "got": 99})
    assert not parts(kept.pack(CLOSED, 101))


def test_two_visitors_know_nothing_of_each_other() -> None:
    one, other = Parcels(), Parcels()
    first = parts(one.pack(CLOSED, 1))
    one.hear({"do": "toggle", "got": 1})
    assert parts(other.pack(CLOSED, 1)) == first


def test_an_empty_page_has_no_scene() -> None:
    packed = Parcels().pack(empty_payload(problem=None, said="Comparing …", working=True), 1)
    assert "scene" not in packed
    assert packed["plain"] == {"problem": None, "said": "Comparing …", "working": True}
