"""What follows on the verdict: why graphs are wrong, what else may go wrong, which captures refuse the model."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import PurePath

from explorer.evidence import STATIC_KINDS
from explorer.report.schema import CaptureEntry, Divergence
from explorer.report.standing import is_all_python
from explorer.wording import joined, sentence

MOST_REASONS = 3
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

OF_CLOCK = "the time read{place} is that of the capture"


def reasons(
    wrong: Collection[str],
    refused: Sequence[str],
    divergences: Sequence[Divergence],
    captures: Sequence[CaptureEntry],
    file: str | None,
) -> Iterator[str]:
    """Yield the sentences, the most telling first; lines of ``file``, the model's own, are named by number alone."""
    yield from _causes(wrong, divergences, file)
    yield from _refusals(wrong, refused, divergences)
    yield from _breaks(divergences, captures, file)
    if skipped := [one.id for one in captures if one.kind != "eager" and one.status == "skipped"]:
        yield f"Cancelled before {joined(skipped)}."


def _causes(wrong: Collection[str], divergences: Sequence[Divergence], file: str | None) -> Iterator[str]:
    """Yield why the ``wrong`` graphs are, or what else can be wrong though no example shows it."""
    errors = (one for one in divergences if one.severity == "error" and one.row in wrong)
    if told := _whys(errors, file):
        yield sentence("; ".join(told))
    warned = (one for one in divergences if one.severity == "warning")
    may = _whys((one for one in warned if one.cause != "numerical-mismatch"), file)  # rounding is told with what agrees
    if may and not wrong:
        yield f"It can be wrong on other inputs or calls: {'; '.join(may)}."


def _whys(divergences: Iterable[Divergence], file: str | None) -> list[str]:
    """Return the first causes, each of a place once."""
    known = (one for one in divergences if one.cause in WHY)
    return list(dict.fromkeys(_why(one).format(place=_place(one, file)) for one in known))[:MOST_REASONS]


def _why(one: Divergence) -> str:
    """Return what is told of a cause; the time is no random number."""
    return OF_CLOCK if str(one.evidence.get("drawn by", "")).startswith("time.") else WHY[one.cause]


def _refusals(wrong: Collection[str], refused: Sequence[str], divergences: Sequence[Divergence]) -> Iterator[str]:
    """Yield what could not be made, and what was made of a wrapper alone."""
    if kinds := [one for one in refused if one in STATIC_KINDS]:
        yield sentence(f"{joined(kinds)} {_refuse(kinds)} the model")
    yield from (f"{one} cannot be used." for one in refused if one not in STATIC_KINDS)
    plainly = dict.fromkeys(one.row for one in divergences if one.cause == "capture-failure")
    if rows := [one for one in plainly if one not in {*refused, *wrong}]:
        yield f"Called plainly, {joined(rows)} {_refuse(rows)} the model."


def _refuse(names: Sequence[str]) -> str:
    return "refuse" if len(names) > 1 else "refuses"


def _breaks(divergences: Sequence[Divergence], captures: Sequence[CaptureEntry], file: str | None) -> Iterator[str]:
    breaks = [one for one in divergences if one.cause == "graph-break" and one.line]
    if breaks:
        dynamo = "Dynamo makes no graph, and" if any(map(is_all_python, captures)) else "Dynamo"
        yield f"{dynamo} returns to Python at {_broken(breaks, file)}."


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
