"""Where a graph raises is told apart from a choice that it has fixed, unless that is to blame."""

from __future__ import annotations

from dataclasses import replace

import pytest

from explorer.diff.causes.raising import raises_apart
from explorer.diff.partings import Parting
from explorer.evidence import Kind, Outcome
from explorer.report.build import Builder
from explorer.report.schema import Report
from tests.cases import Workshop, a_model, line_of
from tests.diff.test_case import case, decided, run

PARTS = "self.parts = nn.ModuleList(nn.Linear(2, 2) for _ in range(3))"
ROUTED = """
out = torch.zeros_like(x)
for n, part in enumerate(self.parts):
    mask = x[:, 0].long() == n
    if {condition}:
        out[mask] = part(x[mask])  # !
return out
"""
TOKENS = (
    "'few': (torch.tensor([[1., 2.], [2., 3.]]),), 'many': (torch.tensor([[0., 1.], [1., 1.], [1., 2.], [2., 3.]]),)"
)
CHOSEN = a_model(ROUTED.format(condition="mask.any()"), TOKENS, init=PARTS)
ALWAYS = a_model(ROUTED.format(condition="True"), TOKENS, init=PARTS)
FED = a_model("if x.sum() > 9:  # !\n    x = x[:2]\nreturn x + self.shift",
              "'a': (torch.ones(2, 2),), 'b': (9 * torch.ones(4, 2),)",
              init="self.register_buffer('shift', torch.ones(2, 2))")  # fmt: skip


def open_sizes(workshop: Workshop, text: str, *kinds: Kind) -> Report:
    statics = {kind: workshop.static(text, kind, dynamic=True) for kind in kinds}
    return Builder(workshop.source(text), eager=workshop.eager(text), dynamic=True, statics=statics).report()


def test_a_raise_that_a_branch_does_not_cause_is_told_at_its_own_line(workshop: Workshop) -> None:
    """It was the evidence of a branch, and came up only when that was gone."""
    found = {(one.severity, one.cause): one for one in workshop.report(CHOSEN, "trace").divergences
             if one.severity != "note"}  # fmt: skip
    assert set(found) == {("error", "specialised-shape"), ("warning", "baked-branch")}
    assert found["error", "specialised-shape"].line == line_of(CHOSEN)
    assert f"raises at line {line_of(CHOSEN)} whichever way" in found["warning", "baked-branch"].explanation


def test_a_raise_of_what_a_branch_has_made_is_the_branchs(workshop: Workshop) -> None:
    (told,) = [one for one in workshop.report(FED, "trace").divergences if one.severity == "error"]
    assert (told.cause, told.line) == ("baked-branch", line_of(FED))


def test_onnx_runtime_raises_at_the_line_of_the_node_that_it_names(workshop: Workshop) -> None:
    """One write by an index was two findings, that of the ONNX graph at the ``def forward``."""
    for text in (ALWAYS, CHOSEN):
        errors = [one for one in open_sizes(workshop, text, "trace", "onnx_ts").divergences if one.severity == "error"]
        assert [(one.cause, one.line) for one in errors] == 2 * [("specialised-shape", line_of(text))]
        assert len({one.remedy for one in errors}) == 1


def test_a_raise_told_at_the_call_of_what_chooses_is_the_choices(workshop: Workshop) -> None:
    """A graph may tell the line of ``forward`` alone: what raised stands in the function that this calls."""
    text = a_model(
        "return self.pick(x).mean(1)",
        "'ids': (torch.ones(2, 3, dtype=torch.long),), 'soft': (torch.rand(2, 3, 6),)",
        before="class Pick(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.weight = nn.Parameter(torch.ones(6, 5))\n\n    def forward(self, x):\n"
        "        if x.is_floating_point():  # !\n            return x @ self.weight\n"
        "        return nn.functional.embedding(x, self.weight)",
        init="self.pick = Pick()",
    )
    found = [one for one in workshop.report(text, "trace").divergences if one.severity != "note"]
    assert [(one.severity, one.cause, one.line) for one in found] == [("error", "specialised-type", line_of(text))]


@pytest.mark.parametrize(("taken", "rightly"), [((1, 1), True), ((0, 1), False)])
def test_a_raise_on_a_side_is_apart_where_eager_took_it_whenever_the_graph_did(
    taken: tuple[int, int], rightly: bool
) -> None:
    chosen = replace(decided(1), taken=(1, 0)), replace(decided(1), taken=taken)
    runs = (run("a", (2, 3, 4), decisions=chosen[:1]), run("b", (2, 3, 4), decisions=chosen[1:]))
    known = case(runs=runs, outcomes={"a": Outcome(outcome="agrees"), "b": Outcome(outcome="raises", line=4)})
    other = Parting(known.source.site(3, 7, "if"), "b", (1, 0), taken, "model.py")
    assert raises_apart(known, other) is rightly
