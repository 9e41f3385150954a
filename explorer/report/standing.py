"""How each static graph stands beside eager: which are wrong on which examples, and which could not be made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from explorer.evidence import Outcome
from explorer.report.schema import CaptureEntry, Divergence

Matrix = Mapping[str, Mapping[str, Outcome]]
"""By row (a kind, or another source's name), then by example."""

ANSWERS_WRONG = frozenset({"differs", "returns"})
RAISES = frozenset({"raises"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The graphs by how they stand, called as the matrix calls its rows; a graph may be wrong in several ways."""

    wrong: Mapping[str, list[str]]
    """Those that give something else than eager, with the examples on which they do."""
    failing: Mapping[str, list[str]]
    """Those that raise where eager does not, with the examples on which they do."""
    drawing: Mapping[str, list[str]]
    """Those of which nothing is wrong but that they draw random numbers of their own: these cannot be compared."""
    made: tuple[str, ...]
    refused: tuple[str, ...]
    empty: frozenset[str]
    """Those of the ``made`` that hold nothing of the model: that their results agree says nothing."""


def standing_of(matrix: Matrix, divergences: Sequence[Divergence], captures: Sequence[CaptureEntry]) -> Standing:
    """Return how each graph stands, as far as captures and runs are there."""
    told = {(one.row, name) for one in divergences if one.severity == "error" for name in one.inputs}
    answering = _examples(matrix, ANSWERS_WRONG, told)
    drawing = {row: names for row, names in answering.items() if _only_draws(row, divergences)}
    static = [one for one in captures if one.id in matrix or (one.kind != "eager" and not _is_stored(one, matrix))]
    return Standing(
        wrong={row: names for row, names in answering.items() if row not in drawing},
        failing=_examples(matrix, RAISES, told),
        drawing=drawing,
        made=tuple(_row(one, matrix) for one in static if one.status == "ok"),
        refused=tuple(_row(one, matrix) for one in static if one.status == "failed"),
        empty=frozenset(_row(one, matrix) for one in static if is_all_python(one)),
    )


def is_all_python(one: CaptureEntry) -> bool:
    """Whether Dynamo took nothing of the model into a graph."""
    return one.kind == "dynamo" and one.status == "ok" and not one.nodes


def _row(one: CaptureEntry, matrix: Matrix) -> str:
    return one.id if one.id in matrix else one.kind


def _is_stored(one: CaptureEntry, matrix: Matrix) -> bool:
    """Whether a capture is the stored graph, which the others are compared with."""
    return one.status == "ok" and one.input is None and one.id == one.kind and one.kind not in matrix


def _examples(matrix: Matrix, outcomes: frozenset[str], told: set[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the examples with one of ``outcomes`` by row; what is rounding counts where an error explains it."""
    found = {
        row: [
            name for name, one in cells.items() if one.outcome in outcomes and (not one.rounding or (row, name) in told)
        ]
        for row, cells in matrix.items()
    }
    return {row: names for row, names in found.items() if names}


def _only_draws(row: str, divergences: Sequence[Divergence]) -> bool:
    errors = [one for one in divergences if one.severity == "error" and one.row == row]
    return bool(errors) and all(one.cause == "baked-random" and "draws" in one.evidence for one in errors)
