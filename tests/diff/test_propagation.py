"""What is matched tells of its neighbours what they are."""

from __future__ import annotations

import pytest

from explorer.diff.align import align
from explorer.diff.propagation import Contest, Propagation, may_share_a_line
from explorer.diff.sides import Side, join
from explorer.graph import Graph, OpId
from tests.cases import Workshop
from tests.graphs import chain, edge, op

INNER, OUTER, ELSEWHERE = ("model.py", 3), ("model.py", 9), ("model.py", 5)


@pytest.mark.parametrize(
    ("ones", "others", "may"),
    [
        pytest.param([], [INNER], True, id="no line is told"),
        pytest.param([INNER, OUTER], [INNER, OUTER], True, id="the same"),
        pytest.param([INNER, OUTER], [OUTER], True, id="one producer tells that of forward alone"),
        pytest.param([INNER, OUTER], [ELSEWHERE, OUTER], False, id="two calls of one forward"),
        pytest.param([INNER], [ELSEWHERE], False, id="two lines"),
    ],
)
def test_two_lines_of_the_file_are_not_the_same_work(
    ones: list[tuple[str, int]], others: list[tuple[str, int]], may: bool
) -> None:
    assert may_share_a_line(ones, others) is may
    assert may_share_a_line(others, ones) is may


def matched(propagation: Propagation) -> dict[str, list[str]]:
    left = propagation.left
    return {one: [*left.partners(match)] for one, match in left.matched.items()}


def beside(left: Graph, right: Graph, *pairs: tuple[str, str]) -> Propagation:
    one, other = Side(left, "left"), Side(right, "right")
    for ours, theirs in pairs:
        join(one, other, [OpId(ours)], [OpId(theirs)], "test")
    return Propagation(one, other)


def test_a_row_is_matched_from_its_one_end() -> None:
    left = chain(op("exp"), op("add", id="1"), op("add", id="2"), op("add", id="3"))
    found = beside(left, left, ("exp", "exp"))
    found.spread()
    assert matched(found) == {"exp": ["exp"], "1": ["1"], "2": ["2"], "3": ["3"]}
    assert {found.left.matched[OpId(one)].by for one in "123"} == {"neighbours"}


def test_an_op_of_another_name_or_line_is_no_counterpart() -> None:
    found = beside(chain(op("exp"), op("add")), chain(op("exp"), op("sub")), ("exp", "exp"))
    found.spread()
    assert OpId("add") not in found.left.matched
    found = beside(chain(op("exp"), op("add", line=2)), chain(op("exp"), op("add", line=3)), ("exp", "exp"))
    found.spread()
    assert OpId("add") not in found.left.matched


def test_what_was_put_between_does_not_end_the_row() -> None:
    found = beside(chain(op("exp"), op("add")), chain(op("exp"), op("clone"), op("add")), ("exp", "exp"))
    found.spread()
    assert matched(found)["add"] == ["add"]


def test_of_two_behind_what_was_put_between_the_nearer_one_is_the_counterpart() -> None:
    ops = op("exp"), op("neg"), op("add")
    left = chain(*ops)
    right = Graph(
        ops=(op("exp"), op("clone"), op("add", id="far"), op("add", id="near")),
        edges=(edge("exp", "clone"), edge("clone", "far"), edge("exp", "near")),
    )
    found = beside(left, right, ("exp", "exp"))
    found.spread()
    assert matched(found) == {"exp": ["exp"], "add": ["near"]}


def test_which_argument_it_is_tells_two_takers_apart() -> None:
    ops = op("exp"), op("sub", id="first"), op("sub", id="second")
    left = Graph(ops=ops, edges=(edge("exp", "first", 0), edge("exp", "second", 1)))
    right = Graph(ops=ops, edges=(edge("exp", "first", 1), edge("exp", "second", 0)))
    found = beside(left, right, ("exp", "exp"))
    found.spread()
    assert matched(found) == {"exp": ["exp"], "first": ["second"], "second": ["first"]}


def test_ops_of_a_contest_are_matched_among_themselves_in_their_order() -> None:
    left = Graph(ops=(op("add", id="a"), op("add", id="b"), op("add", id="c")))
    found = beside(left, left)
    found.contest(Contest(ones=[OpId("a"), OpId("b")], others=[OpId("b"), OpId("c")], by="line", key="k"))
    found.spread()
    assert matched(found) == {}
    found.decide()
    assert matched(found) == {"a": ["b"], "b": ["c"]}
    assert {(one.by, one.sure) for one in found.left.matched.values()} == {("line, in order", "guessed")}
    assert (found.contests, found.left.contested, found.right.contested) == ([], {}, {})


def test_what_feeds_an_op_tells_which_of_two_it_is(workshop: Workshop) -> None:
    """The trace of an early exit holds one softmax of two: that of the layer that answered, not the first one."""
    eager, trace = workshop.eager_graph("early_exit_transformer"), workshop.graph("early_exit_transformer", "trace")
    (result,) = [op for op in trace.compute if op.op == "softmax" and op.module == ""]
    (group,) = [group for group in align(eager, trace) if result.id in group.right]
    answer = [op.id for op in eager.compute if op.op == "softmax" and op.module == ""][1]
    assert answer in group.left
