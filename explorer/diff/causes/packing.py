"""Packed sequences: what helps where their lengths, which are data, would give a graph its sizes."""

from __future__ import annotations

from collections.abc import Collection

from explorer.diff.calls import calls_at, functions_at
from explorer.diff.case import Case

PACKING = "torch.nn.utils.rnn"
PACKER = "pack_padded_sequence"
PACKERS = frozenset({PACKER, "pack_sequence"})
UNPACKER = "pad_packed_sequence"

UNPACKED = (
    "Run the layer on the padded batch, and mask what is beyond the lengths or gather the last step by them: neither "
    "torch.export nor Dynamo follows a packed sequence. Of a bidirectional layer, that holds for the forward direction "
    "alone."
)
IN_DYNAMO = " Set torch._dynamo.config.allow_rnn = True, too."
AS_WIDE = (
    f"Give {UNPACKER} total_length=, the padded input's number of steps: without it the longest of the lengths, which "
    "are data, is how wide the result is."
)


BY_TENSOR = "Give {packer} the tensor of lengths itself: a list of them is a constant."
AS_WIDE_IN_ONNX = f" For ONNX, also give {UNPACKER} total_length=, the padded input's number of steps."


def by_tensor(case: Case, file: str, line: int) -> str:
    """Return what helps where the lengths that a line packs by are read into a list; empty for another line."""
    packer = _packer(case, file, {line, *case.uses(file, line)})
    if packer == PACKER:
        return BY_TENSOR.format(packer=packer) + (AS_WIDE_IN_ONNX if case.maker == "onnx_ts" else "")
    return ""


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
    packing = (one for one in above if _packer(case, file, {one}))
    takes = any(line == one or line in case.uses(file, one) for one in packing)
    return UNPACKED + (IN_DYNAMO if case.maker == "dynamo" else "") if takes else ""


def _packer(case: Case, file: str, lines: Collection[int]) -> str:
    """Return the function by which one of ``lines`` packs a sequence; empty where none does."""
    called = functions_at(case.source_of(file), lines)
    return next((name for module, name, _ in called if module == PACKING and name in PACKERS), "")
