"""``baked-mode``: train or eval behaviour (dropout, batch norm) is frozen or changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from explorer.diff.case import Case
from explorer.diff.causes.draws import called, is_drawn_at, is_of_dropout, switched_by
from explorer.diff.causes.registry import cause
from explorer.diff.naming import lines_of
from explorer.diff.usage import call_before, choices_by, lines_calling
from explorer.divergence import Divergence
from explorer.evidence import StateChange
from explorer.graph import Graph, Location, Op

DRAWN = "draws, too, but from a generator of its own: the same seed gives other numbers, so values cannot be compared"
EVALUATED = "computes it as in evaluation"

AS_RANDOM = (
    "Call model.eval() before capturing; where training is meant, the graph draws as eager does, and only averages can "
    "be compared."
)
ALWAYS = "This call trains whatever mode the model is in: pass {switch} to it, and call model.eval() before capturing."
SWITCHES = frozenset({"train", "eval"})

REMEDIES = {
    "onnx_ts": "Call model.eval() before capturing, or export with training=TrainingMode.PRESERVE where training is "
    "meant.",
    "onnx": "Call model.eval() before capturing; where training is meant, use the older exporter (dynamo=False) with "
    "training=TrainingMode.PRESERVE.",
}


@cause("baked-mode")
def baked_modes(case: Case, unexplained: frozenset[str]) -> Iterator[Divergence]:
    """Yield each line whose op ran in training mode in eager, where an ONNX graph is wrong."""
    differs = (name for name in unexplained if case.outcomes[name].outcome == "differs")
    wrong = frozenset(differs)  # a mode makes nothing raise
    yield from _of_switches(case, wrong)
    if case.maker not in {"onnx", "onnx_ts"} or not wrong:
        return
    found = [*_of_ops(case, wrong)]
    yield from found or _of_choices(case, wrong - case.unsteady)


def _of_switches(case: Case, wrong: frozenset[str]) -> Iterator[Divergence]:
    """Yield each line that leaves a module in another mode on a wrong example than on the captured one."""
    if not case.runs_python or case.stranger:
        return
    captured, seen = _modes(case, case.first), set[tuple[str, int]]()
    for name in sorted(wrong):
        modes = _modes(case, name)
        for module in sorted(modes.keys() | captured.keys()):
            change = modes.get(module) or captured[module]
            now, then = (one[module].after if module in one else change.before for one in (modes, captured))
            place = (change.location and (change.location.file, change.location.line)) or _switching(case, name, module)
            if now == then or place is None or place in seen:
                continue
            seen.add(place)
            yield case.found(
                "baked-mode",
                "error",
                place[1],
                f"This line switches `{module}` by what it is given: on “{name}” {_mode(now)}, on “{case.first}” "
                f"{_mode(then)}. The {case.name} graph holds the mode of “{case.first}”.",
                inputs=(name,),
                remedy="Set the mode outside of forward and capture a graph for each, or compute both and choose with "
                "torch.where.",
                evidence={"module": module, f"training on {case.first}": then, f"training on {name}": now},
                file=place[0],
                lines=frozenset({place[1], *_lines_of(case, module, place[0])}),
            )


def _lines_of(case: Case, module: str, file: str) -> frozenset[int]:
    """Return the lines of ``file`` at which eager ran ``module``: there its mode shows."""
    ops = (op for op in case.graphs[case.first].compute if op.module == module or op.module.startswith(f"{module}."))
    return frozenset(op.location.line for op in ops if op.location and op.location.file == file)


def _switching(case: Case, name: str, module: str) -> tuple[str, int] | None:
    """Return the line that ran and calls ``train`` or ``eval``, of that module if one names it."""
    ran = [(file, line) for file in (case.file, *case.others)
           for line in lines_calling(case.source_of(file), SWITCHES) if case.ran(name, file).get(line)]  # fmt: skip
    last = module.rpartition(".")[2]
    return next((one for one in ran if last in case.source_of(one[0]).line(one[1])), next(iter(ran), None))


def _modes(case: Case, name: str) -> dict[str, StateChange]:
    """Return what an example changed of the modes of modules, by the module's path."""
    changes = (one for one in case.runs[name].changes if one.name.endswith(".training"))
    return {one.name.removesuffix(".training"): one for one in changes}


def _mode(training: str) -> str:
    return "to training" if training == "True" else "to evaluation"


def _of_ops(case: Case, wrong: frozenset[str]) -> Iterator[Divergence]:
    seen: set[tuple[str, int]] = set()
    eager = case.graphs[case.first]
    for op in eager.compute:
        place = op.location
        if not _trains(op, eager) or place is None or (place.file, place.line) in seen:
            continue
        switched = _switch(case, op) or _switch_before(case, place)
        if switched is None and not case.runs[case.first].training:
            continue  # what draws though no module is in training does so in every mode
        seen.add((place.file, place.line))
        drawn = op.op != "batch_norm" and is_drawn_at(case.capture.graph, place)
        place = switched or place
        name, switch = called(op, eager), switched_by(case, op, eager)
        yield case.found(
            "baked-mode",
            "error",
            place.line,
            f"`{name}` runs in training mode in eager; the {case.name} graph {DRAWN if drawn else EVALUATED}.",
            inputs=tuple(sorted(wrong)),
            remedy=ALWAYS.format(switch=switch) if switch else AS_RANDOM if drawn else REMEDIES[case.maker],
            evidence={"op": op.target},
            file=place.file,
        )


def _of_choices(case: Case, wrong: frozenset[str]) -> Iterator[Divergence]:
    place = choice_by_mode(case, wrong)
    if place is None:
        return
    file, line = place
    text = case.source_of(file).code(line)
    yield case.found(
        "baked-mode",
        "error",
        line,
        f"`{text}` asks for the mode, which is training in eager. The exporter of the {case.name} graph runs "
        "the model in evaluation, and holds what ran then.",
        inputs=tuple(sorted(wrong)),
        remedy=REMEDIES[case.maker],
        evidence={"condition": text},
        file=file,
    )


def choice_by_mode(case: Case, wrong: frozenset[str]) -> tuple[str, int] | None:
    """Return the first line that ran and chose by ``training``: the exporter of TorchScript switches it off.

    A graph is then wrong on the captured example, too, or where the choice went another way, and does not hold what
    ran for being in training. Where only state was written in training, that is told: with PRESERVE the graph would
    lose it as well.
    """
    parted = {(one.file, one.site.line) for one in case.wrong_partings if one.example in wrong}
    places = ((file, line) for file, line, _ in _switched_off(case))
    return next((place for place in places if case.first in wrong or place in parted), None)


def is_by_mode(case: Case, file: str, line: int) -> bool:
    """Whether a choice asks for the mode, or stands on a side of one that does, which the graph was made without."""
    return any(
        (file == other and (line == at or line in side)) or _runs_below(case, file, line, other, side)
        for other, at, side in _switched_off(case)
    )


def _runs_below(case: Case, file: str, line: int, caller: str, side: range) -> bool:
    """Whether the function at ``line`` ran for a side of a choice alone: all that eager did in it stands below that."""
    function, graph = case.source_of(file).function_at(line), case.graphs.get(case.first)
    if function is None or graph is None:
        return False
    ops = case.ops_at(graph, file, lines_of(function))
    return bool(ops) and all(
        any(one.file == caller and one.line in side for one in graph.by_id[op].stack) for op in ops
    )


def _switched_off(case: Case) -> Iterator[tuple[str, int, range]]:
    """Yield file, line and sides of each choice by ``training`` that eager ran, and the exporter without it."""
    if case.maker != "onnx_ts" or not case.runs[case.first].training or case.other or case.stored:
        return
    for file in (case.file, *case.others):
        ran = case.ran(case.first, file)
        choices = sorted(choices_by(case.source_of(file), "training"), key=lambda one: one[0])
        yield from ((file, line, side) for line, side in choices
                    if ran.get(line) and not _holds_side(case, file, side))  # fmt: skip


def _holds_side(case: Case, file: str, side: range) -> bool:
    """Whether the graph has ops of the lines that eager ran of a choice: then it chose as eager did."""
    ran = [line for line in side if case.ran(case.first, file).get(line)]
    return bool(case.ops_at(case.graphs.get(case.first), file, ran) and case.ops_at(case.capture.graph, file, ran))


def _switch(case: Case, op: Op) -> Location | None:
    """Return where the model itself switched the module of ``op`` to training, if it did."""
    switched = (one for one in case.runs[case.first].changes if one.name == f"{op.module}.training" and one.location)
    return next((one.location for one in switched), None)


def _switch_before(case: Case, place: Location) -> Location | None:
    """Return the line before ``place``, in its function, that calls ``train``: it may have been switched back since."""
    line = call_before(case.source_of(place.file), place.line, "train")
    return replace(place, line=line) if line is not None else None


def _trains(op: Op, graph: Graph) -> bool:
    if op.op == "batch_norm":
        return op.attributes.get("training") is True or op.attributes.get("train") is True
    return is_of_dropout(op, graph) or op.op == "rrelu"
