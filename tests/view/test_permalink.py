"""The address of the page: what it says is checked, and what is shown can be written back."""

from __future__ import annotations

import pytest

from explorer.options import Arrangement
from explorer.view.differences import rows_of
from explorer.view.gaze import Gaze
from explorer.view.notices import in_vain
from explorer.view.permalink import Alone, Permalink, parse, write
from explorer.view.showing import Shown
from tests.view.fakes import gated_report

REPORT = gated_report()
ROWS = rows_of(REPORT)
SAMPLES = ("gated_mlp", "residual_block")


def test_a_permalink_says_it_all() -> None:
    query = {"source": "gated_mlp", "left": "eager:long", "right": "trace", "difference": "1"}
    link = Permalink(source="gated_mlp", left="eager:long", right="trace", difference=0)
    assert parse(query, SAMPLES) == link
    assert write(link) == query


def test_what_was_handed_in_stands_in_place_of_a_sample() -> None:
    query = {"kept": "aB-_" * 5 + "12", "left": "eager:long", "right": "trace"}
    link = Permalink(kept=query["kept"], left="eager:long", right="trace")
    assert parse(query, SAMPLES) == link
    assert write(link) == query
    (unread,) = parse({"kept": "<b>"}, SAMPLES).unread
    assert unread == "kept=<b>"


@pytest.mark.parametrize(
    "query",
    [
        pytest.param({"source": "../../etc/passwd"}, id="path"),
        pytest.param({"source": "model.py:Net"}, id="no-sample"),
        pytest.param({"kept": "../" * 7 + "x"}, id="path-of-what-is-kept"),
        pytest.param({"kept": "x" * 21}, id="short-name-of-what-is-kept"),
        pytest.param({"left": "<img onerror=alert(1)>"}, id="markup"),
        pytest.param({"left": "eager:" + "x" * 500}, id="long"),
        pytest.param({"right": "eager:\x00"}, id="control-characters"),
        pytest.param({"difference": "0"}, id="zero"),
        pytest.param({"difference": "-1"}, id="negative"),
        pytest.param({"difference": "9" * 40}, id="huge"),
        pytest.param({"difference": "²"}, id="not-ascii"),
        pytest.param({"first": "a\x00"}, id="control-characters-in-a-name"),
        pytest.param({"first": " "}, id="no-name"),
        pytest.param({"without": "x" * 200}, id="long-name"),
        pytest.param({"renamed": "a"}, id="half-a-pair"),
        pytest.param({"renamed": "a=%2500"}, id="control-characters-quoted"),
        pytest.param({"captures": "eager,nothing"}, id="unknown-kinds"),
        pytest.param({"alone": "middle,<b>"}, id="no-panes"),
        pytest.param({"right.open": "/encoder"}, id="boxes-of-a-pane-that-is-not-for-itself"),
        pytest.param({"seek": "x" * 121}, id="long-search"),
        pytest.param({"seek": "relu\x00"}, id="control-characters-in-a-search"),
        pytest.param({"frame": "/etc/passwd.py:1"}, id="frame-of-no-library"),
        pytest.param({"frame": "torch/nn/<b>.py:1"}, id="markup-in-a-frame"),
        pytest.param({"frame": "torch/" + "x" * 400 + ".py:1"}, id="long-frame"),
    ],
)
def test_what_is_not_valid_is_as_if_absent(query: dict[str, str]) -> None:
    assert parse(query, SAMPLES) == Permalink()


def test_what_means_nothing_is_told() -> None:
    link = parse({"source": "nonsense", "left": "<b>", "right": "foo", "difference": "99"}, SAMPLES)
    assert link.unread == ("source=nonsense", "left=<b>")
    told = in_vain(link, REPORT, ROWS, Shown(left="eager:long", right="trace", difference=0))
    assert told is not None
    assert told.text.startswith("The address asks for source=nonsense, left=<b>, right=foo and difference=99:")
    assert told.text.endswith("Shown instead: gated_mlp, eager:long beside trace.")


def test_parts_that_mean_nothing_are_told_by_their_names() -> None:
    query = {"alone": "right,middle", "right.shut": ",", "left.open": "/a", "seek": "\x07", "frame": "os.py:1"}
    link = parse(query, SAMPLES)
    assert link.alone == (Alone(side="right"),)
    assert link.unread == ("alone=right,middle", "left.open=/a", "right.shut=,", "seek=", "frame=os.py:1")


def test_a_pane_that_is_not_there_and_a_frame_without_its_op_are_told() -> None:
    link = parse({"alone": "right,fourth", "frame": "torch/nn/functional.py:1"}, SAMPLES)
    told = in_vain(link, REPORT, ROWS, Shown(left="eager:long", right="trace", difference=0))
    assert told is not None
    assert told.text.startswith("The address asks for alone=fourth and frame=torch/nn/functional.py:1: not there.")


def test_an_address_that_is_followed_needs_no_word() -> None:
    link = parse({"source": "gated_mlp", "right": "trace", "difference": "1"}, SAMPLES)
    assert in_vain(link, REPORT, ROWS, Shown(left="eager:long", right="trace", difference=0)) is None


def test_no_static_graph_is_a_choice_that_an_address_keeps() -> None:
    link = Permalink(captures=())
    assert parse(write(link), SAMPLES) == link


def test_kinds_are_kept_in_their_order() -> None:
    assert parse({"captures": "onnx,trace"}, SAMPLES).captures == ("trace", "onnx")


def test_boxes_examples_and_an_op_are_kept_whatever_they_are_called() -> None:
    link = Permalink(
        examples=("big=f32[8,16]", "words=('a, b', 2)", "some=-1<=f32[2]<1 seed 3"),
        arranged=Arrangement(first="a=b", removed=("x,y", "z%"), renamed=(("a=b", "c=d"), ("é", "50%, or so"))),
        opened=("/encoder", "/a,b"),
        shut=("L%2C", "/layers/0#1"),
        gaze=Gaze(
            op=("fourth", "n1:2"),
            line=18,
            only="capture:jit:freeze",
            notes=True,
            views={"together": (0.85, 320.0, -41.0), "third": (1.0, 0.0, 1200.0)},
        ),
        alone=(Alone(side="left"), Alone(side="third", opened=("/a,b", "L%2C"), shut=("/encoder",))),
        sought="relu, 50% of line 12",
        library="torch/nn/modules/linear.py:134",
        more=("eager:a, b", "jit:freeze"),
        autograd=True,
        large=True,
        calls=True,
    )
    assert parse(write(link), SAMPLES) == link


def test_an_address_keeps_as_many_boxes_as_it_has_room_for() -> None:
    keys = tuple(f"/layers/{at}/{'x' * 60}" for at in range(500))
    read = parse(write(Permalink(opened=keys, alone=(Alone(side="right", shut=keys),))), SAMPLES)
    for kept in (read.opened, read.alone[0].shut):
        assert 10 < len(kept) <= 40
        assert kept == keys[: len(kept)]


def test_what_cannot_be_read_is_not_written() -> None:
    assert write(Permalink(sought="x" * 500, library="anything")) == {}


@pytest.mark.parametrize("text", ["middle:n1", "left", "left:", "left:" + "n" * 900, "left:\x00"])
def test_an_op_that_is_none_is_left_out(text: str) -> None:
    read = parse({"op": text}, SAMPLES)
    assert read.gaze.op is None
    assert read.unread[0].startswith("op=")


@pytest.mark.parametrize("text", ["1", "1,2", "1,2,3,4", "0,1,2", "-1,1,2", "nan,1,2", "1,inf,2", "1,2,1e300", "a,b,c"])
def test_a_place_that_is_none_is_left_out(text: str) -> None:
    read = parse({"view": text, "left.view": text}, SAMPLES)
    assert read.gaze == Gaze()
    assert read.unread == (f"view={text}", f"left.view={text}")


@pytest.mark.parametrize(
    "query", [{"line": "0"}, {"line": "x"}, {"line": "99999999"}, {"only": "cause:"}, {"only": "<b>"}]
)
def test_what_is_picked_in_vain_is_told(query: dict[str, str]) -> None:
    read = parse(query, SAMPLES)
    assert read.gaze == Gaze()
    assert read.unread == tuple(f"{name}={value}" for name, value in query.items())
