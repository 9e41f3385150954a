"""The grammar of ``--input``."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.errors import UsageError
from explorer.source.inputs import (
    DTYPES,
    ArgumentSpec,
    FileSpec,
    LiteralSpec,
    TensorSpec,
    check_fits,
    parse_arguments,
    split_input,
)
from explorer.source.load import DTYPES as LOADED


@pytest.mark.parametrize(
    ("text", "specs"),
    [
        pytest.param("f32[1,3,224,224]", [TensorSpec(dtype="f32", shape=(1, 3, 224, 224))], id="tensor"),
        pytest.param("f32[ 1 , 3 ]", [TensorSpec(dtype="f32", shape=(1, 3))], id="spaces"),
        pytest.param("bool[]", [TensorSpec(dtype="bool", shape=())], id="no dimensions"),
        pytest.param("f32[0,3]", [TensorSpec(dtype="f32", shape=(0, 3))], id="empty tensor"),
        pytest.param("i64[2,16]<1000", [TensorSpec(dtype="i64", shape=(2, 16), bound=1000)], id="bound"),
        pytest.param("i64[2] < 10", [TensorSpec(dtype="i64", shape=(2,), bound=10)], id="bound with spaces"),
        pytest.param("-1<=f32[2]<.5", [TensorSpec(dtype="f32", shape=(2,), bound=0.5, low=-1)], id="range"),
        pytest.param(
            "5 <= i64[2] < 10", [TensorSpec(dtype="i64", shape=(2,), bound=10, low=5)], id="range with spaces"
        ),
        pytest.param("-128<=i8[2]<128", [TensorSpec(dtype="i8", shape=(2,), bound=128, low=-128)], id="whole range"),
        pytest.param("f32[2] seed 7", [TensorSpec(dtype="f32", shape=(2,), seed=7)], id="seed"),
        pytest.param(
            "0<=f64[]<1e3 seed 0", [TensorSpec(dtype="f64", shape=(), bound=1000, low=0, seed=0)], id="range and seed"
        ),
        pytest.param("True", [LiteralSpec(text="True")], id="literal"),
        pytest.param("[1, 2]", [LiteralSpec(text="[1, 2]")], id="list"),
        pytest.param("'a'", [LiteralSpec(text="'a'")], id="string"),
        pytest.param("-1.5", [LiteralSpec(text="-1.5")], id="negative number"),
        pytest.param("@in put.npy", [FileSpec(path="in put.npy")], id="file"),
        pytest.param(
            "f32[2]; None;@x.npy",
            [TensorSpec(dtype="f32", shape=(2,)), LiteralSpec(text="None"), FileSpec(path="x.npy")],
            id="several",
        ),
        pytest.param("", [], id="no arguments"),
        pytest.param("'x;y'; 1", [LiteralSpec(text="'x;y'"), LiteralSpec(text="1")], id="semicolon in quotes"),
        pytest.param(r"'it\';s';1", [LiteralSpec(text=r"'it\';s'"), LiteralSpec(text="1")], id="and an escaped quote"),
        pytest.param(
            "[1, {'a;b': (2, ';')}]", [LiteralSpec(text="[1, {'a;b': (2, ';')}]")], id="semicolon in brackets"
        ),
        pytest.param(
            "@it's [1].npy; 2", [FileSpec(path="it's [1].npy"), LiteralSpec(text="2")], id="file with a quote"
        ),
        pytest.param("u8[2]<256", [TensorSpec(dtype="u8", shape=(2,), bound=256)], id="largest bound"),
        pytest.param("f32[1];", [TensorSpec(dtype="f32", shape=(1,))], id="trailing semicolon"),
    ],
)
def test_a_specification_is_read(text: str, specs: list[ArgumentSpec]) -> None:
    assert list(parse_arguments(text)) == specs


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("f33[1]", id="unknown dtype"),
        pytest.param("f32[1", id="not closed"),
        pytest.param("f32[-1]", id="negative size"),
        pytest.param("f32[a]", id="size that is no number"),
        pytest.param("f32(1)", id="round brackets"),
        pytest.param("x", id="name"),
        pytest.param("__import__('os').getcwd()", id="code"),
        pytest.param("f32[1] <", id="bound without a number"),
        pytest.param("(" * 3_000, id="nested too deeply"),
        pytest.param("a\0", id="NUL"),
        pytest.param("i64[2]<0", id="bound of nothing"),
        pytest.param("u8[2]<257", id="bound beyond the dtype"),
        pytest.param("f32[2]<5", id="bound of a float"),
        pytest.param("1<=f32[2]", id="begin alone"),
        pytest.param("1<=i64[2]", id="begin alone of whole numbers"),
        pytest.param("2<=i64[2]<2", id="range of nothing"),
        pytest.param("1<=f32[2]<0", id="range the wrong way round"),
        pytest.param("0<=f16[2]<70000", id="range beyond the dtype"),
        pytest.param("0<=f64[2]<1e999", id="range without an end"),
        pytest.param("-1<=u8[2]<3", id="range below the dtype"),
        pytest.param("0<=i64[2]<1.5", id="end that is not whole"),
        pytest.param("0<=c64[2]<1", id="range of complex numbers"),
        pytest.param("f32[2] seed", id="seed without a number"),
        pytest.param("f32[2] seed -1", id="negative seed"),
        pytest.param("f32[2] seed 9223372036854775808", id="seed beyond what torch takes"),
        pytest.param("f32[99999999999999999999]", id="size of no tensor"),
        pytest.param(f"i64[{'9' * 5_000}]", id="size that is no machine's number"),
        pytest.param("'a;b", id="quote that is not closed"),
    ],
)
def test_what_is_none_is_refused_with_the_next_step(text: str) -> None:
    with pytest.raises(UsageError, match="input") as caught:
        parse_arguments(text)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        pytest.param("a=f32[1]", ("a", "f32[1]"), id="plain"),
        pytest.param(" a = f32[1] ", ("a", "f32[1]"), id="spaces"),
        pytest.param("a='x=y'", ("a", "'x=y'"), id="another equals sign"),
    ],
)
def test_an_input_has_a_name_and_a_specification(text: str, pair: tuple[str, str]) -> None:
    assert split_input(text) == pair


@pytest.mark.parametrize("text", ["f32[1]", "=f32[1]", " =1", "a=f99[1]", "\udcff=f32[1]"])
def test_an_input_without_a_name_or_with_a_bad_specification_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        split_input(text)


@given(st.text(max_size=30))
def test_no_text_does_anything_but_parse_or_be_refused(text: str) -> None:
    try:
        specs = parse_arguments(text)
    except UsageError:
        return
    assert all(isinstance(one, TensorSpec | LiteralSpec | FileSpec) for one in specs)


def test_each_dtype_that_is_read_can_be_made() -> None:
    assert set(DTYPES) == set(LOADED)


@pytest.mark.parametrize(
    ("spec", "size"),
    [("f32[2,3]", 24), ("bool[5]", 5), ("f8e4m3fn[4]", 4), ("c128[2]", 32), ("bf16[]", 2), ("i64[0,9]", 0)],
)
def test_the_size_of_a_tensor_is_told_before_it_is_made(spec: str, size: int) -> None:
    (one,) = parse_arguments(spec)
    assert isinstance(one, TensorSpec)
    assert one.size == size


def test_an_example_that_no_worker_can_hold_is_refused() -> None:
    check_fits([("half", "f32[100000,10000]"), ("file", "@a.npy; 3")], 4000)
    with pytest.raises(UsageError, match=r"The example 'large' takes 4,004 MB: more than the memory limit of 4,000 MB"):
        check_fits([("small", "f32[1]"), ("large", "f32[100000,10000]; i32[1000000]")], 4000)
