"""Modules that are called more than once: a box for each call, where one box for all would tie a knot.

NOTE: a shared ``relu`` between two convolutions both follows the first and feeds it back to the second: as
one box it makes a cycle, and the drawing runs upwards. Only boxes in such a cycle are parted, so that a
graph whose order of execution differs a little does not fall to pieces.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby

import networkx as nx

Members = Mapping[str, frozenset[str]]
"""Units by the box of a level that they stand in."""


def visits(
    members: Members, flows: Iterable[tuple[str, str]], order: Mapping[str, int]
) -> dict[str, list[frozenset[str]]]:
    """Return the boxes that have to be parted, each with the units of its visits in order.

    Parameters
    ----------
    members
        Boxes of one level with the units in them.
    flows
        Pairs of units that a value ties.
    order
        Place of each unit in the order of execution.
    """
    box_of = {unit: box for box, units in members.items() for unit in units}
    network: nx.DiGraph[str] = nx.DiGraph()
    for source, target in flows:
        tail, head = box_of.get(source), box_of.get(target)
        if tail is not None and head is not None and tail != head:
            network.add_edge(tail, head)
    parted: dict[str, list[frozenset[str]]] = {}
    for knot in nx.strongly_connected_components(network):
        if len(knot) > 1:
            parted.update(_runs(knot, members, order))
    return parted


def _runs(knot: set[str], members: Members, order: Mapping[str, int]) -> dict[str, list[frozenset[str]]]:
    steps = sorted((order[unit], unit, box) for box in knot for unit in members[box])
    runs: dict[str, list[frozenset[str]]] = {}
    for box, run in groupby(steps, key=lambda step: step[2]):
        runs.setdefault(box, []).append(frozenset(unit for _, unit, _ in run))
    return {box: found for box, found in runs.items() if len(found) > 1}
