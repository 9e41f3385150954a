"""The turns of a loop side by side, where an unrolled one does not make the same of each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from explorer.diff.align import align
from explorer.evidence import Kind
from explorer.graph import Graph, Op, OpId, Step
from tests.cases import Workshop, a_model
from tests.graphs import edge, op

ROUTED = a_model(
    """
    out = torch.zeros_like(x)
    for at, part in enumerate(self.parts):
        row = torch.where(x[:, 0] > at)[0]
        out.index_add_(0, row, x[row, 1:2] * part(x[row]))
    return out
    """,
    "'a': (torch.arange(12.0).reshape(4, 3),)",
    init="self.parts = nn.ModuleList(nn.Linear(3, 3) for _ in range(3))",
)


@pytest.mark.parametrize("kind", ["onnx_ts", "ort"])
def test_no_group_holds_more_than_one_turn(workshop: Workshop, kind: Kind) -> None:
    """All turns of a line were one group, as the exporter computes sizes in the first of them alone."""
    eager = workshop.eager_graph(ROUTED)
    turn_of = {one.id: [step.turn for step in one.within] for one in eager.compute}
    groups = align(eager, workshop.graph(ROUTED, kind))
    turns = [{turn for one in group.left for turn in turn_of.get(OpId(one), ())} for group in groups if group.right]
    assert [some for some in turns if len(some) > 1] == []
    assert {turn for some in turns for turn in some} == {0, 1, 2}


def turned(number: int, *ops: Op) -> tuple[Op, ...]:
    step = Step(file="model.py", line=1, kind="body", turn=number)
    return tuple(replace(one, within=(step,)) for one in ops)


def test_a_turn_is_known_by_what_is_matched_in_it() -> None:
    """The right graph has ``b`` taken apart, in the first turn into three ops, and ``b`` of each takes the last one's."""
    left = Graph(
        ops=(*turned(0, op("a", id="a0", line=2, module="p.0"), op("b", id="b0")),
             *turned(1, op("a", id="a1", line=2, module="p.1"), op("b", id="b1"))),
        edges=(edge("a0", "b0"), edge("b0", "b1", 1), edge("a1", "b1")),
    )  # fmt: skip
    right = Graph(
        ops=(op("a", id="r.a0", line=2, module="p.0"), op("size", id="s"), op("c", id="c0"), op("d", id="d0"),
             op("a", id="r.a1", line=2, module="p.1"), op("c", id="c1"), op("d", id="d1")),
        edges=(edge("s", "c0", 1), edge("r.a0", "c0"), edge("c0", "d0"), edge("d0", "d1", 1), edge("r.a1", "c1"),
               edge("c1", "d1")),
    )  # fmt: skip
    found = {(group.left, group.right) for group in align(left, right)}
    assert found == {(("a0",), ("r.a0",)), (("b0",), ("s", "c0", "d0")), (("a1",), ("r.a1",)), (("b1",), ("c1", "d1"))}
    mirrored = {(group.right, group.left) for group in align(right, left)}
    assert mirrored == found
