"""The verdict: which graphs are wrong, on how many examples, and why, in two sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath

from explorer.evidence import STATIC_KINDS, Outcome
from explorer.report.schema import CaptureEntry, Divergence

ANSWERS_WRONG = frozenset({"differs", "returns"})
RAISES = frozenset({"raises"})
WRONG = "is wrong", "are wrong"
FAILS = "fails", "fail"
NO_GRAPH = "Dynamo made no graph: all of the model runs in Python"
MOST_PLACES = 4
WHY = {
    "baked-branch": "the branch{place} was fixed to the side that was captured",
    "unrolled-loop": "the loop{place} was unrolled",
    "baked-constant": "the value read{place} became a constant",
    "baked-random": "the random number drawn{place} is not eager's",
    "baked-state": "the state written{place} was frozen or lost",
    "baked-mode": "training behaviour{place} changed",
    "specialised-shape": "the graph holds only for the captured shape{place}",
    "specialised-type": "the choice on the input's form{place} was fixed",
    "mutation": "the in-place write{place} was lost or changed",
    "lost-check": "the check{place} is gone",
    "output-structure": "the outputs returned{place} have another structure",
    "numerical-mismatch": "values differ beyond tolerance{place}",
}


def verdict(
    matrix: Mapping[str, Mapping[str, Outcome]],
    divergences: Sequence[Divergence],
    captures: Sequence[CaptureEntry],
    examples: Sequence[str],
    *,
    file: str | None = None,
    pending: bool = False,
    beside: str = "eager",
    raised: str | None = None,
) -> tuple[str, str]:
    """Return the sentence that is read first, and the one below it; both empty while nothing can be said.

    Parameters
    ----------
    file
        The model's own: its lines are named by their number alone.
    raised
        What eager raises on the first example, the one that is captured.
    """
    told: set[tuple[str, str]] = {
        (_label(one), name) for one in divergences if one.severity == "error" for name in one.inputs
    }
    answering = _examples(matrix, ANSWERS_WRONG, told)
    drawing = {kind: names for kind, names in answering.items() if _only_draws(kind, divergences)}
    wrong = {kind: names for kind, names in answering.items() if kind not in drawing}
    failing = _examples(matrix, RAISES, told)
    names = {one.id: one.id if one.id in matrix else one.kind for one in captures}
    static = [one for one in captures if one.id in matrix or (one.kind != "eager" and not _is_stored(one, matrix))]
    refused: list[str] = [names[one.id] for one in static if one.status == "failed"]
    made: list[str] = [names[one.id] for one in static if one.status == "ok"]
    if not made and (pending or not refused):
        return "", ""
    draws = f"draws other numbers than {beside}", f"draw other numbers than {beside}"
    raises = f"raises where {beside} does not", f"raise where {beside} does not"
    verbs = ((wrong, WRONG, WRONG), (failing, FAILS, raises), (drawing, draws, draws))
    rows, verb, _ = next((one for one in verbs if one[0]), verbs[0])
    second = _second([*rows, *failing], divergences, captures, refused, file)
    if raised:
        itself = f"{_sentence(beside)[:-1]} itself raises on “{examples[0]}”, the example that is captured"
        second = f"{itself}: {_first_line(raised)}. {second}".strip()
    for also, _, told_of in verbs:
        if kinds := [kind for kind in also if kind not in rows]:
            second = f"{second} {_sentence(f'{_list(kinds)} {told_of[len(kinds) > 1]}')}".strip()
    if rows:
        return _wrong(rows, verb, len(examples)), second
    if not made:
        refuse = "refuse" if len(refused) > 1 else "refuses"
        return f"No static graph could be made: {_list(refused)} {refuse} the model", second
    empty = {names[one.id] for one in static if _is_all_python(one)}
    if empty.issuperset(made):
        return NO_GRAPH, second
    seen = {kind: matrix[kind] for kind in made if kind in matrix and kind not in empty}
    return _agreeing(seen, len(examples), partial=bool(refused or empty), beside=beside), second


def _label(one: Divergence) -> str:
    """Return what the matrix calls the capture of a divergence: its kind, or another source's name."""
    return one.source or one.capture


def _is_stored(one: CaptureEntry, matrix: Mapping[str, Mapping[str, Outcome]]) -> bool:
    """Whether a capture is the stored graph, which the others are compared with."""
    return one.status == "ok" and one.input is None and one.id == one.kind and one.kind not in matrix


def _is_all_python(one: CaptureEntry) -> bool:
    """Whether Dynamo took nothing of the model into a graph: that its results agree says nothing then."""
    return one.kind == "dynamo" and one.status == "ok" and not one.nodes


def _examples(
    matrix: Mapping[str, Mapping[str, Outcome]], outcomes: frozenset[str], told: set[tuple[str, str]]
) -> dict[str, list[str]]:
    """Return the examples with one of ``outcomes`` by kind; what is rounding counts where an error explains it."""
    found: dict[str, list[str]] = {
        kind: [
            name for name, one in row.items() if one.outcome in outcomes and (not one.rounding or (kind, name) in told)
        ]
        for kind, row in matrix.items()
    }
    return {kind: names for kind, names in found.items() if names}


def _only_draws(kind: str, divergences: Sequence[Divergence]) -> bool:
    """Whether all that is wrong of a graph is that it draws its own random numbers: these cannot be compared."""
    errors = [one for one in divergences if one.severity == "error" and _label(one) == kind]
    return bool(errors) and all(one.cause == "baked-random" and "draws" in one.evidence for one in errors)


def _wrong(rows: Mapping[str, list[str]], verb: tuple[str, str], count: int) -> str:
    """Say which graphs are not like eager, by a verb for one and for many; each on how many examples.

    Examples
    --------
    >>> _wrong({"trace": ["a", "b"], "script": ["b"]}, ("is wrong", "are wrong"), 2)
    'The trace graph is wrong on 2 of 2 examples, script on 1'
    """
    one, many = verb
    by_number: dict[int, list[str]] = {}
    for kind, names in rows.items():
        by_number.setdefault(len(names), []).append(kind)
    most, *fewer = sorted(by_number, reverse=True)
    first = by_number[most]
    graphs = f"The {_list(first)} {'graphs' if len(first) > 1 else 'graph'} {many if len(first) > 1 else one}"
    each = " each" if len({tuple(rows[kind]) for kind in first}) > 1 else ""
    rest = "".join(f", {_list(by_number[number])} on {number}" for number in fewer)
    return f"{graphs} on {most} of {count} examples{each}{rest}"


def _agreeing(rows: Mapping[str, Mapping[str, Outcome]], count: int, *, partial: bool, beside: str) -> str:
    """Say what agrees, and no more than was seen to agree."""
    cells = [one for row in rows.values() for one in row.values()]
    rounded = [kind for kind, row in rows.items() if any(one.rounding for one in row.values())]
    unseen = sum(one.outcome == "not-run" for one in cells)
    if not cells:
        return "Nothing was run, as there are no inputs (on the command line: --input NAME=SPEC)"
    if unseen:
        return f"No static graph was seen to be wrong, but {unseen} of {len(cells)} runs could not be judged"
    every = f"All {len(rows)} static graphs" if not partial else f"The {_list(list(rows))} graphs"
    if len(rows) == 1:
        every = f"The {next(iter(rows))} graph"
    agree = "agrees" if len(rows) == 1 else "agree"
    beyond = f", but for rounding in {_list(rounded)}" if rounded else ""
    alone = "; no other could be made" if partial else ""
    return f"{every} {agree} with {beside} on {'the example' if count == 1 else f'all {count} examples'}{beyond}{alone}"


def _second(
    wrong: Sequence[str],
    divergences: Sequence[Divergence],
    captures: Sequence[CaptureEntry],
    refused: list[str],
    file: str | None,
) -> str:
    reasons: dict[str, None] = {}
    for one in divergences:
        if one.severity == "error" and one.cause in WHY and _label(one) in wrong:
            reasons[WHY[one.cause].format(place=_place(one, file))] = None
    parts = [_sentence("; ".join(list(reasons)[:3]))] if reasons else []
    if not wrong and (may := _at_risk(divergences, file)):
        parts.append(f"Other inputs or calls can show it: {'; '.join(may[:3])}.")
    if kinds := [one for one in refused if one in STATIC_KINDS]:
        parts.append(f"{_sentence(_list(kinds))[:-1]} {'refuse' if len(kinds) > 1 else 'refuses'} the model.")
    parts += [f"{one} cannot be used." for one in refused if one not in STATIC_KINDS]
    plainly = dict.fromkeys(_label(one) for one in divergences if one.cause == "capture-failure")
    if kinds := [one for one in plainly if one not in {*refused, *wrong}]:
        parts.append(f"Called plainly, {_list(kinds)} {'refuse' if len(kinds) > 1 else 'refuses'} the model.")
    breaks = [one for one in divergences if one.cause == "graph-break" and one.line]
    if breaks:
        dynamo = "Dynamo makes no graph, and" if any(map(_is_all_python, captures)) else "Dynamo"
        parts.append(f"{dynamo} returns to Python at {_broken(breaks, file)}.")
    if any(one.kind != "eager" and one.status == "skipped" for one in captures):
        parts.append("Some captures were cancelled.")
    return " ".join(parts)


def _at_risk(divergences: Sequence[Divergence], file: str | None) -> list[str]:
    """Return what can be wrong though no example shows it; what is rounding is told with what agrees."""
    warned = (one for one in divergences if one.severity == "warning" and one.cause in WHY)
    told = (WHY[one.cause].format(place=_place(one, file)) for one in warned if one.cause != "numerical-mismatch")
    return list(dict.fromkeys(told))


def _broken(breaks: Sequence[Divergence], file: str | None) -> str:
    """Return where the first of ``breaks`` are: lines of the model file, then a library's."""
    own = sorted({one.line or 0 for one in breaks if one.file in {file, None}})[:MOST_PLACES]
    others = dict.fromkeys(_place(one, file).removeprefix(" at ") for one in breaks if one.file not in {file, None})
    lines = [f"line{'s' if len(own) > 1 else ''} {', '.join(map(str, own))}"] if own else []
    return ", ".join([*lines, *list(others)[: MOST_PLACES - len(own)]])


def _place(one: Divergence, file: str | None) -> str:
    if one.line is None:
        return ""
    is_own = one.file is None or one.file == file
    return f" at line {one.line}" if is_own else f" at {PurePath(one.file or '').name}:{one.line}"


def _first_line(text: str) -> str:
    """Return the first line of what was raised, without its period."""
    return next(iter(text.strip().splitlines()), "").rstrip(".")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "."


def _list(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
