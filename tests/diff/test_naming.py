"""Which lines assign a name and which read it."""

from __future__ import annotations

import pytest

from explorer.diff.places import SourceMap

TEXT = """
def forward(self, x):
    for n in x.tolist():
        x = x + n
    if (m := x.max()) > 1:
        y = x * m
    with region() as found:
        x = x - found
    def inner(n):
        return n
    return x, y
"""
NAMES = SourceMap(TEXT).names


def test_loops_conditions_and_with_assign_names() -> None:
    assert NAMES.assigned_at(3) == {"n"}
    assert NAMES.assigned_at(5) == {"m"}
    assert NAMES.assigned_at(7) == {"found"}


def test_what_reads_a_name_stands_after_it_in_its_function() -> None:
    assert NAMES.uses(3) == [4, 10]
    assert NAMES.uses(5) == [6]
    assert NAMES.uses_of("x", 8) == [11]
    assert NAMES.lines_assigning("x", 8) == [4]
    assert not NAMES.lines_assigning("x", 9)


def test_names_are_followed_from_line_to_line() -> None:
    assert NAMES.followed([5]) == {5, 6, 11}


def test_attributes_that_nothing_reads_are_told_from_others() -> None:
    text = "def forward(self, x):\n    self.seen = x.max()\n    self.scale = x.min()\n    y = self.last = x\n"
    names = SourceMap(f"{text}    return x * self.scale\n").names
    assert [line for line in range(1, 6) if names.keeps_unread(line)] == [2]


def test_what_a_line_reads_is_followed_back_to_what_assigned_it() -> None:
    text = "def forward(self, x):\n    a = x\n    b = a + 1\n    c = 2\n    return b\n    b = c\n"
    assert SourceMap(text).names.behind({"b"}, 5) == {2, 3}


TAKING = """
def read(x):
    return x.sum().item()

def forward(self, x):
    self.k = x.max().item()
    kept = {}
    kept['n'] = x.min().item()
    kept.update(m=1)
    n = max(
        1,
        int(x.sum()),
    )
    y = x * read(x) + self.k
    return y[:n] * kept['n']
"""


@pytest.mark.parametrize(
    ("line", "uses"),
    [
        pytest.param(3, [14], id="returned to who calls"),
        pytest.param(6, [14], id="kept as an attribute"),
        pytest.param(8, [9, 15], id="kept at a key"),
        pytest.param(9, [15], id="put into it by a method"),
        pytest.param(12, [15], id="assigned by a statement of several lines"),
    ],
)
def test_a_value_is_followed_into_what_keeps_it(line: int, uses: list[int]) -> None:
    assert SourceMap(TAKING).names.uses(line) == uses


def test_a_value_is_followed_into_the_next_turn_and_into_either_list() -> None:
    text = "def f(x):\n    n = 1\n    for i in x:\n        y = n\n        n = i.item()\n"
    names = SourceMap(f"{text}        (kept if y else rest).append(n)\n    return kept, rest\n").names
    assert names.uses(5) == [6, 4]
    assert names.uses(6) == [7, 7]


def test_a_statement_of_several_lines_is_one() -> None:
    names = SourceMap(TAKING).names
    assert list(names.statement_at(12)) == [10, 11, 12, 13]
    assert list(names.statement_at(5)) == [5]
