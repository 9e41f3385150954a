"""The names of what goes into an exported program and of what comes out, as the user wrote them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch.export.graph_signature import ConstantArgument, InputKind
from torch.utils import _pytree as pytree

from explorer.capture.ends import Ends
from explorer.capture.tensors import given_leaves
from explorer.source.encoding import as_text
from explorer.source.held import named_leaves
from explorer.source.load import Arguments


def placeholders_named(program: Any, names: tuple[str, ...]) -> Mapping[str, str]:
    """Return the names of an exported program's inputs by those of its placeholders; none where not all are known."""
    given = [one.arg for one in program.graph_signature.input_specs if one.kind == InputKind.USER_INPUT]
    return {arg.name: name for arg, name in zip(given, names, strict=True)} if len(given) == len(names) else {}


def tensors_named(program: Any, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of an exported program's inputs without those that are constants of it, in order."""
    given = [one.arg for one in program.graph_signature.input_specs if one.kind == InputKind.USER_INPUT]
    named = zip(given, names, strict=True) if len(given) == len(names) else ()
    return tuple(name for arg, name in named if not isinstance(arg, ConstantArgument))


def names_given(model: torch.nn.Module, arguments: Arguments) -> tuple[str, ...]:
    """Return the names of all leaves of a call in the order in which they are given, as torch.export takes them."""
    return tuple(as_text(name) for name, _ in given_leaves(model, arguments))


def names_kept(program: Any) -> Ends:
    """Return what an exported program itself keeps of its call: the trees of its arguments and of its results."""
    whole = next((one.signature for one in program.module_call_graph if not one.fqn), None)
    names = tuple((whole.forward_arg_names if whole is not None else None) or ())
    args, kwargs = _filled(program.call_spec.in_spec) or ((), {})
    given = {**dict(zip(names, args, strict=False)), **kwargs}
    inputs = tuple(as_text(name + path) for name, one in given.items() for path, _ in named_leaves(one))
    return Ends.of(result, inputs) if (result := _filled(program.call_spec.out_spec)) is not None else Ends(inputs)


def _filled(spec: Any) -> Any:
    """Return something of the form that ``spec`` tells, ``None`` where it cannot be made."""
    try:
        return pytree.tree_unflatten([torch.empty(0) for _ in range(spec.num_leaves)], spec)
    except Exception:  # noqa: BLE001 - a class may do anything while one is made
        return None
