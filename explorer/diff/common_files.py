"""Lines of two graphs made comparable, where they come of files that are called otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from explorer.graph import Graph, Location


def on_common_files(left: Graph, right: Graph) -> tuple[Graph, Graph]:
    """Return both graphs with lines that can be compared, where they come of different files.

    A stored graph names files as they were called where it was made: what is left is their last part. Lines of files
    with nothing in common tell nothing.
    """
    ours, theirs = _user_files(left), _user_files(right)
    if not ours or not theirs or ours & theirs:
        return left, right
    shared = {_last_part(file) for file in ours} & {_last_part(file) for file in theirs}

    def adapted(graph: Graph) -> Graph:
        return replace(graph, ops=tuple(replace(op, stack=tuple(_comparable(op.stack, shared))) for op in graph.ops))

    return adapted(left), adapted(right)


def _user_files(graph: Graph) -> set[str]:
    return {place.file for op in graph.ops for place in op.stack if place.user}


def _comparable(stack: tuple[Location, ...], shared: set[str]) -> Iterator[Location]:
    for place in stack:
        if not place.user:
            yield place
        elif _last_part(place.file) in shared:
            yield replace(place, file=_last_part(place.file))


def _last_part(file: str) -> str:
    return file.replace("\\", "/").rpartition("/")[2]
