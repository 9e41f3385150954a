"""Stands in for `explorer.verify.perform`: the model's text is a script that runs in the worker.

The script may ``emit``; unless it does so itself or says ``silent = True``, one result follows it.
"""

from __future__ import annotations

from collections.abc import Callable

from explorer.evidence import Capture, StaticResult
from explorer.messages import Doing, FromWorker, Job, Refused, StaticFinished, StaticJob
from explorer.options import ModelSource, Options

PERFORM = "tests.sandbox.scripted_jobs:perform"
FILE = "/models/scripted.py"


def scripted(text: str) -> StaticJob:
    source = ModelSource(name="scripted", kind="model", path=FILE, shown="scripted.py", text=text)
    return StaticJob(source=source, options=Options(), kind="trace")


def done(name: object = "done") -> StaticFinished:
    """A result that carries a name back."""
    return StaticFinished(StaticResult(capture=Capture(id=str(name), kind="trace", input=None, status="ok")))


def perform(job: Job, emit: Callable[[FromWorker], None]) -> None:
    def doing(what: str) -> None:
        emit(Doing(what))

    names: dict[str, object] = {
        "emit": emit,
        "done": done,
        "doing": doing,
        "Refused": Refused,
        "pipe": emit.__self__._descriptor,  # type: ignore[attr-defined] - as a job's code can find it
        "answer": None,
        "silent": False,
    }
    exec(compile(job.source.text, FILE, "exec"), names)  # noqa: S102 - it is what a scripted job is for
    if not names["silent"]:
        emit(done(names["answer"] or "done"))
