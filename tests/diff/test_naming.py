"""Which lines assign a name and which read it."""

from __future__ import annotations

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
