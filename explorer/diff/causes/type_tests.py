"""Conditions that ask for the form of an input, and that a script settles as it compiles."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.diff.case import Case
from explorer.diff.places import Site


def type_test(case: Case, example: str) -> tuple[str, int] | None:
    """Return the first line that chose by the form of the input and chose otherwise on ``example``.

    A script settles ``isinstance`` while it compiles, for the type that it infers: there the test itself tells.
    """
    parted = ((one.file, one.site.line) for one in case.wrong_partings if one.example == example and one.site.on_type)
    settled = ((file, site.line) for file, site in _sites(case, example)
               if case.maker == "script" and "isinstance" in site.text)  # fmt: skip
    return next(parted, None) or next(settled, None)


def _sites(case: Case, example: str) -> Iterator[tuple[str, Site]]:
    """Yield the conditions that ``example`` met, with their files."""
    for one in case.runs[example].decisions:
        yield one.file, case.source_of(one.file).site(one.line, one.column, one.kind)
