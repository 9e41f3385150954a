"""What an alignment in the making knows of either graph."""

from __future__ import annotations

from dataclasses import replace

import pytest

from explorer.diff.align import align
from explorer.diff.sides import MOST_FED, Side, Sides, join, may_share_a_side
from explorer.graph import Graph, Location, Op, OpId, Region, RegionId, Step
from tests.graphs import LIBRARY, at, chain, edge, op

PLACE = "model.py", 3
THEN, ELSE, BOTH = frozenset({"then"}), frozenset({"else"}), frozenset({"then", "else"})


@pytest.mark.parametrize(
    ("ones", "others", "may"),
    [
        pytest.param({}, {}, True, id="nothing chooses"),
        pytest.param({PLACE: THEN}, {}, True, id="one side alone was followed"),
        pytest.param({PLACE: THEN}, {PLACE: THEN}, True, id="the same side"),
        pytest.param({PLACE: THEN}, {PLACE: ELSE}, False, id="one in place of the other"),
        pytest.param({PLACE: THEN}, {PLACE: BOTH}, True, id="met on both sides"),
        pytest.param({PLACE: THEN}, {("model.py", 4): ELSE}, True, id="of another if"),
    ],
)
def test_what_ran_in_place_of_another_is_not_the_same(ones: Sides, others: Sides, may: bool) -> None:
    assert may_share_a_side(ones, others) is may
    assert may_share_a_side(others, ones) is may


def test_what_is_matched_or_contested_is_not_free() -> None:
    left, right = Side(chain(op("a"), op("b"), op("c")), "left"), Side(chain(op("a")), "right")
    join(left, right, [OpId("a")], [OpId("a")], "test")
    left.contested[OpId("b")] = 0
    assert [one.id for one in left.free("compute")] == ["c"]
    assert OpId("a") not in left.open
    assert OpId("b") in left.open


def test_what_is_folded_into_a_match_is_no_part_of_what_it_was_made_of() -> None:
    left, right = Side(chain(op("a"), op("b")), "left"), Side(chain(op("c"), op("d")), "right")
    join(left, right, [OpId("a")], [OpId("c")], "test")
    match = left.matched[OpId("a")]
    left.put(OpId("b"), match)
    right.put(OpId("d"), match)
    assert (left.members(match), left.core(match), left.partners(match)) == (["a", "b"], ["a"], ["c", "d"])
    assert (right.members(match), right.core(match), right.partners(match)) == (["c", "d"], ["c"], ["a", "b"])


def test_of_a_hub_only_some_neighbours_are_listened_to() -> None:
    count = MOST_FED + 5
    takers = [op(f"n{place}") for place in range(count)]
    side = Side(Graph(ops=(op("hub"), *takers), edges=tuple(edge("hub", one.id) for one in takers)), "left")
    assert len(side.links[OpId("hub")]) == count
    assert len(side.heard(OpId("hub"))) == MOST_FED
    assert list(side.listening(takers[0].id)) == ["hub"]
    assert list(side.listening(takers[-1].id)) == []


def test_lines_are_those_of_the_user_and_none_where_they_are_borrowed() -> None:
    told = Op(id=OpId("a"), op="a", target="a", stack=(LIBRARY, at(4), at(9)))
    side = Side(Graph(ops=(told, replace(told, id=OpId("b"), placed=True))), "left")
    assert side.user_lines(told) == (("model.py", 4), ("model.py", 9))
    assert side.user_lines(side.graph.by_id[OpId("b")]) == ()


def test_what_looks_the_same_around_depends_on_how_far_one_looks() -> None:
    ops = op("exp"), op("a"), op("relu"), op("b"), op("a", id="a2"), op("b", id="b2")
    edges = edge("exp", "a"), edge("a", "b"), edge("relu", "a2"), edge("a2", "b2")
    side = Side(Graph(ops=ops, edges=edges), "left")
    assert side.around(OpId("b"), 1) == side.around(OpId("b2"), 1)
    assert side.around(OpId("b"), 2) != side.around(OpId("b2"), 2)
    assert side.beside(OpId("a"), after=True) == side.beside(OpId("a2"), after=True)
    assert side.beside(OpId("a"), after=False) != side.beside(OpId("a2"), after=False)


def _sided(name: str, line: int, side: str, **more: object) -> Graph:
    """Return a graph of one op of one name on one side of an ``if``, as a script has it or as eager ran it."""
    place = (Location(file="model.py", line=line, function="forward", user=True),)
    if more.get("ran"):
        step = Step(file="model.py", line=line, kind=side)  # type: ignore[arg-type]
        return Graph(ops=(Op(id=OpId(name), op=name, target=name, stack=place, within=(step,)),))
    region = Region(id=RegionId(side), owner=OpId("if"), kind=side)  # type: ignore[arg-type]
    ops = (Op(id=OpId("if"), op="if", target="prim::If", role="guard", stack=place),
           Op(id=OpId(name), op=name, target=name, stack=place, region=region.id))  # fmt: skip
    return Graph(ops=ops, regions=(region,))


@pytest.mark.parametrize(("side", "beside"), [("then", True), ("else", False)])
def test_one_side_is_not_the_other_though_they_share_line_and_op(side: str, beside: bool) -> None:
    groups = align(_sided("sin", 3, "then", ran=True), _sided("sin", 3, side))
    assert any(group.left == ("sin",) and group.right == ("sin",) for group in groups) is beside
