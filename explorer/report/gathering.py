"""Divergences of one place told together, and text that a terminal, a log or XML can hold."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import PurePath

from explorer.divergence import SEVERITIES
from explorer.evidence import PRODUCERS
from explorer.report.schema import CaptureEntry, Divergence, Report

FIGURE = re.compile(r"\bunk__\d+|\d+(?:\.\d+)?(?:e[+-]?\d+)?")
"""A figure, or a size that an ONNX graph leaves open under a name of its own."""

REFUSING = frozenset({"specialised-shape", "specialised-type"})
"""Causes of graphs that refuse an input: what they say is told with them."""

OF_A_LINE = frozenset({"baked-branch", "unrolled-loop", "baked-random", "baked-state", "baked-mode",
                       "specialised-shape", "lost-check"})  # fmt: skip
"""Causes of which a line has one, whatever has become of it in each graph."""

OF_A_REFUSAL = frozenset({"kernel", "operator", "output"})
"""What several captures refuse of one line, each in its own words."""

CLAUSES = re.compile(r"(?<=[.;]) (?=(?:[^`]*`[^`]*`)*[^`]*$)")
"""Between the clauses of what is said; within what is quoted as code there are none."""

Refusals = Mapping[tuple[object, ...], Mapping[str, Divergence]]
"""Refusals by place, and by what they say."""


def gathered(found: Iterable[Divergence]) -> list[list[Divergence]]:
    """Return what is told of one fault together, whichever graphs and examples show it; the gravest first in each.

    A refusal that only tells of another's, as of a graph that could not be made from what was refused, stands with
    that. Notes are of one fault where the same is said of the same examples.
    """
    groups: dict[tuple[object, ...], list[Divergence]] = {}
    following: list[Divergence] = []
    told = list(found)
    refused = _refusals(told)
    for one in told:
        if _is_following(one, refused):
            following.append(one)
        else:
            groups.setdefault((one.cause, one.file, one.line, *_fault(one)), []).append(one)
    listed = list(groups.values())
    refused = _refusals(one for group in listed for one in group)
    places = {id(one): place for place, group in enumerate(listed) for one in group}
    for one in following:
        listed[min(places[id(other)] for other in _followed(one, refused))].append(one)
    return [sorted(group, key=lambda one: SEVERITIES.index(one.severity)) for group in groups.values()]


def ways(group: Sequence[Divergence]) -> list[list[Divergence]]:
    """Return the parts of a group of which the same is said, of the same examples."""
    found: dict[tuple[object, ...], list[Divergence]] = {}
    refused = _refusals(group)
    for one in group:
        told = next(_followed(one, refused), one)
        found.setdefault((one.severity, one.inputs, _said(told)), []).append(one)
    return list(found.values())


def held_by(group: Sequence[Divergence]) -> str:
    """Return which graphs show a fault, on which examples, and in which it is only possible.

    Examples
    --------
    >>> one = Divergence(id="", severity="error", cause="", capture="trace", inputs=("a", "b"), file=None, line=None,
    ...                  function=None, module="", explanation="")
    >>> held_by([one, replace(one, capture="jit"), replace(one, severity="warning", capture="onnx")])
    'trace, jit on a, b; possible in onnx'
    """
    shown: dict[tuple[str, ...], list[Divergence]] = {}
    for one in (one for one in group if one.severity == group[0].severity):
        shown.setdefault(one.inputs, []).append(one)
    told = [" on ".join(filter(None, (", ".join(whose(alike)), ", ".join(inputs)))) for inputs, alike in shown.items()]
    if rest := whose(one for one in group if one.severity != group[0].severity):
        told.append(f"possible in {', '.join(rest)}")
    return "; ".join(told)


def explanations(group: Sequence[Divergence]) -> list[tuple[list[str], str]]:
    """Return what is said of the first graph of a group, then what is said otherwise of others, with their names."""
    first = group[0]
    others: dict[str, list[Divergence]] = {}
    refused = _refusals(group)
    for one in group:
        if not _is_following(one, refused):
            others.setdefault(_said(one), []).append(one)
    others.pop(_said(first), None)
    known = set(CLAUSES.split(_said(first)))
    rest = ((whose(alike), _beyond(known, alike[0])) for alike in others.values())
    return [([], first.explanation), *((names, said) for names, said in rest if said)]


def _beyond(known: Collection[str], one: Divergence) -> str:
    """Return the clauses of what is said of ``one`` that are not among the ``known``."""
    clauses = zip(CLAUSES.split(_said(one)), CLAUSES.split(one.explanation), strict=False)
    said = " ".join(clause for plain, clause in clauses if plain not in known)
    return said[:1].upper() + said[1:]


def remedies(group: Sequence[Divergence]) -> list[tuple[list[str], str]]:
    """Return what helps in a group, with the graphs that it helps with, or none where it does with all of them."""
    found: dict[str, list[str]] = {}
    refused = _refusals(group)
    for one in group:
        if one.remedy and not _is_following(one, refused):
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


def _is_following(one: Divergence, refused: Refusals) -> bool:
    """Whether a refusal consists of another's words, and of what has become of its own graph."""
    return next(_followed(one, refused), None) is not None


def _followed(one: Divergence, refused: Refusals) -> Iterator[Divergence]:
    """Yield the refusals whose words ``one`` consists of, and of what has become of its own graph."""
    for said, other in refused.get(_place(one), {}).items() if one.cause == "capture-failure" else ():
        if said in one.explanation and said != one.explanation:
            yield other


def _refusals(found: Iterable[Divergence]) -> Refusals:
    """Return the refusals of each place, the first of each that says the same."""
    refused: dict[tuple[object, ...], dict[str, Divergence]] = {}
    for one in found:
        if one.cause == "capture-failure":
            refused.setdefault(_place(one), {}).setdefault(one.explanation, one)
    return refused


def _place(one: Divergence) -> tuple[object, ...]:
    return one.severity, one.file, one.line, one.inputs


def _fault(one: Divergence) -> tuple[object, ...]:
    """Return what tells the faults of one cause at one line apart."""
    if one.severity == "note":
        return one.severity, one.inputs, _said(one)
    if one.cause in OF_A_LINE:
        return ()
    if (refused := one.evidence.get("about")) in OF_A_REFUSAL:
        return (refused,)
    asked = next((one.evidence[key] for key in ("argument", "condition") if key in one.evidence), None)
    read = "" if one.cause == "baked-constant" else _said(one)  # of what is read on a line, it is one value that counts
    return (asked or read,)


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


def examples_of(group: Iterable[Divergence]) -> list[str]:
    """Return the names of the examples that a group of divergences is shown on."""
    return list(dict.fromkeys(name for one in group for name in one.inputs))


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
