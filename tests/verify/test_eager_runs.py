"""What eager did on every example: where torch refuses what Python, which stands in for it, would run."""

from __future__ import annotations

import pytest

from explorer.evidence import EagerResult
from explorer.messages import Doing, EagerJob, FromWorker
from explorer.options import Options
from explorer.verify.perform import perform
from tests.cases import Workshop, a_model, graph_of, line_of

ONE = "'a': (torch.ones(4),)"
TWO = "'small': (torch.ones(2),), 'large': (torch.ones(4),)"
SEQUENCE = "\nSEQUENCE = True\n"

REFUSED_ON_LARGE = a_model(
    "y = x.exp()\n"
    "if x.shape[0] > 2:\n"
    "    y = torch.cond(y.sum() > 0, lambda v: v + 1, lambda v: v.double(), (y,))  # !\n"
    "return y.cos()",
    TWO,
)
CAUGHT = a_model(
    "try:\n    return torch.cond(x.sum() > 0, lambda v: v + 1, lambda v: v.double(), (x,))\n"
    "except Exception:\n    return x.sin()",
    ONE,
)
WRITES = a_model(
    "def add(v):\n    self.n.add_(1)\n    return v + self.n\nreturn torch.cond(x.sum() > 0, add, lambda v: v * 2, (x,))",
    TWO,
    init="self.register_buffer('n', torch.zeros(()))",
)
LOOP = a_model(
    "def body(i, v):\n    self.n.add_(1)\n    return i + 1, v + self.n\n"
    "return torch.while_loop(lambda i, v: i < 3, body, (torch.tensor(0), x))[1] + self.n",
    TWO,
    init="self.register_buffer('n', torch.zeros(()))",
)


@pytest.mark.parametrize(
    "forward",
    [
        pytest.param("return torch.cond(x.sum() > 0, lambda v: v + 1, lambda v: v.double(), (x,))  # !", id="dtypes"),
        pytest.param("return torch.cond(x.sum() > 0, lambda v: v + 1, lambda v: (v + 1, v), (x,))  # !", id="structures"),
        pytest.param("return torch.cond(x > 0, lambda v: v + 1, lambda v: v * 2, (x,))  # !", id="several predicates"),
        pytest.param("return torch.cond(x.sum() > 0, lambda v, n: v + n, lambda v, n: v, (x, 3))  # !", id="a number given"),
        pytest.param("def side(v):\n    self.n = 1  # !\n    return v + 1\n"
                     "return torch.cond(x.sum() > 0, side, lambda v: v * 2, (x,))", id="an attribute written"),
        pytest.param("return torch.while_loop(lambda i, v: i < 3, lambda i, v: (i + 1, v), (x[0], x))  # !", id="an alias"),
    ],
)  # fmt: skip
def test_what_torch_refuses_in_eager_is_refused_at_its_line(workshop: Workshop, forward: str) -> None:
    """Such a model was told to run, as plain Python does."""
    text = a_model(forward, ONE, init="self.n = 0")
    refused = workshop.refusal(text)
    line = line_of(text) if "self.n" not in forward else line_of(text) + 2
    assert (refused.error, refused.file, refused.line) == ("nothing-runs", "model.py", line)


@pytest.mark.parametrize("more", ["", SEQUENCE])
def test_the_record_ends_where_torch_refuses(workshop: Workshop, more: str) -> None:
    result = workshop.eager(REFUSED_ON_LARGE + more)
    small, large = result.runs
    assert small.raised is None
    assert large.raised is not None
    assert (large.raised.error, large.raised.line) == ("TorchRuntimeError", line_of(REFUSED_ON_LARGE))
    assert "expected same dtype" in large.raised.reason
    assert [one.status for one in result.captures] == ["ok", "failed"]
    assert {"exp", "cos"} <= _ops(result, 0)
    assert "exp" in _ops(result, 1)
    assert "cos" not in _ops(result, 1)


def test_what_raises_in_the_record_is_what_outcomes_are_compared_with(workshop: Workshop) -> None:
    outcomes = workshop.static(REFUSED_ON_LARGE, "trace").outcomes
    assert {name: one.outcome for name, one in outcomes.items()} == {"small": "agrees", "large": "returns"}


def test_a_refusal_that_the_model_catches_leads_where_it_leads_in_eager(workshop: Workshop) -> None:
    result = workshop.eager(CAUGHT)
    assert result.runs[0].raised is None
    assert "sin" in _ops(result, 0)
    assert result.captures[0].replay is not None
    assert result.captures[0].replay.exact


@pytest.mark.parametrize("more", ["", SEQUENCE])
@pytest.mark.parametrize("text", [WRITES, LOOP])
def test_writes_that_torch_takes_without_gradients_are_recorded_without(
    workshop: Workshop, text: str, more: str
) -> None:
    result = workshop.eager(text + more)
    assert [(run.raised, run.deterministic) for run in result.runs] == [(None, True)] * 2
    assert all("gradients disabled" in one.note and one.replay and one.replay.exact for one in result.captures)
    assert [[change.name for change in run.changes] for run in result.runs] == [["n"], ["n"]]
    assert {one.outcome for one in workshop.static(text + more, "dynamo").outcomes.values()} <= {"agrees", "not-run"}


def test_a_loop_without_a_turn_returns_copies(workshop: Workshop) -> None:
    """The stand-in returned what it was given, and what was then written was the argument."""
    text = a_model(
        "return torch.while_loop(lambda i, v: i < 0, lambda i, v: (i + 1, v + 1), (torch.tensor(0), x))[1].add_(1)", ONE
    )
    result = workshop.eager(text)
    assert result.runs[0].changes == ()
    assert {one.outcome for one in workshop.static(text, "export").outcomes.values()} == {"agrees"}


def test_only_the_first_calls_are_tried_as_torch_runs_them(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    text = a_model("for _ in range(4):\n    x = torch.cond(x.sum() > 0, torch.sin, torch.cos, (x,))\nreturn x", ONE)
    for module in ("explorer.capture.control_flow", "explorer.verify.eager_runs"):
        monkeypatch.setattr(f"{module}.MOST_COMPILED", 2)
    (capture,) = workshop.eager(text).captures
    assert "Of 4 calls of torch.cond and the like, the first 2 were tried" in capture.note


def test_a_result_that_torch_does_not_give_is_no_exact_replay(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.capture.control_flow._side", lambda _pred, true_fn, _false_fn, given: true_fn(*given))
    text = a_model("return torch.cond(x.sum() < 0, lambda v: v + 1, lambda v: v * 3, (x,))", ONE)
    (capture,) = workshop.eager(text).captures
    assert capture.replay is not None
    assert "another result" in capture.replay.reason


def test_torchs_own_functions_are_tried_only_where_python_stood_in(workshop: Workshop) -> None:
    def steps(text: str) -> list[str]:
        sent: list[FromWorker] = []
        perform(EagerJob(source=workshop.source(text), options=Options()), sent.append)
        return [one.what for one in sent if isinstance(one, Doing) and "own control flow" in one.what]

    assert steps(REFUSED_ON_LARGE) == ["running eager with torch's own control flow on large"] * 2, (
        "with gradients, without"
    )
    assert steps(a_model("return torch.cond(x.dim() == 1, torch.sin, torch.cos, (x,))", ONE)) == []


def test_a_file_that_is_loaded_again_is_the_one_that_torch_compiles(workshop: Workshop) -> None:
    """Dynamo kept the module that it met first and looked the next one's functions up in it."""
    for name in ("first", "second"):
        text = a_model(
            "return torch.cond(x.sum() > 0, side, torch.sin, (x,))",
            ONE,
            before=f"def {name}(x):\n    return x * 2\n\n"
            f"def side(x):\n    return torch.cond(x.sum() > 2, {name}, torch.cos, (x,))",
        )
        assert workshop.run(text).raised is None
        assert workshop.static(text, "export").outcomes["a"].outcome == "agrees"


def _ops(result: EagerResult, position: int) -> set[str]:
    return {op.op for op in graph_of(result.captures[position]).compute}
