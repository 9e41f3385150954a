"""Ops that hand on what they are given, or make what nobody takes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from explorer.diff.passing import WHOLE, is_converted_in_vain, is_room_unused, passes_on
from explorer.graph import Graph, Op, OpId, Value
from tests.graphs import chain, edge, op


@pytest.mark.parametrize(
    ("one", "passes"),
    [
        pytest.param(op("dropout", train=False), True, id="dropout in evaluation"),
        pytest.param(op("dropout", training=False), True, id="by its other name"),
        pytest.param(op("dropout", train=True), False, id="dropout in training"),
        pytest.param(op("dropout"), False, id="dropout of which no mode is told"),
        pytest.param(op("slice", start=0, end=WHOLE, step=1), True, id="a slice of all"),
        pytest.param(op("slice", end=WHOLE), True, id="with what is so by default"),
        pytest.param(op("slice", start=1, end=WHOLE), False, id="a slice without the first"),
        pytest.param(op("slice", end=3), False, id="a slice up to the third"),
        pytest.param(op("slice", end=WHOLE, step=2), False, id="every second"),
        pytest.param(op("relu", train=False), False, id="what computes"),
    ],
)
def test_what_hands_on_is_told_by_its_attributes(one: Op, passes: bool) -> None:
    assert passes_on(one) is passes


def test_room_is_unused_where_nothing_takes_it() -> None:
    used = chain(op("empty"), op("fill"))
    alone = Graph(ops=(op("empty"), op("zeros")))
    assert not is_room_unused(used.by_id[OpId("empty")], used)
    assert is_room_unused(alone.by_id[OpId("empty")], alone)
    assert not is_room_unused(alone.by_id[OpId("zeros")], alone)


@pytest.mark.parametrize(
    ("given", "made", "in_vain"),
    [
        pytest.param(Value(dtype="f32", shape=(2,)), Value(dtype="f32", shape=(2,)), True, id="to what it is"),
        pytest.param(Value(dtype="f32", shape=(2,)), Value(dtype="f16", shape=(2,)), False, id="to another type"),
        pytest.param(Value(shape=(2,)), Value(shape=(2,)), False, id="of which no type is known"),
    ],
)
def test_a_conversion_is_in_vain_to_what_is_given(given: Value, made: Value, in_vain: bool) -> None:
    ops = replace(op("relu"), outputs=(given,)), op("constant", role="constant"), replace(op("to"), outputs=(made,))
    graph = Graph(ops=ops, edges=(edge("relu", "to"), edge("constant", "to", 1)))
    assert is_converted_in_vain(graph.by_id[OpId("to")], graph) is in_vain


def test_only_a_conversion_of_one_tensor_is_in_vain() -> None:
    graph = Graph(ops=(op("a"), op("b"), op("to")), edges=(edge("a", "to"), edge("b", "to", 1)))
    assert not is_converted_in_vain(graph.by_id[OpId("to")], graph)
    other = chain(op("a"), op("relu"))
    assert not is_converted_in_vain(other.by_id[OpId("relu")], other)
