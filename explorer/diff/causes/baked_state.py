"""``baked-state``: an attribute, counter, global or buffer that the model changes is frozen or lost."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

import networkx as nx

from explorer.diff.case import Case
from explorer.diff.causes.changing import on_state, read_as
from explorer.diff.causes.idle_state import buffers_used, idle_buffers
from explorer.diff.causes.registry import cause
from explorer.diff.usage import indexes_by
from explorer.divergence import Divergence
from explorer.evidence import KEPT_BETWEEN_CALLS, WRONG, Kind, StateChange
from explorer.graph import Graph, Location, Op, OpId, Scalar
from explorer.wording import joined

REMEDY = "Pass the state in as an argument and return the new one, so that the caller keeps it."
BUFFER = "Keep the state in a registered buffer and update it in place, or pass it in and return it."
INDEXED = (
    "Pass the position in as a tensor and return the new one, write with index_copy and mask what is beyond it: an "
    "exported graph cannot slice by a number that a buffer holds."
)

MOVES = "gives another result than the first"
RAISES = "raises, which the first does not,"

MOST_NAMED = 3
"""What is named of all that one line changes."""

BEGINS_LATER = "changes it, too, but begins with what the capture's own run of the model has left"

IN_SEQUENCE = "`SEQUENCE = True` in the model file compares the examples as calls in a row."

IN_MODEL: frozenset[str] = frozenset({"buffer", "attribute", "nonlocal"})

KEEPS_BUFFERS: frozenset[Kind] = frozenset({"trace", "script", "export"})


@cause("baked-state")
def baked_states(case: Case, unexplained: frozenset[str]) -> Iterator[Divergence]:
    """Yield each place that writes state between calls, where the graph is wrong."""
    changed = tuple(name for name in sorted(unexplained) if case.outcomes[name].outcome == "differs")
    if not case.sequence:  # every example meets fresh state: what a call leaves behind is not seen by the next
        yield from _within_calls(case, changed)
        return
    seen: set[tuple[str, int]] = set()
    if changed and _follows_python(case):
        yield from _between_calls(case, changed, seen)
    yield from (one for one in _unseen(case) if (one.file, one.line) not in seen)


def _between_calls(case: Case, changed: tuple[str, ...], seen: set[tuple[str, int]]) -> Iterator[Divergence]:
    """Yield each place that writes state which later calls read, and note it in ``seen``."""
    matters = _mattering(case, changed)
    # A trace and an exported program write into buffers as eager does: where Python's own state is lost, that is it.
    lost = any(not _is_in_place(one) for run in case.runs.values() for one in run.changes if one.name in matters)
    in_place_is_kept = lost and case.maker in KEEPS_BUFFERS
    idle = idle_buffers(case)
    for run in case.runs.values():
        read = _read_by_output(case, run.example)
        at: dict[tuple[str, int], list[StateChange]] = {}
        for change in sorted(run.changes, key=lambda one: one.name not in read):  # of those at one line, what matters
            place = change.location
            if change.name not in matters or place is None or (place.file, place.line) in seen:
                continue
            if not place.user or (in_place_is_kept and _is_kept(case, change)):
                continue
            if change.name in idle or _is_without_effect(case, change):
                continue
            at.setdefault((place.file, place.line), []).append(change)
        seen.update(at)
        yield from (_told(case, changes, _shown_on(case, changes, changed)) for changes in at.values())
    yield from _chosen_by_state(case, seen)


def _mattering(case: Case, changed: tuple[str, ...]) -> frozenset[str]:
    """Return the names of the state that results may depend on, of what calls change; of all, where none seems to.

    These are buffers behind an output that differs, and what code reads that does more than write to state which
    nobody reads: a counter that is logged alone changes no result.
    """
    told = [one for run in case.runs.values() for one in run.changes
            if one.kind not in {"argument", "parameter"} and not _is_mode(one)]  # fmt: skip
    behind = frozenset[str]().union(*(_read_by_output(case, name) for name in changed))
    idle = {one.name for one in told} - behind
    written: dict[tuple[str, int], set[str]] = {}
    for one in told:
        if one.location is not None:
            written.setdefault((one.location.file, one.location.line), set()).add(one.name)
    while read := {one.name for one in told if one.name in idle and _is_read(case, one, _only_writing(written, idle))}:
        idle -= read
    return frozenset(one.name for one in told if one.name not in idle) or frozenset(one.name for one in told)


def _only_writing(written: dict[tuple[str, int], set[str]], idle: set[str]) -> frozenset[tuple[str, int]]:
    """Return the places that write to nothing but ``idle`` state."""
    return frozenset(place for place, names in written.items() if names <= idle)


def _within_calls(case: Case, changed: tuple[str, ...]) -> Iterator[Divergence]:
    """Yield what is wrong of state where no call sees what another has left: first what the examples show."""
    found = list(_read_where_written(case, changed)) if changed and _follows_python(case) else []
    yield from found
    told = {(one.file, one.line) for one in found}
    for one in (*_on_second_call(case), *_unseen(case)):
        if (one.file, one.line) not in told:
            told.add((one.file, one.line))
            yield one


def _follows_python(case: Case) -> bool:
    return case.runs_python or case.maker == "dynamo"


def _on_second_call(case: Case) -> Iterator[Divergence]:
    """Yield a warning for each write that the next call reads, where the graph's second call is not eager's."""
    again = case.again
    if again is None or again.outcome not in WRONG or case.stranger or not case.runs[case.first].deterministic:
        return
    changes = [one for one in case.runs[case.first].changes if one.kind in KEPT_BETWEEN_CALLS and not _is_mode(one)
               and one.location is not None and one.location.user]  # fmt: skip
    if (
        case.maker in KEEPS_BUFFERS
    ):  # they write into buffers as eager does: where Python's own state is lost, that is it
        changes = [one for one in changes if not _is_in_place(one)] or changes
    at: dict[Location, list[StateChange]] = {}
    for change in [one for one in changes if _is_read(case, one)] or changes:
        if change.location is not None:
            at.setdefault(change.location, []).append(change)
    for place, (change, *others) in at.items():
        yield case.found(
            "baked-state",
            "warning",
            place.line,
            f"Each call changes {_named([change, *others])}, and a second call on “{case.first}” "
            f"{RAISES if again.outcome == 'returns' else MOVES} in eager. The {case.name} graph {_fate(case, change)}.",
            inputs=(case.first,),
            remedy=f"{_remedy(case, change)} {IN_SEQUENCE}",
            evidence={"state": change.name, "second_call": again.message or again.outcome} | _before_and_after(change),
            file=place.file,
        )


def _is_read(case: Case, change: StateChange, besides: Collection[tuple[str, int]] = ()) -> bool:
    """Whether code that ran reads what was changed at another line than the one that changes it, and those besides."""
    file = change.location.file if change.location is not None else ""
    return any((file, line) not in besides for line in _lines_reading(case, change, [case.first]))


def _lines_reading(case: Case, change: StateChange, examples: Iterable[str]) -> dict[int, int]:
    """Return how often each line that ran, but for the one that changed something, has the name of that."""
    place = change.location
    if place is None:
        return {}
    names, ran = case.source_of(place.file).names, {line for one in examples for line in case.ran(one, place.file)}
    found = {line: _times(change, names.mentions(line)) for line in ran if line != place.line}
    return {line: times for line, times in found.items() if times}


def _times(change: StateChange, mentions: Sequence[str]) -> int:
    return sum(map(mentions.count, read_as(change)))


def _shown_on(case: Case, changes: list[StateChange], changed: tuple[str, ...]) -> tuple[str, ...]:
    """Return the examples on which changes show: what only conditions read shows from where one of them parts."""
    found, order = set[str](), list(case.runs)
    for change in changes:
        reading = _lines_reading(case, change, case.runs)
        file = change.location.file if change.location is not None else ""
        asking = [one for one in case.partings if one.file == file and (times := _times(change, one.site.reads))
                  and times == sum(reading.get(line, 0) for line in one.site.lines)]  # fmt: skip
        alone = bool(reading) and reading.keys() <= {line for one in asking for line in one.site.lines}
        start = min((order.index(one.example) for one in asking), default=0) if alone else 0
        found.update(order[start:])
    return tuple(name for name in changed if name in found) or changed


def _unseen(case: Case) -> Iterator[Divergence]:
    """Yield a warning for each function that updates buffers: ONNX loses it, though no example shows it.

    A line that the captured example did not run is lost with the side that it stands on, which is told.
    """
    if case.capture.graph is None or not case.runs_python or case.maker in KEEPS_BUFFERS or case.stored or case.other:
        return
    by_user = _written_by(case, lambda op: bool(op.stack) and op.stack[0].user)
    lost: dict[tuple[str, str], list[tuple[Location, StateChange]]] = {}
    for change in (change for run in case.runs.values() for change in run.changes if change.kind == "buffer"):
        place = change.location
        if place is not None and change.name in by_user and place.line in case.ran(case.first, place.file):
            lost.setdefault((place.file, place.function), []).append((place, change))
    for found in lost.values():
        changes, place = [change for _, change in found], min((one for one, _ in found), key=lambda one: one.line)
        names = [f"`{name}`" for name in dict.fromkeys(change.name for change in changes)]
        buffers = f"buffer{'s' if names[1:] else ''} {', '.join(names)}"
        yield case.found(
            "baked-state",
            "warning",
            place.line,
            f"Each call updates the {buffers} in eager. The {case.name} graph keeps what was there when captured, "
            "which none of the examples shows.",
            inputs=(case.first,),
            remedy=_remedy(case, changes[0]),
            evidence={"state": changes[0].name},
            file=place.file,
            lines=frozenset(one.line for one, _ in found),
        )


def _read_where_written(case: Case, changed: tuple[str, ...]) -> Iterator[Divergence]:
    """Yield each write to state on which the value that differs depends in the same call."""
    told: dict[str, tuple[StateChange, list[str]]] = {}
    for name in changed:
        read = _state_behind(case, name)
        for change in case.runs[name].changes:
            if change.kind in IN_MODEL and change.name in read and change.location is not None:
                told.setdefault(change.name, (change, []))[1].append(name)
    for change, names in told.values():
        yield _told(case, [change], tuple(names))


def _state_behind(case: Case, name: str) -> frozenset[str]:
    """Return the buffers and attributes behind the first op to depart, or else the output that differs.

    Those do not count that the graph writes to as eager does, and that begin anew on each example.
    """
    graph, output = case.graphs.get(name), _wrong_output(case, name)
    if graph is None or output is None:
        return frozenset()
    departure = case.departure(name)
    written = frozenset(graph.memory(*port)[0] for op in graph.ops for port in op.writes)
    kept = written if case.maker in KEEPS_BUFFERS else frozenset[OpId]()
    # What writes to a state that it reads itself, as batch norm does, gives nothing of what it has written.
    read = {graph.memory(edge.source, edge.source_output)[0] for edge in graph.edges if edge.source not in written}
    found = (op for op in _stored_behind(graph, departure.left.id if departure else output)
             if op.id in read or op.id not in written)  # fmt: skip
    return frozenset(op.target for op in found if op.role == "constant" or op.id not in kept)


def _read_by_output(case: Case, name: str) -> frozenset[str]:
    """Return the names of the buffers and attributes behind the output that differs on an example."""
    graph, output = case.graphs.get(name), _wrong_output(case, name)
    return frozenset(op.target for op in _stored_behind(graph, output)) if graph and output else frozenset()


def _wrong_output(case: Case, name: str) -> OpId | None:
    """Return the output of the eager graph whose values differ on an example."""
    outputs = [op.id for op in case.graphs[name].ops if op.role == "output"] if name in case.graphs else []
    output = case.outcomes[name].output if name in case.outcomes else None
    return outputs[output] if output is not None and output < len(outputs) else None


def _stored_behind(graph: Graph, op: OpId) -> Iterator[Op]:
    """Yield the parameters, buffers and constants that an op depends on."""
    behind = nx.bfs_tree(graph.reach, op, reverse=True)
    return (one for one in graph.ops if one.id in behind and one.role in {"parameter", "constant"})


def _chosen_by_state(case: Case, seen: set[tuple[str, int]]) -> Iterator[Divergence]:
    """Yield each condition that asks what earlier calls have left, and went another way on a wrong example."""
    for parting in case.wrong_partings:
        place = parting.file, parting.site.line
        if place in seen or not on_state(case, parting):
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
    return change.kind in IN_MODEL and not change.before


def _is_kept(case: Case, change: StateChange) -> bool:
    """Whether the graph writes it as eager does: an exported program mostly also where eager binds a buffer anew."""
    copied = case.maker == "export" and change.kind == "buffer" and change.name in _copied_to(case.capture.graph)
    return _is_in_place(change) or copied


def _copied_to(graph: Graph | None) -> frozenset[str]:
    """Return the names of the buffers that an exported graph copies to, as it does where eager binds them anew."""
    if graph is None:
        return frozenset()
    copies = (op.id for op in graph.compute if op.target.startswith("aten.copy_"))
    return frozenset(
        graph.by_id[edge.source].target for op in copies for edge in graph.fed(op) if not edge.target_input
    )


def _is_without_effect(case: Case, change: StateChange) -> bool:
    """Whether a trace writes to the buffer as eager does, and nothing that it returns depends on what is in it."""
    graph = case.capture.graph
    return graph is not None and _fate(case, change) is BEGINS_LATER and change.name not in buffers_used(graph)


def _is_mode(change: StateChange) -> bool:
    return change.name.endswith(".training") or change.name == "training"


def _fate(case: Case, change: StateChange) -> str:
    if case.maker in KEEPS_BUFFERS and _is_in_place(change) and _is_written_by_op(case, change):
        return BEGINS_LATER
    return "keeps the value that it had when captured and writes no new one; eager sees the change on the next call"


def _is_written_by_op(case: Case, change: StateChange) -> bool:
    """Whether an op that eager ran makes the write: what is none, as of NumPy's, is in no graph."""
    return change.name in _written_by(case, lambda _: True)


def _written_by(case: Case, wanted: Callable[[Op], bool]) -> frozenset[str]:
    """Return the names of the state that the ``wanted`` ones of the ops that eager ran write to."""
    return frozenset(graph.by_id[graph.memory(*port)[0]].target for graph in case.graphs.values() for op in graph.ops
                     if op.writes and wanted(op) for port in op.writes)  # fmt: skip


def _remedy(case: Case, change: StateChange) -> str:
    """Return what helps: a trace begins with what its own run left in a buffer, and ONNX has none that changes."""
    keeps = case.maker in KEEPS_BUFFERS and case.maker != "trace"
    file = change.location.file if change.location is not None else ""
    counts = change.kind == "attribute" and change.after.isdecimal() and case.maker != "script"
    if counts and indexes_by(case.source_of(file), change.name.rpartition(".")[2], case.handing, file):
        return INDEXED
    return BUFFER if keeps and change.kind != "buffer" else REMEDY


def _told(case: Case, changes: list[StateChange], inputs: tuple[str, ...]) -> Divergence:
    first = changes[0]
    place = first.location
    return case.found(
        "baked-state",
        "error",
        place.line if place else None,
        f"Each call changes {_named(changes)}. The {case.name} graph {_fate(case, first)}.",
        inputs=inputs,
        remedy=_remedy(case, first),
        evidence={"state": first.name} | _before_and_after(first),
        file=place.file if place else None,
    )


def _named(changes: list[StateChange]) -> str:
    """Return what a line changes, with what it was before and is after."""
    told = [f"the {one.kind} `{one.name.removeprefix('globals.')}`{_grew(one)}" for one in changes[:MOST_NAMED]]
    if more := len(changes) - len(told):
        told.append(f"{more} more")
    return joined(told)


def _grew(change: StateChange) -> str:
    told_apart = change.before and change.before != change.after
    return f" (from {change.before} to {change.after})" if told_apart else ""


def _before_and_after(change: StateChange) -> dict[str, Scalar | list[Scalar]]:
    return {"before": change.before, "after": change.after} if change.before != change.after else {}
