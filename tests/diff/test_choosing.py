"""What is told of a choice: which way was taken when captured and by eager, in words and for each example."""

from __future__ import annotations

import pytest

from explorer.diff.choosing import ways_in
from explorer.diff.places import Site
from explorer.report.schema import Divergence
from tests.cases import Workshop, a_model

EXIT = a_model(
    "for i in range(4):\n    x = x * 2\n    if x.sum() > 20:  # !\n        return x\nreturn x",
    "'never': (0.1 * torch.ones(2),), 'second': (3 * torch.ones(2),), 'third': (2 * torch.ones(2),), 'soon': (9 * torch.ones(2),)",
)
CLIPPED = (
    a_model(
        "self.w{}.mul_(0.5)\nreturn x * self.w",
        "'a': (torch.ones(2),), 'b': (torch.ones(2),)",
        init="self.w = nn.Parameter(torch.ones(2))",
    )
    + "\nSEQUENCE = True\n"
)


def site(kind: str, *, compound: bool = False) -> Site:
    return Site(
        line=1,
        text="c",
        kind=kind,  # pyright: ignore[reportArgumentType]
        names=frozenset(),
        on_type=False,
        raises=False,
        lines=range(1, 2),
        body=2,
        compound=compound,
    )


@pytest.mark.parametrize(
    ("kind", "choices", "says"),
    [
        ("if", (0,), "past the body"),
        ("if", (1, 1, 0), "into the body 2 times, then past the body"),
        ("if", (0, 1) * 3, "past the body, then into the body, then past the body, then into the body, then …"),
        ("if", (), "never reached"),
        ("assert", (1,), "into the body"),
        ("loop", (1, 1, 0), "2 turns"),
        ("loop", (0,), "no turn"),
        ("loop", (1, 0, 1, 0, 1, 1), "1 turn 2 times, then 2 turns"),
        ("try", (7,), "the handler at line 7"),
        ("try", (), "never reached"),
    ],
)
def test_choices_are_told_in_words(kind: str, choices: tuple[int, ...], says: str) -> None:
    assert ways_in(site(kind), choices) == says


def test_of_a_condition_of_several_parts_each_part_chooses() -> None:
    assert ways_in(site("if", compound=True), (1, 0)) == "a part that held, then a part that did not hold"


def error(workshop: Workshop, text: str) -> Divergence:
    (found,) = [one for one in workshop.report(text, "trace").divergences if one.severity == "error"]
    return found


def test_examples_that_part_on_other_visits_are_told_with_theirs(workshop: Workshop) -> None:
    """All of them were said to part on the visit of the first."""
    found = error(workshop, EXIT)
    assert "was false, when it was met for the second time," in found.explanation
    assert "On “second” eager goes the other way; the graph does not follow." in found.explanation
    assert "On “soon” eager goes the other way the first time." in found.explanation
    assert "On “third” eager goes the other way the third time." in found.explanation
    assert found.evidence["chosen when captured"] == "past the body 4 times"
    assert found.evidence["chosen by eager"] == "past the body, then into the body"


def test_a_trace_that_has_no_write_to_a_parameter_is_not_said_to_change_it(workshop: Workshop) -> None:
    """By way of ``.data`` the trace loses it, and was said to change it, too."""
    found = error(workshop, CLIPPED.replace("{}.mul_", ".data.mul_"))
    assert (found.cause, "has no such write" in found.explanation) == ("mutation", True)
