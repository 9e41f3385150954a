"""The worker's two jobs, in this process: what each example meets, and what counts as agreeing."""

from __future__ import annotations

import msgspec
import pytest

from explorer.evidence import EagerResult, Kind, StaticResult
from explorer.graph import Graph, Summary
from explorer.messages import Doing, EagerJob, FromWorker, StaticJob
from explorer.options import Options
from explorer.verify.perform import perform
from tests.cases import Workshop, a_model, graph_of, line_of

TWO = "'a': (torch.ones(2),), 'b': (-torch.ones(2),)"
SEQUENCE = "\nSEQUENCE = True\n"
COUNTER = a_model("self.n += 1\nreturn x * self.n", TWO, init="self.register_buffer('n', torch.zeros(()))")
REBOUND = a_model(
    "self.h = torch.tanh(x + self.h)\nself._m = self._m * 0.5 + self.h\nreturn self.h * 5 + self._m",
    TWO,
    init="self.register_buffer('h', torch.zeros(2))\nself._m = torch.zeros(2)",
)
RAISES = a_model("if x.sum() < 0:\n    raise ValueError('below')\nreturn x * 2", TWO)
RANDOM = a_model("return x + torch.rand(2)", TWO)
ROUND_TRIPS = [COUNTER, COUNTER + SEQUENCE, RAISES, RANDOM, "gated_mlp", "variable_length_lstm"]


@pytest.mark.parametrize("text", ROUND_TRIPS)
def test_what_eager_hands_over_survives_json(workshop: Workshop, text: str) -> None:
    result = workshop.eager(text)
    assert msgspec.json.decode(msgspec.json.encode(result), type=EagerResult) == result


@pytest.mark.parametrize("kind", ["trace", "script", "export", "onnx_ts"])
@pytest.mark.parametrize("text", ROUND_TRIPS)
def test_what_a_static_job_hands_over_survives_json(workshop: Workshop, text: str, kind: Kind) -> None:
    result = workshop.static(text, kind)
    assert msgspec.json.decode(msgspec.json.encode(result), type=StaticResult) == result


@pytest.mark.parametrize("kind", ["trace", "script", "export"])
def test_each_example_meets_fresh_state(workshop: Workshop, kind: Kind) -> None:
    """On every example the counter is at 1; a graph that kept its buffer would say 2 on the second."""
    assert _outcomes(workshop, COUNTER, kind) == {"a": "agrees", "b": "agrees"}


@pytest.mark.parametrize("kind", ["script", "jit", "dynamo", "trace"])
def test_a_tensor_that_forward_binds_anew_is_fresh_on_each_example(workshop: Workshop, kind: Kind) -> None:
    """The module held another tensor than was captured, and the next example met it."""
    assert _outcomes(workshop, REBOUND, kind) == {"a": "agrees", "b": "agrees"}


@pytest.mark.parametrize("kind", ["script", "jit", "dynamo"])
def test_a_tensor_that_is_no_buffer_and_is_written_to_is_fresh_on_each_example(workshop: Workshop, kind: Kind) -> None:
    text = a_model("self.m.add_(x)\nreturn x * self.m", TWO, init="self.m = torch.zeros(2)")
    assert _outcomes(workshop, text, kind) == {"a": "agrees", "b": "agrees"}


@pytest.mark.parametrize("init", ["self.m = 0", "self.m = None", "self.register_buffer('m', None)"])
def test_what_becomes_a_tensor_is_again_what_it_was(workshop: Workshop, init: str) -> None:
    """Comparing the number that it was with the tensor was an internal error."""
    text = a_model("self.m = x + (0 if self.m is None else self.m)\nreturn self.m * 2", TWO, init=init)
    assert _outcomes(workshop, text, "dynamo") == {"a": "agrees", "b": "agrees"}


def test_an_attribute_that_forward_makes_at_first_is_made_on_each_example(workshop: Workshop) -> None:
    text = a_model("if not hasattr(self, 'first'):\n    self.first = x * 1\nreturn x + self.first", TWO)
    assert _outcomes(workshop, text, "dynamo") == {"a": "agrees", "b": "agrees"}


@pytest.mark.parametrize(
    ("write", "init"),
    [
        pytest.param("self.past.append(x * 2)", "self.past = [torch.zeros(2)]", id="list"),
        pytest.param("self.past.append(x * 2)", "self.past = deque([torch.zeros(2)], maxlen=2)", id="deque"),
        pytest.param("self.past[0] = self.past[0] + x", "self.past = {0: torch.zeros(2)}", id="dict"),
        pytest.param("self.past[0].add_(x)", "self.past = (torch.zeros(2),)", id="within a tuple"),
        pytest.param("self._past.add_(x)", "self._past = torch.zeros(2); self.past = [self._past]", id="shared"),
    ],
)
def test_containers_of_tensors_are_as_they_were_on_each_example(workshop: Workshop, write: str, init: str) -> None:
    all_of = "self.past.values() if isinstance(self.past, dict) else self.past"
    text = a_model(f"{write}\nfor one in {all_of}:\n    x = x + one\nreturn x", TWO, init=init,
                   before="from collections import deque")  # fmt: skip
    assert _outcomes(workshop, text, "dynamo") == {"a": "agrees", "b": "agrees"}


def test_in_a_sequence_one_model_sees_all_examples(workshop: Workshop) -> None:
    text = a_model("self.k = self.k + 1\nreturn x * self.k", TWO, init="self.k = 0")
    kept = [run.changes[0] for run in workshop.eager(text + SEQUENCE).runs]
    assert [(one.before, one.after) for one in kept] == [("0", "1"), ("1", "2")]
    fresh = [run.changes[0] for run in workshop.eager(text).runs]
    assert [(one.before, one.after) for one in fresh] == [("0", "1"), ("0", "1")]
    assert _outcomes(workshop, text, "trace") == {"a": "agrees", "b": "agrees"}
    assert _outcomes(workshop, text + SEQUENCE, "trace")["b"] == "differs"


KEPT = [
    pytest.param("self.total.add_(x)\nreturn self.total", id="a buffer that it returns"),
    pytest.param("self.total.add_(x)\nreturn {'all': [self.total[:1]]}", id="a part of one, within others"),
    pytest.param("self.last.add_(1)\nself.last = x\nreturn x * 2", id="an argument that it keeps"),
]


@pytest.mark.parametrize("forward", KEPT)
def test_what_an_example_gave_is_not_what_the_next_one_makes_of_it(workshop: Workshop, forward: str) -> None:
    """Eager's answer on the first example held what the second had written, and each graph was said to be wrong."""
    init = "self.register_buffer('total', torch.zeros(2))\nself.last = torch.zeros(2)"
    text = a_model(forward, TWO, init=init) + SEQUENCE
    assert [run.deterministic for run in workshop.eager(text).runs] == [True, True]
    assert _outcomes(workshop, text, "dynamo") == {"a": "agrees", "b": "agrees"}


@pytest.mark.parametrize("kind", ["script", "export"])
def test_a_graph_that_updates_the_buffer_it_returns_agrees_in_a_sequence(workshop: Workshop, kind: Kind) -> None:
    text = a_model("self.total.add_(x)\nreturn self.total", TWO, init="self.register_buffer('total', torch.zeros(2))")
    assert _outcomes(workshop, text + SEQUENCE, kind) == {"a": "agrees", "b": "agrees"}


def test_a_global_that_is_returned_is_kept_as_it_was(workshop: Workshop) -> None:
    """The graph wrote into the tensor that eager's answer was, and so agreed with itself."""
    text = a_model("TOTAL.add_(x)\nreturn TOTAL", TWO, before="TOTAL = torch.zeros(2)")
    assert "differs" in _outcomes(workshop, text, "trace").values()


@pytest.mark.parametrize("kind", ["trace", "script", "export"])
@pytest.mark.parametrize("more", ["", SEQUENCE])
def test_a_graph_is_watched_in_the_state_that_the_first_example_met(workshop: Workshop, kind: Kind, more: str) -> None:
    eager = graph_of(workshop.eager(COUNTER + more).captures[0])
    static = graph_of(workshop.static(COUNTER + more, kind).capture)
    assert _products(eager) == _products(static) != [None]


def test_each_example_has_a_seed_of_its_own_and_both_sides_the_same(workshop: Workshop) -> None:
    assert _outcomes(workshop, RANDOM, "trace") == {"a": "agrees", "b": "agrees"}
    frozen = a_model("return x + random.random()", TWO)
    assert _outcomes(workshop, frozen, "trace")["b"] == "differs"


def test_the_seed_of_the_options_gives_parameters_and_inputs(workshop: Workshop) -> None:
    text = a_model("if self.w > 0:\n    return x\nreturn -x", "'a': (torch.ones(1),)",
                   init="self.w = nn.Parameter(torch.randn(()))")  # fmt: skip
    source = workshop.source(text)
    taken = set()
    for seed in range(6):
        sent: list[FromWorker] = []
        perform(EagerJob(source=source, options=Options(seed=seed)), sent.append)
        taken.add(sent[-1].result.runs[0].decisions[0].taken)  # type: ignore[union-attr]
    assert taken == {(0,), (1,)}


def test_a_model_that_raises_with_gradients_only_is_recorded_without(workshop: Workshop) -> None:
    text = a_model("y = self.l(x)\nif y.requires_grad:\n    raise NotImplementedError('no backward')\nreturn y", TWO,
                   init="self.l = nn.Linear(2, 2)")  # fmt: skip
    result = workshop.eager(text)
    assert [(one.status, one.replay and one.replay.exact) for one in result.captures] == [("ok", True)] * 2
    assert "gradients disabled" in result.captures[0].note
    assert not graph_of(result.captures[0]).autograd
    assert [run.deterministic for run in result.runs] == [True, True]


def test_an_error_that_cannot_say_what_it_is_is_a_result(workshop: Workshop) -> None:
    text = a_model("if len(x) > 2:\n    raise Odd\nreturn x", "'a': (torch.ones(2),), 'b': (torch.ones(3),)",
                   before="class Odd(Exception):\n    def __str__(self):\n        raise ValueError")  # fmt: skip
    raised = workshop.run(text, "b").raised
    assert raised is not None
    assert (raised.error, raised.message, raised.file) == ("Odd", "", "model.py")
    assert _outcomes(workshop, text, "trace") == {"a": "agrees", "b": "returns"}
    broken = text.replace("len(x) > 2", "torch.jit.is_tracing()")
    assert _outcomes(workshop, broken, "trace") == {"a": "not-run", "b": "not-run"}


def test_want_of_memory_outside_of_the_models_call_is_told_as_such(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> bool:
        message = "DefaultCPUAllocator: can't allocate memory"
        raise RuntimeError(message)

    monkeypatch.setattr("explorer.verify.eager_runs.same", full)
    with pytest.raises(MemoryError):
        perform(EagerJob(source=workshop.source(RANDOM), options=Options()), lambda _: None)


@pytest.mark.parametrize(
    ("text", "kind", "outcomes"),
    [
        pytest.param(RAISES, "script", {"a": "agrees", "b": "agrees"}, id="both raise"),
        pytest.param(RAISES, "trace", {"a": "agrees", "b": "returns"}, id="eager raises, the graph returns"),
        pytest.param(a_model("return x.reshape(x.shape[0], 1)", "'a': (torch.ones(2),), 'b': (torch.ones(3),)"), "export",
                     {"a": "agrees", "b": "raises"}, id="the graph raises, eager returns"),
        pytest.param(a_model("return x.sum() if x.sum() > 0 else x", TWO), "trace", {"a": "agrees", "b": "differs"},
                     id="another shape"),
        pytest.param(a_model("return {'y': x, 'n': None}", TWO), "onnx_ts", {"a": "agrees", "b": "agrees"},
                     id="None is no output of ONNX"),
        pytest.param(a_model("x.mul_(2)\nreturn x + 1", TWO), "trace", {"a": "agrees", "b": "agrees"}, id="both write"),
        pytest.param(a_model("y = x.view(-1)\ny.mul_(2)\nreturn y + 1", TWO), "onnx_ts", {"a": "differs", "b": "differs"},
                     id="a write that is lost"),
        pytest.param(RAISES, "export", {"a": "not-run", "b": "not-run"}, id="no graph"),
    ],
)  # fmt: skip
def test_a_graph_is_judged_beside_eager(workshop: Workshop, text: str, kind: Kind, outcomes: dict[str, str]) -> None:
    assert _outcomes(workshop, text, kind) == outcomes


def test_a_return_instead_of_a_raise_says_what_eager_raised(workshop: Workshop) -> None:
    outcome = workshop.static(RAISES, "trace").outcomes["b"]
    assert outcome.where == "error"
    assert outcome.message is not None
    assert "ValueError: below" in outcome.message


OTHER_ERROR = a_model(
    "if k > 1:\n    raise ValueError('k is at most 1')\nreturn x.reshape(2, 2) * k",
    "'a': (torch.ones(4), torch.tensor(1.0)), 'b': (torch.ones(6), torch.tensor(2.0))",
    takes="self, x, k",
)


def test_two_errors_agree_and_each_is_told_where_they_are_not_the_same(workshop: Workshop) -> None:
    """A reader saw the graph's error alone, and that it raises as eager does."""
    outcome = workshop.static(OTHER_ERROR, "trace").outcomes["b"]
    assert (outcome.outcome, outcome.where) == ("agrees", "error")
    assert outcome.message == (
        "eager raises ValueError: k is at most 1; the graph raises RuntimeError: shape '[2, 2]' is invalid for input of size 6"
    )


@pytest.mark.parametrize("kind", ["script", "dynamo"])
def test_one_error_is_told_once(workshop: Workshop, kind: Kind) -> None:
    assert workshop.static(RAISES, kind).outcomes["b"].message == "ValueError: below"


def test_gradients_are_on_only_where_the_file_asks(workshop: Workshop) -> None:
    text = a_model("return x * (2.0 if torch.is_grad_enabled() else 1.0)", TWO)
    assert "GRAD" not in text
    for flags in ("", "\nGRAD = True\n"):
        assert _outcomes(workshop, text + flags, "script") in (
            {"a": "agrees", "b": "agrees"},
            {"a": "not-run", "b": "not-run"},
        )


@pytest.mark.parametrize(
    ("text", "error"),
    [
        pytest.param(a_model("raise ValueError('never')  # !", TWO), "nothing-runs", id="raises on every example"),
        pytest.param(a_model("return x + 1", TWO) + "raise ValueError  # !\n", "source", id="raises on import"),
    ],
)
def test_a_model_that_cannot_run_is_refused_with_its_line(workshop: Workshop, text: str, error: str) -> None:
    refused = workshop.refusal(text)
    assert (refused.error, refused.file, refused.line) == (error, "model.py", line_of(text))
    assert refused.hint


def test_one_example_that_raises_leaves_the_others(workshop: Workshop) -> None:
    result = workshop.eager(RAISES)
    assert [run.raised and run.raised.error for run in result.runs] == [None, "ValueError"]
    assert [one.status for one in result.captures] == ["ok", "failed"]


def test_each_step_is_told_before_it_is_done(workshop: Workshop) -> None:
    sent: list[FromWorker] = []
    perform(StaticJob(source=workshop.source(COUNTER), options=Options(), kind="trace"), sent.append)
    steps = [one.what for one in sent if isinstance(one, Doing)]
    assert steps[-4:] == ["capturing trace", "running trace on a", "running trace on b", "watching trace"]


def test_the_environment_is_told(workshop: Workshop) -> None:
    environment = workshop.eager(COUNTER).environment
    assert {"python", "torch", "onnx", "onnxruntime"} <= set(environment)


def test_examples_are_told_as_the_user_wrote_them(workshop: Workshop) -> None:
    text = a_model(
        "return x + d['k'] * n", "'a': ((torch.ones(2, 3), {'k': torch.ones(3)}), {'n': 2})", takes="self, x, d, n"
    )
    (example,) = workshop.eager(text).examples
    assert example.arguments == ("x: f32[2, 3]", "d['k']: f32[3]", "n: 2")


def _outcomes(workshop: Workshop, text: str, kind: Kind) -> dict[str, str]:
    return {name: one.outcome for name, one in workshop.static(text, kind).outcomes.items()}


def _products(graph: Graph) -> list[Summary | None]:
    return [op.outputs[0].summary for op in graph.compute if op.op == "mul"]


@pytest.mark.parametrize("kind", ["export", "dynamo"])
def test_a_generator_of_the_models_own_begins_anew_on_each_example(workshop: Workshop, kind: Kind) -> None:
    text = a_model("return x + torch.rand(2, generator=self.g)", TWO, init="self.g = torch.Generator().manual_seed(3)")
    assert _outcomes(workshop, text, kind) == {"a": "agrees", "b": "agrees"}


SET_WHEN_BUILT = a_model(
    "global CALLS\nCALLS += 1\ntype(self).seen.append(1)\nreturn x * CALLS * len(self.seen)", TWO, before="CALLS = 0"
).replace("    return Net()", "    global CALLS\n    CALLS = 0\n    Net.seen = []\n    return Net()")


def test_globals_and_classes_that_building_sets_are_fresh_where_python_runs(workshop: Workshop) -> None:
    """What Dynamo ran on the first example was left for the second, and the graph was said to be wrong."""
    assert _outcomes(workshop, SET_WHEN_BUILT, "dynamo") == {"a": "agrees", "b": "agrees"}


def test_a_second_call_does_not_meet_what_the_other_side_has_left_in_globals(workshop: Workshop) -> None:
    text = f"{SET_WHEN_BUILT}\n"  # captured anew, once eager has shown that it moves
    assert workshop.eager(text).runs[0].leaves_state
    again = workshop.static(text, "dynamo").again
    assert again is not None
    assert again.outcome == "agrees"
