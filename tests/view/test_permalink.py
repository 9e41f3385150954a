"""The address of the page: what it says is checked, and what is shown can be written back."""

from __future__ import annotations

import pytest

from explorer.view.permalink import Permalink, parse, write

SAMPLES = ("gated_mlp", "residual_block")


def test_a_permalink_says_it_all() -> None:
    query = {"source": "gated_mlp", "left": "eager:long", "right": "trace", "difference": "1"}
    link = Permalink(source="gated_mlp", left="eager:long", right="trace", difference=0)
    assert parse(query, SAMPLES) == link
    assert write(link) == query


@pytest.mark.parametrize(
    "query",
    [
        pytest.param({"source": "../../etc/passwd"}, id="path"),
        pytest.param({"source": "model.py:Net"}, id="no-sample"),
        pytest.param({"left": "<img onerror=alert(1)>"}, id="markup"),
        pytest.param({"left": "eager:" + "x" * 500}, id="long"),
        pytest.param({"right": "eager:\x00"}, id="control-characters"),
        pytest.param({"difference": "0"}, id="zero"),
        pytest.param({"difference": "-1"}, id="negative"),
        pytest.param({"difference": "9" * 40}, id="huge"),
        pytest.param({"difference": "²"}, id="not-ascii"),
        pytest.param({"captures": "eager,nothing"}, id="unknown-kinds"),
    ],
)
def test_what_is_not_valid_is_as_if_absent(query: dict[str, str]) -> None:
    assert parse(query, SAMPLES) == Permalink()


def test_kinds_are_kept_in_their_order() -> None:
    assert parse({"captures": "onnx,trace"}, SAMPLES).captures == ("trace", "onnx")
