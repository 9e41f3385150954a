"""``baked-constant``: a Python value read from a tensor's data or shape became a constant."""

from __future__ import annotations

import re
from collections.abc import Iterator

import networkx as nx

from explorer.diff.case import Case
from explorer.diff.causes.given import Given, given_otherwise, told
from explorer.diff.causes.masking import masked
from explorer.diff.causes.packing import as_wide, by_tensor
from explorer.diff.causes.reading import chooses, only_decides
from explorer.diff.causes.refused import kept_in_torch
from explorer.diff.causes.registry import cause
from explorer.diff.causes.visits import modules_reading
from explorer.diff.usage import choice_at, dimensions_at, is_tested_at
from explorer.divergence import Divergence
from explorer.evidence import IN_TENSORS, TRACERS, Escape
from explorer.graph import Scalar

LONGEST = 48
"""Letters of a value that are shown: an array has more."""

SIZED = "Pad to a fixed size and mask what is beyond it: no size in this graph follows what a tensor holds."
SIZED_IN_TRACE = (
    "Put the read and all that uses it in a torch.jit.script function that returns tensors, which the trace keeps, or "
    "pad to a fixed size and mask what is beyond it."
)
IN_TORCH = "Keep it a tensor: compute in functions of torch what Python or NumPy computes with it here."

OF_MANY = frozenset({"numpy", "tolist", "__array__"})
"""Ways in which a whole tensor leaves the graph."""

REMEDY = {
    "data": "Keep it a tensor: use the 0-dimensional tensor itself instead of .item(), float() or int().",
    "shape": "Use the size in tensor operations directly, or export with dynamic shapes.",
    "argument": "Pass it as a tensor, capture one graph for each value, or make it an attribute of the model.",
}


@cause("baked-constant")
def baked_constants(case: Case, unexplained: frozenset[str]) -> Iterator[Divergence]:
    """Yield each place at which a value that was read differs between the captured example and a wrong one."""
    if not case.runs_python:
        return
    values = (one for one in case.differing_escapes("data")
              if not chooses(case, one[0]) and _is_kept(case, unexplained))  # fmt: skip
    read = [(escape, kept) for escape, wrong in values
            if (kept := [name for name in wrong if name not in case.refused and not only_decides(case, escape, name)
                         and not _is_left_out(case, escape, name)])]  # fmt: skip
    seen = [(escape, wrong) for escape, wrong in read if case.enters(escape, wrong[0])]
    # No number makes a graph refuse, and what differs in eager itself is no number's doing.
    left = {name for name in unexplained - case.unsteady if case.outcomes[name].outcome != "raises"}
    found = seen or [(escape, wrong) for escape, wrong in read if left.intersection(wrong)]
    for escape, wrong in found:
        yield _told(case, escape, tuple(wrong))
    if not found:
        given = [_given(case, one, names) for one, names in given_otherwise(case, unexplained) if one.is_number]
        yield from given
        yield from _sizes(case, unexplained.difference(*(one.inputs for one in given)))
    if case.maker not in TRACERS:
        return
    yield from _unproven(case)
    for escape, wrong in case.differing_escapes("shape"):
        source = case.source_of(escape.file)
        ran = [name for name in wrong if name not in case.refused and not only_decides(case, escape, name)
               and _differs_in(case, escape, name, dimensions_at(source, escape.line))]  # fmt: skip
        if ran and case.warned(escape.file, escape.line) and not is_tested_at(source, escape.line):
            yield _told(case, escape, tuple(ran))


def _unproven(case: Case) -> Iterator[Divergence]:
    """Yield a warning for each line at which the tracer says that it keeps a number, the same on all examples."""
    run, seen = case.runs[case.first], set[tuple[str, int]]()
    for escape in run.escapes:
        place = escape.file, escape.line
        if escape.source != "data" or chooses(case, escape) or place in seen or not case.warned(*place):
            continue
        seen.add(place)
        read = [case.read(name, escape) for name in case.runs if name in case.graphs]
        if all(one == read[0] for one in read) and _is_computed_with(case, escape):
            who = "all examples" if len(read) > 1 else f"“{case.first}”"
            yield case.found(
                "baked-constant",
                "warning",
                escape.line,
                f"This line reads {_short(escape.value)} from a tensor's data on {who}, and what Python makes of it is "
                f"a constant in the {case.name} graph. An input that holds another number gets a wrong result without "
                "an error.",
                inputs=(case.first,),
                remedy=_remedy(case, escape, "data", ()),
                evidence={"read by": escape.how.strip("_"), "value when captured": _short(escape.value)},
                file=escape.file,
                lines=frozenset({escape.line, *case.uses(*place)}),
            )


def _is_computed_with(case: Case, escape: Escape) -> bool:
    """Whether ops run on lines that take the number and ask for nothing, or on its own line take what is read there."""
    source, graph = case.source_of(escape.file), case.graphs.get(case.first)
    if graph is None or is_tested_at(source, escape.line) or source.statement_at(escape.line):
        return False
    taking = [line for line in case.uses(escape.file, escape.line) if not is_tested_at(source, line)]
    if case.ops_at(graph, escape.file, taking):
        return True
    before = nx.bfs_tree(graph.reach, escape.op, reverse=True) if escape.op is not None else ()
    here = (graph.by_id[one] for one in case.ops_at(graph, escape.file, {escape.line}) if one not in before)
    return any(op.op != "item" for op in here)


def _differs_in(case: Case, escape: Escape, name: str, dimensions: frozenset[int]) -> bool:
    """Whether a size that the line takes, of those that it reads, differs; all count where it takes no certain one."""
    sizes = (_sizes_of(one.value) for one in case.reads(case.first, escape))
    others = (_sizes_of(one.value) for one in case.reads(name, escape))
    for ours, theirs in zip(sizes, others, strict=False):
        known = bool(dimensions) and all(-len(one) <= at < len(one) for at in dimensions for one in (ours, theirs))
        if [ours[at] for at in dimensions] != [theirs[at] for at in dimensions] if known else ours != theirs:
            return True
    return False


def _sizes_of(value: Scalar) -> list[str]:
    """Return the sizes that the text of a shape has.

    Examples
    --------
    >>> _sizes_of("(2, 4)"), _sizes_of(7)
    (['2', '4'], ['7'])
    """
    return re.findall(r"\d+", str(value))


def _given(case: Case, given: Given, examples: tuple[str, ...]) -> Divergence:
    return told(case, "baked-constant", given, examples, what="a constant", remedy=REMEDY["argument"])


def _sizes(case: Case, unexplained: frozenset[str]) -> Iterator[Divergence]:
    """Yield the op at which a size that eager takes from the data has become a constant, if a run shows it.

    A graph that gives another size on the example that it was made with has not kept that.
    """
    for name in sorted(unexplained) if case.first not in case.wrong else ():
        same = case.shapes(name) == case.shapes(case.first)
        departure = case.departure(name) if same and case.differing(name) in IN_TENSORS else None
        place = departure.left.location if departure else None
        if departure is None or place is None or not departure.resized:
            continue
        ours, theirs = departure.left.outputs[0], departure.right.outputs[0]
        yield case.found(
            "baked-constant",
            "error",
            place.line,
            f"The data decides how large the result of `{departure.left.op}` is. The {case.name} graph keeps the size "
            f"of “{case.first}”: on “{name}” it gives {theirs} where eager gives {ours}.",
            inputs=(name,),
            remedy=as_wide(case, place.file, place.line) or _resized(case),
            evidence={"first_op": departure.left.id, "first_op_in_graph": departure.right.id},
            file=place.file,
        )
        return


def _is_kept(case: Case, unexplained: frozenset[str]) -> bool:
    """Whether this kind of capture keeps a number that was read out; the exporters keep most symbolic."""
    return case.maker in TRACERS or bool(unexplained)


def _is_left_out(case: Case, escape: Escape, wrong: str) -> bool:
    """Whether the captured graph holds the value nowhere: what takes it ran on ``wrong`` alone, or on neither."""
    if case.source_of(escape.file).names.keeps_unread(escape.line) and not case.others:
        return True
    first, other = case.graphs[case.first], case.graphs[wrong]
    taking, passed, seen = set[int](), set[int](), {escape.line}
    waiting = [(line, escape.line) for line in case.uses(escape.file, escape.line)]
    while waiting:
        line, before = waiting.pop()
        if line in seen:
            continue
        seen.add(line)
        if case.ops_at(other, escape.file, {line}):
            taking.add(line)
        elif _passes_over(case, escape.file, line, case.source_of(escape.file).names.assigned_at(before), wrong):
            passed.add(line)
        else:
            waiting += [(use, line) for use in case.uses(escape.file, line)]
    returned = (seen - taking).intersection(case.source_of(escape.file).returns_of(escape.line))
    return bool(taking or passed) and not returned and not case.ops_at(first, escape.file, taking)


def _passes_over(case: Case, file: str, line: int, names: frozenset[str], example: str) -> bool:
    """Whether ``a if c else b`` on a line has taken the side that reads none of ``names``."""
    sides = choice_at(case.source_of(file), line)
    made = [one for one in case.runs[example].decisions if (one.file, one.line) == (file, line)]
    taken = {choice for one in made for choice in (*one.taken, *(choice for choice, _ in one.rest))}
    return sides is not None and len(made) == 1 and len(taken) == 1 and not names & sides[0 in taken]


def _told(case: Case, escape: Escape, wrong: tuple[str, ...]) -> Divergence:
    read = "data" if escape.source == "data" else "shape"
    reads = [case.reads(name, escape) for name in (case.first, wrong[0])]
    apart = [(one, two) for one, two in zip(*reads, strict=False) if one.value != two.value]
    captured, other = (one.value for one in apart[0])
    captured, other = _short(captured), _short(other)
    what = escape.how.strip("_")
    return case.found(
        "baked-constant",
        "error",
        escape.line,
        f"This line reads {captured} from a tensor's {read} on “{case.first}”, and what Python makes of it is a "
        f"constant in the {case.name} graph; on “{wrong[0]}” eager reads {other}.",
        inputs=wrong,
        remedy=_remedy(case, escape, read, wrong),
        evidence={"read by": what, "value when captured": captured, f"value on {wrong[0]}": other},
        file=escape.file,
        lines=frozenset({escape.line, *case.uses(escape.file, escape.line)}),
        modules=modules_reading(case, wrong[0], [two for _, two in apart]),
    )


def _remedy(case: Case, escape: Escape, read: str, wrong: tuple[str, ...]) -> str:
    """Return what helps, by what was read and what the lines call that read it."""
    if read == "shape":
        return REMEDY["shape"]
    if told := by_tensor(case, escape.file, escape.line):
        return told
    if any(case.differing(name) == "shape" for name in wrong):
        return _resized(case)
    if told := masked(case, escape.file, escape.line):
        return told
    found = kept_in_torch(case, escape.file, {escape.line, *case.uses(escape.file, escape.line)})
    return found or (IN_TORCH if escape.how in OF_MANY else REMEDY["data"])


def _resized(case: Case) -> str:
    return SIZED_IN_TRACE if case.maker == "trace" else SIZED


def _short(value: Scalar) -> Scalar:
    if isinstance(value, str) and len(value) > LONGEST:
        return f"{value[: LONGEST - 1]}…"
    return float(f"{value:.6g}") if isinstance(value, float) else value
