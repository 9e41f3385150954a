"""One process for many small models: a fork for each job would take longer than the job.

What it runs has to be trusted, as onnx's own tests are; where it dies all the same, that is told of the model.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any, cast

import msgspec

from explorer.comparison import stream
from explorer.messages import FromWorker, Job
from explorer.options import ModelSource, Options
from explorer.report.schema import Report
from explorer.sandbox.pool import Inbox, Limits, Pool, Task


class DiedError(Exception):
    """The process ended, or did not answer in time."""


class InProcess:
    """What a comparison takes for a pool: each job is done here before it is handed back."""

    def submit(self, job: Job, limits: Limits, *, owner: Hashable = None, inbox: Inbox | None = None) -> Task:
        """Do ``job``; its messages take the form that they have on their way out of a worker."""
        from explorer.verify.perform import perform  # noqa: PLC0415 - it loads torch

        del owner
        task = Task(job, limits, cancel=lambda _task: None)
        if inbox is not None:
            task.listen(inbox)
        perform(job, lambda one: task.deliver(msgspec.json.decode(msgspec.json.encode(one), type=FromWorker)))
        return task


@dataclass
class WarmProcess:
    """A process that does one thing after the other; a new one is started where it has ended."""

    time_limit: float
    """Seconds that one thing may take."""
    _process: SpawnProcess | None = field(default=None, init=False)
    _pipe: Connection | None = field(default=None, init=False)

    def report(self, source: ModelSource, options: Options) -> Report:
        """Return the report of ``source``."""
        return self.call(_report, source, options)

    def call(self, function: Callable[..., Any], *given: object) -> Any:  # noqa: ANN401 - what the function returns
        """Call ``function`` there, and return or raise what it does.

        Raises
        ------
        DiedError
            The process has ended, or was ended because it took too long.
        """
        pipe = self._pipe or self._started()
        pipe.send((function, given))
        try:
            result, error = pipe.recv() if pipe.poll(self.time_limit) else _late(self.time_limit)
        except EOFError:
            code = self.close()
            raise DiedError(f"The process ended with status {code}.") from None
        except DiedError:
            self.close()
            raise
        if error is not None:
            raise error
        return result

    def close(self) -> int | None:
        """End the process and return its status."""
        if self._process is None:
            return None
        process, self._process, self._pipe = self._process, None, None
        process.join(timeout=0.5)
        process.kill()
        process.join()
        return process.exitcode

    def _started(self) -> Connection:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        return self._pipe


def _late(seconds: float) -> tuple[None, None]:
    raise DiedError(f"It did not finish within {seconds:g} s.")


def _work(pipe: Connection) -> None:
    while True:
        try:
            function, given = pipe.recv()
        except EOFError:
            return
        try:
            answer = function(*given), None
        except Exception as error:  # noqa: BLE001 - raised again where it was asked for
            answer = None, error
        pipe.send(answer)


def _report(source: ModelSource, options: Options) -> Report:
    *_, last = stream(source, options, pool=cast("Pool", InProcess()))
    return last.report
