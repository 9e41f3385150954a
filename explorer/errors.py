"""Errors that a person can act on.

::

    ExplorerError                 what is wrong, where, and what to do next
    ├── SourceError               the source cannot be read or loaded (exit status 2)
    ├── NothingRunsError          the model runs eagerly on no example (exit status 3)
    ├── NotAvailableError         asked for a part of the contract that is not built yet (exit status 2)
    ├── UsageError                an option or an input specification is wrong (exit status 2)
    └── WorkerError               the worker could not be started or broke its protocol (exit status 2)
"""

from __future__ import annotations


class ExplorerError(Exception):
    """Something a person can act on: what, where and what to do next.

    Parameters
    ----------
    message
        One sentence that says what is wrong.
    file, line
        The place, as the user named the file; ``None`` where there is none.
    hint
        The next step, one sentence, or empty.
    """

    exit_status = 2

    def __init__(self, message: str, *, file: str | None = None, line: int | None = None, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.file = file
        self.line = line
        self.hint = hint

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.message, self.file, self.line, self.hint)

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        sentence = f"{place}: {self.message}" if place else self.message
        return f"{sentence} {self.hint}".rstrip()


class SourceError(ExplorerError):
    """The source cannot be read, holds no model, or fails while it is loaded."""


class NothingRunsError(ExplorerError):
    """The model runs eagerly on none of its examples."""

    exit_status = 3


class NotAvailableError(ExplorerError):
    """A capture, option or format of the contract that is not built yet."""


class UsageError(ExplorerError):
    """An option or an input specification is wrong."""


class WorkerError(ExplorerError):
    """The worker could not be started, or what it sent was not understood."""


def _rebuild(kind: type[ExplorerError], message: str, file: str | None, line: int | None, hint: str) -> ExplorerError:
    return kind(message, file=file, line=line, hint=hint)
