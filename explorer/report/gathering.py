"""Divergences of one place told together, and text that a terminal, a log or XML can hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import PurePath

from explorer.evidence import PRODUCERS
from explorer.report.schema import CaptureEntry, Divergence, Report

FIGURE = re.compile(r"\bunk__\d+|\d+(?:\.\d+)?(?:e[+-]?\d+)?")
"""A figure, or a size that an ONNX graph leaves open under a name of its own."""

REFUSING = frozenset({"specialised-shape", "specialised-type"})
"""Causes of graphs that refuse an input: what they say is told with them."""


def gathered(found: Iterable[Divergence]) -> list[list[Divergence]]:
    """Return what is told of one place and the same examples together, whichever graphs it holds for.

    What is said must be true of each of them. A refusal that only tells of another's, as of a graph that could not be
    made from what was refused, stands with that.
    """
    groups: dict[tuple[object, ...], list[Divergence]] = {}
    following: list[Divergence] = []
    told = list(found)
    for one in told:
        if _is_following(one, told):
            following.append(one)
        else:
            groups.setdefault((one.severity, one.cause, one.file, one.line, one.inputs, _said(one)), []).append(one)
    for one in following:
        next(group for group in groups.values() if _is_following(one, group)).append(one)
    return list(groups.values())


def remedies(group: Sequence[Divergence]) -> list[tuple[list[str], str]]:
    """Return what helps in a group, with the graphs that it helps with, or none where it does with all of them."""
    found: dict[str, list[str]] = {}
    for one in group:
        if one.remedy and not _is_following(one, group):
            found.setdefault(one.remedy, []).append(one.row)
    return [(names if found.keys() != {remedy} else [], remedy) for remedy, names in found.items()]


def messages(group: Iterable[Divergence]) -> list[tuple[list[str], str]]:
    """Return the first line of what each graph says that refuses an input, with the graphs that say so."""
    found: dict[str, list[str]] = {}
    for one in group:
        said = str(one.evidence.get("message", "")) if one.cause in REFUSING else ""
        if said:
            found.setdefault(said.splitlines()[0], []).append(one.row)
    return [(names, said) for said, names in found.items()]


def _is_following(one: Divergence, others: Iterable[Divergence]) -> bool:
    """Whether a refusal consists of another's words, and of what has become of its own graph."""
    place = one.cause, one.severity, one.file, one.line, one.inputs
    alike = (other for other in others if (other.cause, other.severity, other.file, other.line, other.inputs) == place)
    return one.cause == "capture-failure" and any(
        other.explanation in one.explanation and other.explanation != one.explanation for other in alike
    )


def _said(one: Divergence) -> str:
    """Return what is said of a graph, without its name and without figures, which differ by rounding.

    What is quoted is code, whose digits are parts of names. What a producer refuses is told in its own words, figures
    and all, but for the producer's name.
    """
    if one.cause == "capture-failure":
        return one.explanation.removeprefix(PRODUCERS.get(one.capture, ""))
    said = re.sub(rf"\b{re.escape(one.row)}\b", "…", one.explanation)
    parts = said.split("`")
    parts[::2] = [FIGURE.sub("0", part) for part in parts[::2]]
    return "`".join(parts)


def whose(group: Iterable[Divergence]) -> list[str]:
    """Return the names of the graphs that a group of divergences holds for."""
    return list(dict.fromkeys(one.row for one in group))


def captures_by_row(report: Report) -> dict[str, CaptureEntry]:
    """Return the capture that each row of the matrix is of."""
    kinds = {one.kind: one for one in report.captures if one.kind != "eager"}
    return {**kinds, **{one.id: one for one in report.captures}}


def refused_at(report: Report, capture: CaptureEntry) -> str:
    """Return at which line of the user's files a capture refuses the model, in few letters; empty where at none."""
    if capture.line is None or capture.file is None:
        return ""
    if capture.file == report.source.file:
        return f"line {capture.line}"
    file, folder = PurePath(capture.file), PurePath(report.source.file).parent
    beside = file.parent == folder or (folder.name and folder in file.parents)  # a library's file has no folder
    return f"{file.name}:{capture.line}" if beside else ""


def printable(text: str) -> str:
    """Return ``text`` with a space for each character that steers a terminal or has no place in XML."""
    return "".join(char if char.isprintable() else " " for char in text)
