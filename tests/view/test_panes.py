"""Three and four graphs side by side: one place for what does the same, whichever of them have it."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.report.schema import GraphEntry, Group, GroupKind, NodeEntry, Report
from explorer.view.differences import rows_of
from explorer.view.doing import act
from explorer.view.drawing import Drawing
from explorer.view.joining import join
from explorer.view.matching import drawable
from explorer.view.panes import SIDES, Panes, Side, Tie, panes_of
from explorer.view.payload import drawing_of, scene_of
from explorer.view.scene import Scene
from explorer.view.session import Session
from explorer.view.showing import Shown, another, choose, follow
from explorer.view.union import drawn, unite
from tests.cases import Workshop, a_model
from tests.view.fakes import gated_report

REPORT = gated_report()
ROWS = rows_of(REPORT)
CHOOSES = a_model(
    "if x.sum() > 0:\n    y = torch.relu(x) * 2\nelse:\n    y = torch.sigmoid(x) - 1\nreturn y + x",
    "'a': (torch.ones(3),), 'b': (-torch.ones(3),)",
)


def graph(*names: str) -> GraphEntry:
    nodes = tuple(
        NodeEntry(id=name, op=name, target=name, role="compute", module="", module_type="", file=None, line=None,
                  region=None, outputs=(), attributes={})
        for name in names
    )  # fmt: skip
    return GraphEntry(nodes=nodes, edges=())


def panes(*graphs: GraphEntry, ties: dict[tuple[int, int], list[tuple[str, str, GroupKind]]]) -> Panes:
    """Return graphs side by side; a group is its ops of each graph as letters, and its kind."""
    return Panes(
        sides=tuple(Side(name=name, capture=name, graph=one) for name, one in zip(SIDES, graphs, strict=False)),
        ties=tuple(
            Tie(first=first, second=second, groups=tuple(
                Group(left=tuple(left), right=tuple(right), kind=kind) for left, right, kind in groups))
            for (first, second), groups in ties.items()
        ),
    )  # fmt: skip


def together(of: Panes) -> dict[str, tuple[GroupKind, ...]]:
    return {"|".join("".join(node.id for node in side) for side in unit.sides): unit.kinds
            for unit in unite(of).units.values()}  # fmt: skip


@pytest.mark.parametrize(
    ("ties", "expected"),
    [
        pytest.param(
            {(0, 1): [("a", "p", "same"), ("b", "q", "same")], (0, 2): [("ab", "x", "fused")]},
            {"ab|pq|x": ("fused", "same", "fused")},
            id="one op of the third graph does the work of two",
        ),
        pytest.param(
            {(0, 1): [("a", "p", "same"), ("b", "", "only-left"), ("", "q", "only-right")],
             (0, 2): [("a", "", "only-left"), ("b", "", "only-left"), ("", "x", "only-right")],
             (1, 2): [("q", "x", "same")]},
            {"a|p|": ("same", "same", "only-left"), "b||": ("only-left", "only-left", "only-left"),
             "|q|x": ("only-right", "only-right", "only-right")},
            id="what the first graph has not",
        ),
        pytest.param(
            {(0, 1): [("a", "p", "changed"), ("b", "q", "same")], (0, 2): [("a", "x", "same"), ("b", "", "only-left")]},
            {"a|p|x": ("changed", "changed", "same"), "b|q|": ("same", "same", "only-left")},
            id="each beside the first",
        ),
    ],
)  # fmt: skip
def test_ops_of_three_graphs_stand_together(
    ties: dict[tuple[int, int], list[tuple[str, str, GroupKind]]], expected: dict[str, tuple[GroupKind, ...]]
) -> None:
    assert together(panes(graph("a", "b"), graph("p", "q"), graph("x"), ties=ties)) == expected


def test_graphs_of_equal_names_are_not_mixed_up() -> None:
    """Ids are of one graph: the op of one that another calls the same was given its group."""
    both = graph("a", "b")
    ties: dict[tuple[int, int], list[tuple[str, str, GroupKind]]] = {
        (0, 1): [("a", "b", "changed"), ("b", "a", "moved")], (0, 2): [("a", "a", "same"), ("b", "b", "same")],
    }  # fmt: skip
    found = together(panes(both, both, both, ties=ties))
    assert found == {"a|b|a": ("changed", "changed", "same"), "b|a|b": ("moved", "moved", "same")}


@given(st.lists(st.permutations(range(5)), min_size=2, max_size=3), st.integers(0, 4))
def test_every_op_is_in_one_group_of_all(orders: list[list[int]], lost: int) -> None:
    ops = [graph(*(f"{letter}{at}" for at in order)) for letter, order in zip("bcd", orders, strict=False)]
    first = graph(*(f"a{at}" for at in range(5)))
    ties = tuple(
        Tie(first=0, second=place, groups=tuple(
            Group(left=(f"a{at}",), right=() if at == lost else (f"{letter}{at}",),
                  kind="only-left" if at == lost else "same") for at in range(5)))
        for place, letter in zip(range(1, 4), "bcd"[: len(ops)], strict=False)
    )  # fmt: skip
    sides = tuple(Side(name=name, capture=name, graph=one) for name, one in zip(SIDES, (first, *ops), strict=False))
    joined = list(join(Panes(sides=sides, ties=ties)))
    for place in range(1, len(sides)):
        tied = [op for one in joined for op in one.ops[place]]
        assert len(tied) == len(set(tied)) == 4
    assert all(len({op[1:] for side in one.ops for op in side}) == 1 for one in joined)


@pytest.fixture
def report(workshop: Workshop) -> Report:
    return workshop.report(CHOOSES, "trace", "script", "onnx_ts")


def all_open(of: Drawing) -> Scene:
    return of.scene(toggled=dict.fromkeys(of.tree.frames, True))


def test_every_drawn_op_of_four_graphs_is_in_one_box(report: Report) -> None:
    captures = drawable(report)[1:5]
    of = Drawing(panes_of(report, dict(zip(SIDES, captures, strict=True))), report.source)
    scene = all_open(of)
    assert [pane.capture for pane in scene.panes] == list(captures)
    for at, side in enumerate(of.panes.sides):
        shown = Counter(face.node for box in scene.boxes for face in box.parts[at].faces)
        assert shown == Counter(node.id for node in drawn(side.graph))


def test_a_side_that_eager_did_not_take_is_one_place_in_the_graphs_that_have_it(report: Report) -> None:
    """On ``b`` eager runs the other side: what the trace and the script have there is not in the first graph."""
    of = Drawing(panes_of(report, {"left": "eager:b", "right": "trace", "third": "script"}), report.source)
    (relu,) = [unit for unit in of.union.units.values() if any(node.op == "relu" for node in unit.nodes)]
    assert [[node.op for node in side] for side in relu.sides] == [[], ["relu"], ["relu"]]
    assert set(relu.kinds) == {"only-right"}
    (sigmoid,) = [unit for unit in of.union.units.values() if any(node.op == "sigmoid" for node in unit.nodes)]
    assert [len(side) for side in sigmoid.sides] == [1, 0, 1]
    assert (sigmoid.kinds[1], sigmoid.differs(1), sigmoid.differs(2)) == ("only-left", True, False)


def test_each_graph_alarms_for_itself() -> None:
    scene = scene_of(REPORT, Shown(left="eager:long", right="trace", difference=0, more=("script",)), {})
    assert [pane.grave for pane in scene.panes] == [True, True, False]
    branch = next(box for box in scene.boxes if box.kind == "branch")
    assert all(part.differs for part in branch.parts[:2])


@pytest.mark.parametrize("opened", [True, False], ids=["open", "closed"])
def test_a_box_tells_in_every_pane_what_any_of_them_has_otherwise(*, opened: bool) -> None:
    """What the third graph alone has was matched in the second by a box that said "= all"."""
    shown = Shown(left="eager:short", right="trace", difference=None, more=("script",))
    toggled = dict.fromkeys(drawing_of(REPORT, shown).tree.frames, True) | {"/branch:Tsif": opened}
    boxes = {box.key: box for box in scene_of(REPORT, shown, toggled).boxes}
    branch = boxes["/branch:Tsif"]
    assert [part.badge for part in branch.parts] == ["4 differ", "4 differ elsewhere", "4 differ"]
    assert [part.differs for part in branch.parts] == [True, False, True]
    assert {part.badge for part in boxes["/encoder"].parts} == {"= all"}


def test_a_graph_that_was_never_made_leaves_the_others_as_they_are() -> None:
    scene = scene_of(REPORT, Shown(left="eager:long", right="export", difference=1, more=("trace",)), {})
    assert [pane.side for pane in scene.panes] == ["left", "third"]
    assert all(len(box.parts) == 2 for box in scene.boxes)


def test_what_is_shown_beside_the_pair_stays_while_the_differences_are_walked() -> None:
    shown = choose(REPORT, ROWS, left="eager:long", right="script", difference=0, more=("trace", "no-such"))
    assert shown is not None
    assert shown.more == ("trace",)
    assert follow(REPORT, ROWS, shown, 0) == shown  # the difference is of a graph that is in sight
    assert follow(REPORT, ROWS, shown, 1).more == ("trace",)


def test_the_next_graph_is_one_that_does_wrong_and_is_not_in_sight() -> None:
    pair = Shown(left="eager:long", right="script", difference=0)
    first = another(REPORT, pair)
    assert first == "trace"
    wrong = Shown(left="eager:long", right="script", difference=0, more=("trace", "onnx_ts"))
    assert another(REPORT, wrong) == "eager:short"
    assert another(REPORT, Shown(left="trace", right="trace", difference=0)) != "trace"


def test_the_page_asks_for_more_graphs_and_for_fewer() -> None:
    session = Session()
    session.kept = REPORT
    session.left, session.right = "eager:long", "script"

    def more() -> tuple[str, ...]:
        shown = session.shown(REPORT)
        assert shown is not None
        return shown.more

    act(session, {"do": "more", "captures": [""]})
    assert more() == ("trace",)
    act(session, {"do": "more", "captures": ["trace", "eager:wide", "eager:short", "nonsense"]})
    assert more() == ("trace", "eager:wide")
    shown = session.shown(REPORT)
    assert shown is not None
    assert session.place(REPORT, shown).more == ("trace", "eager:wide")
    act(session, {"do": "more", "captures": []})
    assert more() == ()
