"""Packed sequences: what helps where their lengths, which are data, would give a graph its sizes."""

from __future__ import annotations

from explorer.diff.calls import calls_at, functions_at
from explorer.diff.case import Case

PACKING = "torch.nn.utils.rnn"
PACKERS = frozenset({"pack_padded_sequence", "pack_sequence"})
UNPACKER = "pad_packed_sequence"

UNPACKED = (
    "Run the layer on the padded batch, and mask what is beyond the lengths or gather the last step by them: "
    "torch.export follows no packed sequence. Of a bidirectional layer, that holds for the forward direction alone."
)
AS_WIDE = (
    f"Give {UNPACKER} total_length=, the padded input's number of steps: without it the longest of the lengths, which "
    "are data, is how wide the result is."
)


def as_wide(case: Case, file: str, line: int) -> str:
    """Return what helps where the call on a line that unpacks takes its width from the data; empty for another."""
    unpacks = (PACKING, UNPACKER) in ((module, name) for module, name, _ in functions_at(case.source_of(file), {line}))
    told = (one.arg for call in calls_at(case.source_of(file), {line}) for one in call.keywords)
    return AS_WIDE if unpacks and "total_length" not in told else ""


def unpacked(case: Case, file: str, line: int) -> str:
    """Return what helps where a line is refused that takes what its function has packed; empty for another."""
    source = case.source_of(file)
    function = source.function_at(line)
    above = range(function.lineno, line + 1) if function else ()
    packing = (one for one in above for module, name, _ in functions_at(source, {one})
               if module == PACKING and name in PACKERS)  # fmt: skip
    return UNPACKED if any(line == one or line in case.uses(file, one) for one in packing) else ""
