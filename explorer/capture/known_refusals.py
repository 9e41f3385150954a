"""What producers say when they refuse a model, and what it means: a table of patterns, and what helps.

NOTE: a hint tells what is true of all that its pattern finds. Where a producer's words are not known, they are told as
they are, with where to look (:data:`HINTS`): a guess at the reason is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from explorer.capture.refusal_pattern import Refusal
from explorer.capture.script_refusals import OF_SCRIPT
from explorer.capture.trace_refusals import OF_TRACE
from explorer.evidence import Kind
from explorer.vocabulary.refusals import OTHER_KERNEL, UNANNOTATED

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
    *OF_TRACE,
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
        r"only integers, slices \(`:`\), ellipsis",
        "takes no element of a NumPy array at a place that the data decide.",
        "Keep the array as a tensor, `self.register_buffer('table', torch.as_tensor(table))`, and index by a tensor.",
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
        "Return a tuple or a tensor. Who calls torch.jit.trace may pass strict=False, too, which keeps the dict.",
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
        OTHER_KERNEL,
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
