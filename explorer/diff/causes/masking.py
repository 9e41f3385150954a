"""What helps where a number that is read from the data cuts a tensor: a mask, in which every graph agrees."""

from __future__ import annotations

from explorer.diff.case import Case
from explorer.diff.usage import bounds_slice

MASK = "Mask in place of cutting, as in x * (torch.arange(x.shape[0]) < n) before a sum"
BY_TENSOR = ", or slice by the 0-dimensional tensor itself, which the newer ONNX exporter may refuse."
BY_NUMBER = ", or set torch._dynamo.config.capture_scalar_outputs = True."


def masked(case: Case, file: str, line: int) -> str:
    """Return what helps where a slice begins or ends at what ``line`` reads; empty for another line."""
    if not bounds_slice(case.source_of(file), line):
        return ""
    return MASK + (BY_NUMBER if case.maker == "dynamo" else BY_TENSOR)
