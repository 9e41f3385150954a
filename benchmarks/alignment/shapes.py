"""Shapes of graphs on which a method may take time in proportion to the square of their size.

Each is made of ``size`` steps, as two graphs that are to be aligned. What few real models have, one may have many of:
an unrolled recurrent network takes one mask in each of its steps.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from benchmarks.alignment.edited import VALUE, edited, model
from explorer.diff.align import align
from explorer.graph import Edge, Graph, Location, Op, OpId, Region, RegionId, Role, Step

REACH = 30
"""How many steps back a dense one takes."""

Shape = Callable[[int], tuple[Graph, Graph]]


def layers(size: int) -> tuple[Graph, Graph]:
    """Return a deep model and an edited copy, of four ops for each step."""
    pair = edited(model(4 * size), 0.02, 0)
    return pair.left, pair.right


def folded_mask(size: int) -> tuple[Graph, Graph]:
    """Return a recurrent network, each step of which takes a mask that the other graph holds as a constant."""
    return _masked(_op("mask", "triu", 5), size), _masked(_op("mask", "constant", role="constant"), size)


def stacked_steps(size: int) -> tuple[Graph, Graph]:
    """Return a recurrent network whose steps one op takes all, under another name in the other graph."""
    left, right = ([*_steps(size), _op("all", name, 9)] for name in ("stack", "concat"))
    into = [Edge(source=OpId(f"step{place}"), target=OpId("all"), target_input=place) for place in range(size)]
    return _graph(left, [*_chain(left[:-1]), *into]), _graph(right, [*_chain(right[:-1]), *into])


def other_sides(size: int) -> tuple[Graph, Graph]:
    """Return ops of one line, of which each graph has one side of an ``if``."""
    left, right = ([_op(f"step{place}", "relu", 7, kind) for place in range(size)] for kind in ("then", "else"))
    return _graph(left), _graph(right)


def other_names(size: int) -> tuple[Graph, Graph]:
    """Return ops of one line and one side of an ``if`` that are called otherwise in the other graph."""
    left, right = ([_op(f"step{place}", f"{name}{place}", 7, "then") for place in range(size)] for name in "lr")
    return _graph(left), _graph(right)


def lost_hub(size: int) -> tuple[Graph, Graph]:
    """Return an op that feeds many, of which the other graph has none."""
    fed = [_op(f"step{place}", "sin", 9 + place) for place in range(size)]
    edges = [Edge(source=OpId("hub"), target=op.id) for op in fed]
    first = Edge(source=OpId("x"), target=OpId("hub"))
    return _graph([_input(), _op("hub", "exp", 3), *fed], [first, *edges]), _graph([_input()])


def while_loops(size: int) -> tuple[Graph, Graph]:
    """Return loops of two turns each, as eager records them, and the same again."""
    ops, regions = list[Op](), list[Region]()
    for place in range(size):
        loop = OpId(f"loop{place}")
        region = Region(id=RegionId(f"asks{place}"), owner=loop, kind="condition")
        regions.append(region)
        ops.append(_op(loop, "loop", 10 + place, turns=2))
        ops += [_op(f"less{place}.{turn}", "lt", 10 + place, region=region.id) for turn in range(3)]
    left, right = (Graph(ops=tuple(ops), regions=tuple(regions)) for _ in range(2))
    return left, right


def dense(size: int) -> tuple[Graph, Graph]:
    """Return steps that each take the last thirty, as in a DenseNet; every second is called otherwise on the right."""
    left, right = ([_op(f"step{place}", names[place % 2]) for place in range(size)] for names in ("ab", "ac"))
    near = [Edge(source=OpId(f"step{before}"), target=OpId(f"step{place}"), target_input=place - before)
            for place in range(size) for before in range(max(place - REACH, 0), place)]  # fmt: skip
    return _graph(left, near), _graph(right, near)


def copies(size: int) -> tuple[Graph, Graph]:
    """Return copies of one input, of which the other graph has none but as many other ops."""
    left, right = ([_input(), *(_op(f"step{place}", name) for place in range(size))] for name in ("clone", "sin"))
    fed = [Edge(source=OpId("x"), target=op.id) for op in left[1:]]
    return _graph(left, fed), _graph(right, fed)


def computed_constants(size: int) -> tuple[Graph, Graph]:
    """Return four tensors for each step, which one op takes all, and which the other graph holds as constants."""
    made = [_op(f"step{place}", "full") for place in range(4 * size)]
    held = [_op(op.id, "constant", role="constant") for op in made]
    last = _op("all", "concat")
    into = [Edge(source=op.id, target=last.id, target_input=place) for place, op in enumerate(made)]
    return _graph([*made, last], into), _graph([*held, last], into)


def loops_in_a_row(size: int) -> tuple[Graph, Graph]:
    """Return loops that each hand on what they are given, and the same again."""
    ops, edges, regions, last = [_input()], list[Edge](), list[Region](), OpId("x")
    for place in range(size):
        region, loop = RegionId(f"body{place}"), _op(f"loop{place}", "loop")
        formal = _op(f"formal{place}", "carried", role="formal", region=region)
        body = _op(f"step{place}", "sin", region=region)
        ops += [loop, formal, body]
        edges += [Edge(source=last, target=loop.id), Edge(source=last, target=formal.id), *_chain((formal, body))]
        regions.append(
            Region(id=region, owner=loop.id, kind="body", formals=(formal.id,), results=(((formal.id, 0),),))
        )
        last = loop.id
    left, right = (Graph(ops=tuple(ops), edges=tuple(edges), regions=tuple(regions)) for _ in range(2))
    return left, right


def sides_of_their_own(size: int) -> tuple[Graph, Graph]:
    """Return ops that nothing tells apart but the ``if`` on a side of which each ran."""

    def steps(name: str) -> list[Op]:
        sides = [Step(file="model.py", line=place, kind=kind) for place in range(size) for kind in ("then", "else")]
        return [replace(_op(f"{name}{place}", "sin"), within=(side,)) for place, side in enumerate(sides)]

    return _graph(steps("l")), _graph(steps("r"))


def nested_ifs(size: int) -> tuple[Graph, Graph]:
    """Return one ``if`` in the other, with an op in each, and the same again."""
    ops, regions, around = list[Op](), list[Region](), None
    for place in range(size):
        chooses = _op(f"if{place}", "if", 10 + place, region=around)
        around = RegionId(f"then{place}")
        regions.append(Region(id=around, owner=chooses.id, kind="then", parent=chooses.region))
        ops += [chooses, _op(f"step{place}", "sin", 10 + place, region=around)]
    left, right = (Graph(ops=tuple(ops), regions=tuple(regions)) for _ in range(2))
    return left, right


SHAPES: tuple[Shape, ...] = (
    layers, folded_mask, stacked_steps, other_sides, other_names, lost_hub, while_loops, dense, copies,
    computed_constants, loops_in_a_row, sides_of_their_own, nested_ifs,
)  # fmt: skip


SIZES = (500, 2_000, 8_000)
"""Steps at which each shape is aligned."""


def table(sizes: Sequence[int] = SIZES) -> Iterator[str]:
    """Yield the lines of a table of CPU seconds, each as soon as it is known."""
    yield f"| shape | {' | '.join(f'{size:,} steps' for size in sizes)} |"
    yield f"| --- | {' | '.join('---' for _ in sizes)} |"
    for shape in SHAPES:
        yield f"| {shape.__name__.replace('_', ' ')} | {' | '.join(f'{_seconds(shape, size):.2f}' for size in sizes)} |"


def _seconds(shape: Shape, size: int) -> float:
    pair = shape(size)
    start = time.process_time()
    align(*pair)
    return time.process_time() - start


def _masked(mask: Op, size: int) -> Graph:
    steps = _steps(size)
    taken = [Edge(source=mask.id, target=op.id, target_input=1) for op in steps[1:]]
    return _graph([steps[0], mask, *steps[1:]], [*_chain(steps), *taken])


def _steps(size: int) -> list[Op]:
    return [_input(), *(_op(f"step{place}", "tanh", 7) for place in range(size))]


def _chain(ops: Iterable[Op]) -> list[Edge]:
    return [Edge(source=one.id, target=after.id) for one, after in itertools.pairwise(ops)]


def _input() -> Op:
    return _op("x", "input", role="input")


def _op(
    name: str, op: str, line: int = 0, side: str = "", *, role: Role = "compute", region: RegionId | None = None,
    **attributes: int,
) -> Op:  # fmt: skip
    place = Location(file="model.py", line=line, function="forward", user=True)
    step = Step(file="model.py", line=3, kind="then" if side == "then" else "else")
    stack, call = ((place,), f"|{line}") if line else ((), "")
    return Op(id=OpId(name), op=op, target=op, role=role, outputs=VALUE, stack=stack, call=call,
              within=(step,) if side else (), region=region, attributes=attributes)  # fmt: skip


def _graph(ops: Iterable[Op], edges: Iterable[Edge] = ()) -> Graph:
    return Graph(ops=tuple(ops), edges=tuple(edges))
