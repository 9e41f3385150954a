"""Pools that need no process: one works in this process, one answers as it is told."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from explorer.evidence import EagerResult, Kind, StaticResult
from explorer.messages import Died, Doing, EagerFinished, EagerJob, Job, Message, StaticFinished
from explorer.sandbox.pool import Inbox, Limits, Task
from tests.cases import Workshop, work_through

CANCELLED = Died(cause="cancelled", detail="cancelled")


class InProcess:
    """Does each job in this process before ``submit`` returns."""

    def submit(self, job: Job, limits: Limits, *, owner: Hashable = None, inbox: Inbox | None = None) -> Task:
        del owner
        task = Task(job, limits, cancel=lambda _task: None)
        if inbox is not None:
            task.listen(inbox)
        work_through(job, task.deliver)
        return task


class Scripted:
    """Answers each job with what ``answers`` has for its kind; one without an answer stays until it is cancelled."""

    def __init__(self, answers: dict[Kind, Message]) -> None:
        self.answers = answers
        self.jobs: list[Kind] = []
        self.limits: list[Limits] = []
        self.cancelled: list[Kind] = []
        self.when_asked: Callable[[Kind], object] = lambda _kind: None

    def submit(self, job: Job, limits: Limits, *, owner: Hashable = None, inbox: Inbox | None = None) -> Task:
        del owner
        kind: Kind = "eager" if isinstance(job, EagerJob) else job.kind
        self.jobs.append(kind)
        self.limits.append(limits)

        def cancel(task: Task) -> None:
            if task.last is None:
                self.cancelled.append(kind)
                task.deliver(CANCELLED)

        task = Task(job, limits, cancel=cancel)
        if inbox is not None:
            task.listen(inbox)
        task.deliver(Doing(what=f"doing {kind}"))
        self.when_asked(kind)
        if kind in self.answers:
            task.deliver(self.answers[kind])
        return task


def answers(workshop: Workshop, text: str, *kinds: Kind) -> dict[Kind, Message]:
    """Return what real jobs answer for ``text``: eager and each of ``kinds``."""
    eager: EagerResult = workshop.eager(text)
    statics: dict[Kind, StaticResult] = {kind: workshop.static(text, kind) for kind in kinds}
    return {"eager": EagerFinished(eager), **{kind: StaticFinished(one) for kind, one in statics.items()}}
