"""A file as a tree: what decided at a place, and what its lines do."""

from __future__ import annotations

from textwrap import indent

import pytest

from explorer.diff.places import LONGEST, SourceMap
from explorer.diff.usage import fixed_from, makes_tensor_at
from explorer.evidence import DecisionKind


def forward(body: str) -> SourceMap:
    """Return a file in which ``body`` begins at line 2, column 4."""
    return SourceMap(f"def forward(self, x):\n{indent(body, '    ')}\n")


@pytest.mark.parametrize(
    ("body", "at", "kind", "is_kind", "text"),
    [
        pytest.param("if x > 0:\n    pass", (2, 7), "if", "if", "x > 0", id="if"),
        pytest.param("y = 1 if x > 0 else 2", (2, 13), "if", "if", "x > 0", id="a choice in an expression"),
        pytest.param("while x > 0:\n    pass", (2, 10), "if", "loop", "x > 0", id="while"),
        pytest.param("for i in range(n):\n    pass", (2, 4), "loop", "loop", "range(n)", id="for"),
        pytest.param("assert x > 0", (2, 11), "if", "assert", "x > 0", id="assert"),
        pytest.param("y = [i for i in x]", (2, 20), "loop", "loop", "x", id="a comprehension"),
        pytest.param("y = [i for i in x if i > 0]", (2, 25), "if", "if", "i > 0", id="a condition of a comprehension"),
        pytest.param("match x:\n    case 1:\n        pass", (3, 13), "if", "if", "match x", id="match"),
        pytest.param("y = x and z", (2, 8), "if", "if", "x and z", id="and, in no condition"),
        pytest.param("y = x", (2, 4), "if", "if", "y = x", id="nothing that decides"),
        pytest.param("try:\n    y = 1\nexcept ValueError:\n    pass", (3, 8), "try", "try", "", id="try"),
    ],
)
def test_a_jump_belongs_to_the_statement_that_decides(
    body: str, at: tuple[int, int], kind: DecisionKind, is_kind: str, text: str
) -> None:
    site = forward(body).site(*at, kind)
    assert (site.kind, site.text) == (is_kind, text)


def test_of_conditions_in_each_other_the_innermost_decides() -> None:
    source = forward("if (1 if x > 0 else 2) > y:\n    pass")
    assert source.site(2, 13, "if").text == "x > 0"
    assert source.site(2, 29, "if").text == "(1 if x > 0 else 2) > y"


def test_of_two_halves_that_decides_which_the_jump_is_in() -> None:
    source = forward("if x is None or x.sum() > 0:\n    pass")
    assert source.site(2, 7, "if").on_type
    assert not source.site(2, 20, "if").on_type
    assert source.site(2, 7, "if").compound


def test_a_site_tells_what_its_sides_do() -> None:
    site = forward("if x > y:\n    z = 1\n    raise ValueError\nelse:\n    return x").site(2, 7, "if")
    assert (site.names, site.binds) == ({"x", "y"}, {"z"})
    assert (site.raises, site.leaves, site.body, site.lines) == (True, True, 3, range(2, 3))


def test_a_long_condition_is_cut() -> None:
    site = forward(f"if {' + '.join(['name'] * 30)} > 0:\n    pass").site(2, 7, "if")
    assert len(site.text) == LONGEST
    assert site.text.endswith("…")


@pytest.mark.parametrize("text", ["def f(:", "\0", "x = (" * 3000])
def test_what_does_not_parse_holds_nothing(text: str) -> None:
    source = SourceMap(text)
    assert source.function_at(1) is None
    assert source.site(1, 0, "if").names == frozenset()


def test_the_innermost_function_is_that_of_a_line() -> None:
    source = SourceMap("def outer():\n    def inner():\n        return 1\n    return inner\n\nx = 1\n")
    assert [source.function_name(line) for line in (1, 3, 4, 6, None)] == ["outer", "inner", "outer", None, None]
    assert source.returns_of(2) == [3]


def test_a_raise_is_told_at_what_guards_it() -> None:
    source = forward("if x:\n    y = 1\n    raise ValueError\nraise TypeError")
    assert [source.guard_of(line) for line in (3, 4, 5)] == [3, 2, 5]


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("for i in x:\n    pass", "loop"),
        ("while x:\n    pass", "loop"),
        ("assert x", "check"),
        ("if x:\n    raise ValueError", "check"),
        ("if x:\n    pass", "if"),
        ("y = 1 if x else 2", "if"),
        ("y = x", ""),
    ],
)
def test_a_statement_is_a_loop_a_check_or_a_choice(body: str, what: str) -> None:
    assert forward(body).statement_at(2) == what


def test_a_loop_is_around_what_stands_in_its_body() -> None:
    source = forward("for i in x:\n    y = i\nz = 1")
    assert source.is_loop_around(2, {3})
    assert not source.is_loop_around(2, {2, 4})
    assert not source.is_loop_around(3, {3})


def test_arguments_are_told_by_annotation_and_default() -> None:
    source = SourceMap("def forward(self, x, y: int, z=None, *, w: str = None, v=3):\n    x = 1\n    return z\n")
    assert source.unannotated_at(2) == {"x", "z", "v"}
    assert source.none_by_default(2) == {"z", "w"}
    assert source.arguments_at(2) == {"y", "z", "w", "v"}
    assert source.unannotated_at(9) == source.none_by_default(9) == source.arguments_at(9) == frozenset()


def test_names_are_followed_in_their_function() -> None:
    source = forward("a, b = x.shape, 3\nc = a + b\na += 1\nreturn a")
    assert source.names.assigned_at(2) == {"a", "b"}
    assert source.names.at(3) == {"a", "b", "c"}
    assert sorted(source.names.uses_of("a", 2)) == [3, 5]
    assert sorted(source.names.lines_assigning("a", 5)) == [2, 4]
    assert list(source.read_for(frozenset({"c"}), 5)) == ["a", "b"]
    assert list(source.read_for(frozenset({"b"}), 3)) == []


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("n = int(x.sum())", 2),
        ("n = x.size(0)\nm = n + 1\nk = math.ceil(n / 2)", 4),
        ("n = x.size(0)\nk = torch.tensor(n)", 3),
        ("n = x.size(0)\nk = torch.zeros(n)", None),
        ("n = x.size(0)\nk = int(other)", None),
    ],
)
def test_a_number_of_pythons_own_is_made_where_the_name_is_taken(body: str, line: int | None) -> None:
    assert fixed_from(forward(body), 2) == line


@pytest.mark.parametrize(("code", "makes"), [("y = torch.tensor([n])", True), ("y = torch.zeros(n)", False)])
def test_a_tensor_of_pythons_numbers_is_told_by_what_makes_it(code: str, makes: bool) -> None:
    assert makes_tensor_at(forward(code), 2) is makes


def test_the_sides_of_an_if_are_idle_where_they_only_call() -> None:
    source = forward("if x:\n    print(x)\nelse:\n    pass\nif x:\n    y = 1")
    assert source.idle_at(2) == {3, 5}
    assert source.idle_at(6) is None
    assert source.idle_at(3) is None


def test_the_model_is_made_where_build_model_returns() -> None:
    source = SourceMap("def build_model():\n    if fast:\n        return A()\n    return B()\n")
    assert source.builder() == 4
    assert forward("return x").builder() is None
    assert [one.lineno for one in forward("return Part(x)").forwards()] == [1]
    assert forward("return Part(x)").use_of("Part") == 2
    assert source.use_of("A") is None


def test_a_line_is_shown_without_comment_and_colon() -> None:
    source = forward("if x:  # asks\n    pass")
    assert (source.line(2), source.code(2), source.line(99)) == ("if x:  # asks", "if x", "")
