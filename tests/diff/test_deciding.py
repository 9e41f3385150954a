"""What nothing tells apart is told by its order."""

from __future__ import annotations

from explorer.diff.deciding import Line, Listed, Waiting, in_order
from explorer.diff.sides import Side, join
from explorer.graph import Graph, Op, OpId, Step
from tests.graphs import op


def side(*names: str) -> Side:
    return Side(Graph(ops=tuple(op("add", id=name) for name in names)), "left")


def ids(*names: str) -> list[OpId]:
    return [OpId(name) for name in names]


def on(name: str, kind: str) -> Op:
    """Return an op that ran on one side of an ``if``."""
    made = op("add", id=name)
    step = Step(file="model.py", line=3, kind=kind)  # type: ignore[arg-type]
    return Op(id=made.id, op=made.op, target=made.target, within=(step,))


def taken(waiting: Waiting, *, told: bool = False, chosen: dict[str, str] | None = None) -> list[tuple[str, str]]:
    """Return the pairs in the order in which they are chosen, each matched before the next is asked for."""
    choices = chosen or {}

    def choose(one: OpId, _side: Side) -> OpId | None:
        found = choices.get(one)
        return None if found is None else OpId(found)

    pairs: list[tuple[str, str]] = []
    for found in waiting.told(choose) if told else waiting.listed(choose):
        for one, other in sorted(found):
            join(waiting.left, waiting.right, [one], [other], "test")
            pairs.append((one, other))
    return pairs


def test_what_is_matched_is_passed_over() -> None:
    left = side("a", "b", "c")
    line = Line(left, ids("a", "b", "c"))
    join(left, side("x"), ids("a"), ids("x"), "test")
    assert line.first == "b"
    join(left, side("y"), ids("b", "c"), ids("y"), "test")
    assert line.first is None


def test_ops_are_put_in_the_order_in_which_they_are_listed() -> None:
    assert in_order(ids("c", "a", "b"), side("b", "c", "a")) == ["b", "c", "a"]


def test_the_rest_is_put_beside_each_other_by_order() -> None:
    waiting = Waiting(side("a", "b", "c"), side("x", "y"), ids("a", "b", "c"), ids("x", "y"))
    assert taken(waiting) == [("a", "x"), ("b", "y")]


def test_what_speaks_for_an_op_goes_before_its_order() -> None:
    waiting = Waiting(side("a", "b"), side("x", "y"), ids("a", "b"), ids("x", "y"))
    assert taken(waiting, chosen={"a": "y", "y": "a"}) == [("a", "y"), ("b", "x")]


def test_where_nothing_is_told_nothing_is_chosen() -> None:
    waiting = Waiting(side("a", "b"), side("x", "y"), ids("a", "b"), ids("x", "y"))
    assert taken(waiting, told=True) == []


def test_only_what_is_told_is_chosen() -> None:
    waiting = Waiting(side("a", "b"), side("x", "y"), ids("a", "b"), ids("x", "y"))
    assert taken(waiting, told=True, chosen={"b": "x", "x": "b"}) == [("b", "x")]


def test_what_stands_on_the_other_side_of_a_choice_is_not_the_first_that_fits() -> None:
    right = Side(Graph(ops=(on("then", "then"), on("else", "else"))), "right")
    left = Side(Graph(ops=(on("one", "else"), on("two", "then"))), "left")
    assert Listed(right, ids("then", "else")).fitting(OpId("one"), left) == "else"
    assert sorted(taken(Waiting(left, right, ids("one", "two"), ids("then", "else")))) == [
        ("one", "else"),
        ("two", "then"),
    ]
