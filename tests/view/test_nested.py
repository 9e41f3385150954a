"""Really captured models whose picture once said less than the finding: nested branches, a form of the input, a mode."""

from __future__ import annotations

from explorer.report.schema import Report
from explorer.view.payload import scene_of, writer_of
from explorer.view.showing import Shown
from tests.cases import Workshop, a_model

NESTED = a_model(
    "h = self.a(x)\n"
    "if x.mean() > 0:\n    if x.max() > 2:\n        h = h.clamp(-1, 1)\n    else:\n        h = self.b(h)\n"
    "return h",
    "'mid': (torch.ones(2, 4),), 'high': (torch.ones(2, 4) * 3,), 'low': (-torch.ones(2, 4),)",
    init="self.a, self.b = nn.Linear(4, 4), nn.Linear(4, 4)",
)
PAST = a_model(
    "if past is not None:\n    x = torch.cat([past, x])\nreturn (x.abs() / 2).sum(0)",
    "'first': (torch.ones(1, 3), None), 'next': (torch.ones(1, 3), torch.ones(2, 3))",
    takes="self, x, past",
)
SWITCHED = a_model(
    "self.norm.train(bool(x.max() > 5))\nreturn self.norm(x)",
    "'calm': (torch.rand(4, 3),), 'wild': (torch.rand(4, 3) * 9,)",
    init="self.norm = nn.BatchNorm1d(3)",
)


def shown(report: Report, example: str) -> Shown:
    assert any(one.severity == "error" for one in report.divergences)
    return Shown(left=f"eager:{example}", right="trace", difference=0)


def test_a_branch_in_a_branch_has_its_box_in_that_and_each_is_decided_by_its_own_op(workshop: Workshop) -> None:
    drawn = writer_of(report := workshop.report(NESTED, "trace"), shown(report, "high"), {}).scene()
    (outer, inner) = sorted((box.key for box in drawn.boxes if box.kind == "branch"), key=len)
    assert inner.startswith(f"{outer}/then/")
    deciding = {wire.target for wire in drawn.wires if wire.control}
    assert {outer, inner} <= deciding


def test_an_input_that_only_one_graph_has_is_not_quiet(workshop: Workshop) -> None:
    drawn = scene_of(report := workshop.report(PAST, "trace"), shown(report, "next"), {})
    past = [box for box in drawn.boxes if box.kind == "input" and "past" in box.parts[0].faces[0].title]
    assert [box.quiet for box in past] == [False]


def test_a_mode_that_was_fixed_shows_at_the_module_that_runs_in_it(workshop: Workshop) -> None:
    report = workshop.report(SWITCHED, "trace")
    (told,) = [one for one in report.divergences if one.cause == "baked-mode"]
    names = {capture: {node.id: node.op for node in graph.nodes} for capture, graph in (report.graphs or {}).items()}
    assert "batch_norm" in {names["eager:wild"][op] for op in told.left}
