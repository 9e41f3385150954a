"""The verdict: which graphs are wrong, on how many examples, and why, in two sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from explorer.evidence import Kind, Outcome
from explorer.report.schema import CaptureEntry, Divergence

WRONG = frozenset({"differs", "raises", "returns"})
WHY = {
    "baked-branch": "the branch{place} was fixed to the side that was captured",
    "unrolled-loop": "the loop{place} was unrolled",
    "baked-constant": "the value read{place} became a constant",
    "baked-random": "the number drawn{place} was frozen",
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
    matrix: Mapping[Kind, Mapping[str, Outcome]],
    divergences: Sequence[Divergence],
    captures: Sequence[CaptureEntry],
    examples: Sequence[str],
) -> tuple[str, str]:
    """Return the sentence that is read first, and the one below it."""
    told = {(one.capture, name) for one in divergences if one.severity == "error" for name in one.inputs}
    wrong: dict[Kind, list[str]] = {
        kind: [name for name, one in row.items() if one.outcome in WRONG and (not one.rounding or (kind, name) in told)]
        for kind, row in matrix.items()
    }
    wrong = {kind: names for kind, names in wrong.items() if names}
    refused: list[Kind] = [one.kind for one in captures if one.kind != "eager" and one.status == "failed"]
    made: list[Kind] = [one.kind for one in captures if one.kind != "eager" and one.status == "ok"]
    if not made and not refused:
        return "", ""
    second = _second(wrong, divergences, captures, refused)
    if wrong:
        return _wrong(wrong, len(examples)), second
    if not made:
        refuse = "refuse" if len(refused) > 1 else "refuses"
        return f"No static graph could be made: {_list(refused)} {refuse} the model", second
    return _agreeing({kind: matrix[kind] for kind in made if kind in matrix}, len(examples)), second


def _wrong(wrong: Mapping[Kind, list[str]], count: int) -> str:
    examples = {name for names in wrong.values() for name in names}
    graphs = f"The {_list(list(wrong))} {'graphs are' if len(wrong) > 1 else 'graph is'}"
    return f"{graphs} wrong on {len(examples)} of {count} examples"


def _agreeing(rows: Mapping[Kind, Mapping[str, Outcome]], count: int) -> str:
    """Say what agrees, and no more than was seen to agree."""
    cells = [one for row in rows.values() for one in row.values()]
    rounded = [kind for kind, row in rows.items() if any(one.rounding for one in row.values())]
    unseen = sum(one.outcome == "not-run" for one in cells)
    every = "The static graph agrees" if len(rows) == 1 else f"All {len(rows)} static graphs agree"
    if unseen:
        return f"No static graph was seen to be wrong, but {unseen} of {len(cells)} runs could not be judged"
    beyond = f", but for rounding in {_list(rounded)}" if rounded else ""
    return f"{every} with eager on {'the example' if count == 1 else f'all {count} examples'}{beyond}"


def _second(
    wrong: Mapping[Kind, list[str]],
    divergences: Sequence[Divergence],
    captures: Sequence[CaptureEntry],
    refused: list[Kind],
) -> str:
    reasons: dict[str, None] = {}
    for one in divergences:
        if one.severity == "error" and one.cause in WHY and one.capture in wrong:
            reasons[WHY[one.cause].format(place=_place(one))] = None
    parts = [_sentence("; ".join(list(reasons)[:3]))] if reasons else []
    if refused:
        parts.append(f"{_list(refused).capitalize()} {'refuse' if len(refused) > 1 else 'refuses'} the model.")
    broken = sorted({one.line for one in divergences if one.cause == "graph-break" and one.line})
    if broken:
        lines = ", ".join(str(line) for line in broken[:4])
        parts.append(f"Dynamo returns to Python at line{'s' if len(broken) > 1 else ''} {lines}.")
    if any(one.kind != "eager" and one.status == "skipped" for one in captures):
        parts.append("Some captures were cancelled.")
    return " ".join(parts)


def _place(one: Divergence) -> str:
    return f" at line {one.line}" if one.line is not None else ""


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "."


def _list(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
