"""What branch, loop, type and check causes share: how a parting becomes a divergence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from explorer.diff.case import Case
from explorer.diff.causes.baked_mode import is_by_mode
from explorer.diff.causes.changing import on_state
from explorer.diff.causes.choice_remedies import What, remedy_of
from explorer.diff.causes.raising import raises_apart
from explorer.diff.causes.reading import place_of
from explorer.diff.causes.sizes import asks_for, input_sizes
from explorer.diff.causes.visits import modules_reading
from explorer.diff.choosing import ways_in
from explorer.diff.partings import Parting
from explorer.divergence import Divergence
from explorer.evidence import EXPORTS
from explorer.graph import Scalar
from explorer.wording import joined

MET = ", when it was met"


def applies(case: Case, parting: Parting) -> bool:
    """Whether this kind of capture fixes such a decision.

    A script compiles branches and loops and only settles what depends on types; Dynamo checks what it
    assumed before each run and loses nothing but the handlers of ``try``. What an exporter runs in another mode than
    eager took no side of a choice by the mode that eager took.
    """
    if on_state(case, parting) or is_by_mode(case, parting.file, parting.site.line):
        return False
    if case.runs_python:
        return True
    return parting.site.on_type if case.maker == "script" else parting.site.kind == "try"


def is_choice(case: Case, parting: Parting) -> bool:
    """Whether a condition chooses by plain arguments alone, and is no check."""
    return (
        _on_argument(case, parting)
        and not parting.site.on_type
        and not is_check(case, parting.file, parting.site.line, lost=True)
    )


def _on_argument(case: Case, parting: Parting) -> bool:
    """Whether a condition asks for plain arguments of the call, by the names that these have in it."""
    site, entry = parting.site, case.entry()
    if site.kind != "if" or not site.names or entry is None or case.escapes_at(parting.file, site.lines):
        return False
    given = case.source_of(entry[0]).arguments_at(entry[1])
    return site.names <= given & case.source_of(parting.file).arguments_at(site.line)


def is_check(case: Case, file: str, line: int, *, lost: bool = False) -> bool:
    """Whether eager raised behind the condition at ``line``; where ``lost`` is asked for, and the graph returned."""
    return any(
        case.source_of(file).guard_of(raised.line) == line
        for name, run in case.runs.items()
        if (raised := run.raised) and raised.file == file and raised.line
        if not lost or case.outcomes[name].outcome == "returns"
    )


def frozen(case: Case, name: str, wanted: Callable[[Parting], bool], what: What, sentence: str) -> Iterator[Divergence]:
    """Yield one divergence for each place whose parting is ``wanted``, its examples together."""
    places: dict[tuple[str, int], list[Parting]] = {}
    for parting in case.wrong_partings:
        if wanted(parting) and applies(case, parting) and not _follows(case, parting):
            places.setdefault(place_of(case, parting), []).append(parting)
    for (file, line), met in places.items():
        partings = [one for one in met if not _is_unshown(case, one)] or met
        severity = "warning" if _is_unshown(case, partings[0]) else "error"
        examples = tuple(dict.fromkeys(one.example for one in partings))
        leaves = what == "data" and partings[0].site.leaves
        yield case.found(
            name,
            severity,
            line,
            told(case, partings, sentence, examples),
            inputs=examples,
            remedy=remedy_of(case, "exit" if leaves else what, partings[0]),
            evidence={
                "condition": partings[0].site.text,
                "chosen when captured": ways_in(partings[0].site, partings[0].captured),
                "chosen by eager": ways_in(partings[0].site, partings[0].taken),
                "parts on": list(examples),
                **_visits(partings[0]),
            },
            file=file,
            modules=_parting_modules(case, partings[0]),
        )


def _follows(case: Case, parting: Parting) -> bool:
    """Whether a condition only asks for what a side of another one has set: that parts as well, and is told.

    What it reads of the data itself, it asks for by itself.
    """
    site, names = parting.site, case.source_of(parting.file).names
    if site.kind != "if" or case.escapes_at(parting.file, site.lines):
        return False
    behind = names.behind(site.names, site.line)
    return any(
        one.site.line in behind
        or any(names.assigned_at(line) & one.site.binds for line in behind if line > one.site.line)
        for one in case.wrong_partings
        if one.example == parting.example and one.file == parting.file and one.site.line < site.line
        and one.site.kind == "if" and applies(case, one)
    )  # fmt: skip


def _parting_modules(case: Case, parting: Parting) -> list[str]:
    """Return the modules in which a condition parts, as far as what it reads on each visit tells that."""
    read = [one for one in case.runs[parting.example].escapes if one.file == parting.file
            and one.line in parting.site.lines]  # fmt: skip
    each = len(read) // max(len(parting.taken), 1)
    if not each or each * len(parting.taken) != len(read):
        return []
    visits = zip(parting.captured, parting.taken, read[::each], strict=False)
    return modules_reading(case, parting.example, [escape for one, other, escape in visits if one != other])


def _is_unshown(case: Case, parting: Parting) -> bool:
    """Whether the graph fails on the example for something else, so that what it fixed does not show."""
    return _is_before(case, parting) or raises_apart(case, parting)


def _is_before(case: Case, parting: Parting) -> bool:
    """Whether the graph refuses the example's shape, and so never comes to what parts.

    A loop over it, and a question for its rank, is one reason that it does; where sizes are left open, so is a choice
    by one, which then is a guard.
    """
    if parting.example not in case.refused or (parting.site.on_rank and _is_of_another_rank(case, parting.example)):
        return False
    fixes = parting.site.kind == "loop" or (case.dynamic and case.maker in EXPORTS)
    sizes = input_sizes(case, [parting.example]) if fixes else []
    return not any(asks_for(case, parting, one) for one in sizes)


def _is_of_another_rank(case: Case, name: str) -> bool:
    """Whether an input of an example has more or fewer dimensions than when captured."""
    ranks, captured = (
        [len(op.outputs[0].shape or ()) for op in case.graphs[one].ops if op.role == "input" and op.outputs]
        for one in (name, case.first)
    )
    return ranks != captured


def _visits(parting: Parting) -> dict[str, Scalar | list[Scalar]]:
    """Tell on how many of its visits a condition parts, where it was met several times: 1 of 24 layers."""
    pairs = list(zip(parting.captured, parting.taken, strict=False))
    return (
        {"visits": len(pairs), "visits that part": sum(1 for one, other in pairs if one != other)} if pairs[1:] else {}
    )


def told(case: Case, partings: Sequence[Parting], sentence: str, examples: tuple[str, ...]) -> str:
    """Say in one or two sentences what was fixed and where eager goes instead."""
    parting = partings[0]
    text = f"`{parting.site.text}`" if parting.site.text else f"line {parting.site.line}"
    side = _side(case, parting)
    later = _later(partings) if "{side}" in sentence and MET in side else {}
    names = listed([one for one in examples if one not in {name for names in later.values() for name in names}])
    found = sentence.format(text=text, first=case.first, names=names, kind=case.name, side=side,
                            counts=_counts(case, partings), fate=_fate(case, partings), holds=_holds(case, examples),
                            was=_handled(parting.captured), now=_handled(parting.taken))  # fmt: skip
    others = (f" On {listed(names)} eager goes the other way the {_ordinal(at)} time." for at, names in later.items())
    return found + "".join(others)


def _later(partings: Sequence[Parting]) -> dict[int, list[str]]:
    """Return the examples that part on another visit than the first of all does, by the number of that."""
    visits = {one.example: _visit(one) for one in reversed(partings)}
    first = _visit(partings[0])
    later = {at for at in visits.values() if at not in {0, first}}
    return {at: [name for name in dict.fromkeys(one.example for one in partings) if visits[name] == at]
            for at in sorted(later)}  # fmt: skip


def _visit(parting: Parting) -> int:
    """Return on which visit of its place it parts, from 1; 0 where it parts on none that both have."""
    pairs = enumerate(zip(parting.captured, parting.taken, strict=False), 1)
    return next((at for at, (one, other) in pairs if one != other), 0)


def _holds(case: Case, examples: tuple[str, ...]) -> str:
    """Say what a graph does with another argument that it has no input for."""
    if all(case.outcomes[name].outcome == "raises" for name in examples):
        return "the graph refuses the call"
    return f"the graph still does what it did on “{case.first}”"


def listed(examples: Sequence[str]) -> str:
    """Return the names of examples as a sentence has them."""
    return " and ".join(f"“{one}”" for one in examples[:3]) + (" and others" if len(examples) > 3 else "")  # noqa: PLR2004


def _handled(handlers: Sequence[int]) -> str:
    """Say what a line in a ``try`` did, by the lines of the handlers that ran."""
    lines = [f"line {line}" for line in dict.fromkeys(handlers)]
    return f"raises what the handler at {' or '.join(lines)} catches" if lines else "raises nothing"


def _fate(case: Case, partings: Sequence[Parting]) -> str:
    """Say what becomes of the graph where eager goes another way."""
    if all(_is_before(case, one) for one in partings):
        return "the graph refuses their shape before it gets here"
    if all(_is_unshown(case, one) for one in partings):
        line = next((one.line for each in partings if (one := case.outcomes[each.example]).line is not None), None)
        return f"the graph does not follow, but raises at line {line} whichever way it goes"
    return "the graph does not follow"


def _side(case: Case, parting: Parting) -> str:
    """Return what the captured run's choice was, and at which visit, as far as that can be told."""
    site, visit = parting.site, _visit(parting)
    apart = parting.captured[visit - 1] if visit else None
    often = max(len(parting.captured), len(parting.taken)) > 1
    when = f"{MET} for the {_ordinal(visit)} time," if often and visit else ""
    if not often and site.body is not None and site.body not in site.lines:
        return "was true" if site.body in case.ran(case.first, parting.file) else "was false"
    if site.compound and (often_true := _often_true(case, parting)):
        return often_true
    if apart is None or site.compound:
        return f"went another way than there{when}"
    return f"was {'true' if apart else 'false'}{when}"


def _often_true(case: Case, parting: Parting) -> str:
    """Return how often a condition of several parts was true when captured, by the lines that ran; empty if unclear."""
    site, ran = parting.site, case.ran(case.first, parting.file)
    visits, true = ran.get(site.line, 0), ran.get(site.body or 0, 0)
    if site.body is None or site.body in site.lines or not 0 <= true <= visits or visits < 2:  # noqa: PLR2004
        return ""
    return f"was true {true} of {visits} times"


def _ordinal(number: int) -> str:
    """Return the word for a place in a row.

    Examples
    --------
    >>> _ordinal(2), _ordinal(12), _ordinal(23)
    ('second', '12th', '23rd')
    """
    ends = {1: "st", 2: "nd", 3: "rd"}
    ending = "th" if number % 100 in {11, 12, 13} else ends.get(number % 10, "th")
    return {1: "first", 2: "second", 3: "third"}.get(number, f"{number}{ending}")


def _counts(case: Case, partings: Sequence[Parting]) -> str:
    """Return how many turns each example takes, the captured one first; of each visit, if all take as many."""
    choices = {case.first: partings[0].captured, **{one.example: one.taken for one in partings}}
    alike = len({sum(taken) for taken in choices.values()}) == 1
    told = [f"{_turns(taken, apart=alike)} on “{name}”" for name, taken in list(choices.items())[:4]]
    return joined(told)


def _turns(taken: Sequence[int], *, apart: bool) -> str:
    """Say how many turns a loop took, or, where it was come to several times, how many each time.

    Examples
    --------
    >>> _turns((1, 1, 0, 1, 0), apart=False), _turns((1, 1, 0, 1, 0), apart=True), _turns((1, 0), apart=False)
    ('3 turns', '2, then 1 turns', '1 turn')
    """
    visits = [len(list(run)) for goes_on, run in groupby(taken) if goes_on]
    if apart and visits[1:]:
        return f"{', then '.join(map(str, visits[:4]))}{' …' if visits[4:] else ''} turns"
    return f"{sum(taken)} turn{'s' if sum(taken) != 1 else ''}"
