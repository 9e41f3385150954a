"""What the explorer logs of itself: a line of JSON for each event, with nothing of a model, its text or its data.

NOTE: an exception's message may quote what a reader handed in, and so may the lines of its traceback. What is told of
one is its type and where our own code was; ``debug`` tells the rest.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

OWN = Path(__file__).parent
FACTS = "facts"
"""Attribute of a record that holds what is told beside its message."""


def event(logger: logging.Logger, said: str, **facts: str | float | bool | None) -> None:
    """Log that something happened; ``facts`` are numbers and our own words, nothing of a reader's."""
    logger.info(said, extra={FACTS: facts})


def begin(*, debug: bool = False, stream: TextIO | None = None) -> None:
    """Have all of the explorer's loggers write to ``stream``, else to the standard error; again changes the settings.

    Parameters
    ----------
    debug
        Tell also what is of use to few, and exceptions with all that they say, which may be of a reader's.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(Lines(debug=debug))
    logger = logging.getLogger("explorer")
    logger.handlers[:] = [handler]
    logger.setLevel(logging.DEBUG if debug else logging.INFO)


class Lines(logging.Formatter):
    """Writes a record as one line of JSON."""

    def __init__(self, *, debug: bool) -> None:
        super().__init__()
        self._debug = debug

    def format(self, record: logging.LogRecord) -> str:
        """Return the line: ``time``, ``level``, ``logger``, ``event``, its facts, and what is told of an exception."""
        told: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **getattr(record, FACTS, {}),
        }
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            told["error"] = type(error).__name__
            told["at"] = [f"{Path(one.filename).name}:{one.lineno}" for one in traceback.extract_tb(error.__traceback__)
                          if OWN in Path(one.filename).parents]  # fmt: skip
            if self._debug:
                told["traceback"] = "".join(traceback.format_exception(error))
        return json.dumps(told, ensure_ascii=True, default=str)
