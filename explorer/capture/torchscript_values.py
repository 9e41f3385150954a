"""What TorchScript's values and nodes tell of themselves: dtypes, shapes, names of arguments, places in source code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import torch

from explorer.capture.building import Port
from explorer.graph import Location, Value
from explorer.source.load import DTYPE_NAMES
from explorer.source.places import Places

DTYPE_OF = {"Float": "f32", "Double": "f64", "Half": "f16", "BFloat16": "bf16", "Long": "i64", "Int": "i32",
            "Short": "i16", "Char": "i8", "Byte": "u8", "Bool": "bool", "ComplexFloat": "c64",
            "ComplexDouble": "c128"}  # fmt: skip
TRACED_FRAME = re.compile(r"^(?P<file>\S.*?)\((?P<line>\d+)\): (?P<function>.+)$", re.MULTILINE)
NESTED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
SCRIPTED_FRAME = re.compile(r'File "(?P<file>[^"]+)", line (?P<line>\d+)')


@dataclass(frozen=True, slots=True)
class Module:
    """A submodule that a value stands for."""

    module: Any
    path: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A Python value that a value stands for."""

    value: object


Meaning = Module | Constant | tuple[Port, ...]
"""What a TorchScript value stands for; several ports where it is a list or a tuple."""


def plain_name(value: Any) -> str:
    """Return a value's name without the number that tells it from others of that name."""
    return re.sub(r"\.\d+$", "", value.debugName())


def value_of(value: Any) -> Value:
    """Return dtype and shape of a TorchScript value, as far as its type tells."""
    kind = value.type()
    if kind.kind() != "TensorType":
        return Value(dtype=str(kind.annotation_str))
    sizes = kind.sizes()
    strides = kind.strides()
    return Value(
        dtype=DTYPE_OF.get(str(kind.scalarType())),
        shape=tuple(sizes) if sizes is not None else None,
        strides=tuple(strides) if strides is not None else None,
    )


def tensor_value(tensor: torch.Tensor) -> Value:
    """Return dtype and shape of a tensor that a graph holds."""
    return Value(dtype=DTYPE_NAMES.get(tensor.dtype), shape=tuple(tensor.shape))


def holds_tensor(value: Any) -> bool:
    """Whether a value is a tensor or a container of some."""
    return "Tensor" in str(value.type())


def is_scalar(value: object) -> bool:
    """Whether a constant is a tensor of one element."""
    return isinstance(value, torch.Tensor) and value.numel() == 1


def set_in(graph: Any) -> frozenset[tuple[str, str]]:
    """Return the attributes that ``graph`` sets, by their module's type and their name."""
    nodes = graph.findAllNodes("prim::SetAttr")
    return frozenset((str(next(iter(node.inputs())).type()), node.s("name")) for node in nodes)


def returned(graph: Any) -> list[tuple[str, Any]]:
    """Return what a graph returns with the path to it, tuples, lists and dicts taken apart."""
    values = list(graph.outputs())
    ways = [f"[{position}]" for position in range(len(values))] if len(values) > 1 else [""] * len(values)
    return [element for way, value in zip(ways, values, strict=True) for element in _elements(value, way)]


def _elements(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield the values in a returned tuple, nested ones included; a value that is none yields itself."""
    node = value.node()
    inside = list(node.inputs())
    match node.kind():
        case "prim::DictConstruct":
            steps = zip((_key(key, place) for place, key in enumerate(inside[::2])), inside[1::2], strict=True)
        case "prim::TupleConstruct" | "prim::ListConstruct":
            fields = _fields(value.type().str())
            named = [f".{name}" for name in fields] if len(fields) == len(inside) else None
            steps = zip(named or (f"[{place}]" for place, _ in enumerate(inside)), inside, strict=True)
        case _:
            yield path, value
            return
    for step, one in steps:
        yield from _elements(one, path + step)


def _fields(kind: str) -> list[str]:
    """Return the names in a type such as ``NamedTuple(a : Tensor, b : (Tensor, int))``."""
    inner = kind.removeprefix("NamedTuple(").removesuffix(")") if kind.startswith("NamedTuple(") else ""
    while (plain := NESTED.sub("", inner)) != inner:
        inner = plain
    return re.findall(r"(\w+) :", inner)


def _key(key: Any, place: int) -> str:
    value = key.toIValue()
    return f"[{place if value is None else repr(value)}]"


def arguments(node: Any) -> Iterator[tuple[str, Any]]:
    """Yield each input of a node with the name that it has in the schema; a loop has none: there, what is carried."""
    if node.kind() == "prim::Loop":
        (body,) = node.blocks()
        names = ("most", "condition", *map(plain_name, list(body.inputs())[1:]))
    else:
        names = _names(node.schema())
    for position, value in enumerate(node.inputs()):
        yield names[position] if position < len(names) else f"argument{position}", value


@lru_cache
def _names(schema: str) -> tuple[str, ...]:
    if not schema or schema == "(no schema)":
        return ()
    return tuple(argument.name for argument in torch._C.parse_schema(schema).arguments)  # noqa: SLF001


@lru_cache(4_096)
def frames_of(text: str, places: Places, function: str = "") -> tuple[Location, ...]:
    """Return the frames of a node's source range, innermost first: a trace has them all, a script only its own line."""
    if match := SCRIPTED_FRAME.search(text):
        return places.stack([(match["file"], int(match["line"]), function)])
    return places.stack((m["file"], int(m["line"]), m["function"]) for m in TRACED_FRAME.finditer(text))
