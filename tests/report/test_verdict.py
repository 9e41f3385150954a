"""The two sentences that are read first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

import pytest

from explorer.evidence import Kind, Outcome, Verdict
from explorer.report.schema import CaptureEntry, Divergence, InputEntry
from explorer.report.verdict import verdict

Row = dict[str, Verdict]


def capture(kind: Kind, status: str = "ok") -> CaptureEntry:
    return CaptureEntry(id=kind, kind=kind, input="a", status=status)  # type: ignore[arg-type]


def inputs(names: Iterable[str], raising: Mapping[str, str] = MappingProxyType({})) -> tuple[InputEntry, ...]:
    return tuple(InputEntry(name=name, arguments=(), raised=raising.get(name), lines={1: 1}) for name in names)


def divergence(cause: str, line: int | None, kind: Kind = "trace", severity: str = "error") -> Divergence:
    return Divergence(id="", severity=severity, cause=cause, capture=kind, inputs=(), file="m.py", line=line,  # type: ignore[arg-type]
                      function=None, module="", explanation="")  # fmt: skip


def told(
    rows: dict[Kind, Row], *refused: Kind, skipped: tuple[Kind, ...] = (), found: tuple[Divergence, ...] = ()
) -> tuple[str, str]:
    captures = [capture("eager")]
    captures += [capture(kind, "failed" if kind in refused else "skipped" if kind in skipped else "ok")
                 for kind in (*rows, *refused, *skipped)]  # fmt: skip
    matrix = {kind: {name: Outcome(outcome=one) for name, one in row.items()} for kind, row in rows.items()}
    examples = list(next(iter(rows.values()), {"a": "agrees"}))
    return verdict(matrix, found, captures, inputs(examples), file="m.py")


AGREES: Row = {"a": "agrees", "b": "agrees"}


@pytest.mark.parametrize(
    ("rows", "refused", "sentence"),
    [
        pytest.param({"trace": {"a": "agrees", "b": "differs"}}, (), "The trace graph is wrong on 1 of 2 examples", id="one"),
        pytest.param({"trace": {"a": "agrees", "b": "differs"}, "onnx_ts": {"a": "differs", "b": "agrees"}}, (),
                     "The trace and onnx_ts graphs are wrong on 1 of 2 examples each", id="two, on other examples"),
        pytest.param({"trace": {"a": "agrees", "b": "differs"}, "onnx_ts": {"a": "differs", "b": "differs"}}, (),
                     "The onnx_ts graph is wrong on 2 of 2 examples; trace on 1", id="one on more than the other"),
        pytest.param({"trace": {"a": "agrees", "b": "differs"}, "onnx_ts": {"a": "raises", "b": "agrees"}}, (),
                     "The trace graph is wrong on 1 of 2 examples; onnx_ts fails on 1", id="one is wrong, one raises"),
        pytest.param({"trace": {"a": "differs", "b": "raises"}, "jit": {"a": "raises", "b": "raises"}, "onnx_ts": AGREES}, (),
                     "The trace graph is wrong on 1 of 2 examples; jit fails on 2; trace on 1", id="both, on other numbers of examples"),
        pytest.param({"trace": {"a": "agrees", "b": "raises"}}, (), "The trace graph fails on 1 of 2 examples", id="one raises"),
        pytest.param({"trace": AGREES}, ("export", "onnx"), "The trace graph agrees with eager on both examples; no other could be made", id="agrees, others refuse"),
        pytest.param({"trace": AGREES, "script": AGREES}, ("onnx",), "The trace and script graphs agree with eager on both examples; no other could be made", id="two agree, one refuses"),
        pytest.param({"trace": {"a": "returns"}}, (), "The trace graph is wrong on the only example", id="eager raises"),
        pytest.param({"trace": AGREES}, (), "The trace graph agrees with eager on both examples", id="agrees"),
        pytest.param({"trace": AGREES, "script": AGREES}, (), "Both static graphs agree with eager on both examples",
                     id="all agree"),
        pytest.param({"trace": {"a": "agrees"}}, (), "The trace graph agrees with eager on the example", id="one example"),
        pytest.param({}, ("export",), "No static graph could be made: export refuses the model", id="one refuses"),
        pytest.param({}, ("trace", "export", "onnx"), "No static graph could be made: trace, export and onnx refuse the model",
                     id="all refuse"),
        pytest.param({}, (), "", id="nothing yet"),
    ],
)  # fmt: skip
def test_the_first_sentence(rows: dict[Kind, Row], refused: tuple[Kind, ...], sentence: str) -> None:
    assert told(rows, *refused)[0] == sentence


@pytest.mark.parametrize(
    ("matrix", "sentence"),
    [
        pytest.param(
            {"trace": {"a": Outcome(outcome="agrees")}, "onnx": {"a": Outcome(outcome="differs", rounding=True)}},
            "Both static graphs agree with eager on the example, but for rounding in onnx",
            id="rounding",
        ),
        pytest.param(
            {"trace": {"a": Outcome(outcome="agrees"), "b": Outcome(outcome="not-run")}},
            "No static graph was seen to be wrong, but 1 of 2 runs could not be judged",
            id="not run",
        ),
    ],
)
def test_no_more_agreement_is_claimed_than_was_seen(matrix: dict[Kind, dict[str, Outcome]], sentence: str) -> None:
    captures = [capture(kind) for kind in matrix]
    assert verdict(matrix, (), captures, inputs(next(iter(matrix.values()))))[0] == sentence


def test_nothing_is_said_while_the_first_refusals_come_in() -> None:
    assert verdict({}, (), [capture("export", "failed")], inputs("a"), pending=True) == ("", "")


def test_rounding_that_an_error_explains_is_wrong() -> None:
    matrix: dict[Kind, dict[str, Outcome]] = {"trace": {"a": Outcome(outcome="differs", rounding=True)}}
    found = replace(divergence("baked-branch", 3), inputs=("a",))
    assert (
        verdict(matrix, (found,), [capture("trace")], inputs("a"))[0] == "The trace graph is wrong on the only example"
    )


def test_graphs_that_raise_are_counted_beside_those_that_are_wrong() -> None:
    """A sentence below told of them, and the headline read as if the others were well."""
    rows: dict[Kind, Row] = {"trace": {"a": "differs"}, "script": {"a": "raises"}, "onnx": {"a": "raises"}}
    assert told(rows) == ("The trace graph is wrong on the only example; script and onnx fail", "")


def test_other_random_numbers_are_told_below_what_is_wrong() -> None:
    rows: dict[Kind, Row] = {"trace": {"a": "differs"}, "script": {"a": "differs"}}
    draws = replace(divergence("baked-random", 3, "script"), evidence={"draws": ["rand"]})
    assert told(rows, found=(draws,)) == (
        "The trace graph is wrong on the only example",
        "Script draws other numbers than eager.",
    )


def test_that_eager_itself_raises_is_told_before_the_reasons() -> None:
    matrix: dict[Kind, dict[str, Outcome]] = {"trace": {"a": Outcome(outcome="returns")}}
    found = divergence("lost-check", 3)
    raising = inputs("a", {"a": "ValueError: no.\nAnd more"})
    _, second = verdict(matrix, (found,), [capture("trace")], raising, file="m.py")
    assert second == (
        "Eager itself raises on “a”, the example that is captured: ValueError: no. The check at line 3 is gone."
    )


@pytest.mark.parametrize(
    ("raising", "rows", "sentence"),
    [
        ("b", 1, "The trace graph agrees with eager on 2 of 3 examples; on “b” it raises as eager does"),
        ("bc", 2, "Both static graphs agree with eager on 1 of 3 examples; on “b” and “c” they raise as eager does"),
    ],
)
def test_where_both_raise_there_is_no_result_that_agrees(raising: str, rows: int, sentence: str) -> None:
    kinds: tuple[Kind, ...] = ("trace", "script")
    matrix = {kind: {name: Outcome(outcome="agrees") for name in "abc"} for kind in kinds[:rows]}
    captures = [capture(kind) for kind in kinds[:rows]]
    assert verdict(matrix, (), captures, inputs("abc", dict.fromkeys(raising, "ValueError: no")))[0] == sentence


def test_a_graph_that_is_wrong_on_one_example_and_raises_on_another_is_told_for_both() -> None:
    """That it raises was told of graphs alone that do nothing worse."""
    rows: dict[Kind, Row] = {"onnx_ts": {"a": "agrees", "b": "differs", "c": "raises"},
                             "export": {"a": "agrees", "b": "agrees", "c": "raises"}}  # fmt: skip
    assert told(rows)[0] == "The onnx_ts graph is wrong on 1 of 3 examples; onnx_ts and export fail on 1"


def test_a_graph_that_does_both_also_fails() -> None:
    rows: dict[Kind, Row] = {"onnx_ts": {"a": "agrees", "b": "differs", "c": "raises"}, "export": AGREES}
    assert told(rows)[0] == "The onnx_ts graph is wrong on 1 of 3 examples; onnx_ts also fails on 1"
