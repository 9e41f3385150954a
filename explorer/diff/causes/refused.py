"""What helps against a refusal, by what stands on the line that is refused."""

from __future__ import annotations

from collections.abc import Collection

from explorer.diff.calls import functions_at, gives_list
from explorer.diff.case import Case
from explorer.diff.causes.choice_remedies import at_way_out, by_sides, with_tensor
from explorer.diff.causes.draws import called, draws, instead_of
from explorer.diff.causes.given import plain
from explorer.diff.causes.list_types import of_list
from explorer.diff.causes.masking import masked
from explorer.diff.causes.packing import unpacked
from explorer.diff.loops import loop_at, resizes
from explorer.diff.places import SourceMap
from explorer.diff.usage import asked_for_none, lengths_at, loops_over_list, unpacked_at, writes_slice
from explorer.evidence import Failure
from explorer.vocabulary.counterparts import in_torch
from explorer.vocabulary.refusals import OTHER_KERNEL

LOOP = "Loop with torch.while_loop, or take a fixed number of turns and choose by torch.where which count."
RESIZED = (
    "Take a fixed number of turns and keep with a mask what still counts: torch.while_loop carries no tensor whose "
    "size changes."
)
CHECK = "Check with torch._assert_async(condition), which is an operation, or check the input before the model."
BOTH = "Compute both sides and choose with torch.where, or keep both with torch.cond."
PROMISE = (
    "Where it always goes one way, promise that by torch._check(condition) before it; else keep both with torch.cond, "
    "or choose with torch.where by a tensor: it takes no number that .item() has read."
)
WHOLE = (
    "Compute with the 0-dimensional tensor itself; where a number is needed, as for a size, read it by .long().item(): "
    "torch.export does not follow int()."
)
IN_SCRIPT = " torch.jit.script may then refuse the line: some of its calls take int() alone."
ITSELF = "Leave out float(): a tensor of no dimensions computes as a number does."
OTHERWISE_IN_SCRIPT = " torch.jit.script drops that: keep the assert for it, under `if torch.jit.is_scripting():`."
DISTRIBUTION = "Pass validate_args=False to the distribution, whose checks look at the data."
BFLOAT = (
    "Write float32 in place of bfloat16, or float16, which rounds otherwise: on a CPU, ONNX Runtime has few operators "
    "in bfloat16, whatever the opset."
)
STACK = "torch.stack"
"""What torch has for an array that is made of a list."""
IN_TORCH = "Keep the step in functions of torch, or compute it outside the model and pass the result in."

UNPACKED = (
    "Annotate `{name}`, which without one is taken for a tensor, with the type that the call gives, such as "
    "`{name}: List[Tuple[Tensor, Tensor]]`."
)
ATTRIBUTE = (
    "Copy the attribute to a local name before it is asked for, `{name} = self.{name}`, then write "
    "`if {name} is not None:` and take `{name}` below it: an attribute stays Optional, whatever was asked of it."
)
LENGTH = (
    "Write `{of}.shape[0]` for `len({of})`: torch.export keeps a size that data decide as it is, and len() asks for a "
    "number."
)
WRITTEN = (
    "Write by positions that are a tensor, `cache.index_copy_(dim, start + torch.arange(n), new)`, and read the whole "
    "with a mask: a slice begins and ends at numbers."
)

ASKED = frozenset({"__bool__"})
WHOLE_NUMBERS = frozenset({"__int__", "__index__"})


def remedy_of_refusal(case: Case, failure: Failure, file: str | None, line: int | None) -> str:
    """Return what helps against ``failure`` at a line; the producer's own hint where that tells no more."""
    if line is None or not failure.about:
        return failure.hint
    file = file or case.file
    match failure.about:
        case "data":
            told = _of_data(case, file, line)
        case "list":
            told = of_list(case, file, line)
        case "kernel":
            told = of_kernel(case)
        case "annotation":
            told = _of_annotation(case, file, line)
        case "tuple":
            told = _of_tuple(case, file, line)
        case "optional":
            told = _of_optional(case.source_of(file), line)
        case "numpy":
            told = kept_in_torch(case, file, {line, *case.uses(file, line)}) or IN_TORCH
        case _:
            told = _of_draw(case, file, line)
    return told or failure.hint


def of_kernel(case: Case) -> str:
    """Return what helps where ONNX Runtime has no operator for the types of a graph."""
    return BFLOAT if _is_in(case, "bf16") else OTHER_KERNEL


def _of_draw(case: Case, file: str, line: int) -> str:
    """Return what stands for a draw of torch's that a line makes; empty where it makes none."""
    drawn = (called(op, graph) for graph in case.graphs.values() for op in graph.compute
             if op.location and (op.location.file, op.location.line) == (file, line) and draws(op, graph))  # fmt: skip
    name = next(drawn, None)
    return instead_of(name) if name else ""


def by_statement(source: SourceMap, line: int, choice: str = BOTH) -> str:
    """Return what helps where a statement on ``line`` decides by data: ``choice`` for an ``if``; empty for none."""
    if told := at_way_out(source, line):
        return told
    if resizes(loop_at(source, line)):
        return RESIZED
    if loops_over_list(source, line):
        return ""
    return by_sides(source, line) or {"loop": LOOP, "check": CHECK, "if": choice}.get(source.statement_at(line), "")


def _is_in(case: Case, dtype: str) -> bool:
    """Whether eager computes in ``dtype``."""
    return any(one.dtype == dtype for graph in case.graphs.values() for op in graph.compute for one in op.outputs)


def of_statement(case: Case, file: str, line: int, choice: str = BOTH) -> str:
    """Return what :func:`by_statement` tells, and what a script of the model loses by it."""
    told = with_tensor(case, file, range(line, line + 1), by_statement(case.source_of(file), line, choice))
    return told + (OTHERWISE_IN_SCRIPT if told == CHECK and case.scripts else "")


def kept_in_torch(case: Case, file: str, lines: Collection[int]) -> str:
    """Return what torch has for the functions of NumPy's and Python's that ``lines`` call; empty where it has none.

    Examples of it are ``torch.quantile in place of np.quantile``.
    """
    known: dict[str, None] = {}
    called_by = set[str]()
    for module, name, written in functions_at(case.source_of(file), lines):
        found = in_torch(module, name) if module in {"", "math", "numpy"} else None
        if found == STACK and not gives_list(case.source_of(file), lines, written):
            found = "the tensor itself"
        called_by.add(written)
        if found:
            known[f"{found} in place of {written}"] = None
    itself = ", and the result itself in place of float()" if "float" in called_by else ""
    return f"Keep it a tensor: {', '.join(known)}{itself}." if known else ""


def _of_annotation(case: Case, file: str, line: int) -> str:
    """Return which argument on a line a script takes for a tensor, though the call gives it something else."""
    given = {name for example in case.runs for name in plain(case, example)}
    names = sorted(given & case.source_of(file).unannotated_at(line) & case.source_of(file).names.at(line))
    told = " and ".join(f"`{name}`" for name in names)
    return f"Annotate {told} with the type that the call gives: without one it is taken for a tensor." if names else ""


def _of_tuple(case: Case, file: str, line: int) -> str:
    """Return which argument a script takes for a tensor where what is in it is unpacked, and eager ran no tensor's.

    A tensor that Python unpacks is taken apart by ``unbind``.
    """
    ran = (graph.by_id[one].op for graph in case.graphs.values() for one in case.ops_at(graph, file, {line}))
    if "unbind" in ran:
        return ""
    source = case.source_of(file)
    names = sorted(source.unannotated_at(line) & frozenset(unpacked_at(source, line)))
    return UNPACKED.format(name=names[0]) if names else ""


def _of_optional(source: SourceMap, line: int) -> str:
    """Return what helps where an attribute on a line is asked for None elsewhere in the function; empty for none."""
    names = asked_for_none(source, line)
    return ATTRIBUTE.format(name=names[0]) if names else ""


def _of_data(case: Case, file: str, line: int) -> str:
    how = {one.how for one in case.escapes_at(file, range(line, line + 1))}
    return (
        unpacked(case, file, line)
        or of_statement(case, file, line, BOTH if how & ASKED else PROMISE)
        or (masked(case, file, line) if how else "")
        or _of_size(case.source_of(file), line)
        or _of_number(case, file, line, how)
    )


def _of_size(source: SourceMap, line: int) -> str:
    """Return what helps where a line makes a number of a size that data decide, or writes at a place that they do."""
    if writes_slice(source, line):
        return WRITTEN
    taken = lengths_at(source, line)
    return LENGTH.format(of=taken[0]) if taken else ""


def _of_number(case: Case, file: str, line: int, how: set[str]) -> str:
    """Return what helps where a number is read that decides nothing itself; empty where none is known of."""
    if any(module.startswith("torch.distributions") for module, _, _ in functions_at(case.source_of(file), {line})):
        return DISTRIBUTION
    if how & WHOLE_NUMBERS:
        return WHOLE + (IN_SCRIPT if case.scripts else "")
    return kept_in_torch(case, file, {line}) or (ITSELF if "__float__" in how else "")
