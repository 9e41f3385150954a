"""Compare one model of a corpus and keep what matters of its report."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from benchmarks.corpora import CorpusModel, StoredModel
from benchmarks.invariants import broken
from benchmarks.records import CaptureRecord, Fate, ModelRecord
from benchmarks.warm import WarmProcess
from explorer.comparison import stream
from explorer.errors import ExplorerError, NothingRunsError
from explorer.options import ModelSource, Options
from explorer.report.naming import names_of
from explorer.report.schema import CaptureEntry, Report
from explorer.sandbox.pool import Pool

LONGEST = 600

UNSAID = frozenset({"protocol", "cancelled", "internal"})
"""Ways in which a worker ends that tell nothing of the model."""


def judged(
    corpus: str, model: CorpusModel | StoredModel, options: Options, *, folder: Path, pool: Pool | WarmProcess
) -> ModelRecord:
    """Compare ``model`` and return its record; what goes wrong with the comparison itself is in it."""
    start = time.perf_counter()
    try:
        source = model.written(folder)
        report = _reported(source, options, pool)
        apart = _apart(model, source, pool) if isinstance(model, StoredModel) else None
    except NothingRunsError as error:
        untold = "it raises on its own inputs" if isinstance(model, StoredModel) else None
        return replace(_refused(corpus, model, str(error), start), unexpected=untold)
    except ExplorerError as error:
        return _refused(corpus, model, str(error), start)
    except Exception as error:  # noqa: BLE001 - a fault of ours is a result of the run, not its end
        return _refused(corpus, model, f"fault of the explorer: {type(error).__name__}: {error}", start)
    record = record_of(corpus, model.name, report, seconds=time.perf_counter() - start)
    return replace(record, unexpected=apart)


def _reported(source: ModelSource, options: Options, pool: Pool | WarmProcess) -> Report:
    if isinstance(pool, WarmProcess):
        return pool.report(source, options)
    *_, last = stream(source, options, pool=pool)
    return last.report


def _apart(model: StoredModel, source: ModelSource, pool: Pool | WarmProcess) -> str:
    return pool.call(model.unexpected, source) if isinstance(pool, WarmProcess) else model.unexpected(source)


def record_of(corpus: str, model: str, report: Report, *, seconds: float) -> ModelRecord:
    """Return what is kept of ``report``."""
    return ModelRecord(
        corpus=corpus,
        model=model,
        seconds=seconds,
        deterministic=all(one.deterministic for one in report.inputs),
        captures=tuple(_capture(one, report) for one in report.captures),
        broken=tuple(dict.fromkeys(broken(report))),
        environment=report.environment,
    )


def _refused(corpus: str, model: CorpusModel | StoredModel, reason: str, start: float) -> ModelRecord:
    return ModelRecord(corpus=corpus, model=model.name, seconds=time.perf_counter() - start, refused=reason)


def _capture(capture: CaptureEntry, report: Report) -> CaptureRecord:
    graph = (report.graphs or {}).get(capture.id)
    return CaptureRecord(
        id=capture.id,
        kind=capture.kind,
        fate=_fate(capture),
        reason=capture.reason or "",
        message=capture.message[:LONGEST],
        place=f"{capture.file}:{capture.line}" if capture.line else "",
        error=capture.error,
        seconds=capture.seconds,
        replay=capture.replay.exact if capture.replay else None,
        replay_reason=capture.replay.reason if capture.replay else "",
        names=names_of(capture.kind, graph.nodes) if graph else {},
        unknown=capture.unknown,
        outcomes=Counter(one.outcome for one in report.matrix.get(capture.kind, {}).values()),
    )


def _fate(capture: CaptureEntry) -> Fate:
    """Return how ``capture`` ended; an error that left the worker's own code has no reason of the model's."""
    if capture.status == "ok":
        return "ok"
    if not capture.reason or capture.error in UNSAID:
        return "died"
    return "with line" if capture.line else "without line"
