"""What kind of group it is that ops of two graphs make."""

from __future__ import annotations

from dataclasses import replace

import pytest

from explorer.diff.grouping import group_of, groups
from explorer.diff.sides import Match, Side, join
from explorer.divergence import Group
from explorer.graph import Graph, Op, OpId, Region, RegionId, Step
from tests.graphs import chain, op


def grouped(left: Graph, right: Graph) -> Group:
    """Return the one group that all ops of both make."""
    match = Match(left=[one.id for one in left.ops], right=[one.id for one in right.ops], by="test", sure="likely")
    return group_of(match, left, right)


@pytest.mark.parametrize(
    ("left", "right", "kind"),
    [
        pytest.param([op("relu")], [op("relu")], "same", id="one and one"),
        pytest.param([op("relu")], [op("gelu")], "changed", id="another op"),
        pytest.param([op("relu")], [op("relu", module="m")], "moved", id="another module"),
        pytest.param([op("mul", other=2)], [op("mul", other=2.0)], "same", id="a number written otherwise"),
        pytest.param([op("mul", other=2.0)], [op("mul", other=3.0)], "changed", id="another number"),
        pytest.param([op("mul", other=0.1)], [op("mul", other=0.10000000149)], "same", id="a float of single precision"),
        pytest.param([op("mul", other=0.1)], [op("mul", other=0.1001)], "changed", id="a float that no precision makes another"),
        pytest.param([op("pad", by=[0.1])], [op("pad", by=[0.10000000149])], "same", id="such a float in a list"),
        pytest.param([op("pad", by=[1, 2])], [op("pad", by=[1])], "changed", id="a shorter list"),
        pytest.param([op("slice", end=2_000_000)], [op("slice", end=2_000_001)], "changed", id="an integer that is near"),
        pytest.param([op("view", to=[1, 2_000_000])], [op("view", to=[1, 2_000_001])], "changed", id="such one in a list"),
        pytest.param([op("mul", other=float("inf"))], [op("mul", other=float("inf"))], "same", id="infinity"),
        pytest.param([op("mul", other=float("inf"))], [op("mul", other=float("-inf"))], "changed", id="the other infinity"),
        pytest.param([op("mul", other=float("nan"))], [op("mul", other=float("nan"))], "same", id="no number"),
        pytest.param([op("mul", other=float("nan"))], [op("mul", other=1.0)], "changed", id="no number and one"),
        pytest.param([op("mul", other=10**400)], [op("mul", other=1.0)], "changed", id="an integer larger than any float"),
        pytest.param([op("mul", other=10**5000)], [op("mul", other=10**5000 + 1)], "changed", id="two that fill pages"),
        pytest.param([op("mul", other=2.0)], [op("mul")], "same", id="a number that one leaves out"),
        pytest.param([op("to", dtype="f32")], [op("to", dtype="f16")], "same", id="what producers write as they like"),
        pytest.param([op("mm"), op("add")], [op("addmm")], "fused", id="several and one"),
        pytest.param([op("addmm")], [op("mm"), op("add")], "decomposed", id="one and several"),
        pytest.param([op("mm"), op("add")], [op("mm"), op("add")], "same", id="several, the same"),
        pytest.param([op("mm"), op("add")], [op("add"), op("mm")], "changed", id="several in another order"),
        pytest.param([op("mm"), op("size", role="shape")], [op("mm")], "same", id="what does no work does not count"),
        pytest.param([op("if"), op("relu")], [op("relu")], "same", id="an if is nothing of its own"),
        pytest.param([op("dropout", train=False), op("mm")], [op("mm")], "same", id="nor what hands on"),
        pytest.param([op("mm")], [], "only-left", id="nothing on the right"),
        pytest.param([], [op("mm")], "only-right", id="nothing on the left"),
    ],
)  # fmt: skip
def test_a_group_is_of_the_kind_that_its_work_is(left: list[Op], right: list[Op], kind: str) -> None:
    assert grouped(chain(*left), chain(*right)).kind == kind


def test_the_turns_of_a_loop_are_the_one_op_of_its_body() -> None:
    turns = [replace(op("mul", id=str(number)), within=(Step(file="model.py", line=1, kind="body", turn=number),))
             for number in range(3)]  # fmt: skip
    assert grouped(chain(*turns), chain(op("mul"))).kind == "same"
    assert grouped(chain(*(replace(one, within=()) for one in turns)), chain(op("mul"))).kind == "fused"


def test_what_asks_before_each_turn_is_the_one_op_of_the_condition() -> None:
    region = Region(id=RegionId("c"), owner=OpId("loop"), kind="condition")
    asks = [replace(op("lt", id=str(number)), region=region.id) for number in range(3)]
    left = Graph(ops=(op("loop", role="guard"), *asks), regions=(region,))
    assert grouped(left, chain(op("lt"))).kind == "same"


@pytest.mark.parametrize(
    ("left", "right", "held"), [(2.0, 2.0, "same"), (2.0, 3.0, "apart"), (2.0, None, None), (None, None, None)]
)
def test_what_both_gave_is_told_of_their_last_ops(left: float | None, right: float | None, held: str | None) -> None:
    found = grouped(chain(op("mm", held=9.0), op("add", held=left)), chain(op("addmm", held=right)))
    assert (found.held, found.sure, found.matched_by) == (held, "likely", "test")


def test_groups_come_in_the_order_of_the_left_graph_and_then_what_only_the_right_has() -> None:
    left, right = Side(chain(op("a"), op("b"), op("c")), "left"), Side(chain(op("x"), op("y")), "right")
    join(left, right, [OpId("a"), OpId("c")], [OpId("y")], "test")
    assert [(one.left, one.right) for one in groups(left, right)] == [(("a", "c"), ("y",)), (("b",), ()), ((), ("x",))]
