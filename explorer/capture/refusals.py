"""Why a capture refused, in one plain sentence, and what usually helps."""

from __future__ import annotations

import re
import traceback
from dataclasses import replace
from typing import Any

import torch
import torch.fx

from explorer.capture.compiling import place_in_compiled, place_of_decorator, place_of_statement
from explorer.capture.known_refusals import HINTS, NO_TRANSLATION, known_of
from explorer.capture.refusal_meanings import hint_of, is_of_result, meaning_of
from explorer.evidence import PRODUCERS, Failure, Kind
from explorer.graph import Location
from explorer.source.encoding import words_of
from explorer.source.places import Places, chain_of, is_of_dynamo

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

VAGUE = "This is not supported."
"""An explanation of Dynamo's that explains nothing: its first line tells more."""

INTERPRETER = re.compile(
    r"operation failed in the TorchScript interpreter\.(?:.|\n)*^(?:\w+\.)*\w+: (?P<why>.*)", re.MULTILINE
)
"""What TorchScript's executor says of an error, and at its end the error itself."""

ASIDES = re.compile(r"\s+\[Caused by .*|, but expected one of:?$", re.DOTALL)
"""What producers add to their reason: a value of their own, and the signatures that would do."""

SENTENCE_END = re.compile(r"(?<!\be\.g)(?<!\bi\.e)[.!?]:?(?=\s+[A-Z])")
LONGEST_SENTENCE = 200
MOST_LINES = 4


OPERATOR = re.compile(
    r"target=torch\.ops\.(?:(?:aten|higher_order)\.(\w+(?:\.(?!default)\w+)?)|(\w+\.\w+))"
    r"|(?:ONNX export of|Exporting the) operator '?(?:aten::)?(\w+(?:::\w+)?)"
)
"""How the ONNX exporters name the operator that they do not translate."""

OF_KEPT_FUNCTION = re.compile(
    r"\(This function exists as an attribute(?:.|\n)*"
    r"(?:single top-level function|closed over global|nonlocal variables)"
)
"""What TorchScript says of a lambda or a closure that the model keeps: the line that calls it comes last."""

CONSTANT = re.compile(r"refer to following model attribute: (\w+)")
"""How torch.export names a tensor that came from elsewhere than the arguments and the model."""

DEFINED = "(node defined in "
"""How the older ONNX exporter begins the stack of the node that it does not take."""


def refusal(kind: Kind, error: BaseException, places: Places, result: object = None) -> Failure:
    """Return why ``kind`` refuses the model, with the user's line; ``result`` is what eager returned, if anything."""
    text = places.clean(words_of(error))
    named = f"{type(error).__name__}: {text}"
    known = known_of(named)
    means = meaning_of(*known, result) if known else f"fails: {_own_words(error, text)}"
    if known and known[0] is NO_TRANSLATION:
        means = _with_operator(means, named, error)
    found = places.failure(
        error, f"{PRODUCERS[kind]} {means}", hint=hint_of(kind, *known, result) if known else HINTS.get(kind, "")
    )
    about = known[0].about if known else ""
    found = replace(found, about="output" if known and is_of_result(known[0], named, result) else about)
    place = _place_of_complex(error, places) if "complex" in text.lower() else None
    place = place or _named_first(kind, words_of(error), places)
    if kind == "script" and place is None and known and known[0].about == "statement":
        place = place_of_statement(error, places)
    if kind == "script" and about == "decorator" and (decorated := place_of_decorator(error, places)):
        place = decorated
    elif kind == "script" and OF_KEPT_FUNCTION.search(text):
        calling = re.split(r"\):\n(?=\s*File)", words_of(error))[-1]
        place = next(places.all_in_text(calling), place)
    elif kind == "script" and (place is not None or found.line is None):
        place = place_in_compiled(error, places, place)
    if place is None and found.line is None:
        place = _place_of_node(error, places)
    if place is None:
        return found
    return replace(found, file=place.file, line=place.line, function=place.function or found.function)


def _named_first(kind: Kind, raw: str, places: Places) -> Location | None:
    """Return the line that the script compiler marks, or at which a traced node was made: the innermost comes first."""
    return next(places.all_in_text(raw), None) if kind == "script" or DEFINED in raw else None


def _decomposed(error: BaseException, named: str) -> str:
    """Return the operator that was taken apart into the one ``named``; empty where that is the model's own."""
    for one in chain_of(error):
        for frame, _ in traceback.walk_tb(one.__traceback__):
            node: Any = frame.f_locals.get("node")
            made_of: Any = node.meta.get("original_aten") if isinstance(node, torch.fx.Node) else None
            if made_of is not None and named in str(node.target) and named not in str(made_of):
                return str(made_of).removeprefix("aten.").removesuffix(".default")
    return ""


def _with_operator(reason: str, said: str, error: BaseException | None = None) -> str:
    """Return ``reason`` with the operator that the producer names, and with the one that this was a part of.

    Examples
    --------
    >>> _with_operator("takes no operator.", "%qr : call_function[target=torch.ops.aten.linalg_qr.default](args = ())")
    'takes no operator: linalg_qr.'
    """
    found = OPERATOR.search(said)
    if found is None:
        return reason
    named = found[found.lastindex or 0]
    decomposed = _decomposed(error, named) if error is not None else ""
    return f"{reason.rstrip('.')}: {f'{decomposed}, which it takes apart into {named}' if decomposed else named}."


def _place_of_node(error: BaseException, places: Places) -> Location | None:
    """Return the user's line of the node that an ONNX exporter was translating, which not all messages of its tell."""
    for one in chain_of(error):
        for frame, _ in traceback.walk_tb(one.__traceback__):
            node: Any = frame.f_locals.get("node")
            if isinstance(node, torch.fx.Node) and (place := places.in_text(node.stack_trace or "")):
                return place
            if isinstance(node, torch.Node) and (place := next(places.all_in_text(str(node.sourceRange())), None)):
                return place
            if (place := _place_of_constant(frame.f_locals.get("export_artifact"), words_of(one), places)) is not None:
                return place
    return None


def _place_of_constant(artifact: Any, said: str, places: Places) -> Location | None:
    """Return the user's line that first takes a constant which torch.export has made and refuses."""
    named = CONSTANT.search(said)
    if artifact is None or named is None:
        return None
    nodes = artifact.aten.gm.graph.nodes
    takers = (taker for node in nodes if node.name in {named[1], f"c_{named[1]}"} for taker in node.users)
    return next((place for one in takers if (place := places.in_text(one.stack_trace or ""))), None)


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
    if inner := INTERPRETER.search(text):
        return first_sentence(inner["why"])
    name = type(error).__name__
    return first_sentence(f"{name}: {text}" if isinstance(error, KeyError) else text) or f"{name}."


def words_of_dynamo(text: str) -> str:
    """Return the reason that a message of Dynamo's gives, which also compiles the sides of ``torch.cond``."""
    said = DYNAMO_SAYS.search(text)
    if said and said["why"] == VAGUE:
        return first_sentence(text[:1].upper() + text[1:])
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
    said = SENTENCE_END.split(ASIDES.sub("", said), maxsplit=1)[0].rstrip(" .:;,!?")
    if said.count("(") > said.count(")") and (start := said.rfind(" (")) > 0:
        said = said[:start]  # a sentence in brackets that is cut off
    if len(said) > LONGEST_SENTENCE:
        return said[:LONGEST_SENTENCE].rpartition(" ")[0] + " …"
    return f"{said}." if said else ""
