"""Run comparisons beside the page: a thread each, whose last progress the page polls.

NOTE: the thread touches nothing of Streamlit. It replaces one attribute by a new frozen record, which the
page reads whenever it is drawn; so nothing has to be locked but the caches.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

from explorer import comparison
from explorer.comparison import Progress
from explorer.errors import ExplorerError
from explorer.logs import event
from explorer.options import ModelSource, Options
from explorer.report.schema import Report
from explorer.view import keeping
from explorer.view.payload import Problem, problem_of

LOG = logging.getLogger(__name__)

UNEXPECTED = Problem(
    message="Something went wrong in the explorer itself.",
    hint="Try again; the log of the server says more, and would help in an issue.",
)


PASSING = frozenset({"timeout", "crash", "internal", "memory", "exit", "protocol", "excess", "cancelled"})
"""How a worker's process may end without a result: it may go otherwise the next time."""
PASSES = "passes"
"""Tells the reports apart in which one did: who loads the page anew finds them, who compares anew does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How far a job is. ``number`` grows with every change."""

    number: int = 0
    progress: Progress | None = None
    problem: Problem | None = None
    finished: bool = False


class Job:
    """One comparison that runs in a thread of its own, for the visitor ``owner``.

    ``others`` are run beside ``source``.
    """

    def __init__(
        self, source: ModelSource, options: Options, owner: Hashable, others: Sequence[ModelSource] = ()
    ) -> None:
        self._owner = owner
        self.source = source
        self.others = tuple(others)
        self.options = options
        self.state = State()
        self.began = time.monotonic()
        self._cancel = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"compare {source.name}", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def cancel(self) -> None:
        """Ask it to end; what is done so far stays."""
        self._cancel.set()

    @property
    def cancelling(self) -> bool:
        """Whether it was asked to end."""
        return self._cancel.is_set()

    @property
    def running(self) -> bool:
        """Whether more may come."""
        return not self.state.finished

    def _run(self) -> None:
        try:
            for progress in comparison.stream(
                self.source, self.options, others=self.others, cancel=self._cancel, owner=self._owner
            ):
                self._change(progress=progress)
        except ExplorerError as error:
            self._change(problem=problem_of(error))
        except Exception:
            LOG.exception("comparing a model")
            self._change(problem=UNEXPECTED)
        finally:
            self._change(finished=True)
        self._log()
        self._keep()

    def _log(self) -> None:
        """Log how it went: of a sample its name, of what is a reader's only what kind of thing it is."""
        now, problem = self.state.progress, self.state.problem
        captures = now.report.captures if now else ()
        event(
            LOG,
            "a comparison ended",
            kind=self.source.kind,
            sample=self.source.name if self.source.kind == "sample" else None,
            seconds=round(time.monotonic() - self.began, 1),
            made=sum(one.status == "ok" for one in captures),
            refused=sum(one.status == "failed" for one in captures),
            cancelled=bool(now and now.cancelled),
            problem=problem is not None,
            **{f"ended by {one.error}": True for one in captures if one.error in PASSING},
        )

    def _keep(self) -> None:
        """Keep what it came to on disk: its visitor may be gone by now, and the server may go."""
        now = self.state.progress
        if now is None or self.state.problem is not None or now.cancelled:
            return
        key = _key(self.source, self.options, self.others)
        try:
            keeping.keep(key if _lasts(now.report) else (PASSES, key), now.report)
        except Exception:  # the page has it
            LOG.exception("keeping a report")

    def _change(
        self, *, progress: Progress | None = None, problem: Problem | None = None, finished: bool = False
    ) -> None:
        now = self.state
        self.state = replace(
            now,
            number=now.number + 1,
            progress=progress or now.progress,
            problem=problem or now.problem,
            finished=finished,
        )


class Results:
    """Complete reports by what was asked for, the least recently used ones dropped."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, Report] = OrderedDict()
        self._lock = threading.Lock()

    def get(
        self, source: ModelSource, options: Options, others: Sequence[ModelSource] = (), *, passing: bool = False
    ) -> Report | None:
        """Return what was kept for the same content and options, here or on disk.

        Where ``passing`` is asked for, that may be one that would be another the next time.
        """
        key = _key(source, options, others)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        report = keeping.kept(key)
        if report is not None:
            self._put(key, report)
        return report if report is not None or not passing else keeping.kept((PASSES, key))

    def put(self, source: ModelSource, options: Options, report: Report, others: Sequence[ModelSource] = ()) -> None:
        """Keep ``report``, unless the next try may do better."""
        if _lasts(report):
            self._put(_key(source, options, others), report)

    def _put(self, key: Hashable, report: Report) -> None:
        with self._lock:
            self._kept[key] = report
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)


SAMPLES = Results(most=48)
"""Samples are everyone's: compared once for all sessions."""


def results_for(source: ModelSource | None, others: Sequence[ModelSource], own: Results) -> Results:
    """Return where reports are held: those of samples for all, of what has a file of a reader's among his ``own``.

    On disk both are kept by content alone: who has the same content finds the same report, and nobody else.
    """
    shared = source is not None and source.kind == "sample" and not (source.files or others)
    return SAMPLES if shared else own


def _lasts(report: Report) -> bool:
    """Whether it would be the same the next time: the process of none of its captures ended."""
    return not any(capture.error in PASSING for capture in report.captures)


def _key(source: ModelSource, options: Options, others: Sequence[ModelSource]) -> Hashable:
    return (*map(_content, (source, *others)), options)


def _content(source: ModelSource) -> Hashable:
    files = tuple((one.name, one.digest) for one in source.files)
    examples = (source.inputs, files, source.arranged, source.adds)
    return (source.kind, source.name, source.shown, source.text, source.digest, source.target, *examples)
