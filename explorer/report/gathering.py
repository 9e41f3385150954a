"""Divergences of one place told together, and text that a terminal, a log or XML can hold."""

from __future__ import annotations

from collections.abc import Iterable

from explorer.report.schema import Divergence


def gathered(found: Iterable[Divergence]) -> list[list[Divergence]]:
    """Return what is told of one place and the same examples together, whichever graphs it holds for."""
    groups: dict[tuple[object, ...], list[Divergence]] = {}
    for one in found:
        groups.setdefault((one.severity, one.cause, one.file, one.line, one.inputs), []).append(one)
    return list(groups.values())


def whose(group: Iterable[Divergence]) -> list[str]:
    """Return the names of the graphs that a group of divergences holds for."""
    return list(dict.fromkeys(one.source or one.capture for one in group))


def printable(text: str) -> str:
    """Return ``text`` with a space for each character that steers a terminal or has no place in XML."""
    return "".join(char if char.isprintable() else " " for char in text)
