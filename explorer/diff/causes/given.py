"""Arguments of the call that are no tensors, and where what eager does depends on them."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice

from explorer.diff.case import Case
from explorer.diff.held import apart
from explorer.divergence import Divergence
from explorer.graph import Graph, Location, Op

OTHER_VALUE = re.compile(r"Guard failed: [\w.\[\]']+ == [^ ]+$|` is a constant of the graph")
"""What an exported program, and what is run with plain arguments, says where one of these has another value."""

DEFAULT = "its default"
"""What stands for the value of an argument that an example does not give."""


@dataclass(frozen=True, slots=True)
class Given:
    """An argument that another example gives another value, which shows first in eager's op at ``place``."""

    name: str
    captured: str
    other: str
    place: Location

    @property
    def is_number(self) -> bool:
        """Whether it is a number, which ops compute with."""
        return _is_number(self.captured) or _is_number(self.other)


def given_otherwise(case: Case, examples: Collection[str]) -> Iterator[tuple[Given, tuple[str, ...]]]:
    """Yield each plain argument that other ``examples`` give another value, with these.

    What eager does on them then differs from an op on: in its numbers, its module, or in which op it is. The graph
    returns, or refuses the value. Of another shape, ops differ that take no argument.
    """
    found: dict[tuple[str, Location], tuple[Given, list[str]]] = {}
    for example in sorted(one for one in examples if _is_held(case, one) and one in case.graphs):
        ops = list(_others(case.graphs[case.first], case.graphs[example]))
        for name, (captured, other) in _plain(case, example).items() if ops else ():
            place = _taking(case, name, ops)
            if place is None and not case.resized([example]):
                place = _below(case, ops[0])
            if place is not None:
                one = Given(name, captured, other, place)
                whole = re.split(r"[:\[.]", name, maxsplit=1)[0]  # the elements of a list are one fault
                found.setdefault((whole, place), (one, []))[1].append(example)
    yield from ((one, tuple(dict.fromkeys(names))) for one, names in found.values())


def plain(case: Case, example: str) -> dict[str, str]:
    """Return the values of an example's arguments that are no tensors, as they read, by name."""
    values = dict(one.split(": ", 1) for one in case.arguments.get(example, ()))
    tensors = case.given(example) if example in case.graphs else []
    return {key: value for key, value in values.items() if key not in tensors}


def names_given(case: Case, example: str) -> frozenset[str]:
    """Return the names of the arguments that an example gives, of a tuple or a dict that of the whole."""
    return frozenset(re.split(r"[:\[.]", one, maxsplit=1)[0] for one in case.arguments.get(example, ()))


def told(case: Case, name: str, given: Given, examples: tuple[str, ...], *, what: str, remedy: str) -> Divergence:
    """Return the divergence of an argument that a graph holds as ``what``."""
    return case.found(
        name,
        "error",
        given.place.line,
        f"The argument `{given.name}` is {what} of the {case.name} graph. It is {given.captured} on “{case.first}”, "
        f"which was captured, and {given.other} on “{examples[0]}”.",
        inputs=examples,
        remedy=remedy,
        evidence={"argument": given.name, "value when captured": given.captured,
                  f"value on {examples[0]}": given.other},
        file=given.place.file,
    )  # fmt: skip


def _is_number(text: str) -> bool:
    """Whether a value reads as a number.

    Examples
    --------
    >>> _is_number("2.5"), _is_number("True"), _is_number("'sum'"), _is_number("its default")
    (True, False, False, False)
    """
    try:
        value = ast.literal_eval(text)
    except (SyntaxError, ValueError):
        return False
    return isinstance(value, int | float | complex) and not isinstance(value, bool)


def _is_held(case: Case, example: str) -> bool:
    one = case.outcomes[example]
    return one.outcome != "raises" or bool(OTHER_VALUE.search(one.message or ""))


def _plain(case: Case, example: str) -> dict[str, tuple[str, str]]:
    """Return the arguments that are no tensors and are others than on the captured example, with both values."""
    before, now = (dict(one.split(": ", 1) for one in case.arguments.get(key, ())) for key in (case.first, example))
    tensors = {*case.given(case.first), *case.given(example)}
    values = {key: (before.get(key, DEFAULT), now.get(key, DEFAULT)) for key in {**before, **now} if key not in tensors}
    return {key: (one, other) for key, (one, other) in values.items() if one != other}


def _others(captured: Graph, other: Graph) -> Iterator[Op]:
    """Yield the ops that are not, or not with the same numbers, in another eager graph.

    After these comes what takes a tensor that Python made of other numbers.
    """
    for ours, theirs in zip(captured.compute, other.compute, strict=False):
        if (ours.op, ours.module, ours.attributes) != (theirs.op, theirs.module, theirs.attributes):
            yield theirs
    for ours, theirs in zip(captured.ops, other.ops, strict=False):
        if ours.role == theirs.role == "constant" and apart(ours, theirs):
            takers = (other.by_id[one] for one in other.reach.successors(theirs.id))
            yield from islice((op for op in takers if op.location), 1)


def _taking(case: Case, name: str, ops: list[Op]) -> Location | None:
    """Return the innermost line above the first of ``ops`` that stands below one which takes the argument."""
    root, entry = name.partition("[")[0].partition(".")[0].strip("*"), case.entry()
    read = case.handing.from_parameter(*entry, root) if entry else frozenset[tuple[str, int]]()
    return next((one for op in ops for one in op.stack if (one.file, one.line) in read), None)


def _below(case: Case, op: Op) -> Location | None:
    """Return the place of ``op``, unless it stands in the function that was called, where it takes another argument.

    Names are followed from there: what a container hands on is not seen to come from it.
    """
    entry = case.entry()
    if op.location is None or entry is None:
        return op.location
    function = case.source_of(op.location.file).function_at(op.location.line)
    return op.location if function is None or entry != (op.location.file, function.lineno) else None
