"""Make the page as a file beside the page: a thread, whose last state the page polls."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from uuid import uuid4

from explorer.report.schema import Report
from explorer.view.reader import Reader
from explorer.view.showing import Shown
from explorer.view.standalone import Tell, to_html

LOG = logging.getLogger(__name__)

MOMENT = 0.3
"""Seconds that the reader waits without a word."""


def begun(report: Report, shown: Shown, reader: Reader) -> Saving:
    """Begin to make the file of exactly what is shown."""
    saving = Saving(f"{report.source.name}.html", lambda tell: to_html(report, shown, reader, tell=tell))
    saving.start()
    return saving


class Saving:
    """One file on its way."""

    def __init__(self, name: str, make: Callable[[Tell], bytes]) -> None:
        self.name = name
        self.key = uuid4().hex
        """Tells it from others: the browser takes each once."""
        self._make = make
        self.state: tuple[str, float] = ("beginning", 0.0)
        """What is done now, and which part of all is done."""
        self.content: bytes | None = None
        self.failed = False
        self._thread = threading.Thread(target=self._run, name=f"save {name}", daemon=True)

    def start(self) -> None:
        """Begin; returns after a moment, by which a small file is there."""
        self._thread.start()
        self._thread.join(MOMENT)

    @property
    def running(self) -> bool:
        """Whether it is still to come."""
        return self.content is None and not self.failed

    def _tell(self, doing: str, part: float) -> None:
        self.state = (doing, part)

    def _run(self) -> None:
        try:
            self.content = self._make(self._tell)
        except Exception:
            LOG.exception("making a page as a file")
            self.failed = True
