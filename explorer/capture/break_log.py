"""What Dynamo writes to its log of graph breaks: each one's place and reason, also of frames that hold nothing else."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from explorer.capture.frames import FRAME, Frame

LOGGERS = tuple(f"torch._dynamo.{part}.__graph_breaks" for part in ("symbolic_convert", "convert_frame", "exc"))
"""Torch's own names: what ``TORCH_LOGS=graph_breaks`` turns on."""

BREAK = re.compile(
    r"in user code at (?P<file>.+):(?P<line>\d+)\nGraph Break Reason: "
    r"(?:(?:Encountered graph break|Failed to handle graph break)[^\n]*\n+)?"
    r"(?P<reason>.*?)(?:\n+User code traceback:.*)?\Z",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Logged:
    """A graph break as Dynamo tells it."""

    frames: tuple[Frame, ...]
    """The frames that lead to it, innermost first; the last function's name is empty where the log leaves them out, as
    it does of a break that it has told before.
    """
    reason: str


class _Keeper(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.told: list[Logged] = []

    def emit(self, record: logging.LogRecord) -> None:
        match = BREAK.search(record.getMessage())
        if match is not None:
            found = FRAME.finditer(record.getMessage(), match.start())
            stack = [(one["file"], int(one["line"]), one["function"]) for one in found]
            place = match["file"], int(match["line"])
            within = max((at for at, one in enumerate(stack) if one[:2] == place), default=None)
            frames = reversed(stack[: within + 1]) if within is not None else [(*place, "")]
            self.told.append(Logged(tuple(frames), match["reason"].strip()))


@contextmanager
def logged_breaks() -> Iterator[list[Logged]]:
    """Give the list to which each break is added while the context is open; nothing is printed."""
    keeper = _Keeper()
    before = [(logger, logger.level, logger.propagate) for logger in map(logging.getLogger, LOGGERS)]
    for logger, _, _ in before:
        logger.addHandler(keeper)
        logger.setLevel(logging.DEBUG)
        logger.propagate = False
    try:
        yield keeper.told
    finally:
        for logger, level, propagate in before:
            logger.removeHandler(keeper)
            logger.setLevel(level)
            logger.propagate = propagate
