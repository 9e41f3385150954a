"""Input specifications of the command line: ``f32[1,3,8,8]``, ``i64[2,16]<1000``, literals, ``@file.npy``."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from explorer.errors import UsageError
from explorer.source.encoding import as_text, is_text

DTYPES = (
    "bool", "u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64", "f8e4m3fn", "f8e4m3fnuz", "f8e5m2", "f8e5m2fnuz",
    "f8e8m0fnu", "f16", "bf16", "f32", "f64", "c64", "c128",
)  # fmt: skip
TENSOR = re.compile(r"^(?P<dtype>[a-z]+\d*(?:e\d+m\d+[a-z]*)?)\[(?P<shape>[\d,\s]*)\](?:\s*<\s*(?P<bound>\d+))?$")
BOUNDS: Mapping[str, int] = {
    "bool": 2, "u8": 2**8, "u16": 2**16, "u32": 2**32, "u64": 2**63 - 1, "i8": 2**7, "i16": 2**15, "i32": 2**31,
    "i64": 2**63 - 1,
}  # fmt: skip
"""The largest bound of each dtype that has one: values are below it."""
LARGEST_SIZE = 2**63 - 1
HINT = "Write it like f32[1,3,224,224], i64[2,16]<1000, a Python literal, or @file.npy; join arguments by ';'."


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorSpec:
    """A random tensor: normal values for floats, integers from 0 up to ``bound`` for integers."""

    dtype: str
    shape: tuple[int, ...]
    bound: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiteralSpec:
    """A plain Python value, as text that ``ast.literal_eval`` reads."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSpec:
    """A NumPy file."""

    path: str


ArgumentSpec = TensorSpec | LiteralSpec | FileSpec


def split_input(text: str) -> tuple[str, str]:
    """Return name and specification of ``NAME=SPEC``; raises :class:`UsageError` where it is not that."""
    if not is_text(text):
        message = f"The input {as_text(text)!r} holds bytes that are no UTF-8 text."
        raise UsageError(message, hint="Use a name and a file name of UTF-8 characters.")
    name, equals, spec = text.partition("=")
    if not equals or not name.strip():
        raise UsageError(f"The input {text!r} has no name.", hint="Write NAME=SPEC, such as a=f32[2,3].")
    parse_arguments(spec)
    return name.strip(), spec.strip()


def parse_arguments(spec: str) -> tuple[ArgumentSpec, ...]:
    """Return the positional arguments that ``spec`` describes, split at semicolons outside of literals.

    Examples
    --------
    >>> parse_arguments("i64[2,16]<1000; True")
    (TensorSpec(dtype='i64', shape=(2, 16), bound=1000), LiteralSpec(text='True'))
    """
    return tuple(_parse_one(part.strip()) for part in _split(spec) if part.strip())


def _split(spec: str) -> Iterator[str]:
    """Yield the parts between semicolons; one inside quotes or brackets belongs to its literal."""
    start, quote, depth = 0, "", 0
    is_path = spec.lstrip().startswith("@")
    escaped = False
    for position, char in enumerate(spec):
        if escaped:
            escaped = False
        elif quote:
            escaped = char == "\\"
            quote = "" if char == quote else quote
        elif char == ";" and depth <= 0:
            yield spec[start:position]
            start, depth = position + 1, 0
            is_path = spec[start:].lstrip().startswith("@")
        elif is_path:
            continue  # A file's name may hold any of these.
        elif char in "'\"":
            quote = char
        else:
            depth += (char in "([{") - (char in ")]}")
    yield spec[start:]


def _parse_one(text: str) -> ArgumentSpec:
    if text.startswith("@"):
        return FileSpec(path=text[1:])
    if match := TENSOR.match(text):
        return _tensor(match, text)
    try:
        ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as error:
        raise UsageError(f"The input {text!r} is not understood.", hint=HINT) from error
    return LiteralSpec(text=text)


def _tensor(match: re.Match[str], text: str) -> TensorSpec:
    if match["dtype"] not in DTYPES:
        message = f"The input {text!r} has the unknown dtype {match['dtype']!r}."
        raise UsageError(message, hint=f"Known: {', '.join(DTYPES)}.")
    sizes = tuple(_number(size, text) for size in match["shape"].split(",") if size.strip())
    bound = _number(match["bound"], text) if match["bound"] else None
    largest = BOUNDS.get(match["dtype"], 0)
    if bound is not None and not largest:
        message = f"The input {text!r} has a bound, which {match['dtype']} does not take."
        raise UsageError(message, hint="Leave it out: such values are normally distributed.")
    if bound is not None and not 1 <= bound <= largest:
        message = f"The input {text!r} has the bound {bound}: there is no {match['dtype']} from 0 up to below it."
        raise UsageError(message, hint=f"Give a bound from 1 to {largest}.")
    return TensorSpec(dtype=match["dtype"], shape=sizes, bound=bound)


def _number(text: str, whole: str) -> int:
    digits = text.strip().lstrip("0") or "0"
    if len(digits) > len(str(LARGEST_SIZE)) or int(digits) > LARGEST_SIZE:
        message = f"The input {whole[:60]!r} has a number that no tensor can have."
        raise UsageError(message, hint=f"Give sizes and bounds up to {LARGEST_SIZE}.")
    return int(digits)
