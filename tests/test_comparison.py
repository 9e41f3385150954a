"""One comparison under way: what is told when, and that what fails or is cancelled costs only itself."""

from __future__ import annotations

import itertools
import threading
from pathlib import Path

import pytest

from explorer.comparison import Progress, compare, stream
from explorer.endings import Rest, ending
from explorer.errors import ExplorerError, NothingRunsError, SourceError, UsageError
from explorer.evidence import Kind
from explorer.graph import Location
from explorer.messages import Died, Doing, Message, Refused
from explorer.options import Options
from explorer.report.schema import Report
from explorer.sandbox.pool import Pool
from explorer.source.find import find_source
from tests.cases import Workshop, a_model
from tests.pools import InProcess, Scripted, answers

TEXT = a_model("if x.sum() > 0:\n    return x * 2\nreturn x - 5", "'a': (torch.ones(2),), 'b': (-torch.ones(2),)")
KINDS: tuple[Kind, ...] = ("eager", "trace", "script", "onnx_ts")


def run(
    workshop: Workshop,
    pool: Scripted,
    *,
    cancel: threading.Event | None = None,
    kinds: tuple[Kind, ...] = KINDS,
) -> list[Progress]:
    options = Options(captures=kinds, time_limit=7, memory_limit=900)
    return list(stream(workshop.source(TEXT), options, cancel=cancel, pool=pool))  # type: ignore[arg-type]


@pytest.fixture
def told(workshop: Workshop) -> dict[Kind, Message]:
    return answers(workshop, TEXT, "trace", "script", "onnx_ts")


def test_what_is_pending_shrinks_until_nothing_is(workshop: Workshop, told: dict[Kind, Message]) -> None:
    steps = run(workshop, Scripted(told))
    pending = [set(step.pending) for step in steps]
    assert pending[0] == set(KINDS)
    assert pending[-1] == set()
    assert all(later <= earlier for earlier, later in itertools.pairwise(pending))
    assert steps[-1].doing == ""
    assert not steps[-1].cancelled


def test_each_step_reports_every_capture_that_is_not_pending(workshop: Workshop, told: dict[Kind, Message]) -> None:
    for step in run(workshop, Scripted(told)):
        assert {one.kind for one in step.report.captures} == set(KINDS) - set(step.pending)
        assert set(step.report.matrix) == {one.kind for one in step.report.captures if one.kind != "eager"}


def test_the_last_report_is_that_of_all_captures(workshop: Workshop, told: dict[Kind, Message]) -> None:
    assert run(workshop, Scripted(told))[-1].report == workshop.report(TEXT, "trace", "script", "onnx_ts")


def test_eager_runs_first_and_alone(workshop: Workshop, told: dict[Kind, Message]) -> None:
    pool = Scripted(told)
    run(workshop, pool)
    assert pool.jobs[0] == "eager"
    assert sorted(pool.jobs) == sorted(KINDS)


def test_the_limits_of_the_options_are_those_of_each_job(workshop: Workshop, told: dict[Kind, Message]) -> None:
    pool = Scripted(told)
    run(workshop, pool)
    assert {(one.seconds, one.megabytes, one.trust) for one in pool.limits} == {(7, 900, False)}


def test_what_is_being_done_is_told(workshop: Workshop, told: dict[Kind, Message]) -> None:
    assert "doing eager" in [step.doing for step in run(workshop, Scripted(told))]


def test_cancelling_keeps_what_is_done_and_skips_the_rest(workshop: Workshop, told: dict[Kind, Message]) -> None:
    cancel = threading.Event()
    pool = Scripted({kind: told[kind] for kind in ("eager", "trace")})
    pool.when_asked = lambda kind: cancel.set() if kind == "onnx_ts" else None
    last = run(workshop, pool, cancel=cancel)[-1]
    assert last.cancelled
    assert last.pending == ()
    assert {one.kind: one.status for one in last.report.captures} == {
        "eager": "ok", "trace": "ok", "script": "skipped", "onnx_ts": "skipped",
    }  # fmt: skip
    assert sorted(pool.cancelled) == ["onnx_ts", "script"]
    assert {one.outcome for one in last.report.matrix["script"].values()} == {"not-run"}
    assert not [one for one in last.report.divergences if one.capture in {"script", "onnx_ts"}], "a skip is no finding"


def test_cancelling_before_eager_is_done_leaves_an_empty_report(workshop: Workshop) -> None:
    cancel = threading.Event()
    cancel.set()
    pool = Scripted({})
    last = run(workshop, pool, cancel=cancel)[-1]
    assert (last.cancelled, last.report.captures, last.pending) == (True, (), ())
    assert pool.cancelled == ["eager"]


def test_cancelling_is_heard_while_a_worker_talks(workshop: Workshop, told: dict[Kind, Message]) -> None:
    """A job that tells a step every few milliseconds must not drown the wish to stop."""
    cancel, stop = threading.Event(), threading.Event()
    pool = Scripted({kind: told[kind] for kind in ("eager",)})
    submit = pool.submit
    talkers: list[threading.Thread] = []

    def talking(job, limits, *, owner=None, inbox=None):  # noqa: ANN001, ANN202
        task = submit(job, limits, owner=owner, inbox=inbox)
        if pool.jobs[-1] == "trace":
            cancel.set()

            def talk() -> None:
                for _ in range(300):
                    task.deliver(Doing(what="step"))
                    if stop.wait(0.01):
                        return

            talkers.append(threading.Thread(target=talk))
            talkers[-1].start()
        return task

    pool.submit = talking  # type: ignore[method-assign]
    steps = run(workshop, pool, cancel=cancel, kinds=("eager", "trace"))
    stop.set()
    talkers[0].join()
    assert len(steps) < 100


def test_whoever_stops_reading_stops_the_work(workshop: Workshop, told: dict[Kind, Message]) -> None:
    pool = Scripted({"eager": told["eager"]})
    steps = stream(workshop.source(TEXT), Options(captures=KINDS), pool=pool)  # type: ignore[arg-type]
    for step in steps:
        if step.pending == ("trace", "script", "onnx_ts"):
            break
    steps.close()  # type: ignore[attr-defined]
    assert set(pool.cancelled) == {"trace", "script", "onnx_ts"}


STACK = (Location(file="torch/x.py", line=3), Location(file="model.py", line=17, function="forward", user=True))


@pytest.mark.parametrize(
    ("died", "says", "line"),
    [
        pytest.param(
            Died(cause="timeout", detail="7 s", doing=Doing(what="capturing trace"), stack=STACK),
            "within 7 s",
            17,
            id="timeout",
        ),
        pytest.param(Died(cause="memory", detail="900 MB"), "more than 900 MB", None, id="memory"),
        pytest.param(Died(cause="crash", detail="signal 11"), "crashed: signal 11", None, id="crash"),
        pytest.param(
            Died(cause="internal", detail="KeyError: 3"),
            "internal error of the explorer: KeyError: 3.",
            None,
            id="internal",
        ),
        pytest.param(Died(cause="exit", detail="exit status 3"), "ended the process: exit status 3", None, id="exit"),
        pytest.param(Died(cause="protocol", detail="no frame"), "not understood", None, id="protocol"),
    ],
)
def test_a_capture_whose_worker_died_is_one_failed_capture(
    workshop: Workshop, told: dict[Kind, Message], died: Died, says: str, line: int | None
) -> None:
    report = run(workshop, Scripted({**told, "trace": died}))[-1].report
    status = {one.kind: one.status for one in report.captures}
    assert status == {"eager": "ok", "trace": "failed", "script": "ok", "onnx_ts": "ok"}
    (failed,) = [one for one in report.captures if one.kind == "trace"]
    assert failed.reason is not None
    assert says in failed.reason
    assert failed.line == line
    assert [one.cause for one in report.divergences if one.capture == "trace"] == ["capture-failure"]


def test_an_error_of_our_own_is_not_told_as_the_models(workshop: Workshop, told: dict[Kind, Message]) -> None:
    """It was once told as a crash, "a fault in a native library"."""
    report = run(workshop, Scripted({**told, "trace": Died(cause="internal", detail="KeyError: 3")}))[-1].report
    (failed,) = [one for one in report.captures if one.kind == "trace"]
    assert failed.error == "internal"
    assert "no fault of the model" in failed.hint


@pytest.mark.parametrize(
    ("answer", "error", "status"),
    [
        pytest.param(Refused(error="source", message="m", file="f", line=3, hint="h"), SourceError, 2, id="source"),
        pytest.param(Refused(error="usage", message="m"), UsageError, 2, id="usage"),
        pytest.param(Refused(error="nothing-runs", message="m"), NothingRunsError, 3, id="nothing runs"),
        pytest.param(
            Died(cause="crash", detail="d", doing=Doing(what="loading the model file", stage="loading")),
            SourceError,
            2,
            id="died while loading",
        ),
        pytest.param(
            Died(cause="timeout", detail="d", doing=Doing(what="building the model", stage="loading")),
            SourceError,
            2,
            id="died while building",
        ),
    ],
)
def test_a_source_that_cannot_be_used_is_an_error(
    workshop: Workshop, answer: Message, error: type[ExplorerError], status: int
) -> None:
    with pytest.raises(error) as caught:
        run(workshop, Scripted({"eager": answer}))
    assert caught.value.exit_status == status
    if isinstance(answer, Refused):
        assert (caught.value.message, caught.value.file, caught.value.line, caught.value.hint) == (
            answer.message, answer.file, answer.line, answer.hint,
        )  # fmt: skip


def test_nothing_is_said_to_go_on_where_eager_itself_ends(workshop: Workshop) -> None:
    """It was "the other captures go on"."""
    crash = Died(cause="crash", detail="signal 11", doing=Doing(what="running eager on a", stage="running", name="a"))
    with pytest.raises(NothingRunsError) as caught:
        run(workshop, Scripted({"eager": crash}))
    assert "crashed: signal 11" in caught.value.message
    assert "go on" not in caught.value.hint
    assert "goes on" not in caught.value.hint


@pytest.mark.parametrize(("rest", "says"), [("captures", "other captures go on"), ("examples", "the other examples")])
def test_what_goes_on_after_a_crash_is_said(workshop: Workshop, rest: Rest, says: str) -> None:
    died = Died(cause="crash", detail="signal 11")
    assert says in ending(died, workshop.source(TEXT), Options(), rest=rest).hint


@pytest.mark.slow
def test_a_capture_that_crashes_costs_only_itself(workshop: Workshop) -> None:
    """The newer ONNX exporter segfaults on a write into a parameter's data (see the findings)."""
    text = a_model("self.w.data.mul_(0.5)\nreturn x * self.w", "'a': (torch.ones(2),)",
                   init="self.w = nn.Parameter(torch.ones(2))")  # fmt: skip
    kinds: tuple[Kind, ...] = ("eager", "trace", "onnx")
    pool = Pool()
    try:
        *_, last = stream(workshop.source(text), Options(captures=kinds), pool=pool)
    finally:
        pool.close()
    captures = {one.kind: one for one in last.report.captures}
    assert {kind: one.status for kind, one in captures.items()} == {"eager": "ok", "trace": "ok", "onnx": "failed"}
    assert captures["onnx"].reason is not None
    assert "crashed" in captures["onnx"].reason


def whole(workshop: Workshop, text: str, *kinds: Kind, **limits: float) -> Report:
    """Return the report of ``text``, made by real workers."""
    pool = Pool()
    try:
        options = Options(captures=("eager", *kinds), **limits)  # type: ignore[arg-type]
        *_, last = stream(workshop.source(text), options, pool=pool)
    finally:
        pool.close()
    return last.report


ABORTS = a_model(
    "return helper(x)",
    "'a': (torch.ones(2),), 'b': (torch.ones(4),), 'c': (torch.ones(3),)",
    before="import inspect\nimport os\n\n@torch.jit.ignore\ndef helper(x: torch.Tensor) -> torch.Tensor:\n"
    "    eager = any(one.filename.endswith('model.py') and one.function == 'forward' for one in inspect.stack())\n"
    "    if x.shape[0] == 4 and not eager:\n        os.abort()\n    return x * 2",
)


@pytest.mark.slow
def test_a_graph_that_ends_the_process_on_one_example_keeps_the_others(workshop: Workshop) -> None:
    report = whole(workshop, ABORTS, "script")
    row = report.matrix["script"]
    assert {name: one.outcome for name, one in row.items()} == {"a": "agrees", "b": "raises", "c": "agrees"}
    assert list(row) == ["a", "b", "c"]
    assert "crashed" in (row["b"].message or "")
    assert [(one.status, one.ops) for one in report.captures if one.kind == "script"] == [("ok", 1)]
    assert {one.cause for one in report.divergences if one.severity == "error"} == {"capture-failure"}


@pytest.mark.slow
def test_the_time_limit_is_each_steps_own(workshop: Workshop) -> None:
    text = a_model("time.sleep(0.9)\nreturn x * 2", ", ".join(f"'{name}': (torch.ones(2),)" for name in "abcd"),
                   before="import time")  # fmt: skip
    report = whole(workshop, text, "trace", time_limit=2.5)
    assert {one.outcome for one in report.matrix["trace"].values()} == {"agrees"}


@pytest.mark.slow
def test_an_example_that_takes_too_long_is_lost_in_its_place(workshop: Workshop) -> None:
    text = a_model("while len(x) == 3:\n    pass\nreturn x * 2",
                   "'a': (torch.ones(2),), 'b': (torch.ones(3),), 'c': (torch.ones(4),)")  # fmt: skip
    report = whole(workshop, text, "trace", time_limit=2)
    assert [(one.name, one.arguments) for one in report.inputs] == [
        ("a", ("x: f32[2]",)), ("b", ("x: f32[3]",)), ("c", ("x: f32[4]",)),
    ]  # fmt: skip
    assert report.inputs[1].raised is not None
    assert {name: one.outcome for name, one in report.matrix["trace"].items()} == {
        "a": "agrees", "b": "not-run", "c": "agrees",
    }  # fmt: skip


def test_a_file_that_loads_once_only_costs_the_static_captures(workshop: Workshop, told: dict[Kind, Message]) -> None:
    refused = Refused(error="source", message="Importing the file fails.", file="model.py", line=2, hint="h")
    report = run(workshop, Scripted({**told, "trace": refused}))[-1].report
    (trace,) = [one for one in report.captures if one.kind == "trace"]
    assert (trace.status, trace.reason, trace.line) == ("failed", "Importing the file fails.", 2)
    assert [one.status for one in report.captures if one.kind == "script"] == ["ok"]


def _ends_at_call(number: int) -> str:
    """Return a model whose static graphs end the process when they run for that time."""
    return a_model(
        "return helper(x)",
        "'a': (torch.ones(2),)",
        before="import inspect\nimport os\n\n@torch.jit.ignore\ndef helper(x: torch.Tensor) -> torch.Tensor:\n"
        "    frames = [(one.filename.endswith('model.py'), one.function) for one in inspect.stack()]\n"
        "    if (True, 'forward') not in frames:\n"  # counted where no model that is made anew begins again
        "        os.environ['CALLS'] = os.environ.get('CALLS', '') + '1'\n"
        f"    if len(os.environ.get('CALLS', '')) == {number}:\n        os.abort()\n    return x * 2",
    )


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "call", "reasons"), [
    pytest.param("script", 2, [], id="while its shapes are looked at"),
    pytest.param("jit", 6, ["The process crashed: signal 6 (aborted)."], id="while a form is made"),
])  # fmt: skip
def test_what_is_made_last_costs_nothing_else(workshop: Workshop, kind: Kind, call: int, reasons: list[str]) -> None:
    report = whole(workshop, _ends_at_call(call), kind)
    (capture,) = [one for one in report.captures if one.kind == kind]
    assert (capture.status, report.matrix[kind]["a"].outcome) == ("ok", "agrees")
    assert [one.reason for one in capture.forms if one.reason] == reasons
    assert not [one for one in report.divergences if one.severity == "error"]


def test_what_raises_with_gradients_is_captured_without(workshop: Workshop) -> None:
    """Eager was recorded without, and every capture failed with what autograd does not take."""
    text = a_model(
        "a, b = self.fc(x).chunk(2, -1)\na.mul_(2)\nreturn a + b",
        "'a': (torch.ones(2, 4),), 'b': (-torch.ones(2, 4),)",
        init="self.fc = nn.Linear(4, 4)",
    )
    kinds: tuple[Kind, ...] = ("trace", "jit", "export", "dynamo", "onnx", "onnx_ts", "ort")
    options = Options(captures=("eager", *kinds))
    report = list(stream(workshop.source(text), options, pool=InProcess()))[-1].report  # type: ignore[arg-type]
    assert {(kind, one.outcome) for kind in kinds for one in report.matrix[kind].values()} == {
        (kind, "agrees") for kind in kinds
    }
    assert all("gradients disabled" in one.note for one in report.captures)


def test_a_model_that_hangs_in_its_second_call_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text(a_model(
        "self.n += 1\nwhile self.n > 1:\n    time.sleep(0.05)\nreturn x * self.n", "'a': (torch.ones(2),)",
        init="self.n = 0", before="import time",
    ))  # fmt: skip
    report = compare(find_source(str(path)), Options(captures=("trace",), time_limit=4))
    assert report.matrix["trace"]["a"].outcome == "agrees"
