"""Where ways end, each part of which is walked once."""

from __future__ import annotations

from explorer.ways import Ends

ROUND: dict[str, list[str]] = {"a": ["b", "end"], "b": ["a", "far"], "far": ["last"]}


def test_a_way_of_thousands_of_steps_is_walked_once() -> None:
    asked: list[int] = []

    def further(place: int) -> list[int]:
        asked.append(place)
        return [place - 1] if place else []

    ends = Ends(further)
    assert {end for start in range(5_000) for end in ends.of(start)} == {0}
    assert len(asked) <= 3 * 5_000


def test_the_nearest_end_goes_first_and_each_is_told_once() -> None:
    steps: dict[str, list[str]] = {"a": ["b", "c", "d"], "b": ["far"], "far": ["last"], "c": ["near"], "d": ["near"]}
    ends = Ends(steps.get)
    assert ends.of("far") == ["last"]
    assert ends.of("a") == ["near", "last"]


def test_a_way_that_leads_back_to_itself_is_left_at_its_other_ends() -> None:
    """Whichever of its places is asked for first."""
    for first in ROUND:
        ends = Ends(ROUND.get)
        ends.of(first)
        assert {start: {*ends.of(start)} for start in ("a", "b")} == {"a": {"end", "last"}, "b": {"end", "last"}}
