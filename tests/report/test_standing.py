"""How each graph stands, before anything is said of it."""

from __future__ import annotations

import pytest

from explorer.evidence import Kind, Outcome, Verdict
from explorer.report.schema import CaptureEntry, Divergence
from explorer.report.standing import standing_of

EAGER = CaptureEntry(id="eager:a", kind="eager", input="a", status="ok", nodes=3)


def capture(kind: Kind, *, name: str = "", status: str = "ok", nodes: int = 3) -> CaptureEntry:
    return CaptureEntry(id=name or kind, kind=kind, input="a", status=status, nodes=nodes)  # type: ignore[arg-type]


def error(cause: str, source: str = "", **evidence: str) -> Divergence:
    return Divergence(id="", severity="error", cause=cause, capture="trace", inputs=("a",), file="m.py", line=1,
                      function=None, module="", explanation="", evidence=evidence, source=source)  # fmt: skip


def row(outcome: Verdict, *, rounding: bool = False) -> dict[str, Outcome]:
    return {"a": Outcome(outcome=outcome, rounding=rounding), "b": Outcome(outcome="agrees")}


@pytest.mark.parametrize(
    ("outcome", "wrong", "failing"),
    [
        ("differs", {"trace": ["a"]}, {}),
        ("returns", {"trace": ["a"]}, {}),
        ("raises", {}, {"trace": ["a"]}),
        ("agrees", {}, {}),
        ("not-run", {}, {}),
    ],
)
def test_a_graph_is_wrong_or_fails_by_its_outcomes(outcome: Verdict, wrong: dict, failing: dict) -> None:  # type: ignore[type-arg]
    found = standing_of({"trace": row(outcome)}, (), [EAGER, capture("trace")])
    assert (found.wrong, found.failing, found.made, found.refused) == (wrong, failing, ("trace",), ())


@pytest.mark.parametrize(("told", "wrong"), [((), {}), ((error("baked-branch"),), {"trace": ["a"]})])
def test_rounding_is_wrong_where_an_error_explains_it(told: tuple[Divergence, ...], wrong: dict) -> None:  # type: ignore[type-arg]
    assert standing_of({"trace": row("differs", rounding=True)}, told, [capture("trace")]).wrong == wrong


@pytest.mark.parametrize(
    ("told", "drawing"),
    [
        pytest.param((error("baked-random", draws="anew"),), True, id="draws alone"),
        pytest.param((error("baked-random"),), False, id="a draw that is frozen"),
        pytest.param((error("baked-random", draws="anew"), error("baked-branch")), False, id="something else, too"),
        pytest.param((), False, id="nothing explains it"),
    ],
)
def test_a_graph_that_only_draws_is_not_wrong(told: tuple[Divergence, ...], drawing: bool) -> None:
    found = standing_of({"trace": row("differs")}, told, [capture("trace")])
    assert (bool(found.drawing), bool(found.wrong)) == (drawing, not drawing)


def test_another_source_stands_under_its_own_name() -> None:
    captures = [
        EAGER,
        capture("trace"),
        capture("trace", name="net.pt"),
        capture("onnx", name="bad.onnx", status="failed"),
    ]
    matrix = {"trace": row("agrees"), "net.pt": row("differs", rounding=True), "bad.onnx": {}}
    found = standing_of(matrix, (error("baked-branch", source="net.pt"),), captures)
    assert (found.made, found.refused, found.wrong) == (("trace", "net.pt"), ("bad.onnx",), {"net.pt": ["a"]})


def test_the_stored_graph_is_none_that_was_made() -> None:
    stored = CaptureEntry(id="onnx", kind="onnx", input=None, status="ok", nodes=3)
    assert standing_of({"ort": row("agrees")}, (), [stored, capture("ort")]).made == ("ort",)


def test_a_dynamo_without_a_graph_is_empty() -> None:
    found = standing_of({"dynamo": row("agrees")}, (), [capture("dynamo", nodes=0), capture("trace", nodes=0)])
    assert found.empty == {"dynamo"}
