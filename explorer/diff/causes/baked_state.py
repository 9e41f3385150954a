"""``baked-state``: an attribute, counter, global or buffer that the model changes is frozen or lost."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.diff.case import Case
from explorer.diff.causes.registry import cause
from explorer.divergence import Divergence
from explorer.evidence import Kind, StateChange

REMEDY = "Pass the state in as an argument and return the new one, so that the caller keeps it."
BUFFER = "Keep the state in a registered buffer and update it in place, or pass it in and return it."

KEEPS_BUFFERS: frozenset[Kind] = frozenset({"trace", "script", "export"})


@cause("baked-state")
def baked_states(case: Case, unexplained: frozenset[str]) -> Iterator[Divergence]:
    """Yield each place that writes state between calls, where the graph is wrong."""
    changed = tuple(name for name in sorted(unexplained) if case.outcomes[name].outcome == "differs")
    if not (case.runs_python or case.maker == "dynamo") or not changed or not case.sequence:
        return  # without a sequence every example meets fresh state: what a call leaves behind is not seen
    # A trace and an exported program write into buffers as eager does: where Python's own state is lost, that is it.
    lost = any(not _is_in_place(one) and not _is_mode(one) for run in case.runs.values() for one in run.changes)
    in_place_is_kept = lost and case.maker in KEEPS_BUFFERS
    seen: set[tuple[str, int]] = set()
    for run in case.runs.values():
        for change in run.changes:
            place = change.location
            if change.kind in {"argument", "parameter"} or place is None or (place.file, place.line) in seen:
                continue
            if not place.user or _is_mode(change) or (in_place_is_kept and _is_in_place(change)):
                continue
            seen.add((place.file, place.line))
            yield _told(case, change, changed)
    yield from _chosen_by_state(case, seen)


def _chosen_by_state(case: Case, seen: set[tuple[str, int]]) -> Iterator[Divergence]:
    """Yield each condition that asks what earlier calls have left, and went another way on a wrong example."""
    for parting in case.wrong_partings:
        place = parting.file, parting.site.line
        if place in seen or not case.on_state(parting.site):
            continue
        seen.add(place)
        examples = tuple(one.example for one in case.wrong_partings if one.site.line == parting.site.line)
        yield case.found(
            "baked-state",
            "error",
            parting.site.line,
            f"`{parting.site.text}` asks for what earlier calls have left. The {case.name} graph holds what ran on "
            f"“{case.first}” alone, whatever has been left since.",
            inputs=tuple(dict.fromkeys(examples)),
            remedy="Pass the state in and return it, and choose with torch.where.",
            evidence={"condition": parting.site.text},
            file=parting.file,
        )


def _is_in_place(change: StateChange) -> bool:
    return change.kind == "buffer" and not change.before


def _is_mode(change: StateChange) -> bool:
    return change.name.endswith(".training") or change.name == "training"


def _fate(case: Case, change: StateChange) -> str:
    if case.maker in KEEPS_BUFFERS and _is_in_place(change):
        return "changes it, too, but begins with what the capture's own run of the model has left"
    return "keeps what it was when captured, or loses the change; eager sees it on the next call"


def _remedy(case: Case, change: StateChange) -> str:
    """Return what helps: a trace begins with what its own run left in a buffer, and ONNX has none that changes."""
    keeps = case.maker in KEEPS_BUFFERS and case.maker != "trace"
    return BUFFER if keeps and change.kind != "buffer" else REMEDY


def _told(case: Case, change: StateChange, inputs: tuple[str, ...]) -> Divergence:
    place = change.location
    told_apart = change.before and change.before != change.after
    grew = f" (from {change.before} to {change.after})" if told_apart else ""
    return case.found(
        "baked-state",
        "error",
        place.line if place else None,
        f"Each call changes the {change.kind} `{change.name}`{grew}. The {case.name} graph {_fate(case, change)}.",
        inputs=inputs,
        remedy=_remedy(case, change),
        evidence={"state": change.name} | ({"before": change.before, "after": change.after} if change.before else {}),
        file=place.file if place else None,
    )
