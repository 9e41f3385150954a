"""Sort units into boxes: drafts first, with a box for each call of a module, then the finished frames."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from explorer.view.branches import Branch
from explorer.view.framing import Draft, Framing
from explorer.view.paths import Paths, Segment
from explorer.view.tree import ROOT, Frame, Tree
from explorer.view.union import Union, Unit
from explorer.view.visits import visits


def grow(
    union: Union,
    branches: Sequence[Branch] = (),
    lines: Sequence[str] = (),
    turning: Sequence[tuple[int, str]] = (),
    *,
    calls: bool = False,
) -> Tree:
    """Sort the units of ``union`` into frames; ``branches`` of the source and turns of its loops become frames too.

    With ``calls``, so do the Python calls that took several ops. ``turning`` are lines of loops with the units of which
    Python read how often they turn.
    """
    root = Draft(Segment(ROOT, "root", ""))
    paths = Paths(union, branches, lines)
    for unit in union.units.values():
        at = root
        path = paths.of(unit)
        for segment in (*path, *(paths.call(unit, path) if calls else ())):
            found = at.children.setdefault(segment.key, Draft(segment))
            at = found if isinstance(found, Draft) else at
        if at.segment.owner != unit.key:
            at.children.setdefault("unit:" + unit.key, unit)
    _part_visits(root, union)
    finished = Framing(union)
    finished.add(root, None, ROOT)
    return Tree(
        frames=finished.frames,
        parent_of=finished.parent_of,
        prefix_of=finished.prefix_of,
        call_of=finished.call_of,
        decided_by={**_decisions(union, branches, paths, finished.frames), **dict(_turning(turning, finished))},
    )


def _decisions(union: Union, branches: Sequence[Branch], paths: Paths, frames: Mapping[str, Frame]) -> dict[str, str]:
    """Return the last op at the line of each fixed branch, in each turn of a loop: what Python read, or compared."""
    decided: dict[str, str] = {}
    on_line: dict[tuple[str | None, int | None], list[Unit]] = {}
    for unit in union.units.values():
        on_line.setdefault((unit.first.file, unit.first.line), []).append(unit)
    for branch in branches:
        for unit in on_line.get((branch.file, branch.line), ()):
            key = paths.decides(unit, branch) if branch.holds(unit.first) else ""
            if key in frames:
                decided[key] = unit.key
    return decided


def _turning(turning: Sequence[tuple[int, str]], finished: Framing) -> Iterator[tuple[str, str]]:
    """Yield the boxes of loops with the first unit beside them of which Python read how often they turn."""
    for key, frame in finished.frames.items():
        line = key.rpartition("loop:")[2]
        beside = (unit for at, unit in turning if str(at) == line and finished.parent_of.get(unit) == frame.parent)
        if frame.kind == "loop" and (unit := next(beside, None)) is not None:
            yield key, unit


def _part_visits(draft: Draft, union: Union) -> None:
    """Give each call of a module its own box where one box for all would make a cycle."""
    order = {key: at for at, key in enumerate(union.units)}
    flows = [(flow.source, flow.target) for flow in union.flows]
    waiting = [(draft, flows)]
    while waiting:
        level, inside = waiting.pop()
        drafts = {key: child for key, child in level.children.items() if isinstance(child, Draft)}
        members = {
            key: frozenset(_units_in(child)) if isinstance(child, Draft) else frozenset({child.key})
            for key, child in level.children.items()
        }
        for key, runs in visits(members, inside, order).items():
            if key in drafts and drafts[key].segment.kind == "module":
                del level.children[key]
                level.children.update((f"{key}#{at}", _visit(drafts[key], run, at)) for at, run in enumerate(runs))
        for child in level.children.values():
            if isinstance(child, Draft):
                units = frozenset(_units_in(child))
                waiting.append((child, [(a, b) for a, b in inside if a in units and b in units]))


def _units_in(draft: Draft) -> Iterator[str]:
    if draft.segment.owner:
        yield draft.segment.owner
    for child in draft.children.values():
        if isinstance(child, Unit):
            yield child.key
        else:
            yield from _units_in(child)


def _visit(draft: Draft, units: frozenset[str], number: int) -> Draft:
    """Return the part of ``draft`` that one call ran."""
    segment = draft.segment
    part = Draft(Segment(f"{segment.key}#{number}", segment.kind, segment.label, segment.type, segment.owner))
    for key, child in draft.children.items():
        if isinstance(child, Unit):
            if child.key in units:
                part.children[key] = child
        elif units.intersection(_units_in(child)):
            part.children[key] = _visit(child, units, number)
    return part
