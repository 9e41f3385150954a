"""State that a graph loses although no example shows it."""

from __future__ import annotations

import pytest

from explorer.evidence import Kind
from tests.cases import Workshop, a_model, line_of

TWO = "'a': (torch.ones(3, 4),), 'b': (-torch.ones(3, 4),)"
COUNTED = a_model("self.calls += 1  # !\nreturn x + 1", TWO, init="self.register_buffer('calls', torch.zeros(()))")
NORMED = a_model("return self.norm(x)", TWO, init="self.norm = nn.BatchNorm1d(4)", mode="train")


@pytest.mark.parametrize("kind", ["onnx_ts", "ort"])
def test_an_update_of_a_buffer_that_no_example_shows_is_a_warning(workshop: Workshop, kind: Kind) -> None:
    (told,) = [one for one in workshop.report(COUNTED, kind).divergences if one.severity != "note"]
    assert (told.severity, told.cause, told.line) == ("warning", "baked-state", line_of(COUNTED))
    assert "buffer `calls`" in told.explanation


@pytest.mark.parametrize("kind", ["trace", "script", "export"])
def test_a_graph_that_updates_the_buffer_as_eager_does_is_well(workshop: Workshop, kind: Kind) -> None:
    assert [one for one in workshop.report(COUNTED, kind).divergences if one.severity != "note"] == []


def test_running_statistics_are_not_the_users_update(workshop: Workshop) -> None:
    causes = {one.cause for one in workshop.report(NORMED, "onnx_ts").divergences if one.severity != "note"}
    assert causes == {"baked-mode"}


def test_where_examples_show_it_there_is_one_error(workshop: Workshop) -> None:
    text = a_model("self.calls += 1  # !\nreturn x + self.calls", TWO,
                   init="self.register_buffer('calls', torch.zeros(()))") + "\nSEQUENCE = True\n"  # fmt: skip
    (told,) = [one for one in workshop.report(text, "onnx_ts").divergences if one.severity != "note"]
    assert (told.severity, told.cause, told.line) == ("error", "baked-state", line_of(text))
