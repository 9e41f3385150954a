"""Input specifications of the command line: ``f32[1,3,8,8]``, ``i64[2,16]<1000``, literals, ``@file.npy``."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from explorer.errors import UsageError

DTYPES = (
    "bool", "u8", "i8", "i16", "i32", "i64", "f16", "bf16", "f32", "f64", "c64", "c128",
)  # fmt: skip
TENSOR = re.compile(r"^(?P<dtype>[a-z]+\d*)\[(?P<shape>[\d,\s]*)\](?:\s*<\s*(?P<bound>\d+))?$")
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
    name, equals, spec = text.partition("=")
    if not equals or not name.strip():
        raise UsageError(f"The input {text!r} has no name.", hint="Write NAME=SPEC, such as a=f32[2,3].")
    parse_arguments(spec)
    return name.strip(), spec.strip()


def parse_arguments(spec: str) -> tuple[ArgumentSpec, ...]:
    """Return the positional arguments that ``spec`` describes, split at semicolons.

    Examples
    --------
    >>> parse_arguments("i64[2,16]<1000; True")
    (TensorSpec(dtype='i64', shape=(2, 16), bound=1000), LiteralSpec(text='True'))
    """
    return tuple(_parse_one(part.strip()) for part in spec.split(";") if part.strip())


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
    sizes = tuple(int(size) for size in match["shape"].split(",") if size.strip())
    bound = int(match["bound"]) if match["bound"] else None
    return TensorSpec(dtype=match["dtype"], shape=sizes, bound=bound)
