"""``baked-random``: a number that Python, NumPy or the clock gave while capturing is frozen."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from explorer.diff.case import Case
from explorer.diff.causes.choice_remedies import DRAWN, DRAWN_OUTSIDE
from explorer.diff.causes.draws import called, draws, instead_of, is_drawn_at, is_of_dropout, switched_by
from explorer.diff.causes.registry import cause
from explorer.diff.idle import only_tells
from explorer.diff.naming import lines_of
from explorer.diff.usage import lines_calling
from explorer.divergence import Divergence
from explorer.evidence import EagerRun, Escape
from explorer.graph import Graph, Op

REMEDY = "Draw with torch (torch.rand, torch.randint), or draw outside the model and pass the number in."
CLOCK = "Read the clock outside of the model and pass the time in as a tensor."
CLOCKS = ("time.", "datetime.", "date.")
"""How what reads the time is called."""

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
    """Yield each line that draws a Python number, where the graph is wrong or may be; torch's own draws under ONNX.

    Where a graph refuses an input of another size, no number is at fault.
    """
    resized = case.resized(sorted(unexplained))
    unexplained -= {name for name in resized if case.outcomes[name].outcome == "raises"}
    if not case.runs_python:
        return
    seen: set[tuple[str, int]] = set()
    for run in case.runs.values() if unexplained else ():
        for escape in run.escapes:
            known = (escape.file, escape.line) in seen
            if not known and _is_drawn_anew(case, run, escape) and not _is_same_anyhow(case, escape, unexplained):
                seen.add((escape.file, escape.line))
                yield _told(case, escape, unexplained)
    if case.capture.graph is not None and case.first not in case.wrong:  # else it may hold what eager did not run
        yield from _unproven(case, seen)
    if seen or not unexplained:
        return
    seeded = list(_seeded(case, unexplained))
    yield from seeded
    if case.maker in {"onnx", "onnx_ts"} and not seeded:
        yield from _drawn_by_torch(case, unexplained)


def _told(case: Case, escape: Escape, wrong: frozenset[str]) -> Divergence:
    return case.found(
        "baked-random",
        "error",
        escape.line,
        f"`{escape.how}` was called while {case.name} captured the model, and {_fate(escape)} in the graph; eager "
        f"{_reads(escape)} anew on every call.",
        inputs=tuple(sorted(wrong)),
        remedy=_instead(case, escape),
        evidence={"drawn by": escape.how, "value when captured": escape.value},
        file=escape.file,
    )


def _unproven(case: Case, told: set[tuple[str, int]]) -> Iterator[Divergence]:
    """Yield a warning for each line that draws or reads the clock for an op, of which no outcome tells.

    With one example eager draws what was captured; the time, or what eager does not repeat, may differ by too little.
    """
    run = case.runs[case.first]
    chosen = {(one.file, line) for one in case.wrong_partings for line in one.site.lines}
    for escape in run.escapes:
        place = escape.file, escape.line
        if place in told | chosen or not _is_drawn_anew(case, run, escape) or not _is_computed_with(case, escape):
            continue
        if _is_same_anyhow(case, escape, frozenset(case.runs)):
            continue
        told.add(place)
        yield case.found(
            "baked-random",
            "warning",
            escape.line,
            f"`{escape.how}` was called while {case.name} captured the model, and what it gave is a constant in the "
            f"graph; eager {_reads(escape)} anew on every call. No example shows how far that is apart.",
            inputs=(case.first,),
            remedy=_instead(case, escape),
            evidence={"drawn by": escape.how, "value when captured": escape.value},
            file=escape.file,
        )


def _is_drawn_anew(case: Case, run: EagerRun, escape: Escape) -> bool:
    """Whether ``escape`` is a number that another call would not get, and that something follows from."""
    return escape.source == "random" and not _is_repeated(case, run, escape) and not _is_idle(case, escape)


def _is_repeated(case: Case, run: EagerRun, escape: Escape) -> bool:
    """Whether the run seeds what gives the number, and so gets it on every call, whatever else it does not repeat."""
    if not escape.steady or run.deterministic:
        return escape.steady
    others = [read for name in case.runs if name != run.example and (read := case.read(name, escape))]
    return bool(others) and all(one == case.read(run.example, escape) for one in others)


def _is_same_anyhow(case: Case, escape: Escape, names: frozenset[str]) -> bool:
    """Whether other numbers change nothing of what eager gives on these examples; another time was not tried."""
    return not _is_clock(escape) and all(case.runs[name].draws_idle for name in names)


def _is_computed_with(case: Case, escape: Escape) -> bool:
    """Whether ops run on the lines that read what was drawn or that it chooses, or one on its own takes a number."""
    graph, source = case.graphs.get(case.first), case.source_of(escape.file)
    if graph is None:
        return False
    if any(one.op in graph.by_id for one in escape.fed):
        return True
    taking = source.names.followed([escape.line])
    chosen = (node for node in source.of(ast.If) if node.lineno in taking)
    sides = [one for node in chosen for one in (*node.body, *node.orelse)]
    lines = taking.union(*map(lines_of, sides)) - {escape.line}
    if any(case.ops_at(one, escape.file, lines) for one in case.graphs.values()):
        return True
    here = (graph.by_id[one] for one in case.ops_at(graph, escape.file, {escape.line}))
    return any(type(value) is float for op in here for value in op.attributes.values())


def _fate(escape: Escape) -> str:
    return "the number that it gave is a constant" if escape.fed else "what it decided is fixed"


def _reads(escape: Escape) -> str:
    return "reads the clock" if _is_clock(escape) else "draws"


def _instead(case: Case, escape: Escape) -> str:
    """Return what helps against a number that Python, NumPy or the clock gave."""
    if _is_clock(escape):
        return CLOCK
    if not escape.fed:
        return DRAWN_OUTSIDE if case.maker in {"onnx", "onnx_ts"} else DRAWN
    return OUTSIDE if case.maker in {"onnx", "onnx_ts"} else REMEDY


def _is_clock(escape: Escape) -> bool:
    """Whether a number is the time, which no draw of torch's stands for."""
    return escape.how.startswith(CLOCKS)


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
