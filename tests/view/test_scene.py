"""What both panes draw: every op once, nothing over another, equal things at equal places."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from explorer.graph import Edge, OpId
from explorer.report.schema import FrameEntry, GraphEntry, Group, NodeEntry, ValueEntry
from explorer.view.branches import fixed_branches
from explorer.view.differences import rows_of
from explorer.view.drawing import Drawing, Mark
from explorer.view.payload import scene_of
from explorer.view.scene import Box, Scene
from explorer.view.showing import Shown
from explorer.view.union import drawn
from explorer.view.writing import MOST_FRAMES
from tests.view.fakes import beside, gated_report, pair_of

REPORT = gated_report()
ROWS = rows_of(REPORT)
PAIRS = [
    pytest.param("eager:long", "trace", id="another-side-taken"),
    pytest.param("eager:short", "trace", id="same-side-taken"),
    pytest.param("eager:long", "script", id="regions"),
    pytest.param("trace", "script", id="tied-over-eager"),
    pytest.param("eager:long", "eager:long", id="with-itself"),
]
BRANCH = Mark(row=0, opens=True, ops=(("bsl", "bsg", "badd"), ("tsh", "tsm", "tmul")))


def drawing(left: str, right: str) -> Drawing:
    return Drawing(pair_of(REPORT, left, right), REPORT.source, fixed_branches(REPORT))


def all_open(of: Drawing) -> Scene:
    return of.scene(toggled=dict.fromkeys(of.tree.frames, True))


def chain(length: int, *, module: str = "", fan_from: str | None = None) -> GraphEntry:
    """A graph of ``length`` ops in a row; ``fan_from`` names one that feeds all the others too."""
    nodes = tuple(
        NodeEntry(
            id=f"n{at}",
            op="add",
            target="aten::add",
            role="compute",
            module=module,
            module_type="",
            file=None,
            line=None,
            region=None,
            outputs=(),
            attributes={},
        )
        for at in range(length)
    )
    edges = [Edge(source=OpId(f"n{at}"), target=OpId(f"n{at + 1}")) for at in range(length - 1)]
    if fan_from:
        edges += [Edge(source=OpId(fan_from), target=OpId(f"n{at}")) for at in range(1, length)]
    return GraphEntry(nodes=nodes, edges=tuple(edges))


def paired(graph: GraphEntry) -> Drawing:
    groups = tuple(Group(left=(n.id,), right=(n.id,), kind="same") for n in graph.nodes)
    pair = beside(graph, graph, groups)
    return Drawing(pair, REPORT.source)


@pytest.mark.parametrize(("left", "right"), PAIRS)
def test_every_drawn_op_is_in_exactly_one_box(left: str, right: str) -> None:
    made = drawing(left, right)
    scene = all_open(made)
    ours = [face.node for box in scene.boxes for face in box.parts[0].faces]
    theirs = [face.node for box in scene.boxes for face in box.parts[1].faces]
    assert sorted(ours) == sorted(node.id for node in drawn(made.panes.sides[0].graph))
    assert sorted(theirs) == sorted(node.id for node in drawn(made.panes.sides[1].graph))


@pytest.mark.parametrize(("left", "right"), PAIRS)
def test_no_two_boxes_of_a_level_overlap(left: str, right: str) -> None:
    made = drawing(left, right)
    for scene in (made.scene(), all_open(made)):
        for one, other in itertools.combinations(scene.boxes, 2):
            assert apart(one, other) or holds(one, other) or holds(other, one), (one.key, other.key)


def apart(one: Box, other: Box) -> bool:
    return (
        one.x + one.width <= other.x + 0.5
        or other.x + other.width <= one.x + 0.5
        or one.y + one.height <= other.y + 0.5
        or other.y + other.height <= one.y + 0.5
    )


def holds(outer: Box, inner: Box) -> bool:
    return (
        outer.depth < inner.depth
        and outer.x <= inner.x
        and outer.y <= inner.y
        and inner.x + inner.width <= outer.x + outer.width + 0.5
        and inner.y + inner.height <= outer.y + outer.height + 0.5
    )


def test_what_one_side_lacks_has_its_place_in_both() -> None:
    scene = drawing("eager:long", "trace").scene([BRANCH])
    lone = {box.key: box for box in scene.boxes if box.parts[0].match in ("only-left", "only-right")}
    ghosts_left = [box for box in lone.values() if not box.parts[0].faces]
    ghosts_right = [box for box in lone.values() if not box.parts[1].faces and box.parts[0].faces]
    assert {face.op for box in ghosts_left for face in box.parts[1].faces} == {"addmm", "softmax", "mul"}
    assert {face.op for box in ghosts_right for face in box.parts[0].faces} == {"addmm", "sigmoid", "add"}


def test_the_sides_of_a_fixed_branch_stand_side_by_side() -> None:
    scene = drawing("eager:long", "trace").scene([BRANCH])
    branch = next(box for box in scene.boxes if box.kind == "branch")
    then, otherwise = (box for box in scene.boxes if box.kind == "region")
    assert branch.title == "if gate.mean() > 0.5 · line 18"
    assert {then.title, otherwise.title} == {"then", "else"}
    assert then.x + then.width <= otherwise.x or otherwise.x + otherwise.width <= then.x


def test_regions_of_a_script_graph_hold_the_ops_that_eager_ran() -> None:
    scene = all_open(drawing("eager:long", "script"))
    otherwise = next(box for box in scene.boxes if box.kind == "region" and box.title == "else")
    inside = {face.node for box in scene.boxes if holds(otherwise, box) for face in box.parts[0].faces}
    assert inside == {"bsl", "bsg", "badd"}


def test_matched_modules_stay_closed_and_differing_ones_open() -> None:
    scene = drawing("eager:long", "trace").scene([BRANCH])
    encoder = next(box for box in scene.boxes if box.title == "encoder")
    assert not encoder.open
    assert encoder.parts[0].badge == "= all"
    assert next(box for box in scene.boxes if box.kind == "branch").open


def test_a_toggled_box_keeps_what_the_reader_chose() -> None:
    made = drawing("eager:long", "trace")
    opened = made.scene(toggled={"/encoder": True})
    assert next(box for box in opened.boxes if box.key == "/encoder").open
    assert len(opened.boxes) > len(made.scene(toggled={"/encoder": False}).boxes)


def test_boxes_know_the_differences_that_lie_in_them() -> None:
    scene = drawing("eager:long", "trace").scene([replace(BRANCH, row=3)])
    assert {face.node for box in scene.boxes if 3 in box.rows for face in box.parts[0].faces} == set(BRANCH.ops[0])


def test_a_note_does_not_open_boxes() -> None:
    note = Mark(row=0, opens=False, ops=(("be0",), ("te0",)))
    scene = drawing("eager:long", "trace").scene([note])
    assert not next(box for box in scene.boxes if box.title == "encoder").open


def test_ten_thousand_ops_in_a_row_are_cut_into_stretches() -> None:
    scene = paired(chain(10_000)).scene()
    assert len(scene.boxes) <= 110
    assert sum(box.kind == "stretch" for box in scene.boxes) > 1


def test_a_hub_is_named_at_its_consumers_instead_of_drawn() -> None:
    scene = all_open(paired(chain(30, fan_from="n0")))
    assert sum(wire.source == "Ln0" for wire in scene.wires) == 1
    assert len(scene.stubs) == 28
    assert {stub.label for stub in scene.stubs} == {"add"}


def test_a_module_called_twice_gets_a_box_for_each_call() -> None:
    graph = chain(5)
    modules = ["a", "relu", "b", "relu", "c"]
    nodes = tuple(replace(node, module=name) for node, name in zip(graph.nodes, modules, strict=True))
    scene = paired(GraphEntry(nodes=nodes, edges=graph.edges)).scene()
    tops = [box.y for box in sorted(scene.boxes, key=lambda box: box.parts[0].faces[0].node)]
    assert tops == sorted(tops)
    assert [box.parts[0].faces[0].title for box in scene.boxes].count("relu · add") == 2


def test_a_ghost_says_that_an_example_did_not_run_it_only_where_its_lines_did_not_run() -> None:
    ran = {example.name: example.lines for example in REPORT.inputs}
    made = Drawing(pair_of(REPORT, "eager:long", "trace"), REPORT.source, fixed_branches(REPORT), ran)
    notes = {
        box.parts[1].faces[0].op: box.parts[0].ghost
        for box in all_open(made).boxes
        if box.parts[1].faces and not box.parts[0].faces
    }
    assert notes == dict.fromkeys(("addmm", "softmax", "mul"), "not run on long")
    decomposed = replace(made, ran={"long": dict.fromkeys(range(40), 1)})
    notes = {
        box.parts[1].faces[0].op: box.parts[0].ghost
        for box in all_open(decomposed).boxes
        if box.parts[1].faces and not box.parts[0].faces
    }
    assert set(notes.values()) == {"no counterpart"}


def test_a_graph_beside_a_refused_one_neither_matches_nor_misses_anything() -> None:
    scene = scene_of(REPORT, Shown(left="eager:long", right="export", difference=1), {})
    assert len(scene.panes) == 1
    assert {(box.parts[0].badge, box.parts[0].ghost) for box in scene.boxes} == {("", "")}


@pytest.mark.parametrize(
    ("left", "right", "grave"),
    [
        pytest.param("eager:long", "trace", True, id="wrong"),
        pytest.param("eager:long", "script", False, id="agrees"),
        pytest.param("eager:short", "trace", False, id="agrees-on-this-example"),
        pytest.param("eager:long", "eager:short", False, id="eager-twice"),
    ],
)
def test_what_differs_alarms_only_where_the_graph_does_wrong(left: str, right: str, *, grave: bool) -> None:
    assert scene_of(REPORT, Shown(left=left, right=right, difference=0), {}).panes[-1].grave is grave


def test_room_that_nobody_uses_is_not_drawn() -> None:
    graph = chain(2)
    reserve = replace(graph.nodes[0], id="reserve", op="empty", outputs=(ValueEntry(dtype="u8", shape=(0,)),))
    kept = replace(reserve, id="kept", outputs=(ValueEntry(dtype="u8", shape=(3,)),))
    nodes = list(drawn(replace(graph, nodes=(reserve, kept, *graph.nodes))))
    assert [node.id for node in nodes] == ["kept", "n0", "n1"]


def test_hostile_names_reach_the_component_as_plain_text() -> None:
    hostile = '</script><img src=x onerror="alert(1)">'
    graph = chain(3, module=hostile.replace(".", ""))
    nodes = (replace(graph.nodes[0], op=hostile, id=hostile), *graph.nodes[1:])
    edges = (Edge(source=OpId(hostile), target=OpId("n1")),)
    scene = paired(GraphEntry(nodes=nodes, edges=edges)).scene()
    sent: Any = msgspec.to_builtins(scene)
    assert hostile in str(sent)  # as data; the browser tests look for it as an element
    assert all(set(wire["path"]) <= set("MCL0123456789.- ") for wire in sent["wires"])


@pytest.mark.parametrize(("left", "right"), [("eager:long", "trace"), ("trace", "eager:long")])
def test_the_inspector_says_by_what_an_op_was_matched_and_how_sure_that_is(left: str, right: str) -> None:
    """Turned round, a pair had lost how sure it was."""
    details = all_open(drawing(left, right)).panes[0].details.values()
    assert {one.matched_by for one in details if one.match == "same"} == {
        "module, line, op (certain); they gave the same values"
    }


def test_an_op_tells_from_where_it_was_called() -> None:
    frames = tuple(FrameEntry(file="m.py", line=at, function="forward", user=True) for at in range(40))
    graph = chain(2)
    graph = replace(graph, nodes=(replace(graph.nodes[0], stack=0), graph.nodes[1]), stacks=(frames,))
    details = paired(graph).scene().panes[0].details
    assert details["n0"].stack[:2] == ("m.py:0 forward", "m.py:1 forward")
    assert len(details["n0"].stack) == MOST_FRAMES
    assert details["n1"].stack == ()


@pytest.mark.parametrize("opened", [True, False], ids=["open sides", "closed sides"])
@pytest.mark.parametrize(
    ("left", "right"), [("eager:long", "trace"), ("eager:short", "script"), ("eager:wide", "eager:short")]
)
def test_the_sides_of_a_branch_stand_as_in_the_source(left: str, right: str, *, opened: bool) -> None:
    """Which of them ran first hangs on the example: a pair showed ``else`` where another showed ``then``."""
    made = drawing(left, right)
    regions = {key: opened for key, frame in made.tree.frames.items() if frame.kind == "region"}
    toggled = {**dict.fromkeys(made.tree.frames, True), **regions}
    places = {box.title: box for box in made.scene(toggled=toggled).boxes if box.kind == "region"}

    assert places["then"].x + places["then"].width < places["else"].x
    assert places["then"].y < places["else"].y + places["else"].height
    (branch,) = [frame for frame in made.tree.frames.values() if frame.kind == "branch"]
    assert [made.tree.frames[child].label for child in branch.children] == ["then", "else"]
