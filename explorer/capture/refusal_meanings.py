"""What a known refusal means for the model at hand, and what helps, by what was met and what eager returned."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import is_dataclass

import torch
from torch.utils import _pytree as pytree

from explorer.capture.known_refusals import (
    ARGUMENTS,
    HINTS,
    MIXED,
    NO_TRANSLATION,
    NOT_OF_INPUTS,
    PLAIN_OUTPUT,
    STATEMENT,
    TYPES,
)
from explorer.capture.refusal_pattern import Refusal
from explorer.capture.script_refusals import OUTSIDE
from explorer.evidence import EXPORTS, Kind

OTHER_OPERATORS = "Write it with operators that ONNX has."
"""What helps where an exporter does not translate one."""

NEWER_OPSET = re.compile(r"added in version (\d+)|try opset version (\d+)")
"""How the older ONNX exporter says that it translates an operator into another opset."""

MARKED = re.compile(r"\n(?P<line>[^\n]*)\n(?P<before> *)(?P<mark>~+) <--- HERE")
"""How the script compiler marks a place in the code."""

STATEMENTS: Mapping[str, tuple[str, str]] = {
    "function definitions": (
        "a function that is defined inside of another",
        "Define it at the top of the file, or as a method.",
    ),
    "Lambda": ("a lambda", "Define a function at the top of the file in its place."),
    "class definitions": ("a class that is defined inside of a function", "Define it at the top of the file."),
    "import statements": ("an import inside of a function", "Import at the top of the file."),
    "try blocks": ("try blocks", "Ask with an if beforehand for what may go wrong."),
    "Yield": ("a generator", "Return a list in its place."),
}
"""What the script compiler does not have, by its own name for it: in words, and what helps."""

KEPT = "Keep it in the model, as an attribute that is set in __init__."
BY_DEFAULT = "what has no self takes it as an argument with a default, such as `limit: {type} = …`."
DEFAULTS = frozenset({"bool", "float", "int", "str"})
"""Types of which a script takes the default of an argument."""


def meaning_of(known: Refusal, match: re.Match[str], result: object) -> str:
    """Return what was refused, in words that follow the producer's name; ``result`` is what eager returned."""
    if known in TYPES:
        name = match["type"].rpartition(".")[2]
        where = "among the outputs" if _is_returned(name, result) else known.reason
        return f"does not take the type `{name}` {where}."
    if known is ARGUMENTS and (stars := _stars(match.string)):
        return f"does not compile a function with {stars}."
    if known is STATEMENT:
        return f"{known.reason} {STATEMENTS.get(match['what'], (match['what'], ''))[0]}."
    if end := _end_of(known, match, result):
        return known.reason + end
    where = " among the outputs" if is_of_result(known, match.string, result) else ""
    return f"{match.expand(known.reason).removesuffix('.')}{where}."


def _end_of(known: Refusal, match: re.Match[str], result: object) -> str:
    """Return the end of the sentence of a refusal that names what was met; empty for one that is told as it is."""
    if known is OUTSIDE:
        named = _marked(match.string)
        return f": `{named}`." if named else "."
    if known is PLAIN_OUTPUT:
        return _foreign(result) or "."
    return _foreign(result, but="None") or ", such as a plain number." if known is NOT_OF_INPUTS else ""


def is_of_result(known: Refusal, said: str, result: object) -> bool:
    """Whether the dict that a tracer does not take is what eager returned."""
    return known is MIXED and isinstance(result, dict) and f"type of {{{next(iter(result), '')!r}" in said  # pyright: ignore[reportUnknownArgumentType]


def hint_of(kind: Kind, known: Refusal, match: re.Match[str], result: object = None) -> str:
    """Return what helps against it."""
    if known in TYPES:
        return _hint_of_type(kind, match["type"], returned=_is_returned(match["type"], result))
    if known is STATEMENT:
        return STATEMENTS.get(match["what"], ("", HINTS["script"]))[1]
    if known is OUTSIDE:
        return KEPT if match["type"] not in DEFAULTS else f"{KEPT[:-1]}; {BY_DEFAULT.format(type=match['type'])}"
    if known is NO_TRANSLATION:
        newer = NEWER_OPSET.search(match.string)
        if newer:
            return f"Export with opset_version={newer[newer.lastindex or 0]}: that opset has it."
        return OTHER_OPERATORS
    return match.expand(known.hint) if known.hint else HINTS.get(kind, "")


def _is_returned(named: str, result: object) -> bool:
    """Whether an object of the class ``named`` is what eager returned, or in it."""
    return named.rpartition(".")[2] in {type(one).__name__ for one in (result, *pytree.tree_leaves(result))}


def _hint_of_type(kind: Kind, named: str, *, returned: bool) -> str:
    """Return what helps against a class that the producer does not open: it is told to, or it is not used."""
    module, _, name = named.rpartition(".")
    if kind not in EXPORTS or not module:
        if not returned:
            return "Take what it holds: tensors, or tuples, lists and dicts of them."
        return "Return what it holds in a tuple."
    if is_dataclass(getattr(sys.modules.get(module), name, None)):
        return f"Register it before the export: torch.export.register_dataclass({name})."
    return f"Register {name} with torch.utils._pytree.register_pytree_node, or take and return what it holds."


def _foreign(result: object, *, but: str = "") -> str:
    """Return the types of what is no tensor among the outputs, as the end of a sentence; empty where there are none."""
    leaves = (leaf for leaf in pytree.tree_leaves(result) if not isinstance(leaf, torch.Tensor))
    kinds = dict.fromkeys("None" if leaf is None else type(leaf).__name__ for leaf in leaves)
    told = ", ".join(f"`{kind}`" for kind in kinds if kind != but)
    return f": {told}." if told else ""


def _marked(said: str) -> str:
    """Return what the script compiler marks first, where that stands on one line."""
    found = MARKED.search(said)
    return found["line"][len(found["before"]) :][: len(found["mark"])] if found else ""


def _stars(said: str) -> str:
    r"""Return what of a signature the script compiler marks.

    Examples
    --------
    >>> _stars("It is refused:\n    def forward(self, x, **more):\n                          ~~~~~ <--- HERE")
    '`**more`'
    """
    found, marked = MARKED.search(said), _marked(said)
    if found is None:
        return ""
    if not marked.startswith("*"):
        return "keyword-only arguments that have defaults"
    return f"`*{marked}`" if found["line"][len(found["before"]) - 1] == "*" else f"`{marked}`"
