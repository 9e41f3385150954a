"""A job that was handed in: its limits, the messages that it has sent, and the way to cancel it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TypeAlias

import msgspec

from explorer.errors import WorkerError
from explorer.messages import Job, Message, Step

MOST_STEPS_LONG = 10
"""A job may take its time limit for each of its steps, but no more than this many times in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long a step of a job may take, and how much memory the job may use beyond torch itself."""

    seconds: float
    megabytes: int
    trust: bool = False
    """Do not contain it, leave memory and files unlimited, and the environment the app's own."""


class Task:
    """A job that was handed in. All its messages are kept: they can be read at any time, more than once.

    Raises
    ------
    WorkerError
        The job cannot be written as JSON: whoever hands it in hears of it, not the pool's thread.
    """

    def __init__(self, job: Job, limits: Limits, *, cancel: Callable[[Task], object]) -> None:
        self.order = _encoded(job)
        """The job as it is sent."""
        self.limits = limits
        self._cancel = cancel
        self._lock = threading.Lock()
        self._messages: list[Message] = []
        self._inboxes: list[Inbox] = []

    @property
    def last(self) -> Message | None:
        """The message that ended it; ``None`` while it waits or runs."""
        with self._lock:
            return self._messages[-1] if self._messages and _ends(self._messages[-1]) else None

    def messages(self) -> Iterator[Message]:
        """Yield each step as it begins, then exactly one last message."""
        return (message for _, message in as_they_come([self]))

    def cancel(self) -> None:
        """Kill it and everything it started; a job that has ended stays as it is."""
        self._cancel(self)

    def listen(self, inbox: Inbox) -> None:
        """Put every message, also those already here, into ``inbox`` together with this task."""
        with self._lock:
            for message in self._messages:
                inbox.put((self, message))
            self._inboxes.append(inbox)

    def deliver(self, message: Message) -> None:
        """Add a message; what comes after the last one is dropped. Called by the pool."""
        with self._lock:
            if self._messages and _ends(self._messages[-1]):
                return
            self._messages.append(message)
            for inbox in self._inboxes:
                inbox.put((self, message))
            if _ends(message):
                self._inboxes.clear()


Inbox: TypeAlias = "SimpleQueue[tuple[Task, Message]]"
"""Where the messages of several tasks meet, in the order in which they are sent."""


def as_they_come(tasks: Iterable[Task]) -> Iterator[tuple[Task, Message]]:
    """Yield the messages of several tasks in the order in which they arrive, until all have ended."""
    inbox: Inbox = SimpleQueue()
    running = 0
    for task in tasks:
        task.listen(inbox)
        running += 1
    while running:
        task, message = inbox.get()
        running -= _ends(message)
        yield task, message


def _encoded(job: Job) -> msgspec.Raw:
    try:
        return msgspec.Raw(msgspec.json.encode(job))
    except (ValueError, TypeError) as error:
        message = f"The job cannot be handed to a worker: {error}."
        raise WorkerError(message, hint="Use names and texts that UTF-8 can hold.") from error


def _ends(message: Message) -> bool:
    return not isinstance(message, Step)
