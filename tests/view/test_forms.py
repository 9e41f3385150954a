"""Forms of a capture in the panes: chosen by their id, tied to any other graph over the graphs between."""

from __future__ import annotations

from typing import Any

import pytest

from explorer.report.schema import Report
from explorer.view.differences import rows_for
from explorer.view.matching import drawable
from explorer.view.narrowing import narrowed
from explorer.view.notices import in_vain
from explorer.view.payload import payload, scene_of
from explorer.view.permalink import Permalink, parse
from explorer.view.showing import Shown, choose
from tests.cases import Workshop
from tests.view.fakes import pair_of

FORMS = ("jit:inline", "jit:freeze", "jit:fold_conv_bn")


@pytest.fixture
def report(workshop: Workshop) -> Report:
    return workshop.report("residual_block", "script", "jit")


def shown(report: Report, right: str) -> Shown:
    found = choose(report, rows_for(report), left="eager:noise", right=right, difference=None)
    assert found is not None
    return found


def test_a_permalink_names_a_form(report: Report) -> None:
    link = parse({"source": "residual_block", "left": "script", "right": "jit:freeze"}, ["residual_block"])
    assert link.right == "jit:freeze"
    assert shown(report, "jit:freeze").right == "jit:freeze"
    assert in_vain(link, report, rows_for(report), shown(report, "jit:freeze")) is None


def test_a_form_that_changed_nothing_is_not_there(report: Report) -> None:
    now = shown(report, "jit:dce")
    assert now.right != "jit:dce"
    notice = in_vain(Permalink(right="jit:dce"), report, rows_for(report), now)
    assert notice is not None
    assert "right=jit:dce" in notice.text


def test_forms_follow_their_capture_in_the_choice(report: Report) -> None:
    assert set(FORMS) <= set(drawable(report))
    now = shown(report, "jit:fold_conv_bn")
    data: Any = payload(report, rows_for(report), now, scene_of(report, now, {}))
    options = {one["id"]: one for one in data["captures"]}
    assert list(options)[list(options).index("jit") + 1] == "jit:inline"
    assert options["jit:fold_conv_bn"]["label"] == "jit, fold_conv_bn"
    assert options["jit:fold_conv_bn"]["ops"] == 5


@pytest.mark.parametrize("form", FORMS)
def test_a_form_is_tied_to_eager_over_the_graphs_between(report: Report, form: str) -> None:
    panes = pair_of(report, "eager:noise", form)
    (tie,) = panes.ties
    ops = {node.id: node.op for node in panes.sides[1].graph.nodes}
    tied = {ops[one] for group in tie.groups if group.left for one in group.right}
    assert {"conv", "relu"} <= tied
    for side in panes.sides:
        found = [one for group in tie.groups for one in getattr(group, side.name)]
        assert sorted(found) == sorted(node.id for node in side.graph.nodes)


def test_a_report_without_the_capture_has_none_of_its_forms(report: Report) -> None:
    few = narrowed(report, ("script",))
    assert set(few.graphs or {}) == {one.id for one in few.captures if one.status == "ok"}
    assert not [one for one in few.alignments or () if one.right.startswith("jit")]
    kept = narrowed(report, ("jit",))
    assert set(FORMS) <= set(kept.graphs or {})
    assert pair_of(kept, "eager:noise", "jit:freeze").ties[0].groups
