"""Divergences of one place told together, and text that a terminal, a log or XML can hold."""

from __future__ import annotations

import re
from collections.abc import Iterable

from explorer.report.schema import CaptureEntry, Divergence, Report


def gathered(found: Iterable[Divergence]) -> list[list[Divergence]]:
    """Return what is told of one place and the same examples together, whichever graphs it holds for.

    What is said must be true of each of them: a refusal alone is told in each producer's own words.
    """
    groups: dict[tuple[object, ...], list[Divergence]] = {}
    for one in found:
        said = None if one.cause == "capture-failure" else _said(one)
        groups.setdefault((one.severity, one.cause, one.file, one.line, one.inputs, said), []).append(one)
    return list(groups.values())


def _said(one: Divergence) -> str:
    """Return what is said of a graph, without its name and without figures, which differ by rounding."""
    said = re.sub(rf"\b{re.escape(one.source or one.capture)}\b", "…", one.explanation)
    return re.sub(r"\d+(?:\.\d+)?(?:e[+-]?\d+)?", "0", said)


def whose(group: Iterable[Divergence]) -> list[str]:
    """Return the names of the graphs that a group of divergences holds for."""
    return list(dict.fromkeys(one.source or one.capture for one in group))


def captures_by_row(report: Report) -> dict[str, CaptureEntry]:
    """Return the capture that each row of the matrix is of."""
    kinds = {one.kind: one for one in report.captures if one.kind != "eager"}
    return {**kinds, **{one.id: one for one in report.captures}}


def printable(text: str) -> str:
    """Return ``text`` with a space for each character that steers a terminal or has no place in XML."""
    return "".join(char if char.isprintable() else " " for char in text)
