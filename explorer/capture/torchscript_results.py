"""What a TorchScript graph returns: tuples, lists and dicts taken apart, as far as it is known what is in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from explorer.capture.building import GraphBuilder
from explorer.capture.torchscript_contents import Constant, Meaning, Parts, Ports
from explorer.capture.torchscript_meanings import Meanings
from explorer.capture.torchscript_values import fields_of, parts_of, typed
from explorer.graph import Value

Returned = tuple[str, Ports, Value]
"""The path to what is returned, what gives it, and what it is like."""


def returned(meanings: Meanings, meaning: Meaning, kind: Any, path: str) -> Iterator[Returned]:
    """Yield all that is returned in a value of type ``kind`` that ``meaning`` stands for, nested ones included."""
    inner = kind.getElementType() if kind.kind() == "OptionalType" and not isinstance(meaning, Constant) else kind
    for step, one, part in _elements(meanings, meaning, inner):
        yield from returned(meanings, one, part, path + step)
    if _elements(meanings, meaning, inner) or _is_empty(meanings, meaning):
        return
    ports = meanings.ports(meaning)
    yield path, ports, _told(meanings.builder, ports, inner, kind)


def _elements(meanings: Meanings, meaning: Meaning, kind: Any) -> list[tuple[str, Meaning, Any]]:
    """Return the step to each element, what it stands for and its type; none where they are not told one by one."""
    elements, entries = meanings.elements(meaning), meanings.entries(meaning)
    match kind.kind():
        case "TupleType":
            parts = parts_of(kind)
            known = elements if elements is not None and len(elements) == len(parts) else [meaning] * len(parts)
            names = fields_of(kind)
            steps = [f".{name}" for name in names] if len(names) == len(parts) else _places(len(parts))
            return list(zip(steps, known, parts, strict=True))
        case "ListType" if elements is not None and not isinstance(meaning, Parts):
            return [(step, one, kind.getElementType())
                    for step, one in zip(_places(len(elements)), elements, strict=True)]  # fmt: skip
        case "DictType" if entries is not None:
            return [(f"[{at if key is None else repr(key.value)}]", one, kind.getValueType())
                    for at, (key, one) in enumerate(entries)]  # fmt: skip
        case _:
            return []


def _is_empty(meanings: Meanings, meaning: Meaning) -> bool:
    return () in {meanings.elements(meaning), meanings.entries(meaning)}


def _places(count: int) -> list[str]:
    return [f"[{at}]" for at in range(count)]


def _told(builder: GraphBuilder, ports: Ports, inner: Any, kind: Any) -> Value:
    """Return what is known of a tensor that is one of ``ports``, where they agree; else what its type tells."""
    found = {outputs[at] for op, at in ports if 0 <= at < len(outputs := builder.ops[op].outputs)}
    return found.pop() if len(found) == 1 and len(ports) == 1 and inner.kind() == "TensorType" else typed(kind)
