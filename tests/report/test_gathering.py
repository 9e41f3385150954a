"""Divergences that are told together: those of several graphs, and none that says something else."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from explorer.evidence import Kind
from explorer.report.gathering import explanations, gathered, held_by, refused_at, whose
from explorer.report.sarif import to_sarif
from explorer.report.schema import Divergence
from explorer.report.text import to_text
from explorer.view.differences import rows_of
from tests.timing import grows_evenly
from tests.view.fakes import gated_report

REPORT = gated_report()


def told(capture: Kind, explanation: str) -> Divergence:
    return Divergence(id="", severity="error", cause="baked-constant", capture=capture, inputs=("b",), file="net.py",
                      line=5, function=None, module="", explanation=explanation)  # fmt: skip


def test_what_differs_by_figures_alone_is_told_together() -> None:
    (group,) = gathered([told("trace", "The trace is off by 1e-5."), told("export", "The export is off by 0.25.")])
    assert whose(group) == ["trace", "export"]


def test_names_that_differ_by_a_digit_are_told_apart() -> None:
    """Of two arguments on one line only the first was told."""
    found = [replace(told("export", f"The argument `k{at}` is a constant. It is {at} on “a”."), evidence={"argument": f"k{at}"})
             for at in (1, 2)]  # fmt: skip
    assert [len(group) for group in gathered(found)] == [1, 1]


@pytest.mark.parametrize(
    ("model", "file", "shown"),
    [
        pytest.param("net.py", "net.py", "line 5", id="the model file"),
        pytest.param("net.py", "parts.py", "parts.py:5", id="beside it"),
        pytest.param("models/net.py", "models/parts/cells.py", "cells.py:5", id="below it"),
        pytest.param("net.py", "torch/nn/modules/rnn.py", "", id="a library's"),
        pytest.param("models/net.py", "torch/nn/modules/rnn.py", "", id="a library's, of a model elsewhere"),
    ],
)
def test_where_a_refusal_is_told_in_few_letters(model: str, file: str, shown: str) -> None:
    report, capture = REPORT, replace(REPORT.captures[0], file=file, line=5)
    assert refused_at(replace(report, source=replace(report.source, file=model)), capture) == shown
    assert not refused_at(report, replace(capture, line=None))


FIXED = "On “a” `x > 0` was true and the {0} graph holds only that. On “b” eager goes the other way; {1}."


def branch(capture: Kind, fate: str, **more: Any) -> Divergence:
    return replace(told(capture, FIXED.format(capture, fate)), cause="baked-branch", **more)


SHOWN = branch("trace", "the graph does not")
POSSIBLE = branch("export", "the graph refuses the shape of these before", severity="warning")


def test_a_branch_that_one_graph_shows_and_another_may_is_one_finding() -> None:
    """It was an error and a warning at one line, of one example."""
    (group,) = gathered([POSSIBLE, SHOWN])
    assert held_by(group) == "trace on b; possible in export"
    assert explanations(group) == [
        ([], SHOWN.explanation),
        (["export"], "The graph refuses the shape of these before."),
    ]


def test_a_fault_that_graphs_show_on_other_examples_is_one_finding() -> None:
    other = branch("onnx_ts", "the graph does not", inputs=("a", "b"))
    (group,) = gathered([SHOWN, other])
    assert held_by(group) == "trace on b; onnx_ts on a, b"
    assert explanations(group) == [([], SHOWN.explanation)]


def test_a_value_that_is_read_is_one_finding_whichever_examples_show_it() -> None:
    said = "It reads 3 on “a”; on “{}” eager reads 7."
    (group,) = gathered([told("trace", said.format("b")), replace(told("jit", said.format("c")), inputs=("c",))])
    assert held_by(group) == "trace on b; jit on c"


@pytest.mark.parametrize("about", ["operator", "output"])
def test_one_refusal_in_the_words_of_two_producers_is_one_finding(about: str) -> None:
    said = {
        "onnx": "The ONNX exporter (dynamo=True) lacks: _solve.",
        "onnx_ts": "The ONNX exporter (dynamo=False) lacks: solve.",
    }
    found = [
        replace(told(kind, text), cause="capture-failure", evidence={"about": about}) for kind, text in said.items()
    ]  # pyright: ignore[reportArgumentType]
    (group,) = gathered(found)
    assert explanations(group) == [([], said["onnx"]), (["onnx_ts"], said["onnx_ts"])]
    assert len(gathered([replace(one, evidence={}) for one in found])) == 2


def test_what_is_quoted_is_no_end_of_a_clause() -> None:
    found = [replace(SHOWN, explanation=f"`a; b` is kept; {fate}.", capture=kind)
             for kind, fate in (("trace", "it is so"), ("jit", "it is not"))]  # fmt: skip
    (group,) = gathered(found)
    assert explanations(group)[1] == (["jit"], "It is not.")


def test_the_page_and_the_text_tell_the_same_findings() -> None:
    report = replace(REPORT, matrix={}, divergences=(SHOWN, POSSIBLE, told("trace", "It is off.")))
    rows = rows_of(report)
    assert [list(row.divergences) for row in rows] == gathered(report.divergences)
    assert [(one.possible, one.captures) for one in rows[0].said] == [(False, ("trace",)), (True, ("export",))]
    assert to_text(report).count("● ") == len(rows)
    assert len(json.loads(to_sarif(report))["runs"][0]["results"]) == len(rows)


def test_what_helps_is_set_apart_from_what_is_wrong() -> None:
    sent = json.loads(to_sarif(replace(REPORT, divergences=(replace(SHOWN, remedy="Use torch.where."),))))
    (result,) = sent["runs"][0]["results"]
    assert result["message"]["text"].endswith("the graph does not. → Use torch.where.")


def refusal(text: str, line: int = 5, about: str = "") -> Divergence:
    return replace(told("onnx", text), cause="capture-failure", line=line, evidence={"about": about})


def test_a_refusal_that_consists_of_others_stands_with_the_first_of_them() -> None:
    first, second = refusal("It lacks: solve.", about="operator"), refusal("It cannot give that.", about="output")
    both = refusal("It cannot give that. It lacks: solve.")
    again = refusal("It cannot give that. It lacks: solve. So there is none.")
    elsewhere = refusal("It lacks: solve. It is so.", line=6)
    assert gathered([again, both, first, second, elsewhere]) == [[first, again, both], [second], [elsewhere]]


@pytest.mark.parametrize("lines", [1, 0], ids=["each on its line", "all on one"])
def test_time_grows_with_the_refusals_and_no_faster(lines: int) -> None:
    """Each was compared with all of its own, those of other lines and those that say the same included."""

    def search(size: int) -> Callable[[], object]:
        found = [refusal("It is refused.", line=5 + lines * number) for number in range(size)]
        follows = [replace(one, explanation=f"{one.explanation} So there is none.") for one in found]
        return partial(gathered, [*found, *follows])

    assert grows_evenly(search, 400)
