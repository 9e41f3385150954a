"""Where two eager runs part."""

from __future__ import annotations

import pytest

from explorer.diff.partings import Parting, partings
from explorer.diff.places import SourceMap
from explorer.evidence import Decision, DecisionKind, EagerRun, Escape

SOURCE = SourceMap("def forward(x):\n    while x.sum() > 1:\n        x = x / 2\n    if x.max() > 0:\n        return x\n"
                   "    try:\n        return 1 / x\n    except ZeroDivisionError:\n        return x\n")  # fmt: skip
WHILE, IF, TRY = 2, 4, 6


def decided(line: int, *taken: int, kind: DecisionKind = "if") -> Decision:
    column = {WHILE: 10, IF: 7}.get(line, 4)
    return Decision(file="model.py", line=line, column=column, function="forward", kind=kind, taken=taken)


def run(*decisions: Decision, example: str = "b", read_at: tuple[int, ...] = ()) -> EagerRun:
    escapes = [Escape(how="__bool__", source="data", value=True, file="model.py", line=line) for line in read_at]
    return EagerRun(example=example, decisions=decisions, escapes=tuple(escapes))


def parted(captured: EagerRun, other: EagerRun) -> list[Parting]:
    return list(partings(captured, other, lambda _file: SOURCE))


def test_a_decision_that_went_another_way_has_parted() -> None:
    (found,) = parted(run(decided(IF, 1), example="a"), run(decided(IF, 0)))
    assert (found.site.line, found.site.text, found.site.kind) == (IF, "x.max() > 0", "if")
    assert (found.example, found.captured, found.taken) == ("b", (1,), (0,))


@pytest.mark.parametrize(
    ("was", "now"),
    [
        pytest.param((1,), (1,), id="the same"),
        pytest.param((1, 0), (1, 0, 0), id="met once more"),
        pytest.param((1, 0, 0), (1,), id="met less often"),
        pytest.param((1,), (1, 1), id="met once more while it holds, and nothing is read"),
    ],
)
def test_a_longer_row_of_the_same_choices_follows_from_elsewhere(was: tuple[int, ...], now: tuple[int, ...]) -> None:
    assert parted(run(decided(IF, *was), example="a"), run(decided(IF, *now))) == []


def test_a_while_that_reads_a_value_turns_on_by_it() -> None:
    """A loop that is left by ``break`` ends with its condition holding."""
    was, now = decided(WHILE, 1), decided(WHILE, 1, 1)
    (found,) = parted(run(was, example="a", read_at=(WHILE,)), run(now))
    assert (found.site.line, found.site.kind) == (WHILE, "loop")
    assert parted(run(was, example="a"), run(now)) == []


def test_a_while_that_is_come_to_once_more_has_not_turned_on() -> None:
    """Its condition ended it before, on the one example as on the other: what comes to it again follows from elsewhere."""
    was, now = decided(WHILE, 1, 0), decided(WHILE, 1, 0, 1, 0)
    assert parted(run(was, example="a", read_at=(WHILE,)), run(now)) == []


def test_what_one_run_alone_came_to_has_not_parted() -> None:
    assert parted(run(example="a"), run(decided(IF, 1))) == []
    assert parted(run(decided(IF, 1), example="a"), run()) == []


def test_a_handler_that_ran_in_one_run_alone_has_parted() -> None:
    caught = decided(TRY, 8, kind="try")
    (found,) = parted(run(example="a"), run(caught))
    assert (found.captured, found.taken) == ((), (8,))
    (found,) = parted(run(caught, example="a"), run())
    assert (found.captured, found.taken) == ((8,), ())


def test_later_choices_count_too() -> None:
    long = Decision(
        file="model.py", line=IF, column=7, function="forward", kind="if", taken=(1,), rest=((1, 5), (0, 1))
    )
    same = Decision(file="model.py", line=IF, column=7, function="forward", kind="if", taken=(1,), rest=((1, 6),))
    assert len(parted(run(long, example="a"), run(same))) == 1
    assert parted(run(long, example="a"), run(long)) == []
