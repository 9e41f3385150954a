"""How sure it is that ops belong together: what only they have, what is around them, or their order alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from explorer.diff.align import align
from explorer.divergence import Sure
from explorer.graph import Graph, Op, OpId, Role, Step, Value
from tests.graphs import op

PAIR = Value(dtype="f32", shape=(2,))
OPEN = Value(dtype="f32", shape=("n",))


def ends(*told: tuple[str, Value], role: Role = "input") -> Graph:
    """Return a graph of inputs or outputs, each with its name and what it holds."""
    ops = (Op(id=OpId(f"{role}:{place}"), op=role, target=name, role=role, outputs=(value,))
           for place, (name, value) in enumerate(told))  # fmt: skip
    return Graph(ops=tuple(ops))


def pairs(left: Graph, right: Graph) -> list[tuple[tuple[str, ...], tuple[str, ...], Sure | None]]:
    return [(one.left, one.right, one.sure) for one in align(left, right)]


@pytest.mark.parametrize("role", ["input", "output"])
@pytest.mark.parametrize(
    ("left", "right", "sure"),
    [
        pytest.param(("x", PAIR), ("x", PAIR), "certain", id="one name"),
        pytest.param(("x", PAIR), ("x", replace(PAIR, shape=(3,))), "certain", id="one name, another size"),
        pytest.param(("x", PAIR), ("y", PAIR), "likely", id="other names, one type and size"),
        pytest.param(("x", PAIR), ("y", OPEN), "likely", id="other names, a size that is open"),
        pytest.param(("x", PAIR), ("y", replace(PAIR, shape=(3,))), "guessed", id="other names and sizes"),
        pytest.param(("x", PAIR), ("y", replace(PAIR, dtype="i64")), "guessed", id="other names and types"),
        pytest.param(("x", PAIR), ("y", Value(dtype="f32")), "guessed", id="a size that is not known"),
        pytest.param(("x", Value()), ("y", Value()), "guessed", id="nothing but the place"),
    ],
)
def test_ends_of_other_names_are_paired_by_their_place_which_is_not_certain(
    left: tuple[str, Value], right: tuple[str, Value], sure: Sure, role: Role
) -> None:
    """Two inputs of which nothing but the place was the same were certain."""
    found = pairs(ends(left, role=role), ends(right, role=role))
    assert found == [((f"{role}:0",), (f"{role}:0",), sure)]


def test_ends_of_one_name_are_paired_in_order_which_is_a_guess() -> None:
    graph = ends(("x", PAIR), ("x", PAIR))
    assert [sure for *_, sure in pairs(graph, graph)] == ["guessed", "guessed"]


def test_parameters_of_one_name_are_one() -> None:
    graph = ends(("w", PAIR), ("w", PAIR), role="parameter")
    assert [sure for *_, sure in pairs(graph, graph)] == ["certain", "certain"]


def without_lines(name: str, shape: tuple[int, ...], *kinds: str) -> Graph:
    """Return ops of one name that have no line, each with the side of an ``if`` that it ran on."""
    made = replace(op("relu", module=""), stack=(), call="", outputs=(Value(dtype="f32", shape=shape),))
    sides = [(Step(file="model.py", line=3, kind=kind),) if kind else () for kind in kinds]  # type: ignore[arg-type]
    return Graph(ops=tuple(replace(made, id=OpId(f"{name}{at}"), within=within) for at, within in enumerate(sides)))


@pytest.mark.parametrize(("count", "sure"), [(1, "likely"), (3, "guessed")])
def test_what_has_no_line_and_another_size_is_never_certain(count: int, sure: Sure) -> None:
    found = align(without_lines("a", (2,), *[""] * count), without_lines("b", (3,), *[""] * count))
    assert [(one.left, one.right, one.matched_by, one.sure) for one in found] == [
        ((f"a{place}",), (f"b{place}",), "module and op", sure) for place in range(count)
    ]


def test_what_has_no_line_lies_beside_nothing_that_ran_in_its_place() -> None:
    found = align(without_lines("a", (2,), "then", "then"), without_lines("b", (3,), "else", "then", "else"))
    assert {(one.left, one.right) for one in found} == {
        (("a0",), ("b1",)), (("a1",), ()), ((), ("b0",)), ((), ("b2",))
    }  # fmt: skip


def test_constants_of_one_line_are_paired_in_order_which_is_a_guess() -> None:
    two = Graph(ops=tuple(op("constant", id=name, role="constant") for name in ("a", "b")))
    one = Graph(ops=two.ops[:1])
    assert [found.sure for found in align(two, two)] == ["guessed", "guessed"]
    assert [found.sure for found in align(one, one)] == ["likely"]
