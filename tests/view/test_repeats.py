"""What comes again and again is one box with its number, and what differs in it is seen."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.graph import Edge, OpId
from explorer.report.schema import GraphEntry, Group, GroupKind, NodeEntry, ValueEntry
from explorer.view.drawing import Drawing, Mark
from explorer.view.repeats import repeats
from explorer.view.scene import Box, Scene
from tests.view.fakes import beside, gated_report

OPS = ("mul", "add", "relu")


def node(name: str, op: str, module: str, line: int) -> NodeEntry:
    return NodeEntry(id=name, op=op, target=op, role="compute", module=module, module_type="Block" if module else "",
                     file="model.py", line=line, region=None, outputs=(ValueEntry(dtype="f32", shape=(2,)),), attributes={})  # fmt: skip


def layered(count: int, differing: frozenset[tuple[int, str]], name: str = "blocks.{}") -> Drawing:
    """Return two graphs of ``count`` layers in a row, of which some ops are changed in the right one."""
    nodes = [node(f"{op}{at}", op, name.format(at), line) for at in range(count) for line, op in enumerate(OPS, 10)]
    nodes.append(node("sum", "sum", "", 20))
    edges = tuple(Edge(source=OpId(one.id), target=OpId(after.id)) for one, after in itertools.pairwise(nodes))
    graph = GraphEntry(nodes=tuple(nodes), edges=edges)

    def kind(at: int, op: str) -> GroupKind:
        return "changed" if (at, op) in differing else "same"

    groups = (
        *(Group(left=(f"{op}{at}",), right=(f"{op}{at}",), kind=kind(at, op)) for at in range(count) for op in OPS),
        Group(left=("sum",), right=("sum",), kind="same"),
    )
    pair = beside(graph, graph, groups)
    return Drawing(pair, gated_report().source)


def titled(scene: Scene) -> dict[str, Box]:
    return {box.title: box for box in scene.boxes if box.title}  # that of a lone op stands on its face


def ops(scene: Scene) -> list[str]:
    return [face.node for box in scene.boxes for face in box.parts[0].faces]


def test_what_matches_around_the_layer_that_differs_is_folded() -> None:
    boxes = titled(layered(24, frozenset({(7, "add")})).scene())
    assert {title: box.parts[0].badge for title, box in boxes.items()} == {
        "blocks": "×24 · 7 differs",
        "0–6 · Block ×7": "= all",
        "7 · Block": "1 differs",
        "8–23 · Block ×16": "= all",
    }
    assert [title for title, box in boxes.items() if box.open] == ["blocks", "7 · Block"]


def test_of_layers_that_all_differ_alike_one_is_seen() -> None:
    drawing = layered(12, frozenset((at, "relu") for at in range(12)))
    boxes = titled(drawing.scene())
    assert boxes["blocks"].parts[0].badge == "×12 · all differ"
    assert boxes["0 · Block"].open
    assert (boxes["1–11 · Block ×11"].open, boxes["1–11 · Block ×11"].parts[0].badge) == (False, "1 differs in each")


def test_what_is_folded_comes_back_when_it_is_opened() -> None:
    drawing = layered(9, frozenset({(4, "add")}))
    everything = drawing.scene(toggled=dict.fromkeys(drawing.tree.frames, True))
    assert sorted(ops(everything)) == sorted(one.id for one in drawing.panes.sides[0].graph.nodes)


def test_turns_without_a_module_are_told_by_where_they_begin_and_end() -> None:
    boxes = titled(layered(6, frozenset(), name="").scene())
    (folded,) = [box for box in boxes.values() if box.kind == "repeat"]
    assert folded.title == "mul … relu ×6"
    opened = layered(6, frozenset(), name="").scene(toggled={folded.key: True})
    assert [box.title for box in opened.boxes if box.kind == "stretch"] == [f"turn {at}" for at in range(1, 7)]


@pytest.mark.parametrize(("at", "seen"), [(0, False), (5, True)], ids=["seen beside it", "in it alone"])
def test_a_difference_in_a_folded_layer_opens_it(at: int, seen: bool) -> None:
    """Of what the shown layer has as well, the others say nothing new."""
    drawing = layered(8, frozenset((layer, "relu") for layer in range(8)))
    mark = Mark(row=0, opens=True, ops=((f"relu{at}", f"relu{7 if at == 0 else at}"), ()))
    boxes = titled(drawing.scene([mark], selected=0))
    assert boxes["1–7 · Block ×7"].open is seen


def test_two_equal_layers_are_not_worth_a_box() -> None:
    assert not [box for box in layered(2, frozenset()).scene().boxes if box.kind == "repeat"]


@given(st.lists(st.integers(0, 2), max_size=60))
def test_repeats_are_repeats_and_do_not_overlap(signs: list[int]) -> None:
    found = repeats(signs)
    for one in found:
        turns = [signs[start : start + one.period] for start in range(one.start, one.end, one.period)]
        assert len(turns) == one.count >= 3
        assert all(turn == turns[0] for turn in turns)
    assert all(one.end <= after.start for one, after in itertools.pairwise(found))
