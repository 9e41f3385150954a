"""What a static graph returned beside what eager returned: which differences count, and which do not."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import numpy as np
import pytest
import torch

from explorer.evidence import Outcome
from explorer.source.held import is_of_users
from explorer.source.load import DTYPES, Arguments
from explorer.verify.compare import compare_results, same, tolerances

NAN, INF = float("nan"), float("inf")
NOTHING = Arguments(args=(), kwargs={})
Pair, Other = namedtuple("Pair", "a b"), namedtuple("Other", "a b")  # noqa: PYI024 - as models return them


@dataclass
class Plain:
    n: int


class Counter:
    """It does not say how it compares."""

    def __init__(self, n: object) -> None:
        self.n = n


class Slotted:
    __slots__ = ("n",)

    def __init__(self, n: object) -> None:
        self.n = n


class Spiteful:
    def __eq__(self, other: object) -> bool:
        raise RuntimeError

    __hash__ = None  # type: ignore[assignment]


@dataclass
class Held:
    """An object with a tensor, which pytree does not open."""

    x: object
    n: object = 1


@dataclass
class OtherHeld:
    x: object
    n: object = 1


class Colour(Enum):
    RED = 1
    BLUE = 2


def t(*values: float, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    return torch.tensor(values, dtype=dtype)


def outcome(eager: object, static: object, *, flat: bool = False) -> Outcome:
    return compare_results(eager, static, flat=flat, before=NOTHING, after=NOTHING)


def half(*values: float, dtype: torch.dtype = torch.bfloat16) -> torch.Tensor:
    return t(*values).to(dtype)


def quantised(*values: float, scale: float = 0.5, zero: int = 0) -> torch.Tensor:
    return torch.quantize_per_tensor(t(*values), scale, zero, torch.quint8)


def u64(*values: int) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.uint64)


def by_row(*scales: float) -> torch.Tensor:
    zeros = torch.zeros(len(scales), dtype=torch.int64)
    return torch.quantize_per_channel(torch.ones(len(scales), 2), t(*scales), zeros, 0, torch.qint8)


def ragged(*rows: torch.Tensor, layout: torch.layout = torch.jagged) -> torch.Tensor:
    return torch.nested.nested_tensor(list(rows), layout=layout)


I64 = torch.int64
STRIDED = torch.strided
BIG = 2**62
LEAST = torch.finfo(torch.float32).min

AGREE = [
    pytest.param(np.array([1.0, NAN]), np.array([1.0, NAN]), id="arrays of NumPy's"),
    pytest.param(np.ones(2)[::-1], np.ones(2) + 1e-9, id="arrays of NumPy's, within the tolerance of f64"),
    pytest.param(np.float32(NAN), np.float32(NAN), id="scalars of NumPy's"),
    pytest.param(np.array([object(), 1]), np.array([object(), 1]), id="an array of what only is itself"),
    pytest.param(complex(NAN), complex(NAN), id="complex NaN"),
    pytest.param(t(1, 2), t(1, 2), id="equal"),
    pytest.param(t(1), t(1 + 1e-6), id="within the tolerance of f32"),
    pytest.param(t(1, dtype=torch.float16), t(1.0009765625, dtype=torch.float16), id="within the tolerance of f16"),
    pytest.param(t(0), t(9e-6), id="within the absolute tolerance"),
    pytest.param(t(NAN, 1), t(NAN, 1), id="NaN at the same place"),
    pytest.param(t(INF, -INF), t(INF, -INF), id="infinities"),
    pytest.param(torch.zeros(0, 3), torch.zeros(0, 3), id="empty"),
    pytest.param(torch.tensor([True, False]), torch.tensor([True, False]), id="bool tensors"),
    pytest.param(t(BIG, dtype=I64), t(BIG, dtype=I64), id="large integers"),
    pytest.param(torch.tensor([1 + 2j]), torch.tensor([1 + 2j]), id="complex"),
    pytest.param(torch.tensor(1.0), torch.tensor(1.0), id="no dimensions"),
    pytest.param(torch.eye(2).to_sparse(), torch.eye(2).to_sparse(), id="sparse"),
    pytest.param(quantised(1, 2), quantised(1, 2), id="quantised"),
    pytest.param(by_row(0.5, 0.25), by_row(0.5, 0.25), id="quantised by row"),
    pytest.param(ragged(t(1), t(2, 3)), ragged(t(1), t(2, 3)), id="jagged"),
    pytest.param(ragged(t(1), t(2, 3), layout=STRIDED), ragged(t(1), t(2, 3), layout=STRIDED), id="nested tensor"),
    pytest.param({"a": t(1), "b": (t(2), None)}, {"a": t(1), "b": (t(2), None)}, id="nested"),
    pytest.param(Pair(t(1), t(2)), Pair(t(1), t(2)), id="namedtuple"),
    pytest.param((), (), id="nothing"),
    pytest.param(None, None, id="None"),
    pytest.param(3, 3, id="int"),
    pytest.param("a", "a", id="text"),
    pytest.param(0.1 + 0.2, 0.3, id="float within tolerance"),
    pytest.param(Spiteful(), Spiteful(), id="objects that do not compare"),
    pytest.param(Counter([1, {"k": NAN}]), Counter([1, {"k": NAN}]), id="objects that hold the same"),
    pytest.param(Counter(0.1 + 0.2), Counter(0.3), id="objects that hold the same within tolerance"),
    pytest.param(Counter(Spiteful()), Counter(Spiteful()), id="objects that hold what does not compare"),
    pytest.param(Counter(lambda: 1), Counter(lambda: 2), id="objects that hold functions, of which nothing is known"),
    pytest.param(Slotted(1), Slotted(2), id="objects whose attributes are not known"),
    pytest.param(Held(t(1), [2, None]), Held(t(1), [2, None]), id="objects that hold the same tensors and numbers"),
    pytest.param(
        Held({"a": t(1), "b": t(2)}), Held({"b": t(2), "a": t(1)}), id="objects whose dicts have another order"
    ),
    pytest.param(Held(t(1), lambda: 1), Held(t(1), lambda: 2), id="objects that hold tensors and functions"),
    pytest.param({t(1)}, {t(1)}, id="sets of tensors"),
    pytest.param({1, "a"}, {"a", 1}, id="sets"),
    pytest.param(torch.float32, torch.float32, id="dtypes"),
    pytest.param(torch.ones(2, device="meta"), torch.ones(2, device="meta"), id="without values"),
    pytest.param(u64(2**64 - 1), u64(2**64 - 1), id="the largest integers"),
    pytest.param(quantised(), quantised(), id="empty and quantised"),
    pytest.param(t(1).requires_grad_(), t(1), id="with and without a gradient"),
    pytest.param(torch.ones(2, 3).t(), torch.ones(3, 2), id="other strides"),
]

DIFFER = [
    pytest.param(t(1), t(1.001), "value", id="beyond the tolerance of f32"),
    pytest.param(
        t(1, dtype=torch.float64), t(1 + 1e-6, dtype=torch.float64), "value", id="beyond the tolerance of f64"
    ),
    pytest.param(t(NAN), t(1), "value", id="NaN in eager alone"),
    pytest.param(t(1), t(NAN), "value", id="NaN in the graph alone"),
    pytest.param(t(INF), t(-INF), "value", id="the other infinity"),
    pytest.param(t(INF), t(1), "value", id="infinity in eager alone"),
    pytest.param(t(1, dtype=I64), t(2, dtype=I64), "value", id="integers have no tolerance"),
    pytest.param(torch.tensor([True]), torch.tensor([False]), "value", id="bool tensors"),
    pytest.param(torch.tensor([1 + 2j]), torch.tensor([1 + 3j]), "value", id="complex"),
    pytest.param(torch.eye(2).to_sparse(), torch.zeros(2, 2).to_sparse(), "value", id="sparse"),
    pytest.param(quantised(1, 2), quantised(1, 2.5), "value", id="quantised"),
    pytest.param(quantised(1), quantised(1, scale=0.25), "value", id="quantised in other steps"),
    pytest.param(quantised(1), quantised(1, zero=1), "value", id="quantised around another zero"),
    pytest.param(by_row(0.5, 0.25), by_row(0.5, 0.5), "value", id="quantised by row in other steps"),
    pytest.param(
        by_row(0.5),
        torch.quantize_per_tensor(torch.ones(1, 2), 0.5, 0, torch.qint8),
        "value",
        id="quantised by row and as a whole",
    ),
    pytest.param(quantised(1), t(1), "dtype", id="quantised and not"),
    pytest.param(ragged(t(1), t(2, 3)), ragged(t(1), t(2, 4)), "value", id="jagged"),
    pytest.param(
        ragged(t(1), t(2, 3), layout=STRIDED), ragged(t(1), t(2, 4), layout=STRIDED), "value", id="nested tensor"
    ),
    pytest.param(ragged(t(1), t(2, 3)), ragged(t(1, 2), t(3)), "shape", id="jagged in other sizes"),
    pytest.param(ragged(t(1)), ragged(t(1), t(2)), "shape", id="jagged with another component"),
    pytest.param(ragged(t(1)), ragged(t(1, dtype=torch.float64)), "dtype", id="jagged of another dtype"),
    pytest.param(ragged(t(1)), torch.ones(1, 1), "structure", id="a plain tensor for a jagged one"),
    pytest.param(ragged(t(1), layout=STRIDED), ragged(t(1)), "structure", id="jagged for another nested tensor"),
    pytest.param(torch.eye(2).to_sparse(), torch.eye(2), "structure", id="dense for sparse"),
    pytest.param(torch.eye(2).to_sparse(), torch.eye(2).to_sparse_csr(), "structure", id="sparse in another layout"),
    pytest.param(quantised(), quantised(scale=0.25), "value", id="empty and quantised in other steps"),
    pytest.param(u64(2**64 - 1), u64(2**64 - 2), "value", id="the largest integers"),
    pytest.param(Counter(1), Counter(2), "value", id="objects that hold something else"),
    pytest.param(Counter([1]), Counter([1, 2]), "value", id="objects that hold more"),
    pytest.param(Counter(Counter("a")), Counter(Counter("b")), "value", id="objects in objects"),
    pytest.param(Counter(t(1)), Counter(t(2)), "value", id="objects with tensors"),
    pytest.param(Held(t(1)), t(1), "structure", id="a tensor for an object"),
    pytest.param((Held(t(1)),), (t(1),), "structure", id="a tensor for an object in a tuple"),
    pytest.param(Held(t(1)), OtherHeld(t(1)), "structure", id="an object of another class"),
    pytest.param(Held(t(1)), Held(t(1), "a"), "structure", id="another type in an object"),
    pytest.param(Held(t(1)), Held(t(1), 2), "value", id="another number in an object with a tensor"),
    pytest.param(Held({"a": t(1)}), Held({"b": t(1)}), "structure", id="another key in an object"),
    pytest.param(Held([t(1)]), Held((t(1),)), "structure", id="tuple for list in an object"),
    pytest.param(torch.float32, torch.float64, "value", id="another dtype itself"),
    pytest.param(torch.strided, torch.sparse_coo, "value", id="another layout itself"),
    pytest.param(Colour.RED, Colour.BLUE, "value", id="another member of an enumeration"),
    pytest.param({t(1)}, {t(2)}, "value", id="another set of tensors"),
    pytest.param({t(1), t(2)}, {t(1)}, "value", id="a larger set of tensors"),
    pytest.param(torch.ones(2, device="meta"), torch.ones(2), "structure", id="values for none"),
    pytest.param(t(1), t(1, 2), "shape", id="shape"),
    pytest.param(t(1), torch.tensor(1.0), "shape", id="no dimensions"),
    pytest.param(torch.zeros(0, 3), torch.zeros(0, 4), "shape", id="empty of another shape"),
    pytest.param(t(1), t(1, dtype=torch.float64), "dtype", id="dtype"),
    pytest.param(t(1, dtype=I64), t(1, dtype=torch.int32), "dtype", id="integer dtype"),
    pytest.param((t(1), t(1)), (t(1),), "structure", id="fewer outputs"),
    pytest.param((t(1),), [t(1)], "structure", id="list for tuple"),
    pytest.param(t(1), (t(1),), "structure", id="tuple for tensor"),
    pytest.param({"a": t(1)}, {"b": t(1)}, "structure", id="key"),
    pytest.param(Pair(t(1), t(2)), Other(t(1), t(2)), "structure", id="class of namedtuple"),
    pytest.param(Pair(t(1), t(2)), (t(1), t(2)), "structure", id="tuple for namedtuple"),
    pytest.param((t(1), None), (t(1), t(1)), "structure", id="tensor for None"),
    pytest.param(3, torch.tensor(3), "structure", id="tensor for int"),
    pytest.param(3, 3.0, "structure", id="float for int"),
    pytest.param(1, True, "structure", id="bool for int"),
    pytest.param(3, 4, "value", id="another int"),
    pytest.param("a", "b", "value", id="another text"),
    pytest.param(np.arange(3), np.arange(3) + 1, "value", id="another array of NumPy's"),
    pytest.param(np.ones(3), np.ones(4), "shape", id="an array of another shape"),
    pytest.param(np.array(["a", "b"]), np.array(["a", "c"]), "value", id="another array of text"),
    pytest.param(1j, 2j, "value", id="another complex number"),
]


@pytest.mark.parametrize(("eager", "static"), AGREE)
def test_results_agree(eager: object, static: object) -> None:
    found = outcome(eager, static)
    assert found.outcome == "agrees", found
    assert found.max_abs_error is not None
    assert found.message is None
    assert same(eager, static)


@pytest.mark.parametrize(("eager", "static", "where"), DIFFER)
def test_results_differ_and_it_is_told_where(eager: object, static: object, where: str) -> None:
    found = outcome(eager, static)
    assert (found.outcome, found.where) == ("differs", where)
    assert found.message
    assert not same(eager, static)


@pytest.mark.parametrize(
    ("eager", "static", "expected"),
    [
        pytest.param({"b": t(2), "a": (t(1), None)}, [t(2), t(1)], "agrees", id="a flat list without None"),
        pytest.param((t(1), None), [t(1)], "agrees", id="None at the end"),
        pytest.param((t(1), 3), [t(1), torch.tensor(3)], "agrees", id="a number as a tensor"),
        pytest.param((t(1), True), [t(1), torch.tensor(True)], "agrees", id="a bool as a tensor"),
        pytest.param((t(1), 3), [t(1), torch.tensor(4)], "differs", id="another number as a tensor"),
        pytest.param((t(1), 3), [t(1), t(3, dtype=I64)], "agrees", id="a number as a tensor of one element"),
        pytest.param((t(1), 0.1), [t(1), t(0.1)], "agrees", id="a float in fewer bits"),
        pytest.param((t(1), 1j), [t(1), torch.tensor(1j)], "agrees", id="a complex number as a tensor"),
        pytest.param((t(1), 3), [t(1), t(3, dtype=torch.float64)], "differs", id="a number as a tensor of floats"),
        pytest.param((t(1), BIG + 1), [t(1), torch.tensor(BIG)], "differs", id="a large number, as no float holds it"),
        pytest.param((t(1), 3), [t(1), torch.tensor([3, 3])], "differs", id="two numbers for one"),
        pytest.param((t(1), 3), [t(1), torch.zeros(0, dtype=I64)], "differs", id="none for a number"),
        pytest.param((t(1), np.ones(2)), [t(1)], "differs", id="an array of NumPy's that is lost"),
        pytest.param((t(1), t(2)), [t(2), t(1)], "differs", id="another order"),
        pytest.param((t(1),), [t(1, dtype=torch.float64)], "differs", id="another dtype"),
        pytest.param((t(1), "a"), [t(1)], "differs", id="text that is lost"),
        pytest.param((t(1),), [t(1), t(1)], "differs", id="more outputs"),
    ],
)
def test_flat_results_are_compared_without_structure(eager: object, static: object, expected: str) -> None:
    assert outcome(eager, static, flat=True).outcome == expected


def test_the_component_that_differs_is_named() -> None:
    """Asking a nested tensor for its shape raises, and such a graph counted as not run."""
    found = outcome((t(1), ragged(t(1), t(2, 3), layout=STRIDED)), (t(1), ragged(t(1), t(2, 4), layout=STRIDED)))
    assert (found.output, found.max_abs_error) == (1, 1.0)
    assert (found.message or "").startswith("output 1, component 1: 1 of 2 values beyond tolerance")


def test_large_integers_that_differ_by_one_differ() -> None:
    """Compared as f64, 2**62 and 2**62 + 1 are the same number."""
    assert outcome(t(BIG, dtype=I64), torch.tensor([BIG + 1])).outcome == "differs"


def test_large_python_integers_that_differ_by_one_differ() -> None:
    assert outcome(BIG, BIG + 1).outcome == "differs"


@pytest.mark.parametrize(
    ("left", "right", "absolute", "relative"),
    [
        pytest.param(t(1, 2), t(1, 2.5), 0.5, 0.25, id="beyond"),
        pytest.param(3, 5, 2.0, 2 / 3, id="Python integers"),
        pytest.param(10**400, 0, 2.0**1000, 1.0, id="Python integers beyond all floats"),
        pytest.param((t(1), t(4)), (t(1.5), t(2)), 2.0, 0.5, id="the largest of several outputs"),
        pytest.param(t(1, dtype=I64), t(3, dtype=I64), 2.0, 2.0, id="integers"),
        pytest.param(t(INF), t(1), None, None, id="no JSON number"),
        pytest.param(
            t(2**53, dtype=I64), torch.tensor([2**53 + 1]), 1.0, 2.0**-53, id="integers that no float tells apart"
        ),
        pytest.param(
            t(2**63 - 1, dtype=I64), t(-(2**63), dtype=I64), 2.0**64, 2.0, id="integers as far apart as can be"
        ),
        pytest.param(t(-(2**63), dtype=I64), t(0, dtype=I64), 2.0**63, 1.0, id="the least integer"),
        pytest.param(u64(2**64 - 1), u64(2**64 - 2), 1.0, 2.0**-64, id="integers without sign"),
        pytest.param(t(-3, dtype=torch.int8), t(4, dtype=torch.int8), 7.0, 7 / 3, id="small integers"),
        pytest.param(t(0, 2), t(1, 3), 1.0, 0.5, id="relative to what is not zero"),
        pytest.param(t(0, 2), t(1, 2), 1.0, None, id="nothing to be relative to"),
        pytest.param(t(0, dtype=I64), t(5, dtype=I64), 5.0, None, id="an integer that should be zero"),
        pytest.param((t(1), t(0)), (t(1), t(5)), 5.0, None, id="nothing to be relative to beside what is equal"),
        pytest.param((t(2), t(0)), (t(3), t(5)), 5.0, 0.5, id="nothing to be relative to beside what is off"),
        pytest.param(0, 5, 5.0, None, id="a Python integer that should be zero"),
    ],
)
def test_the_largest_errors_are_told(
    left: object, right: object, absolute: float | None, relative: float | None
) -> None:
    found = outcome(left, right)
    assert found.max_abs_error == pytest.approx(absolute)
    assert found.max_rel_error == pytest.approx(relative)


@pytest.mark.parametrize(
    ("left", "right", "rounding"),
    [
        pytest.param(t(100, 1), t(100, 1 + 1e-3), True, id="beside a large value in its row"),
        pytest.param(t(9, 0, 1), t(9, 1e-4, 1), True, id="zero beside large values"),
        pytest.param(t(1000, 1), t(1000, 1 + 5e-3), False, id="beside one that is not of its kind"),
        pytest.param(t(1.7e9, 3), t(1.7e9, 900), False, id="beside a time stamp"),
        pytest.param(t(LEAST, 0.5, 0.2), t(LEAST, 0.1, 0.2), False, id="beside a mask"),
        pytest.param(t(LEAST, LEAST, LEAST, 0.5), t(LEAST, LEAST, LEAST, 0.1), False, id="beside nothing but masks"),
        pytest.param(half(1, 1), half(2, 2), False, id="another constant in bf16"),
        pytest.param(
            torch.stack((half(0.01, 0), half(1, 2))),
            torch.stack((half(0.02, 0), half(1, 2))),
            True,
            id="little beside other rows in bf16",
        ),
        pytest.param(
            torch.stack((t(0.01, 0), t(9, 9))),
            torch.stack((t(0.0101, 0), t(9, 9))),
            False,
            id="little beside other rows in f32",
        ),
        pytest.param(half(1, 2, 3), half(1.0625, 2, 3), True, id="a few units in bf16"),
        pytest.param(half(1, dtype=torch.float16), half(1.14, dtype=torch.float16), False, id="a seventh in f16"),
        pytest.param(
            half(8, 1, dtype=torch.float16), half(8, 1.01, dtype=torch.float16), True, id="a few units in f16"
        ),
        pytest.param(
            half(1, dtype=torch.float8_e4m3fn), half(1.125, dtype=torch.float8_e4m3fn), False, id="the next in f8"
        ),
        pytest.param(torch.tensor([9j, 1]), torch.tensor([9j, 1 + 1e-4j]), True, id="complex"),
        pytest.param(quantised(1), quantised(1, scale=0.25), False, id="quantised in other steps"),
        pytest.param(t(1, 1), t(1, 1 + 1e-3), False, id="beside a value of its own size"),
        pytest.param([t(1000), t(1)], [t(1000), t(1 + 5e-3)], False, id="a large value elsewhere does not excuse it"),
        pytest.param(t(1.7e9, 500, dtype=torch.float64), t(1.7e9, 1000, dtype=torch.float64), False, id="float64"),
        pytest.param(t(100000, 5, dtype=I64), t(100000, 6, dtype=I64), False, id="integers"),
        pytest.param((t(1), 100000), (t(1), 100001), False, id="a Python integer"),
        pytest.param((t(1), "a"), (t(1), "b"), False, id="text"),
        pytest.param(t(1000, NAN), t(1000, 1), False, id="NaN on one side"),
        pytest.param(t(1000, INF), t(1000, 1), False, id="infinity on one side"),
    ],
)
def test_rounding_is_told_of_floats_alone_and_in_their_own_row(left: object, right: object, rounding: bool) -> None:
    found = outcome(left, right)
    assert (found.outcome, found.rounding) == ("differs", rounding)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        pytest.param("a", "b", id="text"),
        pytest.param(Counter("a"), Counter("b"), id="objects"),
        pytest.param(quantised(1), quantised(1, scale=0.25), id="the steps of quantised tensors"),
    ],
)
def test_what_is_no_number_has_no_error(left: object, right: object) -> None:
    """The matrix said that such a graph differs by 0."""
    found = outcome(left, right)
    assert (found.outcome, found.max_abs_error, found.max_rel_error) == ("differs", None, None)


def test_the_output_that_differs_is_told() -> None:
    assert outcome((t(1), t(2), t(3)), (t(1), t(9), t(9))).output == 1


def test_errors_within_tolerance_are_told_too() -> None:
    found = outcome(t(1), t(1 + 1e-6))
    assert found.max_abs_error is not None
    assert 0 < found.max_abs_error < 2e-6


@pytest.mark.parametrize("eager", [t(0), t(1e-30), t(INF, 1), t(NAN, 1)], ids=["zero", "tiny", "infinity", "NaN"])
def test_errors_are_numbers_that_json_has(eager: torch.Tensor) -> None:
    found = outcome(eager, torch.zeros_like(eager))
    for error in (found.max_abs_error, found.max_rel_error):
        assert error is None or error - error == 0


@pytest.mark.parametrize(
    ("write", "expected"),
    [
        pytest.param(lambda x, _d: x.add_(1), "argument", id="tensor"),
        pytest.param(lambda _x, d: d["k"].add_(1), "argument", id="tensor in a dict"),
        pytest.param(lambda x, _d: x.view(-1)[0].zero_(), "argument", id="through a view"),
        pytest.param(lambda _x, d: d.update(n=5), None, id="another key"),
        pytest.param(lambda _x, _d: None, None, id="nothing"),
    ],
)
def test_a_write_that_one_side_does_not_make_differs(
    write: Callable[[torch.Tensor, dict], object], expected: str | None
) -> None:
    given = Arguments(args=(t(1, 2), {"k": t(3), "n": 2}), kwargs={})
    before, after = given.fresh(), given.fresh()
    write(*before.args)
    found = compare_results(t(1), t(1), flat=False, before=before, after=after)
    if expected is None and before.args[1]["n"] != 2:
        expected = "argument"
    assert found.where == expected
    write(*after.args)
    assert compare_results(t(1), t(1), flat=False, before=before, after=after).outcome == "agrees"


CHANGED = [
    pytest.param({"x": t(1)}, {"y": t(1)}, "argument 0 is {y: tensor} in eager, {x: tensor} in the graph", id="a key"),
    pytest.param([None], [], "argument 0 is list() in eager, list(NoneType) in the graph", id="None in a list"),
    pytest.param([t(1)], [t(1), t(1)], "argument 0 is list(tensor, tensor) in eager", id="a list grown"),
    pytest.param((t(1), [3]), (t(1), [4]), "argument 0[1][0]: 4 in eager, 3 in the graph", id="a number in a list"),
    pytest.param(np.zeros(1), np.ones(1), "argument 0: 1 of 1 values", id="an array of NumPy's"),
    pytest.param([1j], [2j], "argument 0[0]: 1 of 1 values", id="a complex number in a list"),
    pytest.param(Counter(1), Counter(2), "argument 0: another Counter.n", id="an object"),
    pytest.param(Held(t(1)), Held(t(2)), "argument 0.x: 1 of 1 values", id="a tensor in an object"),
    pytest.param(
        Held(t(1), 1), Held(t(1), 2), "argument 0.n: 2 in eager, 1", id="a number beside a tensor in an object"
    ),
]


@pytest.mark.parametrize(("given", "written", "message"), CHANGED)
def test_what_is_lost_of_an_argument_is_told(given: object, written: object, message: str) -> None:
    """Arguments were a list of leaves: a key, None, an array or a complex number could change unseen."""
    before, after = (Arguments(args=(one,), kwargs={}) for one in (written, given))
    found = compare_results(None, None, flat=False, before=before, after=after)
    assert (found.outcome, found.where) == ("differs", "argument")
    assert (found.message or "").startswith(f"after the call, {message}")
    assert compare_results(None, None, flat=False, before=after, after=after).outcome == "agrees"


def test_an_object_that_is_written_to_differs_where_results_have_no_structure() -> None:
    for one, other in ((Counter(1), Counter(2)), (Held(t(1), 1), Held(t(1), 2))):
        before, after = Arguments(args=(one,), kwargs={}), Arguments(args=(other,), kwargs={})
        assert compare_results(None, None, flat=True, before=before, after=after).where == "argument"


def test_a_plain_attribute_is_no_output_of_a_graph() -> None:
    assert outcome((t(1), Held(t(1))), (t(1), Held(t(1), 2))).output is None


def test_a_class_that_torchscript_makes_of_the_users_is_a_container_as_it_has_it() -> None:
    made = torch.classes.profiling._ScriptProfile()
    assert isinstance(made, torch.ScriptObject)
    assert not is_of_users(made)


def test_an_argument_by_keyword_is_told_by_it() -> None:
    before, after = (Arguments(args=(), kwargs={"x": t(value)}) for value in (1, 2))
    found = compare_results(None, None, flat=False, before=before, after=after)
    assert (found.message or "").startswith("after the call, argument x: ")


@pytest.mark.parametrize("flat", [False, True])
def test_the_order_of_an_arguments_keys_is_of_no_account(flat: bool) -> None:
    before, after = Arguments(args=({"a": t(1), "b": 2},), kwargs={}), Arguments(args=({"b": 2, "a": t(1)},), kwargs={})
    assert compare_results(None, None, flat=flat, before=before, after=after).outcome == "agrees"


def test_where_there_is_no_structure_arguments_are_lists_of_what_they_hold() -> None:
    before, after = Arguments(args=({"y": t(1)}, None), kwargs={}), Arguments(args=({"x": t(1)}, None), kwargs={})
    assert compare_results(None, None, flat=True, before=before, after=after).outcome == "agrees"
    after.args[0]["x"].add_(1)
    assert compare_results(None, None, flat=True, before=before, after=after).where == "argument"


def test_an_argument_may_be_off_by_rounding_too() -> None:
    before, after = Arguments(args=(t(100, 100),), kwargs={}), Arguments(args=(t(100, 100.001),), kwargs={})
    found = compare_results(None, None, flat=False, before=before, after=after)
    assert (found.where, found.rounding) == ("argument", True)


def test_a_written_argument_is_told_apart_from_a_wrong_result() -> None:
    before, after = Arguments(args=(t(1),), kwargs={}), Arguments(args=(t(2),), kwargs={})
    assert compare_results(t(1), t(5), flat=False, before=before, after=after).where == "value"


def test_tolerances_are_those_of_assert_close_for_every_dtype() -> None:
    found = tolerances()
    assert set(found) == set(DTYPES)
    assert found["f32"] == (1.3e-6, 1e-5)
    assert found["i64"] == (0.0, 0.0)
    one = torch.ones(1)
    torch.testing.assert_close(one, one + found["f32"][0])
    with pytest.raises(AssertionError):
        torch.testing.assert_close(one, one + 20 * found["f32"][1])


def test_two_classes_of_one_name_are_told_apart() -> None:
    other = namedtuple("Pair", Pair._fields)  # noqa: PYI024 - as TorchScript makes one
    found = outcome(Pair(t(1), t(2)), other(t(1), t(2)))
    assert found.message == "eager returns Pair(tensor, tensor), the graph another class of that name"


class Unwilling:
    def __getattribute__(self, name: str) -> object:
        raise RuntimeError(name)


def test_what_cannot_be_compared_is_not_seen_to_differ() -> None:
    """It was an internal error when eager ran again."""
    assert same(Unwilling(), Unwilling())
