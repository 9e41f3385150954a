"""``numerical-mismatch``: the result is beyond tolerance, and nothing else explains it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import networkx as nx

from explorer.diff.case import Case
from explorer.diff.causes.asking import chosen_by_capture
from explorer.diff.causes.output_structure import return_place
from explorer.diff.causes.packing import as_wide
from explorer.diff.causes.registry import cause
from explorer.diff.causes.type_tests import type_test
from explorer.diff.departure import Departure
from explorer.divergence import Divergence
from explorer.evidence import IN_TENSORS
from explorer.graph import TIES, Location, Op, Scalar

FAST_PATH = frozenset({"_nested_tensor_from_mask", "_nested_tensor_from_mask_left_aligned"})
"""What ``nn.TransformerEncoder`` runs where it leaves out what is padded."""

FAST = " Eager takes the fast path of `nn.TransformerEncoder`, which leaves out padded positions and writes 0 there."
SLOW = (
    "Mask these positions in what follows (memory_key_padding_mask of a decoder), or switch the fast path off for all: "
    "torch.backends.mha.set_fastpath_enabled(False)."
)

WARNED: tuple[tuple[str, str, str, str], ...] = (
    (
        "duplicated values in 'index'",
        "index_add",
        "The exporter said so when it made the graph: an index that comes more than once is added once alone.",
        "Use scatter_add with the index as large as what is added: t.scatter_add(0, i.unsqueeze(-1).expand_as(y), y).",
    ),
)
"""What a producer warns of without a line: its words, the op that they are about, what they mean, what helps."""

WARNED_HERE = "The producer warned of this line when it made the graph."

ENDINGS = ("The process crashed", "The model ended the process")
"""How a message begins that tells of a graph that did not even raise."""

TIED = "The order that `{}` gives to equal values is not defined: do not rely on it."

SAME_CALL = "Give the same arguments in the same way on every call as on the captured one, or capture each form of it."

CALLED = (
    "“{name}” passes its arguments in another way than “{first}”, by name in place of by position or the other way "
    "round. The {kind} graph takes them only as it was captured, and raises."
)

OTHER_CALL = re.compile(r"positional arguments only|keyword mismatch")
"""What is said where a graph is called in another way than it was captured with."""


@cause("numerical-mismatch")
def numerical_mismatches(case: Case, unexplained: frozenset[str]) -> Iterator[Divergence]:
    """Yield the line of an op whose result is left open, else the return statement."""
    yield from _rounded(case)
    unexplained -= case.unsteady
    for one in chosen_by_capture(case, unexplained):
        unexplained -= set(one.inputs)
        yield one
    names = tuple(name for name in case.outcomes if name in unexplained)
    if names:
        yield _raised(case, names) if case.outcomes[names[0]].outcome == "raises" else _differing(case, names)


def _raised(case: Case, names: tuple[str, ...]) -> Divergence:
    """Return where a graph raises of which nothing else tells why."""
    outcome = case.outcomes[names[0]]
    said = outcome.message or ""
    told = (outcome.file or case.file, outcome.line) if outcome.line is not None else None
    file, line = type_test(case, names[0]) or told or case.entry() or (case.file, None)
    refused = names[0] == case.first or said.startswith(ENDINGS)
    otherwise = OTHER_CALL.search(said) is not None
    said = CALLED.format(name=names[0], kind=case.name, first=case.first) if otherwise else said.rstrip(".")
    return case.found(
        "capture-failure" if refused else "specialised-type",
        "error",
        line,
        said if otherwise else f"The {case.name} graph raises on “{names[0]}” where {case.beside} does not: {said}.",
        inputs=names,
        remedy=SAME_CALL if otherwise else "",
        file=file,
    )


def _differing(case: Case, names: tuple[str, ...]) -> Divergence:
    """Return where values or sizes differ, at the first op that departs where one is seen to, else at the return."""
    resized = case.differing(names[0]) == "shape"
    suspect = _suspect(case, names[0])
    known = not suspect and case.differing(names[0]) in IN_TENSORS
    departure = case.departure(names[0]) if known else None
    if departure is not None and resized and not departure.resized:
        departure = None
    place = suspect.location if suspect else departure.left.location if departure else None
    file, line = (place.file, place.line) if place and _is_known(case, place) else return_place(case, names[0])
    text = (
        f"On “{names[0]}” the {case.name} graph returns {'another size' if resized else 'other values'} than "
        f"{case.beside}: {case.outcomes[names[0]].message}."
    )
    if departure is not None:
        text += f" {_departing(departure)}"
    remedy = TIED.format(suspect.op) if suspect else as_wide(case, file, line) if departure and line is not None else ""
    if departure is not None and (warned := _warned(case, departure)) is not None:
        text, remedy = f"{text} {warned[0]}", remedy or warned[1]
    if not suspect and _is_fast_alone(case, names[0]):
        text, remedy = text + FAST, SLOW
    return case.found(
        "output-structure" if resized else "numerical-mismatch",
        "error",
        place.line if place and line is None else line,
        text,
        inputs=names,
        remedy=remedy,
        file=place.file if place and line is None else file,
        evidence=_evidence(departure),
    )


def _is_fast_alone(case: Case, example: str) -> bool:
    """Whether eager leaves out what is padded and the graph does not."""
    graph = case.capture.graph
    fast = any(op.op in FAST_PATH for op in case.graphs[example].compute)
    return fast and graph is not None and not any(op.op in FAST_PATH for op in graph.compute)


def _warned(case: Case, departure: Departure) -> tuple[str, str] | None:
    """Return what the producer warned of the op that departs, or of its line, in our words, and what helps."""
    said = [one.message for one in case.capture.warnings]
    for words, op, meaning, helps in WARNED:
        if departure.left.op == op and any(words in one for one in said):
            return meaning, helps
    place = departure.left.location
    return (WARNED_HERE, "") if place is not None and case.warned(place.file, place.line) is not None else None


def _departing(departure: Departure) -> str:
    """Say which op departs first, and by how much."""
    module = f" in {departure.left.module}" if departure.left.module else ""
    size = f"is off by {departure.apart:.2g} of the largest value"
    if departure.resized:
        ours, theirs = (str(op.outputs[0]) for op in (departure.left, departure.right))
        size = f"gives {ours} in eager, {theirs} in the graph"
    elif departure.apart == float("inf"):
        size = "is off by NaN or infinity"
    given = "it is given the same, and " if departure.given_same else "it "
    return f"The first op to depart is `{departure.left.op}`{module}: {given}{size}."


def _evidence(departure: Departure | None) -> dict[str, Scalar | list[Scalar]]:
    if departure is None:
        return {}
    apart = departure.apart if departure.apart < float("inf") else None
    return {"first_op": departure.left.id, "first_op_in_graph": departure.right.id, "apart": apart}


def _rounded(case: Case) -> Iterator[Divergence]:
    """Yield a warning where values are beyond tolerance by rounding alone."""
    rounded = (name for name, one in case.outcomes.items() if one.outcome == "differs" and one.rounding)
    names = tuple(name for name in rounded if name not in {*case.wrong, *case.unsteady})
    if not names or (case.sequence and case.wrong):  # what a call has lost may show in the next by little
        return
    outcome = case.outcomes[names[0]]
    file, line = return_place(case, names[0])
    yield case.found(
        "numerical-mismatch",
        "warning",
        line,
        f"The {case.name} graph's values are beyond tolerance on “{names[0]}”, by no more than the rounding of sums in "
        f"another order ({outcome.message}).",
        inputs=names,
        remedy="Compare with a tolerance that fits the model's depth, or in float64.",
        evidence={"max_abs_error": outcome.max_abs_error},
        file=file,
    )


def _suspect(case: Case, example: str) -> Op | None:
    """Return the op with equal values to order that the wrong output descends from."""
    graph, outcome = case.graphs[example], case.outcomes[example]
    tied = {op.id: op for op in graph.compute if op.attributes.get(TIES)}
    if not tied or case.differing(example) != "value":
        return None
    ends = [op for op in graph.ops if op.role == "output"]
    wrong = ends[outcome.output or 0 :][:1] if len(ends) > (outcome.output or 0) else ends
    above = nx.bfs_tree(graph.reach, wrong[0].id, reverse=True) if wrong else ()
    return next((op for key, op in tied.items() if key in above), None)


def _is_known(case: Case, place: Location) -> bool:
    return place.file == case.file or place.file in case.others
