"""The library's one function: compare a source and get its report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from explorer import comparison
from explorer.errors import NotAvailableError, UsageError
from explorer.evidence import KINDS, Kind
from explorer.options import ModelSource, Options
from explorer.report.schema import Report
from explorer.source.find import find_source
from explorer.source.inputs import parse_arguments

LATER = ("tensorflow",)
"""Captures of the contract that are not built yet."""


def compare(
    source: str | Path | ModelSource,
    *others: str | Path,
    inputs: Mapping[str, str] | None = None,
    captures: Iterable[str] | None = None,
    seed: int = 0,
    time_limit: float = 120.0,
    memory_limit: int = 6000,
    dynamic: bool = False,
    trust: bool = False,
) -> Report:
    """Compare the dynamic and the static graphs of a model.

    Parameters
    ----------
    source
        A sample's name, a model file such as ``"model.py"``, ``"model.py:Net"``, or a stored graph: ``"net.pt"``,
        ``"net.pt2"``, ``"net.onnx"``.
    others
        Further sources, each run on the examples of the first and compared with it.
    inputs
        Further examples: name to a specification such as ``"f32[1,3,224,224]; i64[4]<10"``.
    captures
        Kinds to capture, such as ``["trace", "onnx"]``; all by default. Eager is always recorded.
    seed
        Seeds parameters and examples.
    time_limit, memory_limit
        Seconds and megabytes for each capture.
    dynamic
        Leave sizes open where an exporter can, instead of fixing those of the first example.
    trust
        Run the model, if it is your own, with all files, the network, and no limit on memory.

    Returns
    -------
    Report
        Complete, graphs and alignments included.

    Raises
    ------
    SourceError
        The source cannot be found, parsed or loaded.
    UsageError
        An input, a capture, a limit or the seed is wrong.
    NothingRunsError
        The model runs on none of its examples.
    """
    given = tuple((inputs or {}).items())
    for _, spec in given:
        parse_arguments(spec)
    found = source if isinstance(source, ModelSource) else find_source(str(source), inputs=given)
    options = Options(
        captures=check_captures(captures) if captures is not None else KINDS,
        seed=seed,
        time_limit=time_limit,
        memory_limit=memory_limit,
        dynamic=dynamic,
        trust=trust,
    )
    further = check_others(found, [find_source(str(one)) for one in others])
    return comparison.compare(found, options, others=further)


def check_others(source: ModelSource, others: Sequence[ModelSource]) -> tuple[ModelSource, ...]:
    """Return ``others`` if each has a name of its own beside ``source``.

    Raises
    ------
    UsageError
        Two sources are called the same.
    """
    seen = {source.shown}
    for one in others:
        if one.shown in seen:
            hint = "Name each source once; of two files of one name, rename one."
            raise UsageError(f"The source {one.shown!r} is given twice.", hint=hint)
        seen.add(one.shown)
    return tuple(others)


def check_captures(names: Iterable[str]) -> tuple[Kind, ...]:
    """Return the kinds in ``names`` in the usual order, eager first.

    Raises
    ------
    NotAvailableError
        A kind of the contract that is not built yet.
    UsageError
        No such kind.
    """
    asked = [name.strip() for name in names if name.strip()]
    for name in asked:
        if name in LATER:
            raise NotAvailableError(f"The capture {name!r} is not available yet.", hint=f"Now: {', '.join(KINDS)}.")
        if name not in KINDS:
            raise UsageError(f"There is no capture {name!r}.", hint=f"Known: {', '.join(KINDS)}.")
    return tuple(kind for kind in KINDS if kind == "eager" or kind in asked)
