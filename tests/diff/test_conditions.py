"""What a condition asks for: a value, or a form."""

from __future__ import annotations

import ast

import pytest

from explorer.diff import conditions
from explorer.diff.conditions import asked_by, is_form, is_generator, on_rank, on_type


def condition(code: str) -> ast.expr:
    return ast.parse(code, mode="eval").body


def match(code: str) -> ast.Match:
    (found,) = ast.parse(code).body
    assert isinstance(found, ast.Match)
    return found


def first_pattern(code: str) -> ast.pattern:
    return match(f"match x:\n    case {code}:\n        pass").cases[0].pattern


@pytest.mark.parametrize(
    ("code", "is_type"),
    [
        ("x is None", True),
        ("'mask' in batch", True),
        ("isinstance(x, list)", True),
        ("x.dtype == torch.float64", True),
        ("x.dim() == 2", True),
        ("len(x.shape) == 2", True),
        ("torch.is_tensor(x)", True),
        ("x.sum() > 0", False),
        ("x.shape[0] > 2", False),
        ("len(x) > 2", False),
    ],
)
def test_a_condition_asks_for_a_form_or_a_value(code: str, is_type: bool) -> None:
    assert on_type(condition(code)) is is_type


@pytest.mark.parametrize(
    ("code", "is_rank"),
    [
        ("x.ndim > 1", True),
        ("x.dim() > 1", True),
        ("len(x.shape) > 1", True),
        ("len(x.size()) > 1", True),
        ("len(x.size(0)) > 1", False),
        ("x.shape[0] > 1", False),
        ("x is None", False),
    ],
)
def test_a_condition_asks_for_the_rank(code: str, is_rank: bool) -> None:
    assert on_rank(condition(code), None) is is_rank


@pytest.mark.parametrize(("subject", "is_rank"), [("x.shape", True), ("x.size()", True), ("x.tolist()", False)])
def test_a_pattern_of_as_many_parts_asks_for_the_rank_of_sizes_alone(subject: str, is_rank: bool) -> None:
    assert on_rank(condition(subject), first_pattern("(a, b)")) is is_rank


@pytest.mark.parametrize(
    ("pattern", "form"),
    [("None", True), ("True", False), ("int()", True), ("{'a': 1}", True), ("[a, b]", True), ("3", False), ("int() as n", True),
     ("3 as n", False), ("_", False)],
)  # fmt: skip
def test_a_pattern_asks_for_a_form_or_a_value(pattern: str, form: bool) -> None:
    assert is_form(first_pattern(pattern)) is form


def test_what_takes_all_chooses_nothing_and_a_guard_does() -> None:
    found = match("match x:\n    case 1:\n        pass\n    case n if n > 2:\n        pass\n    case _:\n        pass")
    assert [ast.unparse(one) for one in conditions.tests_of(found)] == ["1", "n > 2"]


def test_a_guard_on_a_name_for_all_asks_for_the_subject() -> None:
    code = "match x.dim():\n    case n if {guard}:\n        pass"
    for guard, asked in (("n > 2", "x.dim()"), ("y > 2", "y > 2")):
        found = match(code.format(guard=guard))
        (told,) = conditions.tests_of(found)
        assert ast.unparse(asked_by(found, told)) == asked


@pytest.mark.parametrize(("body", "generates"), [("yield x", True), ("yield from x", True), ("return x", False)])
def test_a_function_that_yields_runs_nothing_yet(body: str, generates: bool) -> None:
    (function,) = ast.parse(f"def f(x):\n    {body}").body
    assert isinstance(function, ast.FunctionDef)
    assert is_generator(function) is generates
