"""How right and how fast edited graphs are aligned, and how that grows with their size.

::

    python -m benchmarks.alignment.growth
    python -m benchmarks.alignment.growth --sizes 300,3000 --share 0.05

Two per cent of the ops of the copy met an edit, and the copy lists its ops in another order. A pair of ops is one that
a group holds on either side; it is right where the two are the same op. ``difflib`` and the comparison position by
position are what one would do without the graph: they compare names, modules and lines as the copy lists them. CPU
time includes the making of the networkx graphs; memory is the peak of what Python allocates meanwhile.
"""

from __future__ import annotations

import argparse
import difflib
import itertools
import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import get_args

from benchmarks.alignment.edited import Known, Pair, edited, model
from explorer.diff.align import align
from explorer.graph import Graph, Op

Pairs = set[tuple[str, str]]
Method = Callable[[Graph, Graph], Pairs]

SIZES = (100, 1_000, 10_000, 30_000, 100_000)
SHARE = 0.02

LONGEST_FOR_DIFFLIB = 3_000
"""Ops; at 30,000 it does not end within minutes."""


@dataclass(frozen=True, kw_only=True)
class Score:
    """How right the pairs are that a method finds, and what it took."""

    precision: float
    recall: float
    seconds: float
    megabytes: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.alignment.growth")
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="numbers of ops")
    parser.add_argument("--share", type=float, default=SHARE, help="of ops that meet an edit")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args(arguments)
    for line in table([int(size) for size in asked.sizes.split(",")], share=asked.share, seed=asked.seed):
        print(line, flush=True)
    return 0


def table(sizes: Sequence[int] = SIZES, *, share: float = SHARE, seed: int = 0) -> Iterator[str]:
    """Yield the lines of a table, each as soon as it is known."""
    yield "| ops | known of an op | method | precision | recall | CPU s | MB |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for size, known in itertools.product(sizes, get_args(Known)):
        pair = edited(model(size, known), share, seed)
        for name, method in methods(size).items():
            one = scored(pair, method)
            yield (f"| {len(pair.left.ops):,} | {known} | {name} | {one.precision:.5f} | {one.recall:.5f} "
                   f"| {one.seconds:.2f} | {one.megabytes:.0f} |")  # fmt: skip


def methods(size: int) -> dict[str, Method]:
    """Return what is compared at ``size`` ops."""
    slow = {"difflib": by_difflib} if size <= LONGEST_FOR_DIFFLIB else {}
    return {"align": by_align, **slow, "position": by_position}


def scored(pair: Pair, method: Method) -> Score:
    """Return how ``method`` does on ``pair``; twice, as the watch over memory slows it down."""
    start = time.process_time()
    found = method(*_fresh(pair))
    seconds = time.process_time() - start
    tracemalloc.start()
    method(*_fresh(pair))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    right = len(found & set(pair.same.items()))
    return Score(
        precision=right / max(len(found), 1), recall=right / len(pair.same), seconds=seconds, megabytes=peak / 1e6
    )


def by_align(left: Graph, right: Graph) -> Pairs:
    """Return the pairs of the explorer's own alignment."""
    return {both for group in align(left, right) for both in itertools.product(group.left, group.right)}


def by_difflib(left: Graph, right: Graph) -> Pairs:
    """Return the pairs of ``difflib.SequenceMatcher`` over the ops as they are listed."""
    blocks = difflib.SequenceMatcher(None, _words(left.ops), _words(right.ops), autojunk=False).get_matching_blocks()
    places = ((one.a + step, one.b + step) for one in blocks for step in range(one.size))
    return {(left.ops[one].id, right.ops[other].id) for one, other in places}


def by_position(left: Graph, right: Graph) -> Pairs:
    """Return what is listed at the same position."""
    return {(one.id, other.id) for one, other in zip(left.ops, right.ops, strict=False)}


def _words(ops: Iterable[Op]) -> list[tuple[object, ...]]:
    return [(op.op, op.module, op.location) for op in ops]


def _fresh(pair: Pair) -> tuple[Graph, Graph]:
    """Return the two graphs without what was worked out of them before."""
    return Graph(ops=pair.left.ops, edges=pair.left.edges), Graph(ops=pair.right.ops, edges=pair.right.edges)


if __name__ == "__main__":
    raise SystemExit(main())
