"""The first op that departs is named, what stands below it is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import pairwise

import pytest

from explorer.diff.align import align
from explorer.diff.causes.numerical_mismatch import numerical_mismatches
from explorer.diff.departure import agreeing, departure_on, first_departure
from explorer.divergence import Group
from explorer.evidence import CaptureWarning, Outcome, Seen
from explorer.graph import TIES, Edge, Graph, Op, OpId, Summary, Value
from explorer.report.build import Builder
from tests.cases import Workshop, a_model, line_of
from tests.diff.test_case import case
from tests.graphs import edge, op
from tests.timing import grows_evenly

NAMES = ("relu", "exp", "tanh", "sum")


def chain(held: tuple[float | None, ...], dtype: str = "f32") -> Graph:
    """Return ops in a row, each with what it held."""
    values = (Value(dtype=dtype, shape=(4,), summary=None if one is None else _of(one)) for one in held)
    (first, *rest) = values
    ops = [Op(id=OpId("x"), op="input", target="x", role="input", outputs=(first,))]
    ops += [Op(id=OpId(name), op=name, target=name, outputs=(one,)) for name, one in zip(NAMES, rest, strict=False)]
    edges = [Edge(source=one.id, target=two.id) for one, two in pairwise(ops)]
    return Graph(ops=tuple(ops), edges=tuple(edges))


def _of(value: float) -> Summary:
    return Summary(count=4, mean=value, smallest=value, largest=value, weighted=value)


EAGER = chain((1.0, 2.0, 3.0, 4.0))


@pytest.mark.parametrize(
    ("held", "first"),
    [
        pytest.param((1.0, 2.0, 3.0, 4.0), None, id="all the same"),
        pytest.param((1.0, 2.0, 3.5, 4.9), "exp", id="what is below follows"),
        pytest.param((1.0, 2.0, 3.0, 4.9), "tanh", id="the last"),
        pytest.param((1.0, None, 3.5, 4.9), "exp", id="what is not known is passed over"),
        pytest.param((1.0, 2.5, 3.0, 4.0), None, id="paired wrongly, as nothing below departs"),
        pytest.param((1.1, 2.5, 3.5, 4.9), None, id="other inputs"),
        pytest.param((1.0, 2.0, 3.00001, 4.00001), None, id="rounding"),
    ],
)
def test_the_first_op_that_departs(held: tuple[float | None, ...], first: str | None) -> None:
    graph = chain(held)
    found = first_departure(EAGER, graph, align(EAGER, graph))
    assert (found.right.id if found else None) == first


def test_an_op_that_gives_another_size_departs() -> None:
    ops = [replace(op, outputs=(replace(op.outputs[0], shape=(5,), summary=replace(_of(3.0), count=5)),))
           if op.op in {"exp", "tanh"} else op for op in EAGER.ops]  # fmt: skip
    found = first_departure(EAGER, replace(EAGER, ops=tuple(ops)), align(EAGER, EAGER))
    assert found is not None
    assert (found.right.id, found.resized) == ("exp", True)


def test_what_is_not_trusted_tells_nothing() -> None:
    graph = chain((1.0, 2.0, 3.5, 4.9))
    trusted = agreeing(EAGER, chain((1.0, 2.0, 3.2, 4.0)), align(EAGER, graph))
    assert trusted == {"x", "relu", "tanh"}
    found = first_departure(EAGER, graph, align(EAGER, graph), trusted=trusted)
    assert found is not None
    assert found.right.id == "tanh"


def test_half_precision_may_round_more() -> None:
    left, right = chain((1.0, 2.0, 3.0, 4.0), "f16"), chain((1.0, 2.0, 3.005, 4.01), "f16")
    assert first_departure(left, right, align(left, right)) is None


@pytest.mark.parametrize(("dtype", "first"), [("i64", "exp"), ("bool", "exp"), ("f32", None)])
def test_integers_are_not_rounded(dtype: str, first: str | None) -> None:
    eager, graph = chain((1.0, 2.0, 5e4, 5e4), dtype), chain((1.0, 2.0, 5e4 + 3, 5e4 + 3), dtype)
    found = first_departure(eager, graph, align(eager, graph))
    assert (found.right.id if found else None) == first


def test_the_rounding_of_a_mean_of_integers_is_no_departure() -> None:
    ops = [replace(op, outputs=(replace(op.outputs[0], dtype="i64"),)) for op in EAGER.ops]
    rounded = [replace(op, outputs=(replace(op.outputs[0], summary=replace(one, mean=one.mean * (1 + 1e-15))),))
               for op in ops if (one := op.outputs[0].summary)]  # fmt: skip
    eager, graph = replace(EAGER, ops=tuple(ops)), replace(EAGER, ops=tuple(rounded))
    groups = align(eager, graph)
    assert first_departure(eager, graph, groups) is None
    assert agreeing(eager, graph, groups) == {op.id for op in graph.ops}


def test_a_graph_without_values_tells_nothing() -> None:
    bare = replace(EAGER, ops=tuple(replace(op, outputs=(Value(dtype="f32"),)) for op in EAGER.ops))
    assert first_departure(EAGER, bare, align(EAGER, bare)) is None


def test_one_of_several_results_may_stand_for_what_one_op_gives() -> None:
    """The first result of ``unbind`` was compared with its last slice, and told to depart."""
    first, last = (Value(dtype="f32", shape=(4,), summary=_of(value)) for value in (2.0, 3.0))
    left = chain((1.0, 3.0, 4.0))
    parts = replace(left.ops[1], outputs=(first, last))
    parted = replace(left, ops=(left.ops[0], parts, *left.ops[2:]))
    groups = align(left, left)
    assert first_departure(parted, left, groups) is None
    found = first_departure(parted, chain((1.0, 3.5, 4.9)), groups)
    assert found is not None
    assert found.right.id == "relu"


def test_the_op_departs_and_not_a_copy_of_its_result() -> None:
    left, right = chain((1.0, 2.0, 2.0, 4.0)), chain((1.0, 2.5, 2.5, 4.9))
    copied = replace(left, ops=tuple(replace(op, op="identity") if op.op == "exp" else op for op in left.ops))
    both = Group(left=("relu", "exp"), right=("relu", "exp"), kind="same")
    rest = [one for one in align(left, right) if not {"relu", "exp"} & {*one.left}]
    found = first_departure(copied, right, [both, *rest])
    assert found is not None
    assert found.left.id == "relu"


def test_time_grows_with_the_size_where_many_depart_below_a_long_row_that_was_not_compared() -> None:
    """The row was walked anew for each of them: 4,000 ops below 4,000 took 9.5 s."""

    def search(size: int) -> Callable[[], object]:
        row = tuple(Op(id=OpId(f"u{place}"), op="relu", target="relu") for place in range(size))
        edges = [Edge(source=one.id, target=two.id) for one, two in pairwise(row)]
        edges += [Edge(source=row[-1].id, target=OpId(f"d{place}")) for place in range(size)]
        left, right = (
            Graph(ops=(*row, *(_held(f"d{place}", value) for place in range(size))), edges=tuple(edges))
            for value in (1.0, 2.0)
        )
        groups = [Group(left=(f"d{place}",), right=(f"d{place}",), kind="same") for place in range(size)]
        return partial(first_departure, left, right, groups)

    assert grows_evenly(search, 500)


def _held(name: str, value: float) -> Op:
    return Op(id=OpId(name), op="sin", target="sin", outputs=(Value(dtype="f32", shape=(4,), summary=_of(value)),))


@pytest.mark.parametrize("known", [True, False])
def test_an_op_is_said_to_be_given_the_same_only_where_all_that_feeds_it_was_compared(known: bool) -> None:
    stored = Op(id=OpId("c"), op="constant", target="c", role="constant",
                outputs=(Value(dtype="f32", shape=(4,), summary=_of(7.0) if known else None),))  # fmt: skip
    graphs = [
        replace(
            one, ops=(stored, *one.ops), edges=(*one.edges, Edge(source=OpId("c"), target=OpId("tanh"), target_input=1))
        )
        for one in (EAGER, chain((1.0, 2.0, 3.0, 4.9)))
    ]
    found = first_departure(*graphs, align(*graphs))
    assert found is not None
    assert (found.left.id, found.given_same) == ("tanh", known)


ADDED = a_model(
    "rows = x * 2\nreturn torch.zeros(3, 2).index_add(0, i, rows) + 1  # !",
    "'once': (torch.ones(3, 2), torch.tensor([0, 1, 2])), 'again': (torch.ones(3, 2), torch.tensor([0, 0, 2]))",
    takes="self, x, i",
)


def test_what_the_producer_warned_of_the_op_that_departs_is_said_with_what_helps(workshop: Workshop) -> None:
    (told,) = [one for one in workshop.report(ADDED, "onnx_ts").divergences if one.severity == "error"]
    assert (told.cause, told.line, told.inputs) == ("numerical-mismatch", line_of(ADDED), ("again",))
    assert "an index that comes more than once is added once alone" in told.explanation
    assert "t.scatter_add(0, i.unsqueeze(-1).expand_as(y), y)" in told.remedy
    repaired = ADDED.replace("index_add(0, i, rows)", "scatter_add(0, i.unsqueeze(-1).expand_as(rows), rows)")
    assert {one.outcome for one in workshop.static(repaired, "onnx_ts").outcomes.values()} == {"agrees"}


def test_a_warning_of_the_line_that_departs_is_said(workshop: Workshop) -> None:
    made = workshop.static(ADDED, "onnx_ts")
    warning = CaptureWarning(message="Nothing is sure here.", file="model.py", line=line_of(ADDED))
    made = replace(made, capture=replace(made.capture, warnings=(warning,)))
    report = Builder(workshop.source(ADDED), eager=workshop.eager(ADDED), statics={"onnx_ts": made}).report()
    (told,) = [one for one in report.divergences if one.severity == "error"]
    assert told.explanation.endswith("The producer warned of this line when it made the graph.")
    assert told.remedy == ""


@pytest.mark.parametrize(("captured", "first"), [(3.0, "exp"), (3.5, None)], ids=["agreed when captured", "did not"])
def test_on_another_example_what_did_not_agree_when_captured_tells_nothing(captured: float, first: str | None) -> None:
    """It may be paired wrongly."""
    graph = chain((1.0, 2.0, captured, captured + 1))
    given = {op.id: op.outputs for op in chain((1.0, 5.0, 6.5, 7.5)).ops}
    eager = {"a": EAGER, "b": chain((1.0, 5.0, 6.0, 7.0))}
    found = departure_on("b", eager, graph, captured="a", seen=Seen(example="b", outputs=given), groups_of=align)
    assert (found.right.id if found else None) == first


@pytest.mark.parametrize(("output", "tied"), [(0, True), (1, False), (None, True)])
def test_equal_values_are_at_fault_where_the_output_that_differs_depends_on_their_order(
    output: int | None, tied: bool
) -> None:
    ops = (op("x", role="input"), op("topk", **{TIES: True}), op("mul"),
           op("indices", role="output"), op("product", role="output"))  # fmt: skip
    edges = (edge("x", "topk"), edge("topk", "indices"), edge("x", "mul"), edge("mul", "product"))
    outcomes = {"a": Outcome(outcome="agrees"), "b": Outcome(outcome="differs", where="value", output=output)}
    known = case(outcomes=outcomes, graphs=dict.fromkeys("ab", Graph(ops=ops, edges=edges)))
    (told,) = numerical_mismatches(known, frozenset({"b"}))
    assert told.remedy.startswith("The order that `topk` gives to equal values") is tied
