"""Where recording an eager run raises, the run is told all the same, and what is lost is said."""

from __future__ import annotations

import pytest

from explorer.capture.losses import Losses
from explorer.evidence import Capture, EagerRun
from explorer.graph import Graph
from tests.cases import Workshop, a_model, graph_of

BODY = """
if x.sum() > 0:
    x = x * x.sum().item()
for i in range(2):
    x = self.l(x) + random.random()
torch.manual_seed(0)
start = threading.Thread(target=int)
start.start()
start.join()
return x
"""
WHOLE = a_model(BODY, "'a': (torch.ones(4),)", init="self.l = nn.Linear(4, 4)\nself.l.register_forward_hook(lambda *_: None)",
                before="import threading")  # fmt: skip


def _raising(*_: object, **__: object) -> None:
    raise LookupError("of our own")


def _observed(workshop: Workshop, mark: str) -> tuple[EagerRun, Capture]:
    result = workshop.eager(f"{WHOLE}# {mark}\n")  # a model is run once for each text
    return result.runs[0], result.captures[0]


@pytest.mark.parametrize(
    ("place", "what"),
    [
        pytest.param("course.conditional_jumps", "What was chosen", id="jumps"),
        pytest.param("course._entries", "What was chosen", id="loops"),
        pytest.param("course.Course._choose", "What was chosen", id="choices"),
        pytest.param("course._begin_turn", "What was chosen", id="turns"),
        pytest.param("course.Course.decisions", "What was chosen", id="decisions"),
        pytest.param("eager_graph.steps", "What was chosen", id="sides"),
        pytest.param("escapes.scalar_of", "What left the graph", id="values"),
        pytest.param("escapes.Escapes._taken", "What left the graph", id="numbers that are handed on"),
        pytest.param("tensor_sources.Sources.origin", "What left the graph", id="what was read"),
        pytest.param("observe.told", "What left the graph", id="where it went"),
        pytest.param("scopes.ScopeStack._ending", "Which modules ran", id="hooks"),
        pytest.param("scopes.ScopeStack._named", "Which modules ran", id="names of modules"),
        pytest.param("tensor_sources._owned", "Which parameters and arguments there were", id="parameters"),
        pytest.param("tensor_sources.argument_names", "Which parameters and arguments there were", id="arguments"),
        pytest.param("eager_graph.autograd_nodes", "Autograd's graph", id="autograd"),
        pytest.param("calls.Calls.calls", "The calls in Python", id="calls"),
        pytest.param("threads._tensors", "What threads made", id="threads"),
        pytest.param("observe.plain_state", "What the run changed", id="state before"),
        pytest.param("observe.state_changes", "What the run changed", id="state after"),
        pytest.param("eager_graph.Recording.changes", "What the run changed", id="writes"),
        pytest.param("observe.with_summaries", "What values held", id="summaries"),
    ],
)
def test_what_cannot_be_recorded_is_said_and_the_rest_is_told(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, place: str, what: str
) -> None:
    monkeypatch.setattr(f"explorer.capture.{place}", _raising)
    run, capture = _observed(workshop, place)
    assert run.raised is None
    assert run.lines
    assert (capture.status, capture.failure) == ("ok", None)
    assert f"{what} could not be told in full: LookupError: of our own." in capture.note
    assert {"mul", "addmm", "add"} <= {op.op for op in graph_of(capture).compute}


def test_without_a_graph_the_run_is_told(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.capture.eager_graph.Recording._order", _raising)
    monkeypatch.setattr("explorer.capture.eager_graph.Recording._op", _raising)
    run, capture = _observed(workshop, "no graph")
    assert (run.raised, run.deterministic) == (None, True)
    assert run.decisions
    assert [one.how for one in run.escapes] == ["__bool__", "item", "random.random", "random.random"]
    assert (capture.status, capture.graph, capture.replay) == ("failed", Graph(ops=()), None)
    assert capture.failure is not None
    assert capture.failure.reason == "The graph could not be told in full: LookupError: of our own."


def test_static_graphs_are_judged_where_eager_has_no_graph(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.capture.eager_graph.Recording._op", _raising)
    text = a_model("return x if x.sum() > 9 else -x", "'a': (torch.ones(4),), 'b': (9 * torch.ones(4),)")
    report = workshop.report(f"{text}# no graph\n", "trace", "script", "onnx")
    assert {one.outcome for one in report.matrix["script"].values()} == {"agrees"}
    assert [one.outcome for one in report.matrix["trace"].values()] == ["agrees", "differs"]
    assert "baked-branch" in {one.cause for one in report.divergences}


def test_a_replay_that_raises_is_no_proof(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.capture.observe.replay", _raising)
    _, capture = _observed(workshop, "replay")
    assert capture.status == "ok"
    assert capture.replay is not None
    assert not capture.replay.exact
    assert capture.replay.reason == "It could not be run again: LookupError: of our own"


def test_nothing_is_lost_of_the_same_model(workshop: Workshop) -> None:
    _, capture = _observed(workshop, "whole")
    assert "could not" not in capture.note


def test_a_run_too_long_to_be_followed_says_so(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.capture.course.MOST_STEPS", 20)
    assert "too long to be followed" in _observed(workshop, "long")[1].note


def test_want_of_memory_is_no_loss() -> None:
    losses = Losses()
    for error in (MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory")):
        with pytest.raises(MemoryError):
            losses.add("The graph", error)
    assert losses.said == {}
