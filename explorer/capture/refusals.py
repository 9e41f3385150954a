"""Why a capture refused, in one plain sentence, and what usually helps."""

from __future__ import annotations

import re
import traceback
from dataclasses import dataclass, replace
from typing import Any

import torch
import torch.fx

from explorer.capture.compiling import place_in_compiled
from explorer.evidence import Failure, Kind
from explorer.graph import Location
from explorer.source.encoding import words_of
from explorer.source.places import Places, chain_of, is_of_dynamo

PRODUCERS: dict[str, str] = {
    "eager": "The other model",
    "trace": "torch.jit.trace",
    "script": "torch.jit.script",
    "jit": "TorchScript",
    "export": "torch.export",
    "dynamo": "torch.compile",
    "onnx": "The ONNX exporter (dynamo=True)",
    "onnx_ts": "The ONNX exporter (dynamo=False)",
    "ort": "ONNX Runtime",
}


HINTS: dict[str, str] = {
    "trace": "Make this line depend on tensors alone, or keep it outside of the traced module.",
    "script": "Rewrite this line in the subset of Python that TorchScript compiles, or trace the model.",
    "jit": "Make the model traceable or scriptable: the captures trace and script say what stands in the way.",
    "export": "Keep Python state, threads and scripted modules out of forward, or export the part without them.",
    "dynamo": "Keep this line out of the compiled part with torch.compiler.disable.",
    "onnx": "See the capture export first, as this exporter builds on it, or use the older exporter.",
    "onnx_ts": "See the capture trace first, as this exporter builds on it, or use the newer exporter.",
    "ort": "See the captures onnx and onnx_ts, as ONNX Runtime needs one of them, or try another opset.",
}
"""What usually helps where nothing is known of a producer's message."""

SUMMARY = re.compile(
    r"## Exception summary\s+<class '(?P<error>[^']*)'>: ?(?P<said>.*?)\s*(?:\u2b06|\(Refer to|\Z)", re.DOTALL
)
"""The innermost error in a message of the newer ONNX exporter."""

OF_RUNTIME = re.compile(
    r"\[ONNXRuntimeError\] : \d+ : [A-Z_]+ : (?:Exception during initialization: )?"
    r"(?:/onnxruntime_src/.*?(?: was false\.|<lambda\(\)>) )?"
)
"""What ONNX Runtime puts before its own words: a number, and a place and a condition in its source."""

DYNAMO_SAYS = re.compile(r"""Explanation: (?:.*: got (?P<met>\w+\(["'].*["']\))$|(?P<why>.*))""", re.MULTILINE)
"""What Dynamo has met, or why it refuses, in the midst of its message."""

SENTENCE_END = re.compile(r"(?<!\be\.g)(?<!\bi\.e)[.!?]:?(?=\s+[A-Z])")
LONGEST_SENTENCE = 200
MOST_LINES = 4


@dataclass(frozen=True, slots=True)
class Refusal:
    """A pattern in a producer's message, and what it means."""

    pattern: str
    reason: str
    """May name groups of the pattern."""
    hint: str


OPERATOR = re.compile(
    r"target=torch\.ops\.(?:(?:aten|higher_order)\.(\w+)|(\w+\.\w+))"
    r"|(?:ONNX export of|Exporting the) operator '?(?:aten::)?(\w+(?:::\w+)?)"
)
"""How the ONNX exporters name the operator that they do not translate."""

DEFINED = "(node defined in "
"""How the older ONNX exporter begins the stack of the node that it does not take."""

NO_TRANSLATION = Refusal(
    r"Unsupported: ONNX export of operator"
    r"|no signature found|unsupported operator|is not supported in opset|to ONNX opset|Exporting the operator"
    r"|No decompositions|UnsupportedOperator",
    "has no translation for an operator of the model.",
    "Replace the operator, raise the opset, or use the other exporter.",
)

KNOWN = (
    Refusal(
        r"Method 'forward' is not defined|RecursiveScriptModule' object has no attribute 'forward'",
        "compiles a forward of several signatures, as nn.LSTM and nn.GRU have, only where another module calls it.",
        "Wrap it in a module whose forward calls it.",
    ),
    Refusal(
        r"cannot create weak reference to 'numpy\.",
        "does not compile what calls NumPy.",
        "Use the functions of torch in its place, or trace the model.",
    ),
    Refusal(
        r"Failed to get source for",
        "has no source text for a part that the model calls, such as one that a decorator made.",
        "Trace or export the model, or keep that part outside of the compiled module.",
    ),
    Refusal(
        r"trace a dynamo-optimized function",
        "does not go into a function that Dynamo compiles, such as torch.cond.",
        "Use torch.export, or write both sides out with torch.where.",
    ),
    Refusal(
        r"not in VR\[",
        "infers of a size that is left open what the example contradicts.",
        "Capture without --dynamic, or on an example of other sizes: one of 1 may be broadcast.",
    ),
    Refusal(
        r"data-dependent|DataDependent|DynamicOutputShape|GuardOnDataDependent|Data-dependent",
        "cannot follow a branch or a size that depends on the data.",
        "Use torch.where, or torch.cond for both sides, or torch._check to promise a size.",
    ),
    Refusal(
        r"did not have observable data dependence|Error when translating node return",
        "does not take an output that is not made from the inputs, such as a plain number.",
        "Return only tensors that come from the inputs, and leave the rest out of the captured model.",
    ),
    Refusal(
        r"Unsupported input type",
        "takes no argument of a class that it does not know.",
        "Register the class with torch.export.register_dataclass or torch.utils._pytree.register_pytree_node.",
    ),
    Refusal(
        r"dict at the output",
        "does not take a dict among the outputs, unless strict=False says that its keys are always the same.",
        "Return a tuple, or pass strict=False.",
    ),
    Refusal(
        r"can be output from traced functions",
        "does not take None, a number or an object among the outputs.",
        "Return only tensors, tuples and lists of them.",
    ),
    Refusal(
        r"Type '(.*)' cannot be traced\.",
        r"does not take arguments of these types: \1.",
        "Give it tensors, and tuples, lists and dicts of them; keep all else as attributes of a wrapper.",
    ),
    Refusal(
        r"outputs? of traced functions|is not a known type|of unsupported type|Tracer cannot infer type",
        "does not take this type of input or output.",
        "Take and return tensors, tuples and lists of them.",
    ),
    Refusal(
        r"(?:Could not find an implementation for|Failed to find kernel for) (\S+\(\d+\))"
        r"|Fatal error: (\S+)\(-?\d+\) is not a registered function/op",
        r"has no implementation of \1\2 for this opset and these types.",
        "Replace the operator, or convert the model to a lower opset.",
    ),
    NO_TRANSLATION,
    Refusal(
        r"not supported for scripting|aren't supported|is not supported|UnsupportedNodeError|^Unsupported:"
        r"|Unknown type name|[Nn]ot supported in Torchscript|variable number of arguments"
        r"|cannot be used as|Python type cannot|undefined value|Expected a value of type|not compile",
        "does not compile a part of Python that the model uses.",
        "Rewrite this line in the supported subset, or keep it outside the module.",
    ),
)


def refusal(kind: Kind, error: BaseException, places: Places) -> Failure:
    """Return why ``kind`` refuses the model, with the user's line."""
    text = places.clean(words_of(error))
    producer = PRODUCERS[kind]
    named = f"{type(error).__name__}: {text}"
    known = next(((one, match) for one in KNOWN if (match := re.search(one.pattern, named))), None)
    means = known[1].expand(known[0].reason) if known else f"fails: {_own_words(error, text)}"
    if known and known[0] is NO_TRANSLATION:
        means = _with_operator(means, named)
    found = places.failure(error, f"{producer} {means}", hint=known[0].hint if known else HINTS.get(kind, ""))
    place = _place_of_complex(error, places) if "complex" in text.lower() else None
    place = place or _named_first(kind, words_of(error), places)
    if kind == "script" and place is None and found.line is None:
        place = place_in_compiled(error, places)
    if place is None and found.line is None:
        place = _place_of_node(error, places)
    if place is None:
        return found
    return replace(found, file=place.file, line=place.line, function=place.function or found.function)


def _named_first(kind: Kind, raw: str, places: Places) -> Location | None:
    """Return the line that the script compiler marks, or at which a traced node was made: the innermost comes first."""
    return next(places.all_in_text(raw), None) if kind == "script" or DEFINED in raw else None


def _with_operator(reason: str, said: str) -> str:
    """Return ``reason`` with the operator that the producer names.

    Examples
    --------
    >>> _with_operator("takes no operator.", "%qr : call_function[target=torch.ops.aten.linalg_qr.default](args = ())")
    'takes no operator: linalg_qr.'
    """
    found = OPERATOR.search(said)
    return f"{reason.rstrip('.')}: {found[found.lastindex or 0]}." if found else reason


def _place_of_node(error: BaseException, places: Places) -> Location | None:
    """Return the user's line of the node that an ONNX exporter was translating, which not all messages of its tell."""
    for one in chain_of(error):
        for frame, _ in traceback.walk_tb(one.__traceback__):
            node: Any = frame.f_locals.get("node")
            if isinstance(node, torch.fx.Node) and (place := places.in_text(node.stack_trace or "")):
                return place
            if isinstance(node, torch.Node) and (place := next(places.all_in_text(str(node.sourceRange())), None)):
                return place
    return None


def _place_of_complex(error: BaseException, places: Places) -> Location | None:
    """Return the user's line that makes the first complex tensor of a graph: what takes it is refused further down."""
    for one in chain_of(error):
        for frame, _ in traceback.walk_tb(one.__traceback__):
            graph: Any = frame.f_locals.get("graph")
            for node in graph.nodes() if isinstance(graph, torch.Graph) else ():
                made = any(str(value.type().scalarType()).startswith("Complex") for value in node.outputs()
                           if value.type().kind() == "TensorType")  # fmt: skip
                if made and (place := next(places.all_in_text(str(node.sourceRange())), None)):
                    return place
    return None


def _own_words(error: BaseException, text: str) -> str:
    """Return what the producer says first; the newer ONNX exporter says it below its summary's heading."""
    text = OF_RUNTIME.sub("", text)
    inner = SUMMARY.search(text)
    if inner:
        known = words_of_dynamo(inner["said"]) if inner["error"].startswith("torch._dynamo") else ""
        return known or first_sentence(inner["said"]) or f"{inner['error'].rpartition('.')[2]}."
    if is_of_dynamo(error) and (said := words_of_dynamo(text)):
        return said
    name = type(error).__name__
    return first_sentence(f"{name}: {text}" if isinstance(error, KeyError) else text) or f"{name}."


def words_of_dynamo(text: str) -> str:
    """Return the reason that a message of Dynamo's gives, which also compiles the sides of ``torch.cond``."""
    said = DYNAMO_SAYS.search(text)
    return first_sentence(said["met"] or said["why"]) if said else ""


def first_sentence(text: str) -> str:
    r"""Return the first sentence of a producer's message, ended by one period; empty where there is none.

    Examples
    --------
    >>> first_sentence("output 1 (3\n[ LongTensor{} ]) of the region is wrong:\n  file.py. More")
    'output 1 (3 [ LongTensor{} ]) of the region is wrong.'
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    said = ""
    for line in lines[:MOST_LINES]:
        said = f"{said} {line}".strip()
        if all(said.count(one) <= said.count(other) for one, other in ("()", "[]", "{}")):
            break  # Else the line ends inside of a value that is written over several.
    said = SENTENCE_END.split(said, maxsplit=1)[0].rstrip(" .:;,!?")
    if len(said) > LONGEST_SENTENCE:
        return said[:LONGEST_SENTENCE].rpartition(" ")[0] + " …"
    return f"{said}." if said else ""
