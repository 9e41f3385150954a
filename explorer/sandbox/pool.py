"""A pool of workers: one process per job, forked from a server that has torch loaded.

Knows neither torch nor the page. All of it may be called from any thread.

>>> from explorer.sandbox.pool import Limits, shared_pool
>>> task = shared_pool().submit(job, Limits(seconds=120, megabytes=6000))  # doctest: +SKIP
>>> for message in task.messages():  # doctest: +SKIP
...     print(message)
"""

from __future__ import annotations

import atexit
import threading
from collections.abc import Hashable, Sequence

from explorer.errors import WorkerError
from explorer.messages import Job
from explorer.sandbox.dispatcher import Dispatcher
from explorer.sandbox.server import check_platform
from explorer.sandbox.task import Inbox, Limits, Task, as_they_come
from explorer.sandbox.wire import Containment

__all__ = ["PRELOAD", "Containment", "Inbox", "Limits", "Pool", "Task", "as_they_come", "shared_pool"]

PRELOAD = (
    "torch",
    "numpy",
    "networkx",
    "sympy",
    "torch.fx.experimental.symbolic_shapes",
    "torch.export",
    "torch.distributed.tensor",
    "torch.distributed.fsdp",
    "torch._functorch.config",
    "torch._dynamo",
    "torch._dynamo.testing",
    "torch._export.passes",
    "torch.export._trace",
    "torch.jit",
    "onnx",
    "onnx.reference",
    "onnxscript",
    "torch.onnx",
    "torch.onnx._internal.exporter._core",
    "torch.onnx._internal.torchscript_exporter.utils",
    *(f"torch.onnx._internal.torchscript_exporter.symbolic_opset{version}" for version in range(9, 21)),
    "onnxscript.function_libs.torch_lib.ops",
)
"""What jobs are likely to import, in pieces of at most about a second.

Not onnxruntime: importing it starts a thread, and the server must have one only; it takes 0.05 s.
"""
_LARGEST = 256 << 20
_PATIENCE = 20.0
"""Seconds that a worker's server may take to try what jobs are held to."""


class Pool:
    """Runs jobs, at most ``workers`` at a time, each in a process of its own.

    Parameters
    ----------
    workers
        How many jobs run at a time; the others wait.
    perform
        ``module:function`` that does a job, called with the job and ``emit``.
    preload
        Modules that the server imports, the first before it takes jobs, the others in between.
    largest
        Bytes of messages that one job may send in all.

    Raises
    ------
    WorkerError
        The system has no fork or cannot pass descriptors.
    """

    def __init__(
        self,
        *,
        workers: int = 2,
        perform: str = "explorer.verify.perform:perform",
        preload: Sequence[str] = PRELOAD,
        largest: int = _LARGEST,
    ) -> None:
        check_platform()
        self._workers = workers
        self._perform = perform
        self._preload = tuple(preload)
        self._largest = largest
        self._lock = threading.Lock()
        self._closed = False
        self._dispatcher: Dispatcher | None = None

    def start(self) -> None:
        """Begin to load torch; returns at once."""
        dispatcher = self._awake()
        dispatcher.post(dispatcher.warm)

    def submit(self, job: Job, limits: Limits, *, owner: Hashable = None, inbox: Inbox | None = None) -> Task:
        """Hand in a job.

        Parameters
        ----------
        job
            What to do.
        limits
            Time counts from when the job starts, not while it waits.
        owner
            Whose it is, such as a session: when jobs wait, owners take turns.
        inbox
            Where its messages go as well, each with the task.

        Raises
        ------
        WorkerError
            The pool is closed, or the job cannot be written as JSON.
        """
        dispatcher = self._awake()
        task = Task(job, limits, cancel=lambda task: dispatcher.post(lambda: dispatcher.cancel(task)))
        if inbox is not None:
            task.listen(inbox)
        if not dispatcher.post(lambda: dispatcher.add(task, owner)):
            raise WorkerError("The pool of workers was closed.")
        return task

    def containment(self) -> Containment:
        """Return what jobs are held to on this machine; waits until it was tried, a second after the start."""
        self.start()
        return self._awake().containment(_PATIENCE) or Containment(contained=False, why="it could not be tried")

    def known_containment(self) -> Containment | None:
        """Return the same, or ``None`` where it was not yet tried; at once."""
        with self._lock:
            return self._dispatcher.containment(0) if self._dispatcher is not None else None

    def close(self) -> None:
        """Kill all jobs and the server, and wait until they are gone; waiting tasks end as cancelled."""
        with self._lock:
            self._closed = True
            dispatcher, self._dispatcher = self._dispatcher, None
        atexit.unregister(self.close)
        if dispatcher is not None:
            dispatcher.post(dispatcher.close)
            dispatcher.join()

    def _awake(self) -> Dispatcher:
        with self._lock:
            if self._closed:
                raise WorkerError("The pool of workers was closed.")
            if self._dispatcher is None or not self._dispatcher.alive():
                atexit.register(self.close)
                self._dispatcher = Dispatcher(
                    workers=self._workers, perform=self._perform, preload=self._preload, largest=self._largest
                )
            return self._dispatcher


_shared: Pool | None = None
_sharing = threading.Lock()


def shared_pool() -> Pool:
    """Return the pool of this process, made when it is first asked for and closed at exit."""
    global _shared  # noqa: PLW0603 - one per process is what it is for
    with _sharing:
        if _shared is None:
            _shared = Pool()
        return _shared
