"""Where two eager runs part: decisions that went another way on the one than on the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from explorer.diff.places import Site, SourceMap
from explorer.evidence import Decision, EagerRun


@dataclass(frozen=True, slots=True)
class Parting:
    """A decision that went another way on ``example`` than on the captured one."""

    site: Site
    example: str
    captured: tuple[int, ...]
    taken: tuple[int, ...]
    file: str


def partings(captured: EagerRun, other: EagerRun, source_of: Callable[[str], SourceMap]) -> Iterator[Parting]:
    """Yield each decision of ``other`` that went another way than in ``captured``; ``source_of`` reads their files."""

    def parting(at: Decision, was: Decision | None, now: Decision | None) -> Parting:
        site = source_of(at.file).site(at.line, at.column, at.kind)
        chosen, taken = (tuple(one.choices()) if one else () for one in (was, now))
        return Parting(site, other.example, chosen, taken, at.file)

    before = {_place(one): one for one in captured.decisions}
    for one in other.decisions:
        was = before.pop(_place(one), None)
        if was is None and one.kind != "try":
            continue  # only reached on the one example: what led here has parted
        if was is None or _differ(tuple(was.choices()), tuple(one.choices())):
            yield parting(one, was, one)
        elif _turns_on(was, one):
            found = parting(one, was, one)
            if found.site.kind == "loop" and _is_read(found, captured, other):
                yield found
    for one in before.values():
        if one.kind == "try":
            yield parting(one, one, None)


def _place(decision: Decision) -> tuple[str, int, int, str]:
    return decision.file, decision.line, decision.column, decision.kind


def _differ(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Whether two sequences of choices part: a longer one that begins like the other follows from elsewhere."""
    return any(left != right for left, right in zip(one, other, strict=False))


def _turns_on(one: Decision, other: Decision) -> bool:
    """Whether a condition is met more often than in a run that ends with it holding, as a loop left by ``break``."""
    short, long = sorted((tuple(one.choices()), tuple(other.choices())), key=len)
    return one.kind == "if" and len(short) < len(long) and bool(short) and bool(short[-1])


def _is_read(parting: Parting, *runs: EagerRun) -> bool:
    """Whether the condition of a ``while`` reads a value at each turn; ``while True`` turns as what leaves it says."""
    return any(one.file == parting.file and one.line in parting.site.lines for run in runs for one in run.escapes)
