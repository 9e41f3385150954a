"""What producers say when they refuse a model, and what it means: a table of patterns, and what helps.

NOTE: a hint tells what is true of all that its pattern finds. Where a producer's words are not known, they are told as
they are, with where to look (:data:`HINTS`): a guess at the reason is worse than none.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import is_dataclass

import torch
from torch.utils import _pytree as pytree

from explorer.capture.refusal_pattern import Refusal
from explorer.capture.script_refusals import OF_SCRIPT
from explorer.evidence import EXPORTS, Kind
from explorer.vocabulary.refusals import UNANNOTATED

HINTS: Mapping[Kind, str] = {
    "trace": "Read the whole message; to find what is refused, trace the parts of the model one by one.",
    "script": "Rewrite this line in the subset of Python that TorchScript compiles.",
    "jit": "Make the model traceable or scriptable: the captures trace and script say what stands in the way.",
    "export": "Read the whole message; to find what is refused, export the parts of the model one by one.",
    "dynamo": "Read the whole message; torch.compiler.disable keeps a part of the model out of what is compiled.",
    "onnx": "See the capture export first, as this exporter builds on it, and onnx_ts, which is by the older one.",
    "onnx_ts": "See the capture trace first, as this exporter builds on it, and onnx, which is by the newer one.",
    "ort": "See the captures onnx and onnx_ts: ONNX Runtime needs one of them.",
}
"""Where to look if nothing is known of a producer's message."""

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


NO_TRANSLATION = Refusal(
    r"Unsupported: ONNX export of"
    r"|no signature found|unsupported operator|is not supported in opset|to ONNX opset|Exporting the operator"
    r"|No decompositions|UnsupportedOperator",
    "has no translation for an operator of the model.",
    about="operator",
)

ARGUMENTS = Refusal(
    r"variable number of arguments",
    "does not compile a function with `*args`, `**kwargs`, or keyword-only arguments that have defaults.",
    "Name each argument in the signature, without a star.",
)

STATEMENT = Refusal(r"UnsupportedNodeError: (?P<what>[\w ]+?) aren't supported", "does not compile")

MIXED = Refusal(
    r"Dictionary inputs to traced functions must have consistent type\. Found (?P<one>\w+) and (?P<other>\w+)",
    r"does not take a dict that holds both \g<one> and \g<other>",  # torch says "inputs" of what is returned, too
    "Take and return tensors, tuples and lists of them.",
)

PLAIN_OUTPUT = Refusal(
    r"can be output from traced functions",
    "does not take what is no tensor among the outputs",
    "Return only tensors, tuples and lists of them.",
    about="output",
)

NOT_OF_INPUTS = Refusal(
    r"did not have observable data dependence|Error when translating node return",
    "does not take an output that is not made from the inputs",
    "Return only tensors that come from the inputs, and leave the rest out of the captured model.",
    about="output",
)

TYPES = (
    Refusal(r"Found <class '(?P<type>[^']+)'> in output, which is not a known type", "among the outputs"),
    Refusal(r"Unsupported input type <class '(?P<type>[^']+)'>", "among the arguments"),
    Refusal(
        r"cannot infer type of (?:.|\n)*instead got value of type (?!tuple|list|dict)(?P<type>\w+(?:\.\w+)*)",
        "as argument or output",
    ),
    Refusal(r"cannot infer type of (?P<type>\w+)\(", "as argument or output"),  # where the rest was cut off
    Refusal(r"of unsupported type: (?P<type>\w+(?:\.\w+)*)", "as argument or output"),
)
"""A type that a producer does not take, and where."""

KNOWN = (
    *OF_SCRIPT,
    Refusal(
        r"Exporting a ScriptModule is not supported|compiling torch\.jit\.script or torch\.jit\.freeze models",
        "does not take a module that is scripted already.",
        "Give it the nn.Module that was scripted.",
    ),
    Refusal(
        r"Method 'forward' is not defined|RecursiveScriptModule' object has no attribute 'forward'",
        "compiles a forward of several signatures, as nn.LSTM and nn.GRU have, only where another module calls it.",
        "Wrap it in a module whose forward calls it.",
    ),
    Refusal(
        r"cannot create weak reference to 'numpy\.",
        "does not compile what calls NumPy.",
        "Use the functions of torch in its place.",
        about="numpy",
    ),
    Refusal(
        r"\.numpy\(\) is not supported for tensor subclasses",
        "does not follow a tensor into NumPy.",
        "Use the functions of torch in its place.",
        about="numpy",
    ),
    Refusal(
        r"Failed to get source for",
        "has no source text for a part that the model calls, such as one that a decorator made.",
        "Keep that part outside of the compiled module, or write it as a function of the file.",
    ),
    Refusal(
        r"trace a dynamo-optimized function",
        "does not go into a function that Dynamo compiles, such as torch.cond.",
        "Use torch.export, or write both sides out with torch.where. A torch.jit.script function is kept as it is.",
    ),
    Refusal(
        r"quantized\.\w+PackedParams(?:.|\n)*__obj_flatten__",
        "takes no layer whose weights are packed, as torch.ao.quantization packs them.",
        "Export the model before it is quantised, and quantise the exported program (torchao).",
    ),
    Refusal(
        r"not in VR\[",
        "infers of a size that is left open what the example contradicts.",
        "Capture without --dynamic, or on an example of other sizes: one of 1 may be broadcast.",
    ),
    Refusal(
        r"data-dependent|DataDependent|DynamicOutputShape|GuardOnDataDependent|Data-dependent",
        "cannot follow a branch or a size that depends on the data.",
        "Keep the step in operations of torch: torch.where chooses, and a fixed size with a mask stands for one that "
        "data decide.",
        about="data",
    ),
    Refusal(
        r"type must be tuple of ints,but got FakeTensor",
        "takes a size as a number alone, and is given a tensor, as by a layer that runs on a packed sequence.",
        "Read it as a number by .item().",
        about="data",
    ),
    Refusal(
        r"cond must be a bool, but got a Tensor",
        "records sizes as tensors, which torch._check does not take.",
        "Use torch.export, or leave the check out while torch.jit.is_tracing().",
    ),
    NOT_OF_INPUTS,
    *TYPES,
    Refusal(
        r"dict at the output",
        "does not take a dict among the outputs, unless strict=False says that its keys are always the same.",
        "Return a tuple, or pass strict=False.",
    ),
    PLAIN_OUTPUT,
    MIXED,
    Refusal(
        r"Type '(.*)' cannot be traced\.",
        r"does not take arguments of these types: \1.",
        "Give it tensors, and tuples, lists and dicts of them; keep all else as attributes of a wrapper.",
    ),
    Refusal(
        r"outputs? of traced functions|is not a known type|of unsupported type|Tracer cannot infer type"
        r"|Unsupported input type",
        "does not take this type of input or output.",
        "Take and return tensors, tuples and lists of them.",
    ),
    Refusal(
        r"(?:Could not find an implementation for|Failed to find kernel for) (\S+\(\d+\))",
        r"has no implementation of \1 for this opset and these types.",
        "Replace the operator, or convert the model to a lower opset.",
        about="kernel",
    ),
    Refusal(
        r"Fatal error: (\S+)\(-?\d+\) is not a registered function/op",
        r"has no operator \1.",
        "Replace it by operators of ONNX, or define it in the file, as a function.",
    ),
    Refusal(
        r"Opset (\d+) is under development(?:.|\n)*support for domain (\S+) is till opset (\d+)",
        r"takes \2 up to opset \3, and the model is of opset \1.",
        r"Export with opset_version=\3 or a lower one, or install a newer onnxruntime.",
    ),
    Refusal(
        r"Unsupported model IR version: (\d+), max supported IR version: (\d+)",
        r"takes IR versions up to \2, and the model has \1.",
        "Install a newer onnxruntime, or write the file with an older onnx.",
    ),
    Refusal(
        r"OrtValue indexes should have been populated",
        "does not take a graph that has neither nodes nor outputs.",
        "Give a file whose graph computes something.",
    ),
    Refusal(
        r"This is an invalid model\. (?:(?:Type )?Error: )?(?P<why>[^\n]+?)\.?(?:\n|$)",
        r"finds the model invalid: \g<why>.",
    ),
    ARGUMENTS,
    STATEMENT,
    Refusal(
        r"object has no attribute or method 'numpy'",
        "does not compile what goes into NumPy.",
        "Use the functions of torch in its place.",
        about="numpy",
    ),
    Refusal(
        r"indexing tensor with unsupported index type 'str'",
        "takes what has no annotation for a tensor, and this is indexed by a str.",
        "Annotate the argument: `Dict[str, torch.Tensor]`, with `from typing import Dict`.",
    ),
    Refusal(
        r"Variable '(?P<name>\w+)' previously had type NoneType but is now being assigned to a value of type "
        r"(?P<other>\w+)",
        r"takes one type for a variable: `\g<name>` is None before, and a \g<other> here.",
        r"Annotate it where it is None: `\g<name>: Optional[torch.Tensor] = None`, with `from typing import Optional`.",
    ),
    Refusal(
        r"only 4D query, key, and value are supported",
        "translates attention of four dimensions alone.",
        "Give query, key and value a dimension for heads: unsqueeze(1) before scaled_dot_product_attention, and "
        "squeeze(1) after it.",
    ),
    Refusal(
        r"Expected type hint for result of tolist",
        "needs to know the type of what tolist() gives.",
        "Annotate what it is assigned to with the tensor's type: `values: List[float] = x.tolist()`, of whole numbers "
        "`List[int]`, with `from typing import List`.",
        about="list",
    ),
    Refusal(
        r"Previous return statement returned a value of type (?P<one>\S(?:.*\S)?) but this return statement returns a "
        r"value of type (?P<other>[^\n]*?)[.:]*(?:\n|$)",
        r"takes one type to return: \g<one> on the one way, and \g<other> on this.",
        "Return the same types on both ways, such as None in an Optional, or make two models of it.",
    ),
    Refusal(
        r"else branches of for loops",
        "does not compile a for loop with an else.",
        "Set a flag where the loop breaks, and ask for it after the loop.",
    ),
    Refusal(  # meant for the same words, but torch fails at putting them together
        r"incompatible constructor arguments(?:.|\n)*torch\._C\.ErrorReport\((?:.|\n)*Invoked with: None",
        "does not compile a while loop with an else.",
        "Set a flag where the loop breaks, and ask for it after the loop.",
        about="statement",
    ),
    Refusal(
        r"of type 'Tensor \(inferred\)' for argument '(?P<name>[^']*)' but instead found type 'NoneType'",
        r"takes the argument `\g<name>` for a tensor, as it has no annotation, and finds that it is given None.",
        r"Annotate `\g<name>` as Optional[torch.Tensor] where the function is defined.",
    ),
    Refusal(
        UNANNOTATED,
        r"takes the argument `\g<name>` for a tensor, as it has no annotation, and finds that it is given \g<given>.",
        "Annotate the argument with its type where the function is defined.",
    ),
    Refusal(
        r"Expected a value of type '(?P<asked>[^']*)' for argument '(?P<name>[^']*)' but instead found type "
        r"'(?P<given>[^']*)'",
        r"takes \g<asked> for the argument `\g<name>`, and finds that it is given \g<given>.",
        about="annotation",
    ),
    Refusal(
        r"^\w+: \s*(?P<why>[^\n]*Tensor \(inferred\)[^\n]*?)[.:]*(?:\n|$)",
        r"fails: \g<why>.",
        "What has no annotation is taken for a tensor: annotate the argument with its type, one that TorchScript has "
        "(int, List, Dict, a NamedTuple).",
        about="annotation",
    ),
    NO_TRANSLATION,
)


def known_of(said: str) -> tuple[Refusal, re.Match[str]] | None:
    """Return what is known of a producer's words: the first of :data:`KNOWN` that finds them."""
    return next(((one, match) for one in KNOWN if (match := one.match(said))), None)


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
    if known is PLAIN_OUTPUT:
        return known.reason + (_foreign(result) or ".")
    if known is NOT_OF_INPUTS:
        return known.reason + (_foreign(result, but="None") or ", such as a plain number.")
    where = " among the outputs" if is_of_result(known, match.string, result) else ""
    return f"{match.expand(known.reason).removesuffix('.')}{where}."


def is_of_result(known: Refusal, said: str, result: object) -> bool:
    """Whether the dict that a tracer does not take is what eager returned."""
    return known is MIXED and isinstance(result, dict) and f"type of {{{next(iter(result), '')!r}" in said  # pyright: ignore[reportUnknownArgumentType]


def hint_of(kind: Kind, known: Refusal, match: re.Match[str], result: object = None) -> str:
    """Return what helps against it."""
    if known in TYPES:
        return _hint_of_type(kind, match["type"], returned=_is_returned(match["type"], result))
    if known is STATEMENT:
        return STATEMENTS.get(match["what"], ("", HINTS["script"]))[1]
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
        lax = ", or in a dict and trace with strict=False" if kind == "trace" else ""
        return f"Return what it holds in a tuple{lax}."
    if is_dataclass(getattr(sys.modules.get(module), name, None)):
        return f"Register it before the export: torch.export.register_dataclass({name})."
    return f"Register {name} with torch.utils._pytree.register_pytree_node, or take and return what it holds."


def _foreign(result: object, *, but: str = "") -> str:
    """Return the types of what is no tensor among the outputs, as the end of a sentence; empty where there are none."""
    leaves = (leaf for leaf in pytree.tree_leaves(result) if not isinstance(leaf, torch.Tensor))
    kinds = dict.fromkeys("None" if leaf is None else type(leaf).__name__ for leaf in leaves)
    told = ", ".join(f"`{kind}`" for kind in kinds if kind != but)
    return f": {told}." if told else ""


def _stars(said: str) -> str:
    r"""Return what of a signature the script compiler marks.

    Examples
    --------
    >>> _stars("It is refused:\n    def forward(self, x, **more):\n                          ~~~~~ <--- HERE")
    '`**more`'
    """
    found = MARKED.search(said)
    if found is None:
        return ""
    start = len(found["before"])
    marked = found["line"][start : start + len(found["mark"])]
    if not marked.startswith("*"):
        return "keyword-only arguments that have defaults"
    return f"`*{marked}`" if found["line"][start - 1] == "*" else f"`{marked}`"
