"""Looking for ops in both graphs, and going to one."""

from __future__ import annotations

from dataclasses import replace

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
        pytest.param("18", ["mean", "gt"], id="line, a number alone"),
        pytest.param("f32[4, 16] 18", [], id="a number among words is no line"),
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


@pytest.mark.parametrize(
    ("text", "line", "titles"),
    [
        pytest.param("line 17", 16, ["addmm", "sigmoid"], id="before it, of two as near"),
        pytest.param("20", 19, ["addmm", "softmax", "mul"], id="a number alone"),
        pytest.param("line 400", 24, ["addmm", "div", "output aten::output"], id="after the last"),
    ],
)
def test_a_line_without_ops_leads_to_the_nearest_that_has_some(text: str, line: int, titles: list[str]) -> None:
    told = found(drawing(), text)
    number = text.rpartition(" ")[2]
    assert told.said == f"Line {number} runs no op of these graphs. The nearest that does is line {line}:"
    assert told.line == int(number)
    assert [hit.title for hit in told.hits] == titles


def test_a_line_inside_a_call_leads_to_the_ops_of_the_call() -> None:
    text = REPORT.source.text.replace("return self.head(h) / n", "return self.head(\n            h,\n        ) / n")
    made = Drawing(pair_of(REPORT, "eager:long", "trace"), replace(REPORT.source, text=text))
    told = found(made, "line 25")
    assert told.said == "Line 25 runs no op of its own, but the statement around it does, lines 24 to 26:"
    assert {hit.where.split(" · ")[-2] for hit in told.hits} == {"line 24"}


def test_of_a_line_with_ops_nothing_else_is_said() -> None:
    assert (found(drawing(), "line 18").said, found(drawing(), "line 18").line) == ("", None)
    assert found(drawing(), "nothing like it").said == ""
