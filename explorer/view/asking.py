"""Which ops only ask: what they give decides what Python does, and goes into no output.

Where a graph has fixed a branch, the condition's ops are gone from it, too. They are where the graphs part, but what
changes the result is what the branch holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from explorer.view.union import Flow, Union, Unit


def asking(union: Union) -> tuple[frozenset[str], ...]:
    """Return by graph the units from which tensors reach what Python reads, but no output of the graph."""
    return tuple(_asking(union, at) for at in range(len(union.panes.sides)))


def _asking(union: Union, at: int) -> frozenset[str]:
    there = {key for key, unit in union.units.items() if unit.sides[at]}
    flows = [flow for flow in union.flows if at in flow.there]
    feeds: dict[str, list[str]] = {}
    for flow in flows:
        if at not in flow.read:
            feeds.setdefault(flow.target, []).append(flow.source)
    read = {key for key in there if any(node.op == "item" for node in union.units[key].sides[at])}
    given = {key for key in there if _gives(union.units[key], at)} | _taken(flows, at)
    asks = _behind(read, feeds) - _behind(given, feeds)
    return frozenset(key for key in asks if union.units[key].first.role != "input")


def _gives(unit: Unit, at: int) -> bool:
    """Whether it is an output of the graph, or writes to what outlives the call."""
    return unit.first.role == "output" or any(node.writes for node in unit.sides[at])


def _taken(flows: Iterable[Flow], at: int) -> set[str]:
    """Return the units whose number goes on: an op that took it computes with what was read."""
    return {flow.source for flow in flows if at in flow.read}


def _behind(ends: Iterable[str], feeds: Mapping[str, Iterable[str]]) -> set[str]:
    """Return ``ends`` and all that feeds them."""
    found = set(ends)
    waiting = list(found)
    while waiting:
        fed = [one for one in feeds.get(waiting.pop(), ()) if one not in found]
        found.update(fed)
        waiting += fed
    return found
