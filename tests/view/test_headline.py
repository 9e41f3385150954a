"""What is read first: a check only where everything is known to be good."""

from __future__ import annotations

from dataclasses import replace

import pytest

from explorer.report.schema import Report
from explorer.view.headline import headline
from explorer.view.notices import beside, of_another
from explorer.view.payload import payload, scene_of
from explorer.view.saying import saying
from explorer.view.showing import Shown
from tests.view.fakes import gated_report

REPORT = gated_report()
EAGER = tuple(one for one in REPORT.captures if one.kind == "eager")


def of_eager_alone() -> Report:
    return replace(REPORT, captures=EAGER, divergences=(), matrix={}, verdict="", summary="")


def cancelled() -> Report:
    """Return what a comparison hands over that was cancelled after eager."""
    skipped = tuple(
        replace(one, status="skipped", reason="Cancelled before it was done.", line=None, message="", hint="")
        for one in REPORT.captures
        if one.kind != "eager"
    )
    graphs = {key: graph for key, graph in (REPORT.graphs or {}).items() if key.startswith("eager")}
    return replace(of_eager_alone(), captures=(*EAGER, *skipped), graphs=graphs)


def agreeing(*, judged: bool = True) -> Report:
    captures = tuple(one for one in REPORT.captures if one.kind in ("eager", "script"))
    matrix = {"script": REPORT.matrix["script" if judged else "export"]}
    return replace(REPORT, captures=captures, divergences=(), matrix=matrix, verdict="The static graph agrees")


@pytest.mark.parametrize(
    ("report", "pending", "lead", "nothing"),
    [
        pytest.param(of_eager_alone(), ("trace",), "Comparing gated_mlp …", "Nothing found so far.", id="loading"),
        pytest.param(of_eager_alone(), (), "No static graph is switched on", "Nothing is compared.", id="none-asked"),
        pytest.param(cancelled(), (), "Nothing is known of the static graphs", "Nothing was compared.", id="cancelled"),
        pytest.param(agreeing(), ("onnx",), "The static graph agrees", "Nothing found so far.", id="more-to-come"),
        pytest.param(
            agreeing(judged=False),
            (),
            "The static graph agrees",
            "Nothing found in what was compared.",
            id="not-judged",
        ),
    ],
)
def test_what_is_not_known_is_no_success(report: Report, pending: tuple[str, ...], lead: str, nothing: str) -> None:
    said = headline(report, pending)
    assert (said.lead, said.stress, said.tone, said.nothing) == (lead, "", "neutral", nothing)


def test_what_is_known_to_be_good_has_a_check() -> None:
    assert headline(agreeing()).tone == "good"
    assert headline(agreeing()).nothing.startswith("✓")


def test_a_capture_that_was_cancelled_did_not_refuse_the_model() -> None:
    report = cancelled()
    shown = Shown(left="eager:long", right="trace", difference=None)
    sent = payload(report, (), shown, scene_of(report, shown, {}))
    assert isinstance(sent, dict)
    assert sent["refusals"]["right"]["title"] == "trace was not captured"
    row = next(row for row in sent["matrix"]["rows"] if row["kind"] == "trace")
    assert {(cell["outcome"], cell["text"]) for cell in row["cells"]} == {("not-run", "· cancelled")}
    assert "refuse" not in str(sent["saying"])


def test_what_still_stands_is_told_from_what_is_asked_for() -> None:
    running = of_another("slow", "gated_mlp", running=True)
    assert (running.text, running.below) == ("Comparing slow …", "gated_mlp")
    assert "cancelled before anything was known" in of_another("slow", "gated_mlp", running=False).text
    assert beside(("onnx",), ()) == "Still comparing onnx …"
    assert beside((), ("onnx", "dynamo")) == "Cancelled before onnx, dynamo."


@pytest.mark.parametrize(
    ("left", "right", "words"),
    [
        pytest.param("eager:long", "trace", "differs from eager", id="differs"),
        pytest.param("eager:short", "trace", "agrees with eager", id="agrees"),
        pytest.param("eager:short", "export", "refuses the model", id="refused"),
        pytest.param("onnx_ts", "eager:wide", "differs from eager", id="sides-swapped"),
    ],
)
def test_a_cell_is_told_in_words(left: str, right: str, words: str) -> None:
    said = saying(REPORT, left, right)
    assert said is not None
    assert said.words == words


def test_two_graphs_of_one_kind_have_no_cell() -> None:
    assert saying(REPORT, "trace", "script") is None
    assert saying(REPORT, "eager:short", "eager:long") is None


def test_rounding_is_no_alarm() -> None:
    rounded = replace(REPORT.matrix["trace"]["long"], rounding=True)
    report = replace(REPORT, matrix={**REPORT.matrix, "trace": {**REPORT.matrix["trace"], "long": rounded}})
    said = saying(report, "eager:long", "trace")
    assert said is not None
    assert (said.outcome, said.words) == ("rounding", "differs by rounding")
    assert not scene_of(report, Shown(left="eager:long", right="trace", difference=None), {}).panes[1].grave


def test_why_it_raises_is_told() -> None:
    raises = replace(REPORT.matrix["trace"]["wide"], outcome="raises", message="Got invalid dimensions for input x")
    report = replace(REPORT, matrix={**REPORT.matrix, "trace": {**REPORT.matrix["trace"], "wide": raises}})
    said = saying(report, "eager:wide", "trace")
    assert said is not None
    assert (said.words, said.message) == ("raises where eager does not", "Got invalid dimensions for input x")
