"""The verdict: which graphs are wrong, on how many examples, and why, in two sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from explorer.report.reasons import reasons
from explorer.report.schema import CaptureEntry, Divergence, InputEntry
from explorer.report.standing import Matrix, Standing, standing_of
from explorer.wording import joined, sentence

NO_GRAPH = "Dynamo made no graph: all of the model runs in Python"

MOST_NAMED = 2
"""Examples on which eager raises that are named; of more their number says enough."""

Verb = tuple[str, str]
"""What is said of one graph, and of many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A way in which graphs are not like eager, with the examples on which they are not, and what is said of it."""

    rows: Mapping[str, list[str]]
    verb: Verb
    counts: bool = True
    """Whether it is told in the first sentence, where there is worse; else it is told below."""


def verdict(
    matrix: Matrix,
    divergences: Sequence[Divergence],
    captures: Sequence[CaptureEntry],
    inputs: Sequence[InputEntry],
    *,
    file: str | None = None,
    pending: bool = False,
    beside: str = "eager",
) -> tuple[str, str]:
    """Return the sentence that is read first, and the one below it; both empty while nothing can be said.

    Parameters
    ----------
    file
        The model's own: its lines are named by their number alone.
    """
    standing = standing_of(matrix, divergences, captures)
    if not standing.made and (pending or not standing.refused):
        return "", ""
    faults = _faults(standing, beside)
    first = (
        _unlike(faults, len(inputs)) if faults else _without_fault(standing, matrix, inputs, beside, pending=pending)
    )
    second = (
        *_raised_when_captured(beside, inputs),
        *reasons({*_worst(faults), *standing.failing}, standing.refused, divergences, captures, file),
        *_besides(faults),
    )
    return first, " ".join(second)


def _faults(standing: Standing, beside: str) -> list[Fault]:
    """Return what there is to say of graphs that are not like eager, the worst first."""
    draws = f"draws other numbers than {beside}", f"draw other numbers than {beside}"
    faults = (
        Fault(rows=standing.wrong, verb=("is wrong", "are wrong")),
        Fault(rows=standing.failing, verb=("fails", "fail")),
        Fault(rows=standing.drawing, verb=draws, counts=False),
    )
    return [one for one in faults if one.rows]


def _worst(faults: Sequence[Fault]) -> frozenset[str]:
    """Return the graphs that are told first."""
    return frozenset(faults[0].rows if faults else ())


def _unlike(faults: Sequence[Fault], count: int) -> str:
    """Say which graphs are not like eager; each on how many examples.

    Examples
    --------
    >>> wrong = Fault(rows={"trace": ["a", "b"], "script": ["b"]}, verb=("is wrong", "are wrong"))
    >>> _unlike([wrong], 3)
    'The trace graph is wrong on 2 of 3 examples; script on 1'
    >>> _unlike([wrong, Fault(rows={"script": ["a"]}, verb=("fails", "fail"))], 3)
    'The trace graph is wrong on 2 of 3 examples; script on 1; script also fails on 1'
    """
    worst, *others = faults
    (most, first), *fewer = _by_number(worst)
    graphs = f"The {joined(first)} {'graphs' if len(first) > 1 else 'graph'} {_verb(worst, first)}"
    each = " each" if len({tuple(worst.rows[row]) for row in first}) > 1 else ""
    where = f"on {most} of {count} examples" if count > 1 else "on the only example"
    told = f"{graphs} {where}{each}{_on_fewer(fewer)}"
    return "; ".join((told, *(_too(fault, worst, count) for fault in others if fault.counts)))


def _too(fault: Fault, worst: Fault, count: int) -> str:
    """Say on how many examples graphs do what is less bad."""
    (most, first), *fewer = _by_number(fault)
    also = "also " if worst.rows.keys() >= fault.rows.keys() else ""
    where = f" on {most}{_on_fewer(fewer)}" if count > 1 else ""
    return f"{joined(first)} {also}{_verb(fault, first)}{where}"


def _by_number(fault: Fault) -> list[tuple[int, list[str]]]:
    """Return the graphs by the number of examples on which they have a fault, the most first."""
    numbers = sorted({len(names) for names in fault.rows.values()}, reverse=True)
    return [(number, [row for row, names in fault.rows.items() if len(names) == number]) for number in numbers]


def _on_fewer(fewer: Sequence[tuple[int, list[str]]]) -> str:
    return "".join(f"; {joined(rows)} on {number}" for number, rows in fewer)


def _verb(fault: Fault, rows: Sequence[str]) -> str:
    return fault.verb[len(rows) > 1]


def _without_fault(
    standing: Standing, matrix: Matrix, inputs: Sequence[InputEntry], beside: str, *, pending: bool
) -> str:
    """Say what was made and agrees, or that nothing was made."""
    if not standing.made:
        refuse = "refuse" if len(standing.refused) > 1 else "refuses"
        return f"No static graph could be made: {joined(standing.refused)} {refuse} the model"
    if standing.empty.issuperset(standing.made):
        return NO_GRAPH
    seen = {row: matrix[row] for row in standing.made if row in matrix and row not in standing.empty}
    partial = bool(standing.refused or standing.empty or pending)
    return _agreeing(seen, inputs, partial=partial, beside=beside, pending=pending)


def _agreeing(rows: Matrix, inputs: Sequence[InputEntry], *, partial: bool, beside: str, pending: bool = False) -> str:
    """Say what agrees, and no more than was seen to agree."""
    cells = [one for row in rows.values() for one in row.values()]
    rounded = [name for name, row in rows.items() if any(one.rounding for one in row.values())]
    unseen = sum(one.outcome == "not-run" for one in cells)
    if not cells:
        return "Nothing was run, as there are no inputs (give some under “Examples”, or by --input NAME=SPEC)"
    if unseen:
        return f"No static graph was seen to be wrong, but {unseen} of {len(cells)} runs could not be judged"
    every = f"{_all(len(rows))} static graphs" if not partial else f"The {joined(list(rows))} graphs"
    if len(rows) == 1:
        every = f"The {next(iter(rows))} graph"
    agree = "agrees" if len(rows) == 1 else "agree"
    beyond = f", but for rounding in {joined(rounded)}" if rounded else ""
    alone = "; no other could be made" if partial and not pending else ""
    return f"{every} {agree} with {beside} on {_where(inputs, beside, one=len(rows) == 1)}{beyond}{alone}"


def _where(inputs: Sequence[InputEntry], beside: str, *, one: bool) -> str:
    """Say on which examples there are equal results, and on which both raise: that is no result."""
    raising, count = [example.name for example in inputs if example.raised is not None], len(inputs)
    if not raising:
        return "the example" if count == 1 else f"{_all(count).lower()} examples"
    names = joined([f"“{name}”" for name in raising]) if len(raising) <= MOST_NAMED else f"the other {len(raising)}"
    raise_too = "it raises" if one else "they raise"
    return f"{count - len(raising)} of {count} examples; on {names} {raise_too} as {beside} does"


def _all(count: int) -> str:
    return "Both" if count == 2 else f"All {count}"  # noqa: PLR2004


def _raised_when_captured(beside: str, inputs: Sequence[InputEntry]) -> Iterator[str]:
    """Yield that eager itself raises on the captured example, the first but for those that ended the process."""
    captured = next((one for one in inputs if one.lines), None)
    if captured is not None and captured.raised is not None:
        line = next(iter(captured.raised.strip().splitlines()), "").rstrip(".")
        yield sentence(f"{beside} itself raises on “{captured.name}”, the example that is captured: {line}")


def _besides(faults: Sequence[Fault]) -> Iterator[str]:
    """Yield what is told of graphs below the first sentence: of those that are in it, that they do it, too."""
    worst = _worst(faults)
    for fault in (one for one in faults[1:] if not one.counts):
        if rows := [row for row in fault.rows if row in worst]:
            yield sentence(f"{joined(rows)} also {_verb(fault, rows)}")
        if rows := [row for row in fault.rows if row not in worst]:
            yield sentence(f"{joined(rows)} {_verb(fault, rows)}")
