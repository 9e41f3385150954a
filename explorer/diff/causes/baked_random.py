"""``baked-random``: a number that Python, NumPy or the clock gave while capturing is frozen."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.diff.case import Case
from explorer.diff.causes.draws import called, draws, instead_of, is_drawn_at, is_of_dropout, switched_by
from explorer.diff.causes.registry import cause
from explorer.diff.idle import only_tells
from explorer.diff.usage import lines_calling
from explorer.divergence import Divergence
from explorer.evidence import Escape
from explorer.graph import Graph, Op

REMEDY = "Draw with torch (torch.rand, torch.randint), or draw outside the model and pass the number in."
CLOCK = "Read the clock outside of the model and pass the time in as a tensor."
OUTSIDE = "Draw outside the model and pass the number in as a tensor: ONNX Runtime draws from a generator of its own."
OTHER_GENERATOR = (
    "{names} {draw} from torch's generator. The {kind} graph draws, too, but from one of ONNX Runtime's own: the same "
    "seed gives other numbers, so values cannot be compared."
)
DROPPED = "{names} {draw} in eager{mode}; the {kind} graph computes it as in evaluation."
FROZEN = (
    "{names} {draw} anew on every call in eager; the {kind} graph has no op that does: what was drawn while {kind} "
    "captured the model is a constant in it."
)

SEEDS = frozenset({"manual_seed"})

ALWAYS = "This drops whatever mode the model is in: pass {switch} to it, and call model.eval()."
NEVER = "Call model.eval() before capturing; where training is meant, only averages can be compared."


@cause("baked-random")
def baked_randoms(case: Case, unexplained: frozenset[str]) -> Iterator[Divergence]:
    """Yield each line that draws a Python number, where the graph is wrong; torch's own draws under ONNX.

    Where a graph refuses an input of another size, no number is at fault.
    """
    resized = case.resized(sorted(unexplained))
    unexplained -= {name for name in resized if case.outcomes[name].outcome == "raises"}
    if not case.runs_python or not unexplained:
        return
    seen: set[tuple[str, int]] = set()
    for run in case.runs.values():
        for escape in run.escapes:
            fixed = escape.steady and run.deterministic
            known = fixed or (escape.file, escape.line) in seen
            if escape.source == "random" and not known and not _is_idle(case, escape):
                seen.add((escape.file, escape.line))
                yield case.found(
                    "baked-random",
                    "error",
                    escape.line,
                    f"`{escape.how}` was called while {case.name} captured the model, and the number that it gave "
                    f"is a constant in the graph; eager {'reads the clock' if _is_clock(escape) else 'draws'} anew on "
                    "every call.",
                    inputs=tuple(sorted(unexplained)),
                    remedy=_instead(case, escape),
                    evidence={"drawn by": escape.how, "value when captured": escape.value},
                    file=escape.file,
                )
    if seen:
        return
    seeded = list(_seeded(case, unexplained))
    yield from seeded
    if case.maker in {"onnx", "onnx_ts"} and not seeded:
        yield from _drawn_by_torch(case, unexplained)


def _instead(case: Case, escape: Escape) -> str:
    """Return what helps against a number that Python, NumPy or the clock gave."""
    if _is_clock(escape):
        return CLOCK
    return OUTSIDE if case.maker in {"onnx", "onnx_ts"} else REMEDY


def _is_clock(escape: Escape) -> bool:
    """Whether a number is the time, which no draw of torch's stands for."""
    return escape.how.startswith("time.")


def _is_idle(case: Case, escape: Escape) -> bool:
    """Whether a draw only decides whether Python calls something that runs no op: how often a model logs, say."""
    source = case.source_of(escape.file)
    if only_tells(source, escape.line):
        return True
    sides = [source.idle_at(line) for line in case.uses(escape.file, escape.line) or (escape.line,)]
    if any(one is None for one in sides):
        return False
    lines = {escape.line}.union(*(one for one in sides if one is not None))
    return not any(case.ops_at(graph, escape.file, lines) for graph in case.graphs.values())


def _seeded(case: Case, unexplained: frozenset[str]) -> Iterator[Divergence]:
    """Yield each line that seeds torch's generator before eager draws: it runs no op, and so no graph has it."""
    eager = case.graphs[case.first]
    drawn = [op.location for op in eager.compute if op.location is not None and draws(op, eager)]
    for file in (case.file, *case.others):
        ran = case.ran(case.first, file)
        for line in lines_calling(case.source_of(file), SEEDS):
            if ran.get(line) and any(one.file != file or one.line > line for one in drawn):
                yield case.found(
                    "baked-random",
                    "error",
                    line,
                    f"This line seeds the generator, so that eager draws the same on every call. Seeding is no op: the "
                    f"{case.name} graph does not hold it, and draws other numbers.",
                    inputs=tuple(sorted(unexplained)),
                    remedy="Draw once where the model is built and keep it in a buffer, or pass what is drawn in.",
                    evidence={"seeded by": case.source_of(file).code(line)},
                    file=file,
                )


def _drawn_by_torch(case: Case, unexplained: frozenset[str]) -> Iterator[Divergence]:
    """Yield each line on which eager draws by torch, with what the graph does there."""
    eager = case.graphs[case.first]
    lines: dict[tuple[str, int], list[Op]] = {}
    for op in eager.compute:
        if op.location is not None and draws(op, eager):
            lines.setdefault((op.location.file, op.location.line), []).append(op)
    for (file, line), ops in lines.items():
        names = dict.fromkeys(called(op, eager) for op in ops)
        place = ops[0].location
        drops = all(is_of_dropout(op, eager) for op in ops)
        drawn = place is not None and is_drawn_at(case.capture.graph, place)
        shown = " and ".join(f"`{name}`" for name in names)
        sentence = OTHER_GENERATOR if drawn else DROPPED if drops else FROZEN
        yield case.found(
            "baked-random",
            "error",
            line,
            sentence.format(names=shown, draw="draw" if len(names) > 1 else "draws", kind=case.name,
                            mode=", whatever mode the model is in" if switched_by(case, ops[0], eager) else ""),
            inputs=tuple(sorted(unexplained)),
            remedy=_of_dropout(case, ops[0], eager) if drops else " ".join(dict.fromkeys(map(instead_of, names))),
            evidence={"draws": "anew, from another generator"} if drawn else {},
            file=file,
        )  # fmt: skip


def _of_dropout(case: Case, op: Op, graph: Graph) -> str:
    """Return what helps against dropout: what follows the mode is switched off by it."""
    switch = switched_by(case, op, graph) or ("" if case.runs[case.first].training else "training=self.training")
    return ALWAYS.format(switch=switch) if switch else NEVER
