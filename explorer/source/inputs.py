"""Input specifications: ``f32[1,3,8,8]``, ``i64[2,16]<1000``, ``-1<=f32[4]<1 seed 7``, literals, ``@file.npy``."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from explorer.errors import UsageError
from explorer.options import MOST_SEED
from explorer.source.encoding import as_text, is_text

DTYPES = (
    "bool", "u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64", "f8e4m3fn", "f8e4m3fnuz", "f8e5m2", "f8e5m2fnuz",
    "f8e8m0fnu", "f16", "bf16", "f32", "f64", "c64", "c128",
)  # fmt: skip
NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?"
TENSOR = re.compile(
    rf"^(?:(?P<low>{NUMBER})\s*<=\s*)?(?P<dtype>[a-z]+\d*(?:e\d+m\d+[a-z]*)?)\[(?P<shape>[\d,\s]*)\]"
    rf"(?:\s*<\s*(?P<bound>{NUMBER}))?(?:\s+seed\s+(?P<seed>\d+))?$"
)
BOUNDS: Mapping[str, int] = {
    "bool": 2, "u8": 2**8, "u16": 2**16, "u32": 2**32, "u64": 2**63 - 1, "i8": 2**7, "i16": 2**15, "i32": 2**31,
    "i64": 2**63 - 1,
}  # fmt: skip
"""The largest bound of each dtype of whole numbers: values are below it."""
LARGEST: Mapping[str, float] = {
    "f8e4m3fn": 448, "f8e4m3fnuz": 240, "f8e5m2": 57344, "f8e5m2fnuz": 57344, "f8e8m0fnu": 2.0**127, "f16": 65504,
    "bf16": 3.3e38, "f32": 3.4e38, "f64": 8e307,
}  # fmt: skip
"""The largest end of a range of each dtype of floats."""
LARGEST_SIZE = 2**63 - 1
HINT = (
    "Write it like f32[1,3,224,224], i64[2,16]<1000, -1<=f32[4]<1 seed 7, a Python literal, or @file.npy; "
    "join arguments by ';'."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorSpec:
    """A random tensor: normal values for floats, integers from 0 up to ``bound`` for integers.

    With ``low`` the values are spread evenly from there up to ``bound``. With ``seed`` they depend on nothing else.
    """

    dtype: str
    shape: tuple[int, ...]
    bound: float | None = None
    low: float | None = None
    seed: int | None = None

    @property
    def size(self) -> int:
        """Bytes that the tensor takes."""
        bits = re.search(r"\d+", self.dtype)
        return math.prod(self.shape) * (int(bits[0]) // 8 if bits else 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class LiteralSpec:
    """A plain Python value, as text that ``ast.literal_eval`` reads."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSpec:
    """A file of tensors: ``.npy``, ``.npz`` or ``.pt``."""

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
    (TensorSpec(dtype='i64', shape=(2, 16), bound=1000, low=None, seed=None), LiteralSpec(text='True'))
    """
    return tuple(_parse_one(part.strip()) for part in _split(spec) if part.strip())


def check_fits(inputs: Iterable[tuple[str, str]], limit: int) -> None:
    """Refuse examples, as pairs of a name and a specification, that alone take more than ``limit`` megabytes.

    Raises
    ------
    UsageError
        One does.
    """
    for name, spec in inputs:
        size = sum(one.size for one in parse_arguments(spec) if isinstance(one, TensorSpec)) // 1_000_000
        if size > limit:
            message = f"The example {name!r} takes {size:,} MB: more than the memory limit of {limit:,} MB."
            raise UsageError(message, hint="Give it smaller shapes; the command line takes a higher --memory-limit.")


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
    low, bound = (_whole_range if match["dtype"] in BOUNDS else _float_range)(match, text)
    seed = _number(match["seed"], text) if match["seed"] else None
    if seed is not None and seed > MOST_SEED:
        raise UsageError(f"The input {text!r} has a seed beyond 2**63 - 1.", hint="Give a whole number, such as 0.")
    return TensorSpec(dtype=match["dtype"], shape=sizes, bound=bound, low=low, seed=seed)


def _whole_range(match: re.Match[str], text: str) -> tuple[int | None, int | None]:
    """Return the ends of a range of whole numbers."""
    name = match["dtype"]
    low, bound = (_whole(match[end], text) if match[end] else None for end in ("low", "bound"))
    least = -BOUNDS[name] if name.startswith("i") else 0
    if low is not None and bound is None:
        raise UsageError(
            f"The input {text!r} says where its values begin only.", hint=f"Add an end: {text.strip()}<100."
        )
    if bound is not None and not (low or 0) < bound <= BOUNDS[name]:
        message = f"The input {text!r} has the bound {bound}: there is no {name} from {low or 0} up to below it."
        raise UsageError(message, hint=f"Give a bound from {(low or 0) + 1} to {BOUNDS[name]}.")
    if low is not None and low < least:
        message = f"The input {text!r} begins at {low}, which no {name} can be."
        raise UsageError(message, hint=f"Begin at {least} or above.")
    return low, bound


def _float_range(match: re.Match[str], text: str) -> tuple[float | None, float | None]:
    """Return the ends of a range of floats: both or none."""
    low, bound = (float(match[end]) if match[end] else None for end in ("low", "bound"))
    if low is None and bound is None:
        return None, None
    largest = LARGEST.get(match["dtype"])
    if largest is None:
        message = f"The input {text!r} has a bound, which {match['dtype']} does not take."
        raise UsageError(message, hint="Leave it out: such values are normally distributed.")
    if low is None or bound is None:
        message = f"The input {text!r} has one end of a range: floats take both or none."
        raise UsageError(message, hint=f"Write both, as in 0<={match['dtype']}[4]<1; without, values are normal.")
    if not -largest <= low < bound <= largest:
        message = f"The input {text!r} has a range that holds no {match['dtype']}."
        raise UsageError(message, hint=f"Give two ends between -{largest:g} and {largest:g}, the lower one first.")
    return low, bound


def _whole(text: str, whole: str) -> int:
    digits = text.lstrip("+-")
    if not digits.isdecimal():
        raise UsageError(f"The input {whole!r} has an end that is no whole number.", hint="Give one such as 100.")
    return -_number(digits, whole) if text.startswith("-") else _number(digits, whole)


def _number(text: str, whole: str) -> int:
    digits = text.strip().lstrip("0") or "0"
    if len(digits) > len(str(LARGEST_SIZE)) or int(digits) > LARGEST_SIZE:
        message = f"The input {whole[:60]!r} has a number that no tensor can have."
        raise UsageError(message, hint=f"Give sizes and bounds up to {LARGEST_SIZE}.")
    return int(digits)
