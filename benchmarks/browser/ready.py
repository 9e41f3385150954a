"""A comparison that is there already, for the page that is measured: its file is named by the environment."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from explorer import comparison
from explorer.comparison import Progress
from explorer.options import ModelSource
from explorer.report.json import from_json
from explorer.report.schema import Report
from explorer.view import sidebar
from explorer.view.differences import rows_for
from explorer.view.payload import drawing_of
from explorer.view.permalink import Permalink
from explorer.view.session import Session
from explorer.view.showing import choose

REPORT = "PARALLAX_BENCHMARK_REPORT"
OPEN_ALL = "PARALLAX_BENCHMARK_OPEN_ALL"


@lru_cache(maxsize=1)
def prepare() -> None:
    """Put the report in the place of whatever the page would compare; once for the whole server."""
    report = from_json(Path(os.environ[REPORT]).read_bytes())
    entry = report.source
    source = ModelSource(name=entry.name, kind=entry.kind, path=entry.file, shown=entry.file, text=entry.text)

    def find_source(_text: str, *, inputs: Sequence[tuple[str, str]] = ()) -> ModelSource:
        del inputs
        return source

    def stream(*_given: object, **_options: object) -> Iterator[Progress]:
        yield Progress(report=report, pending=(), doing="")

    comparison.stream = stream
    sidebar.find_source = find_source
    if os.environ.get(OPEN_ALL):
        _open_all(report)


def _open_all(report: Report) -> None:
    """Let every session begin with all boxes open."""
    shown = choose(report, rows_for(report), left=None, right=None, difference=None)
    assert shown is not None
    frames = drawing_of(report, shown).tree.frames
    begin = Session.open_link

    def open_link(self: Session, link: Permalink) -> None:
        begin(self, link)
        self.toggled |= dict.fromkeys(frames, True)

    Session.open_link = open_link
