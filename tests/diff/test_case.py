"""What is known of one capture beside eager."""

from __future__ import annotations

from dataclasses import replace

import pytest

from explorer.diff.case import Case
from explorer.diff.places import SourceMap
from explorer.evidence import Capture, CaptureWarning, Decision, EagerRun, Escape, Kind, Outcome
from explorer.graph import Graph, OpId
from tests.graphs import at, chain, op

TEXT = "def forward(self, x):\n    n = x.item()\n    if n > 0:\n        return x * n\n    m = n + 1\n    return x - m\n"


def run(example: str, lines: tuple[int, ...] = (), **given: object) -> EagerRun:
    return EagerRun(example=example, lines=dict.fromkeys(lines, 1), **given)  # type: ignore[arg-type]


def case(kind: Kind = "trace", *, runs: tuple[EagerRun, ...] = (), graph: Graph | None = None, **given: object) -> Case:
    """Return the case of a capture beside the runs ``a``, which was captured, and ``b``."""
    made = runs or (run("a"), run("b"))
    known: dict[str, object] = {
        "outcomes": {one.example: Outcome(outcome="agrees") for one in made},
        "graphs": {one.example: chain(op("relu", line=2, module="part")) for one in made},
        "capture": Capture(id=kind, kind=kind, input="a", status="ok", graph=graph or chain(op("relu", line=2))),
    }
    return Case(file="model.py", source=SourceMap(TEXT), runs={one.example: one for one in made}, sequence=False,
                **(known | given))  # type: ignore[arg-type]  # fmt: skip


def differs(**given: object) -> dict[str, Outcome]:
    return {"a": Outcome(outcome="agrees"), "b": Outcome(outcome="differs", where="value", **given)}  # type: ignore[arg-type]


def read(value: float) -> Escape:
    return Escape(file="model.py", line=2, function="forward", how="item", source="data", value=value)


def decided(taken: int) -> Decision:
    return Decision(file="model.py", line=3, column=7, function="forward", kind="if", taken=(taken,))


PARTED = run("a", (2, 3, 4), decisions=(decided(1),)), run("b", (2, 3, 5, 6), decisions=(decided(0),))


@pytest.mark.parametrize("outcome", ["differs", "raises", "returns"])
def test_a_graph_is_wrong_where_it_does_not_do_what_eager_does(outcome: str) -> None:
    outcomes = {"a": Outcome(outcome="agrees"), "b": Outcome(outcome=outcome)}  # type: ignore[arg-type]
    assert case(outcomes=outcomes).wrong == ("b",)


def test_rounding_is_wrong_only_where_eager_chose_another_way() -> None:
    assert case(outcomes=differs(rounding=True)).wrong == ()
    assert case(outcomes=differs(rounding=True), runs=PARTED).wrong == ("b",)
    assert case("script", outcomes=differs(rounding=True), runs=PARTED).wrong == ()


def test_rounding_is_wrong_where_a_number_that_was_read_is_another() -> None:
    """What is computed with the number shows it: one that is printed alone changes nothing of the graph."""
    runs = (run("a", (2, 5), escapes=(read(1.0),)), run("b", (2, 5), escapes=(read(1.001),)))
    graphs = {one: chain(op("mul", line=5, by=by)) for one, by in (("a", 1.0), ("b", 1.001))}
    alike = {one: chain(op("mul", line=5, by=1.0)) for one in graphs}
    assert case(outcomes=differs(rounding=True), runs=runs, graphs=graphs).wrong == ("b",)
    assert case(outcomes=differs(rounding=True), runs=runs, graphs=alike).wrong == ()
    assert case("export", outcomes=differs(rounding=True), runs=runs, graphs=graphs).wrong == ()


def test_the_captured_example_is_the_first_that_did_not_end_the_process() -> None:
    graphs = {"b": chain(op("relu", line=2))}
    lost = case(runs=(run("a"), run("b", (2,)), run("c", (2,))), graphs=graphs)
    assert lost.first == "b"
    assert lost.resized(["a", "c"]) == ()
    raised = case(runs=(run("a", (2,)), run("b", (2,))), graphs=graphs)
    assert raised.first == "a"


def test_a_parting_counts_where_the_graph_is_wrong() -> None:
    parted = case(runs=PARTED)
    assert [one.site.line for one in parted.partings] == [3]
    assert parted.wrong_partings == ()
    assert [one.example for one in case(runs=PARTED, outcomes=differs()).wrong_partings] == ["b"]


def test_a_parting_counts_where_another_structure_hides_other_values() -> None:
    form = Outcome(outcome="differs", where="structure", message="a tuple for Out")
    apart = replace(form, beneath="value")
    assert case(runs=PARTED, outcomes={"a": form, "b": form}).wrong_partings == ()
    assert [one.example for one in case(runs=PARTED, outcomes={"a": form, "b": apart}).wrong_partings] == ["b"]


def test_what_was_made_of_something_else_is_not_explained_by_these_runs() -> None:
    wrong = {"a": Outcome(outcome="differs"), "b": Outcome(outcome="differs")}
    assert case(runs=PARTED, outcomes=wrong, other="net.pt").stranger
    assert case(runs=PARTED, outcomes=wrong, other="net.pt").wrong_partings == ()
    assert not case(runs=PARTED, outcomes=differs(), other="net.pt").stranger


def test_values_that_eager_does_not_repeat_prove_nothing() -> None:
    runs = run("a"), run("b", deterministic=False)
    assert case(runs=runs, outcomes=differs()).unsteady == {"b"}
    assert case(outcomes=differs()).unsteady == frozenset()


def test_a_refused_shape_is_told_by_what_the_graph_says() -> None:
    def saying(message: str) -> Case:
        return case(outcomes={"a": Outcome(outcome="agrees"), "b": Outcome(outcome="raises", message=message)})

    assert saying("Got invalid dimensions for input: x").refused == {"b"}
    assert saying("shapes cannot be multiplied").refused == frozenset()


def test_an_optimised_form_inherits_what_its_maker_fixed() -> None:
    made = Capture(id="ort", kind="ort", input="a", status="ok", made_from="onnx_ts")
    assert (case(capture=made).kind, case(capture=made).maker, case(capture=made).runs_python) == (
        "ort",
        "onnx_ts",
        True,
    )
    assert not case("script").runs_python
    assert case("script", other="net.pt").runs_python


def test_a_stored_graph_is_what_the_graph_is_compared_with() -> None:
    stored = Capture(id="onnx", kind="onnx", input=None, status="ok", graph=chain(op("relu")))
    eager = replace(stored, id="eager:a", kind="eager", input="a")
    assert (case(reference=stored).stored, case(reference=stored).beside) == ("onnx", "the stored graph")
    assert (case(reference=eager).stored, case(reference=eager).beside) == ("", "eager")
    assert (case().stored, case().beside) == ("", "eager")


@pytest.mark.parametrize(
    ("values", "wrong"), [((1, 2), ["b"]), ((1, 1), [])], ids=["another value", "the same value"]
)  # fmt: skip
def test_a_read_differs_where_its_value_does(values: tuple[int, int], wrong: list[str]) -> None:
    reads = [Escape(how="item", source="data", value=one, file="model.py", line=2) for one in values]
    known = case(runs=(run("a", escapes=(reads[0],)), run("b", escapes=(reads[1],))), outcomes=differs())
    assert [names for _, names in known.differing_escapes("data")] == [wrong] * bool(wrong)
    assert list(known.differing_escapes("shape")) == []
    assert known.read("b", reads[0]) == [values[1]]


def test_lines_are_followed_by_the_names_that_they_assign() -> None:
    assert sorted(case().uses("model.py", 2)) == [3, 4, 5]
    assert case().source_of("model.py").names.followed([2]) == {2, 3, 4, 5, 6}
    assert case().source_of("other.py").names.followed([2]) == {2}


def test_the_entry_is_the_forward_that_ran() -> None:
    assert case().entry() == ("model.py", 1)
    nowhere = case(graphs={}, runs=(run("a"),))
    assert nowhere.entry() is None
    assert nowhere.outermost() == ("model.py", None)
    assert case(graphs={}, runs=(run("a", (2,)),)).entry() == ("model.py", 1)


def test_a_finding_names_place_module_and_ops() -> None:
    warned = CaptureWarning(message="a tracer's words", file="model.py", line=2)
    capture = Capture(
        id="trace", kind="trace", input="a", status="ok", graph=chain(op("gelu", line=2)), warnings=(warned,)
    )
    known = case(capture=capture, outcomes=differs(max_abs_error=0.5, message="off"))
    found = known.found("baked-constant", "error", 2, "Said.", inputs=("b",))
    assert (found.file, found.line, found.function, found.module) == ("model.py", 2, "forward", "part")
    assert (found.left, found.right, found.left_capture, found.right_capture) == (
        ("relu",),
        ("gelu",),
        "eager:b",
        "trace",
    )
    assert found.evidence == {"max_abs_error": 0.5, "outcome": "off", "warning": "a tracer's words"}
    assert known.found("baked-state", "warning", 2, "Said.", inputs=("b",)).evidence == {"warning": "a tracer's words"}


def test_ops_of_lines_that_one_example_alone_ran_belong_to_a_finding() -> None:
    graph = chain(op("ask", line=3), op("sub", line=6), op("mul", line=4))
    known = case(runs=PARTED, graph=graph, graphs={"a": graph, "b": graph}, outcomes=differs())
    found = known.found("baked-branch", "error", 3, "Said.", inputs=("b",))
    assert (found.left, found.right) == (("ask", "sub"), ("ask", "mul"))
    found = known.found("baked-branch", "error", 3, "Said.", inputs=("b",), lines=frozenset({4}))
    assert (found.left, found.right) == (("mul",), ("mul",))


def test_ops_are_found_by_all_lines_that_they_were_called_from() -> None:
    one = replace(op("relu"), stack=(at(7, file="torch/x.py", user=False), at(4)))
    graph = Graph(ops=(one,))
    assert case().ops_at(graph, "model.py", {4}) == (OpId("relu"),)
    assert case().ops_at(graph, "other.py", {4}) == case().ops_at(None, "model.py", {4}) == ()
