"""What the command line tells a person on standard error: messages, and how far a comparison is.

NOTE: on a terminal the progress is one line that is written over and is gone at the end. Elsewhere, as in a build's
log, nothing can be written over and nobody watches: a line for each capture that is done says that it goes on, and
which one a build hangs in.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from explorer.comparison import Progress

OVERWRITE = "\r\x1b[K"
"""Go back to the beginning of the line and clear it."""
COLUMNS = 80
"""Of a terminal that does not say how wide it is."""


def say(text: str) -> None:
    """Write a line in which nothing is obeyed by the terminal."""
    sys.stderr.write(f"{_safe(text)}\n")
    sys.stderr.flush()


class Course:
    """Tells how far a comparison is; its line is gone when it is left, whatever ended it.

    Parameters
    ----------
    quiet
        Tell nothing.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._overwrites = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._first: tuple[str, ...] = ()
        self._before: tuple[str, ...] = ()
        self._line = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._line:
            sys.stderr.write(OVERWRITE)
            sys.stderr.flush()

    def tell(self, progress: Progress) -> None:
        """Tell what is done now, or which captures came to their end since it was asked the last time."""
        if self._quiet:
            return
        self._first = self._first or progress.pending
        if self._overwrites:
            self._show(progress)
        else:
            self._list(progress.pending)
        self._before = progress.pending

    def _show(self, progress: Progress) -> None:
        total = len(self._first)
        line = f"… {total - len(progress.pending)} of {total} captures · {progress.doing}"
        if progress.doing and line != self._line:
            self._line = line
            sys.stderr.write(f"{OVERWRITE}{_safe(line)[: _columns() - 1]}")
            sys.stderr.flush()

    def _list(self, pending: Sequence[str]) -> None:
        for kind in self._before:
            if kind not in pending:
                say(f"… {kind} is done, {len(self._first) - len(pending)} of {len(self._first)} captures")


def _safe(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or COLUMNS
    except OSError:
        return COLUMNS
