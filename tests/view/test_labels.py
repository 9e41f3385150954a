"""What a box says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from explorer.report.schema import NodeEntry, ValueEntry
from explorer.summary import Summary
from explorer.view.labels import badge, clipped, title, values_text
from explorer.view.tree import Counts, Frame, Layers
from tests.view.fakes import gated_report

NODE = next(iter(gated_report().graphs.values())).nodes[0]


@pytest.mark.parametrize(
    ("role", "target", "shown"),
    [
        ("input", "x", "input x"),
        ("input", "input_ids", "input input_ids"),
        ("input", "input", "input"),
        ("output", "output", "output"),
        ("output", "output['y'][0]", "output['y'][0]"),
        ("output", "output.keys", "output.keys"),
        ("output", "logits", "output logits"),
        ("output", "output_ids", "output output_ids"),
    ],
)
def test_an_input_and_an_output_say_their_names(role: str, target: str, shown: str) -> None:
    """``input_ids`` was once ``input _ids``, and an output with a name of its own grew on to the word."""
    assert title(node(role, target)) == shown


def node(role: str, target: str) -> NodeEntry:
    return replace(NODE, role=role, op=role, target=target)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("summary", "text"),
    [
        (None, ""),
        (Summary(count=1, mean=3.0, smallest=3.0, largest=3.0, weighted=3.0), "3"),
        (Summary(count=8, mean=0.123456, smallest=-1.0, largest=2.0, weighted=0.1), "mean 0.1235, -1 to 2"),
        (Summary(count=8, mean=0.5, smallest=0.0, largest=1.0, weighted=0.1, strange=3, nan=3),
         "mean 0.5, 0 to 1, 3 of 8 not finite"),
    ],
)  # fmt: skip
def test_what_an_op_gave_is_told_in_a_few_numbers(summary: Summary | None, text: str) -> None:
    assert values_text((ValueEntry(dtype="f32", shape=(8,), summary=summary),)) == text
    assert values_text(()) == ""


@pytest.mark.parametrize("letter", ["\x00", "\x01", "\x1b", "\x7f", "\u202e", "\ufffe"])
def test_what_has_no_place_in_a_picture_is_not_in_a_title(letter: str) -> None:
    """One such letter in a model's names, and a saved picture could not be read."""
    node = replace(NODE, role="compute", op=f"a{letter}b")
    assert title(node, f"left{letter}right") == "left right · a b"
    assert clipped(f"{letter}a{letter}") == "a"


@pytest.mark.parametrize(
    ("ops", "layers", "badges"),
    [
        pytest.param((16, 16), 0, ["= all", "= all"], id="as many"),
        pytest.param((16, 12), 0, ["same work", "same work"], id="fewer"),
        pytest.param((16, 16, 12), 0, ["same work", "= all", "same work"], id="fewer in one of two"),
        pytest.param((16, 12), 4, ["×4 · same work", "×4 · same work"], id="of layers"),
        pytest.param((16, 16), 4, ["×4 = all", "×4 = all"], id="of layers, as many"),
    ],
)
def test_a_box_with_another_number_of_ops_does_the_same_work_and_is_not_equal(
    ops: tuple[int, ...], layers: int, badges: list[str]
) -> None:
    """16 ops beside 12 were "= all"."""
    none = (0,) * len(ops)
    counts = Counts(ops=ops, units=8, differing=none)
    of = Layers(count=layers, differing=((),) * len(ops)) if layers else None
    frame = Frame(
        key="/a", kind="module", label="a", type="", parent="", children=(), owner=None, counts=counts, layers=of
    )
    assert [badge(frame, at) for at in range(len(ops))] == badges


@pytest.mark.parametrize(("differing", "told"), [(1, "×5 · 1 other op differs"), (3, "×5 · 3 other ops differ")])
def test_what_differs_beside_layers_is_told_apart_from_a_layer(differing: int, told: str) -> None:
    """`×5 · 1 differs` read as one of the five."""
    counts = Counts(ops=(16, 15), units=16, differing=(differing, differing))
    layers = Layers(count=5, differing=((), ()))
    frame = Frame(
        key="/a", kind="module", label="a", type="", parent="", children=(), owner=None, counts=counts, layers=layers
    )
    assert badge(frame, 1) == told


@pytest.mark.parametrize(("owner", "told"), [(None, ""), ("unit", "= all")])
def test_a_branch_that_was_fixed_is_not_told_to_be_equal(owner: str | None, told: str) -> None:
    """The box that a finding accused was marked as equal, in green, where the other inputs take the same side."""
    counts = Counts(ops=(3, 3), units=3, differing=(0, 0))
    frame = Frame(key="/a", kind="branch", label="if x", type="", parent="", children=(), owner=owner, counts=counts)
    assert badge(frame, 1) == told
