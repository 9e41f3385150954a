"""Canonical op names: one vocabulary for aten, prim, ONNX and fx names.

An op that is not known passes through under its own base name, in lower case for ONNX; a report counts those.
"""

from __future__ import annotations

import re

from explorer.graph import Role
from explorer.vocabulary.own import OWN, OWN_ONNX, OWN_PRIM
from explorer.vocabulary.tables import ATEN, ONNX, PRIM, PYTHON

__all__ = ["ATEN", "DRAWS", "ONNX", "PRIM", "PYTHON", "STRUCTURAL", "canonical", "is_known", "role_of"]

STRUCTURAL = frozenset(
    {"identity", "list", "tuple", "unpack", "dict", "size", "numel", "constant", "parameter", "object"}
)
"""Ops that hold, pass on or measure and do no work on data: folded into what they serve."""

DRAWS = frozenset({"rand", "randn", "randint", "bernoulli", "multinomial", "randperm", "exponential", "poisson",
                   "binomial", "geometric", "cauchy"})  # fmt: skip
"""Ops that draw at random: they give something else on each call."""

WRAPPING = frozenset({"add_batch_dim", "remove_batch_dim", "wrap_for_grad", "unwrap_for_grad",
                      "set_tensor_requires_grad"})  # fmt: skip
"""Ops that wrap values for ``torch.vmap`` and the like, or take what is wrapped."""

SWITCHES = frozenset(
    {
        "enter_autocast", "exit_autocast", "set_grad_enabled", "lazy_load_decompositions", "vmap_increment_nesting",
        "vmap_decrement_nesting", "grad_increment_nesting", "grad_decrement_nesting",
        "saved_tensors_hooks_disable", "saved_tensors_hooks_enable", "set_inplace_requires_grad_allowed",
    }
)  # fmt: skip
"""What only switches a mode on or off."""

SCALAR_ARITHMETIC = frozenset({"__getitem__", "__contains__", "__is__", "__isnot__", "__not__", "dim", "device"})
_CANONICAL = OWN.union(STRUCTURAL, SCALAR_ARITHMETIC, ATEN.values(), ONNX.values(), PRIM.values(), PYTHON.values())
INPLACE = re.compile(r"(?<=[a-z0-9])_$")
BACKWARD = re.compile(r"_(?:double_)?backward(?:_data|_input|_weight)?$")


def canonical(target: str) -> str:
    """Return the canonical name of ``target``.

    Examples
    --------
    >>> canonical("aten::add_"), canonical("aten.addmm.default"), canonical("onnx::Gemm")
    ('add', 'addmm', 'addmm')
    """
    return _found(target)[0]


def is_known(target: str) -> bool:
    """Whether a table has ``target``, or it is listed as an op that keeps its own name.

    Examples
    --------
    >>> is_known("aten::addmm"), is_known("aten::gelu"), is_known("onnx::NoSuchOp")
    (True, True, False)
    """
    return _found(target)[1]


def role_of(name: str) -> Role:
    """Return what an op of the canonical ``name`` is there for."""
    if name in {"constant", "parameter"}:
        return "constant" if name == "constant" else "parameter"
    if name in STRUCTURAL or name in WRAPPING or name in SCALAR_ARITHMETIC:
        return "shape"
    return "guard" if name in {"assert", "raise", "warn"} or name in SWITCHES else "compute"


def _found(target: str) -> tuple[str, bool]:
    """Return the canonical name of ``target`` and whether it is known."""
    namespace, base = _split(target)
    if namespace == "onnx":
        return ONNX.get(base, base.lower()), base in ONNX or base in OWN_ONNX
    if namespace == "prim":
        plain = INPLACE.sub("", base)
        return PRIM.get(plain, plain), plain in PRIM or plain in OWN_PRIM
    if not namespace and base in PYTHON:
        return PYTHON[base], True
    return _aten(INPLACE.sub("", base))


def _aten(base: str) -> tuple[str, bool]:
    """Return the name of an aten op: its own, that of its forward form, or that of what it is a variant of."""
    if base in ATEN or base in _CANONICAL:
        return ATEN.get(base, base), True
    if (match := BACKWARD.search(base)) is not None:
        name, known = _aten(base[: match.start()])
        return f"{name}_backward", known
    variants = (base.removesuffix("_copy"), base.removeprefix("special_"), base.lstrip("_"))
    known = next((one for one in variants if one != base and (one in ATEN or one in _CANONICAL)), None)
    return (ATEN.get(known, known), True) if known is not None else (base, False)


def _split(target: str) -> tuple[str, str]:
    namespace, separator, rest = target.partition("::")
    if separator:
        return namespace, rest.split(".")[0]
    parts = target.split(".")
    return (parts[0], parts[1]) if len(parts) > 1 else ("", target)
