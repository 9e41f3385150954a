"""Looking for ops in both graphs, and going to one."""

from __future__ import annotations

import pytest

from explorer.view.drawing import Drawing
from explorer.view.seeking import MOST_HITS, boxes_around, found
from tests.view.fakes import gated_report, pair_of

REPORT = gated_report()


def drawing(left: str = "eager:long", right: str = "trace") -> Drawing:
    return Drawing(pair_of(REPORT, left, right), REPORT.source)


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        pytest.param("softmax", ["softmax"], id="name, of the right graph alone"),
        pytest.param("SOFTMAX  dim", ["softmax"], id="every word, in whatever case"),
        pytest.param("encoder.2", ["addmm"], id="module"),
        pytest.param("line 18", ["mean", "gt"], id="line"),
        pytest.param(":16", ["addmm", "sigmoid"], id="line, short"),
        pytest.param("f32[4, 16] sharpen", ["addmm"], id="shape and module"),
        pytest.param("nothing like it", [], id="nothing"),
        pytest.param("line 1", [], id="no part of a line's number"),
        pytest.param("   ", [], id="empty"),
    ],
)
def test_what_is_found(text: str, titles: list[str]) -> None:
    hits = found(drawing(), text).hits
    assert [hit.title for hit in hits if hit.title not in {"input x", "output"}] == titles


def test_what_both_graphs_have_is_found_once() -> None:
    (hit,) = found(drawing(), "encoder.1").hits
    assert (hit.side, hit.match) == ("left", "same")


def test_of_many_their_number_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.view.seeking.MOST_HITS", 2)
    many = found(drawing(), "addmm")
    assert len(many.hits) == 2
    assert 2 < many.total < MOST_HITS


def test_the_boxes_around_an_op_are_named_and_none_of_what_is_not_there() -> None:
    made = drawing()
    (hit,) = found(made, "encoder.1").hits
    around = list(boxes_around(made, hit.side, hit.node))
    assert {"/encoder", ""} <= set(around)
    assert list(boxes_around(made, "left", "nobody")) == []
