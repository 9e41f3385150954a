"""Divergences that are told together: those of several graphs, and none that says something else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from explorer.evidence import Kind
from explorer.report.gathering import gathered, refused_at, whose
from explorer.report.schema import Divergence
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
    found = [told("export", f"The argument `k{at}` is a constant. It is {at} on “a”.") for at in (1, 2)]
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
