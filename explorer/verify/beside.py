"""The text of the user's files beside the model file, for whoever explains what ran there and reads no files."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.capture.statements import statements_of
from explorer.evidence import EagerRun
from explorer.source.places import Places

LONGEST = 300_000
"""Characters of one file that is handed over, of all of them ten times as many."""


def texts_beside(places: Places, runs: Sequence[EagerRun]) -> dict[str, str]:
    """Return the text of each file other than the model file that ``runs`` went through, by its name."""
    texts: dict[str, str] = {}
    left = 10 * LONGEST
    for name in dict.fromkeys(file for run in runs for file in run.beside):
        text = statements_of(places.real(name)).text
        if 0 < len(text) <= min(LONGEST, left):
            left -= len(text)
            texts[name] = text
    return texts
