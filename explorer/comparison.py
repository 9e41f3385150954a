"""The whole of one comparison: capture and verify in workers, then align, explain and report.

:func:`stream` yields a :class:`Progress` whenever something is known; the last one is complete.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from queue import Empty, SimpleQueue
from typing import assert_never

from explorer.endings import ending
from explorer.errors import ExplorerError, NothingRunsError, SourceError, UsageError, WorkerError
from explorer.evidence import KINDS, Capture, EagerResult, EagerRun, Example, Failure, Form, Kind, Outcome, StaticResult
from explorer.messages import (
    CaptureMade,
    Died,
    Doing,
    EagerFinished,
    EagerJob,
    ExamplesRead,
    FormMade,
    Job,
    Message,
    OutcomeMade,
    Refused,
    StaticFinished,
    StaticJob,
    Step,
)
from explorer.options import STORED, STORED_AS, ModelSource, Options
from explorer.report.build import Builder
from explorer.report.schema import Report
from explorer.sandbox.pool import Inbox, Limits, Pool, Task, shared_pool
from explorer.source.inputs import check_fits

POLL = 0.1
"""Seconds between two looks at whether the comparison was cancelled."""

QUICK_FIRST: tuple[str, ...] = ("eager", "trace", "script", "onnx_ts", "export", "jit", "dynamo", "onnx", "ort")
"""The order in which captures are handed in: a first pair of graphs is there soon."""

ENDED = frozenset({"crash", "exit"})
"""Ways in which a graph ends the process that are its own answer to an example."""

REFUSALS: dict[str, type[ExplorerError]] = {
    "source": SourceError,
    "nothing-runs": NothingRunsError,
    "usage": UsageError,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What is known so far: a report of what is done, and what is still to come."""

    report: Report
    """Complete for every capture that is not ``pending``; graphs and alignments included where they are asked for."""
    pending: tuple[str, ...]
    """Kinds still to be captured, in order."""
    doing: str
    """What is being done now, one phrase such as ``capturing onnx``; empty at the end."""
    cancelled: bool = False


@dataclass
class _Run:
    """One comparison under way: its jobs, their messages and what they have told so far."""

    source: ModelSource
    options: Options
    cancel: threading.Event
    owner: Hashable
    pool: Pool
    others: Sequence[ModelSource] = ()
    """Sources that are run beside the first."""
    graphs: bool = True
    """Whether reports are to hold graphs and alignments."""
    builder: Builder = field(init=False)
    report: Report = field(init=False)
    inbox: Inbox = field(default_factory=SimpleQueue[tuple[Task, Message]])
    pending: dict[str, str] = field(default_factory=dict[str, str])
    """Captures still to come, by kind or by the name of another source, each with what its job does now."""
    tasks: dict[Task, str] = field(default_factory=dict[Task, str])
    lost: dict[str, Died] = field(default_factory=dict[str, Died])
    """Examples on which the eager process ended, each with how."""
    examples: tuple[Example, ...] = ()
    """All of the model file's, in its order."""
    captures: dict[str, Capture] = field(default_factory=dict[str, Capture])
    """What was captured by jobs that still run it."""
    outcomes: dict[str, dict[str, Outcome]] = field(default_factory=dict[str, dict[str, Outcome]])
    """How these graphs did on the examples so far."""
    forms: dict[str, list[Form]] = field(default_factory=dict[str, list[Form]])
    """Their further graphs so far."""

    def __post_init__(self) -> None:
        others = [one.shown for one in self.others]
        self.builder = Builder(self.source, dynamic=self.options.dynamic, with_graphs=self.graphs, others=others)
        self.report = self.builder.report()
        follows = STORED.get(self.source.kind, self.options.captures)
        kinds: list[Kind] = [kind for kind in self.options.captures if kind != "eager" and kind in follows]
        self.pending = {"eager": "", **dict.fromkeys((*kinds, *others), "")}

    def progress(self) -> Iterator[Progress]:
        """Run eager, then every static capture, yielding after each step."""
        yield self._now("starting the worker")
        try:
            self._submit("eager")
            while self.tasks:
                yield from self._step()
        finally:
            for task in self.tasks:
                task.cancel()
        yield Progress(report=self.report, pending=(), doing="", cancelled=self.cancel.is_set())

    def _step(self) -> Iterator[Progress]:
        if self.cancel.is_set():
            self._keep_what_is_done()
            self._stop()
            yield self._now("")
            return
        try:
            task, message = self.inbox.get(timeout=POLL)
        except Empty:
            return
        kind = self.tasks.get(task)
        if kind is None:
            return
        if isinstance(message, Step):
            self._note(kind, message)
        else:
            del self.tasks[task]
            self._finish(kind, message)
        yield self._now(next((what for what in self.pending.values() if what), "waiting for a worker"))

    def _note(self, kind: str, step: Step) -> None:
        """Keep what a job tells on its way: it stays where the job does not come to its end."""
        match step:
            case Doing():
                self.pending[kind] = step.what
            case ExamplesRead():
                self.examples = self.examples or step.examples
            case CaptureMade():
                self.captures[kind] = step.capture
            case FormMade():
                self.forms.setdefault(kind, []).append(step.form)
            case OutcomeMade():
                self.outcomes.setdefault(kind, {})[step.example] = step.outcome
            case _:
                assert_never(step)

    def _submit(self, kind: str, *, without: Iterable[str] = ()) -> None:
        left_out = (*self.lost, *without)
        job: Job = EagerJob(source=self.source, options=self.options, without=left_out)
        if kind != "eager":
            job = self._static_job(kind, left_out)
        options = self.options
        limits = Limits(seconds=options.time_limit, megabytes=options.memory_limit, trust=options.trust)
        self.tasks[self.pool.submit(job, limits, owner=self.owner, inbox=self.inbox)] = kind

    def _static_job(self, name: str, without: tuple[str, ...]) -> StaticJob:
        other = next((one for one in self.others if one.shown == name), None)
        kind: Kind = STORED_AS.get(other.kind, "eager") if other else _kind(name)
        runs = self.builder.eager.runs if self.builder.eager else ()
        first = next((run for run in runs if run.example not in without), None)
        sequence = self.builder.eager is not None and self.builder.eager.sequence
        return StaticJob(
            source=self.source,
            options=self.options,
            kind=kind,
            without=without,
            other=other,
            grad=first.grad if first else True,
            twice=bool(first and first.leaves_state and first.deterministic and not sequence),
        )

    def _finish(self, kind: str, message: object) -> None:
        doing = self.pending.pop(kind)
        match message:
            case EagerFinished(result=result):
                lost = {
                    name: ending(one, self.source, self.options, rest="examples") for name, one in self.lost.items()
                }
                self.builder.eager = _with_lost(result, lost, self.examples)
                for waiting in sorted(self.pending, key=_turn):
                    self._submit(waiting)
            case StaticFinished(result=result):
                self._keep(kind, result)
            case Refused(error="nothing-runs") if self.lost:
                example, died = next(iter(self.lost.items()))
                failure = ending(died, self.source, self.options, rest="")
                reason = f"The model runs on none of its examples. While running eager on {example}: {failure.reason}"
                place = failure.file or self.source.shown
                raise NothingRunsError(reason, file=place, line=failure.line, hint=failure.hint)
            case Refused() if kind != "eager":
                failure = Failure(
                    reason=message.message, file=message.file, line=message.line, hint=message.hint, error="refused"
                )
                self.builder.statics[kind] = _failed(kind, self.builder, failure)
            case Refused():
                error = REFUSALS[message.error]
                raise error(message.message, file=message.file, line=message.line, hint=message.hint)
            case Died() if kind == "eager":
                self._eager_died(message)
            case Died():
                self._static_died(kind, message, doing)
            case _:
                raise WorkerError(f"The worker sent what was not expected: {type(message).__name__}.")
        self._tell()

    def _tell(self) -> None:
        self.builder.pending = bool(self.pending)
        self.report = self.builder.report()

    def _eager_died(self, died: Died) -> None:
        if died.cause == "cancelled":
            self.pending.clear()
            return
        at = died.doing
        if at.stage == "running" and at.name not in self.lost:
            self.lost[at.name] = died
            self.pending = {"eager": "", **self.pending}
            self._submit("eager")
            return
        failure = ending(died, self.source, self.options, rest="")
        error = SourceError if at.stage == "loading" or not at.what else NothingRunsError
        place = failure.file or self.source.shown
        raise error(
            f"While {at.what or 'starting'}: {failure.reason}",
            file=place,
            line=failure.line,
            hint=failure.hint,
        )

    def _static_died(self, kind: str, died: Died, doing: str) -> None:
        """Keep the graph where the process ended while running it, and try the other examples without this one."""
        failure = ending(died, self.source, self.options)
        capture = self.captures.get(kind)
        at = died.doing
        if capture is not None and at.stage == "watching":
            self._keep(kind, StaticResult(capture=replace(capture, forms=tuple(self.forms.get(kind, ())))))
            return
        if capture is not None and at.stage == "making":
            lost = Form(name=at.name, what="", after="", reason=failure.reason)
            self._keep(kind, StaticResult(capture=replace(capture, forms=(*self.forms.get(kind, ()), lost))))
            return
        if capture is None or capture.status != "ok" or at.stage != "running":
            self.builder.statics[kind] = _failed(kind, self.builder, failure)
            return
        known = self.outcomes.setdefault(kind, {})
        known[at.name] = Outcome(
            outcome="raises" if died.cause in ENDED else "not-run", message=failure.reason, where="error"
        )
        sequence = self.builder.eager is not None and self.builder.eager.sequence
        if sequence or at.name == capture.input or died.cause not in {*ENDED, "internal"}:
            self._keep(kind, StaticResult(capture=capture))
        else:
            self.pending[kind] = doing
            self._submit(kind, without=[name for name in known if name != capture.input])

    def _keep(self, kind: str, result: StaticResult) -> None:
        """Take a result, with what was known before of examples that it leaves out, in the file's order."""
        untried = Outcome(outcome="not-run", message="The graph was not run on this example.")
        lost = Outcome(outcome="not-run", message="Eager's process ended on this example.")
        known = {**dict.fromkeys(self.lost, lost), **self.outcomes.get(kind, {}), **result.outcomes}
        names = [one.name for one in self.builder.eager.examples] if self.builder.eager else list(known)
        outcomes = {name: known.get(name, untried) for name in names}
        self.builder.statics[kind] = replace(result, outcomes=outcomes)

    def _keep_what_is_done(self) -> None:
        """Take the results that have arrived and were not looked at yet."""
        while not self.inbox.empty():
            task, message = self.inbox.get_nowait()
            if task in self.tasks and not isinstance(message, Step):
                self._finish(self.tasks.pop(task), message)

    def _stop(self) -> None:
        """Give up what is not done: each capture that is missing is told as skipped."""
        for task in self.tasks:
            task.cancel()
        self.tasks.clear()
        for kind in self.pending:
            if kind != "eager" and self.builder.eager is not None:
                failure = Failure(reason="Cancelled before it was done.", error="cancelled")
                self.builder.statics[kind] = _failed(kind, self.builder, failure, skipped=True)
        self.pending.clear()
        self._tell()

    def _now(self, doing: str) -> Progress:
        return Progress(report=self.report, pending=tuple(self.pending), doing=doing, cancelled=self.cancel.is_set())


def stream(
    source: ModelSource,
    options: Options,
    *,
    others: Sequence[ModelSource] = (),
    graphs: bool = True,
    cancel: threading.Event | None = None,
    owner: Hashable = None,
    pool: Pool | None = None,
) -> Iterator[Progress]:
    """Compare ``source``, yielding what is known after each step.

    Parameters
    ----------
    others
        Further sources, each run on the examples of the first and compared with it.
    graphs
        Whether reports are to hold graphs and alignments: the findings are the same.
    cancel
        Set it to stop: what runs is killed, and the captures that are missing are told as skipped.
    owner
        Whose comparison it is: when many wait for a worker, owners take turns.

    Raises
    ------
    SourceError
        The file cannot be loaded, or holds no model.
    NothingRunsError
        The model runs on none of its examples.
    UsageError
        An example alone is larger than the memory limit.
    """
    if not options.trust:
        check_fits(source.inputs, options.memory_limit)
    run = _Run(source, options, cancel or threading.Event(), owner, pool or shared_pool(), others, graphs)
    yield from run.progress()


def compare(source: ModelSource, options: Options, *, others: Sequence[ModelSource] = ()) -> Report:
    """Compare ``source`` and return the complete report, graphs and alignments included.

    Raises
    ------
    SourceError
        The file cannot be loaded, or holds no model.
    NothingRunsError
        The model runs on none of its examples.
    """
    *_, last = stream(source, options, others=others)
    return last.report


def _with_lost(result: EagerResult, lost: Mapping[str, Failure], examples: Sequence[Example]) -> EagerResult:
    """Return ``result`` with the examples on which the process ended, as runs that raised, in the file's order."""
    captures = [
        Capture(id=f"eager:{name}", kind="eager", input=name, status="failed", failure=failure)
        for name, failure in lost.items()
    ]
    untold = (Example(name=name, arguments=()) for name in lost)
    known = {one.name: one for one in (*untold, *examples, *result.examples)}
    names = dict.fromkeys(one.name for one in (*examples, *result.examples))
    order = {name: position for position, name in enumerate(names)}
    runs = (*result.runs, *(EagerRun(example=name, raised=failure) for name, failure in lost.items()))
    return replace(
        result,
        examples=tuple(sorted(known.values(), key=lambda one: order.get(one.name, len(order)))),
        runs=tuple(sorted(runs, key=lambda one: order.get(one.example, len(order)))),
        captures=tuple(sorted((*result.captures, *captures), key=lambda one: order.get(one.input or "", len(order)))),
    )


def _turn(name: str) -> int:
    """Return the place of a capture in the order; another source comes first: it is there already, and only run."""
    return QUICK_FIRST.index(name) if name in QUICK_FIRST else -1


def _kind(name: str) -> Kind:
    """Return the kind of that name; another source's is told by what it is, and here it is not known."""
    kinds: dict[str, Kind] = {kind: kind for kind in KINDS}
    return kinds.get(name, "eager")


def _failed(name: str, builder: Builder, failure: Failure, *, skipped: bool = False) -> StaticResult:
    examples = [one.name for one in builder.eager.examples] if builder.eager else []
    capture = Capture(
        id=name,
        kind=_kind(name),
        input=examples[0] if examples else None,
        status="skipped" if skipped else "failed",
        failure=failure,
    )
    untried = Outcome(outcome="not-run", message=failure.reason)
    return StaticResult(capture=capture, outcomes=dict.fromkeys(examples, untried))
