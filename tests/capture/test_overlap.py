"""Views of one memory that have an element in common, beside what their indices say."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.capture.origins import geometry_of
from explorer.capture.overlap import may_overlap
from tests.cases import Workshop, a_model, only, sources_of


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.data())
def test_two_windows_of_one_tensor_overlap_where_an_element_is_in_both(data: st.DataObject) -> None:
    whole = torch.arange(4 * 6).view(4, 6)
    views = [whole]
    for _ in range(2):
        row, column = data.draw(st.integers(0, 3)), data.draw(st.integers(0, 5))
        height, width = data.draw(st.integers(1, 4 - row)), data.draw(st.integers(1, 6 - column))
        views.append(whole[row : row + height, column : column + width])
    one, other = views[1:]
    shared = bool(set(one.flatten().tolist()) & set(other.flatten().tolist()))
    told = may_overlap(geometry_of(one), geometry_of(other))
    assert told == shared
    assert may_overlap(geometry_of(whole), geometry_of(one))


def test_a_write_to_one_chunk_is_none_to_another(workshop: Workshop) -> None:
    text = a_model(
        "q, k, v = x.chunk(3, -1)\nk.mul_(2)\nv.add_(1)\nreturn q.exp(), k.sin(), v.cos(), x.tanh()",
        "'a': (torch.arange(12.).view(2, 6),)",
    )
    graph = workshop.eager_graph(text)
    feeding = {
        name: {graph.by_id[one].op for one in sources_of(graph, only(graph, name).id)}
        for name in ("exp", "sin", "cos", "tanh")
    }  # type: ignore[index]
    assert feeding == {"exp": {"split"}, "sin": {"mul"}, "cos": {"add"}, "tanh": {"add"}}
