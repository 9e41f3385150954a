"""Under which branches and turns of loops, in the user's code, an op ran."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import repeat

from explorer.capture.course import Standing
from explorer.capture.sides import sides_of
from explorer.capture.statements import extent_at
from explorer.graph import Step
from explorer.source.places import Places

Frame = tuple[str, int, str]
"""File, line and function."""


def steps(
    frames: Sequence[Frame],
    standing: Sequence[Standing],
    places: Places,
    sides: Sequence[tuple[int, Step]] = (),
) -> Iterator[Step]:
    """Yield the steps around an op, from the outermost inwards.

    Parameters
    ----------
    frames
        The user's frames on the op's stack, from the outermost inwards.
    standing
        Where the course knew its frames to be when the op ran: the same frames, or none.
    sides
        Steps that are no frame's own, each with the number of frames outside of it.
    """
    known = standing if len(standing) == len(frames) else repeat(None, len(frames))
    for depth, ((file, line, function), stands) in enumerate(zip(frames, known, strict=True)):
        yield from (step for outside, step in sides if outside == depth)
        extent = extent_at(stands.code, stands.offset) if stands else None
        for block in sides_of(file).around(function, line, extent):
            turn = stands.turns.get(block.line) if stands and block.kind == "body" and block.column is None else None
            yield Step(file=places.name(file), line=block.line, kind=block.kind, turn=turn, column=block.column)
    yield from (step for outside, step in sides if outside >= len(frames))
