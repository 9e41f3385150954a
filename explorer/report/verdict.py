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
    wrong: dict[Kind, list[str]] = {
        kind: [name for name, one in row.items() if one.outcome in WRONG and not one.rounding]
        for kind, row in matrix.items()
    }
    wrong = {kind: names for kind, names in wrong.items() if names}
    refused: list[Kind] = [one.kind for one in captures if one.kind != "eager" and one.status == "failed"]
    made: list[Kind] = [one.kind for one in captures if one.kind != "eager" and one.status == "ok"]
    if not made and not refused:
        return "", ""
    return _first(wrong, made, refused, len(examples)), _second(wrong, divergences, captures, refused)


def _first(wrong: Mapping[Kind, list[str]], made: list[Kind], refused: list[Kind], count: int) -> str:
    if wrong:
        examples = {name for names in wrong.values() for name in names}
        graphs = f"{_list(list(wrong)).capitalize()} {'graphs are' if len(wrong) > 1 else 'graph is'}"
        return f"{graphs} wrong on {len(examples)} of {count} examples"
    if not made:
        return (
            f"No static graph could be made: {_list(refused)} {'refuse' if len(refused) > 1 else 'refuses'} the model"
        )
    every = "The static graph agrees" if len(made) == 1 else f"All {len(made)} static graphs agree"
    return f"{every} with eager on {'the example' if count == 1 else f'all {count} examples'}"


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
