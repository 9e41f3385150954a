"""What helps where a number that is read from the data cuts a tensor, or counts turns: a mask, in every graph."""

from __future__ import annotations

from explorer.diff.case import Case
from explorer.diff.usage import bounds_range, bounds_slice

MASK = "Mask in place of cutting, as in x * (torch.arange(x.shape[0]) < n) before a sum"
BY_TENSOR = ", or slice by the 0-dimensional tensor itself, which the newer ONNX exporter may refuse."
COUNTED = (
    "Keep `{name}` a tensor, loop up to the longest that may come, as range() makes a number of a tensor again, and "
    "keep by a mask what a turn changes: torch.where(i < {name}, new, old)."
)
IN_SCRIPT = " torch.jit.script keeps the loop as it is."
BY_NUMBER = ", or set torch._dynamo.config.capture_scalar_outputs = True."


def masked(case: Case, file: str, line: int) -> str:
    """Return what helps where a slice begins or ends at what ``line`` reads, or a loop counts to it; else nothing."""
    source = case.source_of(file)
    if not bounds_slice(source, line):
        name = bounds_range(source, line)
        return COUNTED.format(name=name) + (IN_SCRIPT if case.scripts else "") if name else ""
    return MASK + (BY_NUMBER if case.maker == "dynamo" else BY_TENSOR)
