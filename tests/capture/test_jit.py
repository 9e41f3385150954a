"""The executor's optimised graph, made from the script or else from the trace."""

from __future__ import annotations

from tests.cases import Workshop, a_model, compute, graph_of, line_of, only

ONES = "'a': (torch.ones(4),), 'b': (-torch.ones(4),)"
TWICE = a_model("a = x.exp() + x.exp()  # twice\nb = x.sin()\nreturn a * 2", ONES)
NOT_SCRIPTABLE = a_model("return x * self.factor(**{})", ONES, before="def factor(**_kw):\n    return 2.0",
                         init="self.factor = factor")  # fmt: skip
COUNTS = a_model("self.n += 1\nreturn x * self.n", ONES, init="self.n = 0")


def test_what_is_computed_twice_or_for_nothing_is_gone(workshop: Workshop) -> None:
    assert compute(workshop.graph(TWICE, "script")).count("exp") == 2
    assert compute(workshop.graph(TWICE, "jit")) == ["exp", "add", "mul"]


def test_ops_keep_their_line_and_module(workshop: Workshop) -> None:
    exp = only(workshop.graph(TWICE, "jit"), "exp")
    assert exp.location is not None
    assert exp.location.line == line_of(TWICE, "# twice")
    modules = {op.module for op in workshop.graph("residual_block", "jit").compute}
    assert modules == {op.module for op in workshop.graph("residual_block", "script").compute}


def test_the_whole_stack_is_that_of_the_script(workshop: Workshop) -> None:
    linear = next(op for op in workshop.graph("gated_mlp", "jit").compute if op.op == "linear")
    assert linear.stack[0].user is False
    assert linear.location is not None
    assert linear.location.user


def test_a_model_that_does_not_script_is_traced(workshop: Workshop) -> None:
    capture = workshop.static(NOT_SCRIPTABLE, "jit").capture
    assert capture.made_from == "trace"
    assert "trace" in capture.note
    assert compute(graph_of(capture)) == ["mul"]


def test_each_example_meets_the_state_of_the_start(workshop: Workshop) -> None:
    for kind in ("script", "jit"):
        outcomes = workshop.static(COUNTS, kind).outcomes
        assert {one.outcome for one in outcomes.values()} == {"agrees"}, kind


def test_where_nothing_scripts_and_nothing_traces_the_tracer_is_named(workshop: Workshop) -> None:
    text = a_model("return {x * 2}", ONES)
    failure = workshop.static(text, "jit").capture.failure
    assert failure is not None
    assert failure.reason.startswith("The model does not script. torch.jit.trace ")
