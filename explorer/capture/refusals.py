"""Why a capture refused, in one plain sentence, and what usually helps."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from explorer.evidence import Failure, Kind
from explorer.graph import Location
from explorer.source.places import Places

PRODUCERS: dict[str, str] = {
    "trace": "torch.jit.trace",
    "script": "torch.jit.script",
    "jit": "TorchScript",
    "export": "torch.export",
    "dynamo": "torch.compile",
    "onnx": "The ONNX exporter (dynamo=True)",
    "onnx_ts": "The ONNX exporter (dynamo=False)",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A pattern in a producer's message, and what it means."""

    pattern: str
    reason: str
    hint: str


KNOWN = (
    Refusal(
        r"data-dependent|DataDependent|GuardOnDataDependent|Data-dependent",
        "cannot follow a branch or a size that depends on the data.",
        "Use torch.where, or torch.cond for both sides, or torch._check to promise a size.",
    ),
    Refusal(
        r"outputs? of traced functions|can be output from traced|Type '.*' cannot be traced|dict at the output",
        "does not take this type of input or output.",
        "Take and return tensors, tuples and lists of them.",
    ),
    Refusal(
        r"no signature found|unsupported operator|is not supported in opset|to ONNX opset|Exporting the operator"
        r"|No decompositions|UnsupportedOperator",
        "has no translation for an operator of the model.",
        "Replace the operator, raise the opset, or use the other exporter.",
    ),
    Refusal(
        r"not supported for scripting|aren't supported|is not supported|Unsupported|unsupported|Unknown type name"
        r"|cannot be used as|Python type cannot|undefined value|Expected a value of type|not compile",
        "does not compile a part of Python that the model uses.",
        "Rewrite this line in the supported subset, or keep it outside the module.",
    ),
)


def refusal(kind: Kind, error: BaseException, places: Places) -> Failure:
    """Return why ``kind`` refuses the model, with the user's line."""
    text = places.clean(str(error))
    producer = PRODUCERS[kind]
    known = next((one for one in KNOWN if re.search(one.pattern, text)), None)
    reason = f"{producer} {known.reason}" if known else f"{producer} fails: {_first_sentence(error, text)}"
    found = places.failure(error, reason, hint=known.hint if known else "")
    place = _named_first(kind, text, str(error), places)
    if place is None:
        return found
    return replace(found, file=place.file, line=place.line, function=place.function or found.function)


def _named_first(kind: Kind, _text: str, raw: str, places: Places) -> Location | None:
    """Return the line that the script compiler marks: the innermost comes first in its message."""
    return next(iter(places.all_in_text(raw)), None) if kind == "script" else None


def _first_sentence(error: BaseException, text: str) -> str:
    first = next((line.strip() for line in text.splitlines() if line.strip()), type(error).__name__)
    return first if len(first) < 200 else first[:199] + "…"  # noqa: PLR2004 - a line on the page
