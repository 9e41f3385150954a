"""What TorchScript's values and nodes tell of themselves: dtypes, shapes, names of arguments, places in source code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import torch

from explorer.graph import Location, Value
from explorer.source.load import DTYPE_NAMES
from explorer.source.places import Places

DTYPE_OF = {"Float": "f32", "Double": "f64", "Half": "f16", "BFloat16": "bf16", "Long": "i64", "Int": "i32",
            "Short": "i16", "Char": "i8", "Byte": "u8", "Bool": "bool", "ComplexFloat": "c64",
            "ComplexDouble": "c128"}  # fmt: skip
TRACED_FRAME = re.compile(r"^(?P<file>\S.*?)\((?P<line>\d+)\): (?P<function>.+)$", re.MULTILINE)
NESTED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
SCRIPTED_FRAME = re.compile(r'File "(?P<file>[^"]+)", line (?P<line>\d+)')
MARKED = re.compile(r"\n(?P<mark> *~+)(?:\n(?:[ \t]*\n)*[ \t]*\S.*\n *~+)* <--- HERE")


def plain_name(value: Any) -> str:
    """Return a value's name without the number that tells it from others of that name."""
    return re.sub(r"\.\d+$", "", value.debugName())


WRITES_TO_CONTAINER = re.compile(r"^[\w:.]+\((?:\w+\[\]|Dict\([^()]*\))\(a!")
"""How the schema of an op begins that writes to a list or a dict, not to the tensors in it."""


def value_of(value: Any) -> Value:
    """Return dtype and shape of a TorchScript value, as far as its type tells."""
    return typed(value.type())


def typed(kind: Any) -> Value:
    """Return dtype and shape of what is of a type, as far as that tells."""
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


def is_container(value: Any) -> bool:
    """Whether a value is a list or a dict, which can be written to."""
    return value.type().kind() in {"ListType", "DictType"}


def writes_to_container(node: Any) -> bool:
    """Whether a node puts into a list or a dict that it is given, or takes out of it."""
    return WRITES_TO_CONTAINER.search(node.schema()) is not None


def parts_of(kind: Any) -> list[Any]:
    """Return the types of a tuple's elements, none for what is no tuple."""
    return list(kind.elements()) if kind.kind() == "TupleType" else []


def leaves_of(kind: Any) -> list[Any]:
    """Return the types of what a value of a type is made of: those of a tuple's elements, nested ones included."""
    return [leaf for part in parts_of(kind) for leaf in leaves_of(part)] if parts_of(kind) else [kind]


def is_scalar(value: object) -> bool:
    """Whether a constant is a tensor of one element."""
    return isinstance(value, torch.Tensor) and value.numel() == 1


def set_in(graph: Any) -> frozenset[tuple[str, str]]:
    """Return the attributes that ``graph`` sets, by their module's type and their name."""
    nodes = graph.findAllNodes("prim::SetAttr")
    return frozenset((str(next(iter(node.inputs())).type()), node.s("name")) for node in nodes)


def fields_of(kind: Any) -> list[str]:
    """Return the names of the elements of a tuple's type, such as ``NamedTuple(a : Tensor, b : (Tensor, int))``."""
    text = kind.str()
    inner = text.removeprefix("NamedTuple(").removesuffix(")") if text.startswith("NamedTuple(") else ""
    while (plain := NESTED.sub("", inner)) != inner:
        inner = plain
    return re.findall(r"(\w+) :", inner)


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


class ScriptedPlace(NamedTuple):
    """Where a piece of compiled code stands, before it is known whose file that is."""

    file: str
    line: int
    column: int | None = None
    """From 0, in bytes of UTF-8, as :mod:`ast` counts."""


def scripted_place(text: str) -> ScriptedPlace | None:
    """Return the place that the compiler tells in ``text``: it names file and line, and marks the column."""
    match = SCRIPTED_FRAME.search(text)
    return ScriptedPlace(match["file"], int(match["line"]), _marked(text)) if match else None


def _marked(text: str) -> int | None:
    r"""Return where the piece begins whose lines are marked, each in the line below it; blank lines are not.

    Examples
    --------
    >>> _marked("y = (x +\n     ~~~\n  z)\n  ~ <--- HERE\nreturn y")
    5
    """
    found = MARKED.search(text)
    return found["mark"].index("~") if found else None


@lru_cache(4_096)
def frames_of(text: str, places: Places, function: str = "") -> tuple[Location, ...]:
    """Return the frames of a node's source range, innermost first: a trace has them all, a script only its own line."""
    if scripted := scripted_place(text):
        place = places.location(scripted.file, scripted.line, function, scripted.column)
        return () if place is None else (place,)
    return places.stack((m["file"], int(m["line"]), m["function"]) for m in TRACED_FRAME.finditer(text))
