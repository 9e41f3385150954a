"""The verdict: which graphs are wrong, on how many examples, and why, in two sentences."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from explorer.report.reasons import reasons
from explorer.report.schema import CaptureEntry, Divergence
from explorer.report.standing import Matrix, Standing, standing_of
from explorer.wording import joined, sentence

NO_GRAPH = "Dynamo made no graph: all of the model runs in Python"

Verb = tuple[str, str]
"""What is said of one graph, and of many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A way in which graphs are not like eager, with the examples on which they are not, and what is said of it."""

    rows: Mapping[str, list[str]]
    first: Verb
    """Where it is the worst, and how often it happens follows."""
    besides: Verb
    """Where it is told besides what is worse."""


def verdict(
    matrix: Matrix,
    divergences: Sequence[Divergence],
    captures: Sequence[CaptureEntry],
    examples: Sequence[str],
    *,
    file: str | None = None,
    pending: bool = False,
    beside: str = "eager",
    raised: str | None = None,
) -> tuple[str, str]:
    """Return the sentence that is read first, and the one below it; both empty while nothing can be said.

    Parameters
    ----------
    file
        The model's own: its lines are named by their number alone.
    raised
        What eager raises on the first example, the one that is captured.
    """
    standing = standing_of(matrix, divergences, captures)
    if not standing.made and (pending or not standing.refused):
        return "", ""
    faults = _faults(standing, beside)
    worst = frozenset(faults[0].rows if faults else ())
    first = _unlike(faults[0], len(examples)) if faults else _without_fault(standing, matrix, len(examples), beside)
    second = (
        *([_raised(beside, examples[0], raised)] if raised else ()),
        *reasons({*worst, *standing.failing}, standing.refused, divergences, captures, file),
        *_besides(faults, worst),
    )
    return first, " ".join(second)


def _faults(standing: Standing, beside: str) -> list[Fault]:
    """Return what there is to say of graphs that are not like eager, the worst first."""
    wrong = "is wrong", "are wrong"
    raises = f"raises where {beside} does not", f"raise where {beside} does not"
    draws = f"draws other numbers than {beside}", f"draw other numbers than {beside}"
    faults = (
        Fault(rows=standing.wrong, first=wrong, besides=wrong),
        Fault(rows=standing.failing, first=("fails", "fail"), besides=raises),
        Fault(rows=standing.drawing, first=draws, besides=draws),
    )
    return [one for one in faults if one.rows]


def _unlike(fault: Fault, count: int) -> str:
    """Say which graphs are not like eager; each on how many examples.

    Examples
    --------
    >>> wrong = "is wrong", "are wrong"
    >>> _unlike(Fault(rows={"trace": ["a", "b"], "script": ["b"]}, first=wrong, besides=wrong), 2)
    'The trace graph is wrong on 2 of 2 examples, script on 1'
    """
    one, many = fault.first
    by_number: dict[int, list[str]] = {}
    for row, names in fault.rows.items():
        by_number.setdefault(len(names), []).append(row)
    most, *fewer = sorted(by_number, reverse=True)
    first = by_number[most]
    graphs = f"The {joined(first)} {'graphs' if len(first) > 1 else 'graph'} {many if len(first) > 1 else one}"
    each = " each" if len({tuple(fault.rows[row]) for row in first}) > 1 else ""
    rest = "".join(f", {joined(by_number[number])} on {number}" for number in fewer)
    return f"{graphs} on {most} of {count} examples{each}{rest}"


def _without_fault(standing: Standing, matrix: Matrix, count: int, beside: str) -> str:
    """Say what was made and agrees, or that nothing was made."""
    if not standing.made:
        refuse = "refuse" if len(standing.refused) > 1 else "refuses"
        return f"No static graph could be made: {joined(standing.refused)} {refuse} the model"
    if standing.empty.issuperset(standing.made):
        return NO_GRAPH
    seen = {row: matrix[row] for row in standing.made if row in matrix and row not in standing.empty}
    return _agreeing(seen, count, partial=bool(standing.refused or standing.empty), beside=beside)


def _agreeing(rows: Matrix, count: int, *, partial: bool, beside: str) -> str:
    """Say what agrees, and no more than was seen to agree."""
    cells = [one for row in rows.values() for one in row.values()]
    rounded = [name for name, row in rows.items() if any(one.rounding for one in row.values())]
    unseen = sum(one.outcome == "not-run" for one in cells)
    if not cells:
        return "Nothing was run, as there are no inputs (on the command line: --input NAME=SPEC)"
    if unseen:
        return f"No static graph was seen to be wrong, but {unseen} of {len(cells)} runs could not be judged"
    every = f"All {len(rows)} static graphs" if not partial else f"The {joined(list(rows))} graphs"
    if len(rows) == 1:
        every = f"The {next(iter(rows))} graph"
    agree = "agrees" if len(rows) == 1 else "agree"
    beyond = f", but for rounding in {joined(rounded)}" if rounded else ""
    alone = "; no other could be made" if partial else ""
    return f"{every} {agree} with {beside} on {'the example' if count == 1 else f'all {count} examples'}{beyond}{alone}"


def _raised(beside: str, example: str, raised: str) -> str:
    """Say that eager itself raises on the example that is captured, and the first line of what."""
    line = next(iter(raised.strip().splitlines()), "")
    return sentence(f"{beside} itself raises on “{example}”, the example that is captured: {line.rstrip('.')}")


def _besides(faults: Sequence[Fault], worst: Collection[str]) -> Iterator[str]:
    """Yield what is told of the graphs that are not among the ``worst``, and what else of those that are."""
    for fault in faults[1:]:
        if rows := [row for row in fault.rows if row in worst]:
            yield sentence(f"{joined(rows)} also {fault.besides[len(rows) > 1]}")
        if rows := [row for row in fault.rows if row not in worst]:
            yield sentence(f"{joined(rows)} {fault.besides[len(rows) > 1]}")
