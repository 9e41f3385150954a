"""Divergences that are told together: those of several graphs, and none that says something else."""

from __future__ import annotations

from explorer.evidence import Kind
from explorer.report.gathering import gathered, whose
from explorer.report.schema import Divergence


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
