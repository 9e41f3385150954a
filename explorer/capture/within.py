"""Under which branches and turns of loops, in the user's code, an op ran."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import repeat

from explorer.capture.course import Turns
from explorer.capture.statements import statements_of
from explorer.graph import Step
from explorer.source.places import Places

Frame = tuple[str, int, str]
"""File, line and function."""


def steps(frames: Sequence[Frame], turns: Sequence[Turns], places: Places) -> Iterator[Step]:
    """Yield the steps around an op, from the outermost inwards.

    Parameters
    ----------
    frames
        The user's frames on the op's stack, from the outermost inwards.
    turns
        Those that the course knew when the op ran: of the same frames, or of none.
    """
    known = turns if len(turns) == len(frames) else repeat(dict[int, int](), len(frames))
    for (file, line, function), counts in zip(frames, known, strict=True):
        if function.startswith("<"):  # a comprehension stands where the frame around it does
            continue
        for block in statements_of(file).around(line):
            turn = counts.get(block.line) if block.kind == "body" else None
            yield Step(file=places.name(file), line=block.line, kind=block.kind, turn=turn)
