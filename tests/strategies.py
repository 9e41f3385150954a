"""Random small graphs, for laws that hold for every graph."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from explorer.capture.building import GraphBuilder, Port
from explorer.graph import Attribute, Edge, Graph, Location, Op, OpId, Region, RegionId, RegionKind, Role, Step, Value
from explorer.summary import Summary

NAMES = ("add", "mul", "addmm", "transpose", "relu", "to", "item")
SERVING: tuple[tuple[str, Role], ...] = (("identity", "shape"), ("size", "shape"), ("constant", "constant"),
                                         ("assert", "guard"))  # fmt: skip


@st.composite
def locations(draw: st.DrawFn, *, maybe_none: bool) -> tuple[Location, ...]:
    """A stack: often a library frame below a line of the user's, sometimes nothing."""
    if maybe_none and draw(st.booleans()):
        return ()
    column = draw(st.one_of(st.none(), st.integers(0, 2)))
    user = Location(file="model.py", line=draw(st.integers(1, 3)), function="forward", user=True, column=column)
    library = Location(file="torch/nn/functional.py", line=draw(st.integers(1, 2)), function="linear")
    return (library, user) if draw(st.booleans()) else (user,)


INNER: tuple[RegionKind, ...] = ("then", "else", "body")
HELD = (None, 0.0, 1.0, 2.0)
WAYS: tuple[tuple[Step, ...], ...] = (
    (),
    (Step(file="model.py", line=2, kind="then"),),
    (Step(file="model.py", line=2, kind="else"),),
    *((Step(file="model.py", line=9, kind="body", turn=turn),) for turn in range(2)),
)
"""What an op ran under: a side of an ``if``, a turn of a loop, neither."""


@st.composite
def graphs(draw: st.DrawFn, *, located: bool = False, serving: bool = True, most: int = 8, told: bool = False) -> Graph:
    """A graph of up to ``most`` ops between an input and an output; ``located`` where each op knows its line.

    Every op reads something that came before it, as in a real graph. ``told`` where ops may know what they held and
    under what they ran, and may stand on a side of an ``If`` or in the body of a loop.
    """
    value = (Value(dtype="f32", shape=(2,)),)
    regions = draw(st.lists(st.sampled_from(INNER), max_size=2)) if told else []
    ops = [Op(id=OpId("in"), op="input", target="x", role="input", outputs=value)]
    edges: list[Edge] = []
    for position in range(draw(st.integers(0, most))):
        name, role = draw(st.sampled_from([*((one, "compute") for one in NAMES), *(SERVING if serving else ())]))
        module = draw(st.sampled_from(["", "a", "a.b"]))
        stack = draw(locations(maybe_none=not located))
        place = f"{module}|{stack[0].file}:{stack[0].line}" if stack else ""
        op = Op(id=OpId(f"n{position}"), op=name, target=f"aten::{name}", role=role, module=module, stack=stack,
                outputs=value, call=place)  # fmt: skip
        if told:
            op = replace(op, outputs=(replace(value[0], summary=draw(summaries())),), within=draw(st.sampled_from(WAYS)),
                         region=draw(st.sampled_from([None, *map(RegionId, dict.fromkeys(regions))])))  # fmt: skip
        for argument, source in enumerate(draw(st.lists(st.sampled_from(ops), min_size=1, max_size=2))):
            edges.append(Edge(source=source.id, target=op.id, target_input=argument))
        ops.append(op)
    last = Op(id=OpId("out"), op="output", target="output", role="output", outputs=value)
    edges.append(Edge(source=draw(st.sampled_from(ops)).id, target=last.id))
    owner = ops[1].id if len(ops) > 1 else last.id
    inner = tuple(Region(id=RegionId(kind), owner=owner, kind=kind) for kind in dict.fromkeys(regions))
    return Graph(ops=(*ops, last), edges=tuple(edges), regions=inner)


def summaries() -> st.SearchStrategy[Summary | None]:
    """What an op held, of few kinds, so that several held the same."""
    return st.sampled_from([
        None if held is None else Summary(count=2, mean=held, smallest=held - 1, largest=held + 1, weighted=held / 2)
        for held in HELD
    ])  # fmt: skip


KINDS: tuple[tuple[RegionKind, ...], ...] = ((), (), ("then", "else"), ("body",))


@st.composite
def nested(draw: st.DrawFn) -> Graph:
    """A graph with branches and loops, one inside of the other, as a walker of bodies makes it."""
    builder = GraphBuilder()
    first: Port = (builder.add_named("input", "x", draw(values())), 0)
    last = _body(draw, builder, [first], None, depth=0)
    builder.add_outputs([((last,), draw(values()))])
    return builder.graph()


def _body(draw: st.DrawFn, builder: GraphBuilder, known: list[Port], region: RegionId | None, *, depth: int) -> Port:
    known = list(known)
    for _ in range(draw(st.integers(1, 3))):
        takes = draw(st.lists(st.sampled_from(known), min_size=1, max_size=2))
        kinds: tuple[RegionKind, ...] = draw(st.sampled_from(KINDS)) if depth < 2 else ()
        target = {(): draw(st.sampled_from(NAMES)), ("body",): "Loop"}.get(kinds, "If")
        made = builder.add(
            f"aten::{target}" if not kinds else f"prim::{target}",
            inputs=enumerate(takes),
            outputs=(draw(values()),),
            region=region,
            module=draw(st.sampled_from(["", "a.b"])),
            stack=draw(locations(maybe_none=True)),
            attributes=draw(attributes()),
        )
        for kind in kinds:
            inner = builder.add_region(made, kind, region)
            carried = [builder.formal(inner, "carried", "c", draw(values()), takes[:1])] if kind == "body" else []
            result = _body(draw, builder, [*known, *carried], inner, depth=depth + 1)
            builder.end(inner, [[result]], [result] if kind == "body" and draw(st.booleans()) else [])
        if not kinds and draw(st.booleans()):
            builder.touch(made, "aten::add_(Tensor(a!) self) -> Tensor(a!)", {0: takes[0]})
        known.append((made, 0))
    return known[-1]


def values() -> st.SearchStrategy[Value]:
    """What an edge may carry: a tensor with sizes that are known, named or open, or something else."""
    sizes = st.lists(st.one_of(st.integers(0, 2**40), st.none(), st.sampled_from(["s0", "N"])), max_size=3)
    shapes = st.one_of(st.none(), sizes.map(tuple))
    return st.builds(Value, dtype=st.sampled_from([None, "f32", "i64", "seq(f32[2])"]), shape=shapes)


def attributes() -> st.SearchStrategy[dict[str, Attribute]]:
    """What a report may say of an op besides."""
    scalars = st.one_of(
        st.none(), st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False, allow_infinity=False),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    )  # fmt: skip
    return st.dictionaries(st.sampled_from(["dim", "alpha"]), st.one_of(scalars, st.lists(scalars, max_size=3)))


def renamed(graph: Graph, prefix: str) -> Graph:
    """Return ``graph`` with ``prefix`` before every id."""

    def name(op: str) -> OpId:
        return OpId(prefix + op)

    return Graph(
        ops=tuple(replace(op, id=name(op.id)) for op in graph.ops),
        edges=tuple(replace(one, source=name(one.source), target=name(one.target)) for one in graph.edges),
        regions=tuple(
            replace(one, owner=name(one.owner), formals=tuple(map(name, one.formals))) for one in graph.regions
        ),
    )


@st.composite
def pairs(draw: st.DrawFn, *, most: int = 8, told: bool = False) -> tuple[Graph, Graph]:
    """A graph and a variant of it, as another producer may see it: ops gone, lines gone, names changed.

    Where they are ``told`` more of, the other may also be a graph that has nothing to do with it.
    """
    left = draw(graphs(most=most, told=told))
    if told and draw(st.integers(0, 3)) == 0:
        return left, draw(graphs(most=most, told=told))
    gone = draw(st.sets(st.sampled_from([op.id for op in left.ops]), max_size=2))
    ops = [draw(_variants(op)) for op in left.ops if op.id not in gone]
    ids = {op.id for op in ops}
    edges = tuple(edge for edge in left.edges if {edge.source, edge.target} <= ids)
    regions = tuple(region for region in left.regions if region.owner in ids)
    kept = {None, *(region.id for region in regions)}
    ops = [op if op.region in kept else replace(op, region=None) for op in ops]
    return left, Graph(ops=tuple(ops), edges=edges, regions=regions)


@st.composite
def _variants(draw: st.DrawFn, op: Op) -> Op:
    change = draw(st.sampled_from(["none", "none", "none", "stack", "op", "module"]))
    if op.role != "compute" or change == "none":
        return op
    if change == "stack":
        return replace(op, stack=(), call="")
    return replace(op, module="") if change == "module" else replace(op, op=draw(st.sampled_from(NAMES)))
