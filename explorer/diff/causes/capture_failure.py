"""``capture-failure``: the capture refuses the model, with the reason and the line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from explorer.diff.case import Case
from explorer.diff.causes.given import names_given, plain
from explorer.diff.causes.output_structure import return_place
from explorer.diff.causes.refused import of_kernel, remedy_of_refusal
from explorer.diff.causes.registry import cause
from explorer.diff.causes.type_tests import type_test
from explorer.diff.usage import lines_calling
from explorer.divergence import Divergence
from explorer.evidence import Failure
from explorer.graph import Location
from explorer.vocabulary.refusals import UNANNOTATED

NAMED = re.compile(r"\baten(?:::|\.)(\w+)")
"""An operator in a producer's message."""

OF_ARGUMENT = re.compile(
    r"Unsupported input type|cannot be traced\. Only Tensors|inputs to traced|trace inputs must|"
    r"positional arguments? but|for argument '\w+' but instead found type"
)
"""What a producer says of an argument: it has looked at nothing else."""

HANDED_NONE = "Expected a proper Tensor but got None"
"""What an operator says in a script that was given None where it takes a tensor."""

OPERATOR = re.compile(r"ONNX export of operator (\w+)")
"""How the exporter of TorchScript names an operator, in capitals."""

OF_PART = re.compile(r"Failed to get source for <(?:function|class) '?([\w.]+)")
"""What TorchScript says of a function or class that it looks up by its name."""

OF_HOOK = re.compile(r"[Hh]ook '[\w<>]+' on module '\w+'")
"""What TorchScript says of a function that a line of the user's has hung on a module."""

HOOKING = frozenset({"register_forward_hook", "register_forward_pre_hook"})

NO_KERNEL = "ONNX Runtime has no implementation of"
"""What is said of a graph that ONNX Runtime does not load, for want of an operator in the types of the graph."""

RAISED = "Eager raises on “{}”, too, which is the example that is captured: correct that, or put one first that runs."

OF_ONE_FAULT = frozenset({"kernel", "operator", "output"})
"""What is one fault of a line, in whatever words a producer refuses it."""

Place = tuple[str | None, int | None]
"""File and line."""


@cause("capture-failure")
def capture_failures(case: Case, unexplained: frozenset[str]) -> Iterator[Divergence]:
    """Yield the line of what the producer names, or the return statement where it names nothing."""
    yield from _unloaded(case, unexplained)
    yield from _unannotated(case, unexplained)
    failure = case.capture.failure or (None if case.told else case.capture.refused)
    if failure is None or case.capture.status == "skipped":
        return
    file, line = _place(case, failure)
    yield case.found(
        "capture-failure",
        "error",
        line,
        failure.reason,
        inputs=tuple(case.runs),
        remedy=RAISED.format(case.first)
        if case.runs[case.first].raised
        else remedy_of_refusal(case, failure, file, line),
        evidence={"error": failure.error, "message": failure.message[:400]}
        | ({"about": failure.about} if failure.about in OF_ONE_FAULT else {}),
        file=file,
        function=failure.function,
    )


def _unloaded(case: Case, unexplained: frozenset[str]) -> Iterator[Divergence]:
    """Yield why a graph raises of which the capture told already that it would, as ONNX Runtime does not load it."""
    for warning in case.capture.warnings:
        raised = {name: case.outcomes[name].message or "" for name in case.outcomes
                  if name in unexplained and case.outcomes[name].outcome == "raises"}  # fmt: skip
        names = tuple(name for name, one in raised.items() if one and warning.message.startswith(one))
        if not names:
            continue
        known = warning.line is not None and not case.other
        file, line = (warning.file, warning.line) if known else case.entry() or (None, None)
        said = raised[names[0]].rstrip(".")
        yield case.found(
            "capture-failure",
            "error",
            line,
            f"The {case.name} graph raises on “{names[0]}” where {case.beside} does not: {said}.",
            inputs=names,
            remedy=of_kernel(case) if NO_KERNEL in said else "",
            evidence={"about": "kernel"} if NO_KERNEL in said else {},
            file=file,
        )
        return


def _unannotated(case: Case, unexplained: frozenset[str]) -> Iterator[Divergence]:
    """Yield the argument that a script takes for a tensor, as nothing says otherwise, and that is none.

    Where ``isinstance`` asked for its type, that is the line: the script settled it as it compiled.
    """
    refused = {name: found for name in case.runs if name in unexplained and case.outcomes[name].outcome == "raises"
               if case.maker == "script" and (found := _taken_for_tensor(case, name))}  # fmt: skip
    if not refused:
        return
    first, (name, given) = next(iter(refused.items()))
    asked = f"as Optional[{_type_given(case, name)}]" if given == "None" else "with its type"
    file, line = type_test(case, first) or case.outermost()
    yield case.found(
        "specialised-type",
        "error",
        line,
        f"The {case.name} graph takes the argument `{name}` for a tensor, as it has no annotation, and refuses "
        f"“{first}”, which gives it {given}.",
        inputs=tuple(refused),
        remedy=f"Annotate `{name}` {asked} where the function is defined.",
        file=file,
    )


def _type_given(case: Case, name: str) -> str:
    """Return the type of an argument in the examples that give it: a tensor, or a tuple of as many as they give."""
    given = {one.partition(":")[0] for some in case.arguments.values() for one in some if one.startswith(f"{name}[")}
    return f"Tuple[{', '.join(['torch.Tensor'] * len(given))}]" if given else "torch.Tensor"


def _taken_for_tensor(case: Case, example: str) -> tuple[str, str] | None:
    """Return the argument that a script refuses on an example, and what it is given.

    A script hands None on as a tensor, and only the operator that takes it raises: the captured example tells that.
    """
    said = case.outcomes[example].message or ""
    if found := re.search(UNANNOTATED, said):
        return found["name"], "None" if found["given"] == "NoneType" else found["given"]
    entry = case.entry() if HANDED_NONE in said and example == case.first else None
    bare = case.source_of(entry[0]).unannotated_at(entry[1]) if entry else frozenset[str]()
    given = (name for name, value in plain(case, example).items() if value == "None" and name in bare)
    left_out = (
        sorted(bare & case.source_of(entry[0]).none_by_default(entry[1]) - names_given(case, example)) if entry else []
    )
    name = next(given, None) or next(iter(left_out), None)
    return (name, "None") if name else None


def _operator(case: Case, failure: Failure) -> Location | None:
    """Return the one place at which eager ran the operator that an exporter names; it may tell that of its input."""
    found = OPERATOR.search(failure.message)
    graph = case.graphs.get(case.first)
    if found is None or graph is None:
        return None
    named = found[1].replace("_", "").lower()
    places = {op.location for op in graph.compute if _plain(op.target).replace("_", "") == named}
    return places.pop() if len(places) == 1 else None


def _place(case: Case, failure: Failure) -> Place:
    """Return the place of the operator that an exporter lacks, else of what the producer tells, names or may mean."""
    if (operator := _operator(case, failure)) is not None:
        return operator.file, operator.line
    if failure.line is not None or failure.file not in {None, case.file}:
        return failure.file, failure.line
    return _place_of_named(case, failure) or _suspect(case)


def _place_of_named(case: Case, failure: Failure) -> Place | None:
    """Return the place of the argument, the part or the first op that eager ran which the producer's message names."""
    if failure.about == "output":
        return return_place(case, case.first)
    if OF_ARGUMENT.search(failure.message):
        return case.entry()
    if OF_HOOK.search(failure.message) and (lines := lines_calling(case.source, HOOKING)):
        return case.file, min(lines)
    if part := OF_PART.search(failure.message):
        line = case.source.use_of(part[1].removesuffix(".__init__").rpartition(".")[2])
        return (case.file, line) if line is not None else None
    named = {one.strip("_") for one in NAMED.findall(failure.message)}
    graph = case.graphs.get(case.first)
    called = {str(call.id): _plain(call.name) for call in graph.calls} if graph else {}
    for op in graph.compute if graph else ():
        place = op.location
        made_by = called.get(op.call)  # what is one op to the producer may have run as several
        if place is not None and place.user and named & {_plain(op.target), made_by}:
            return place.file, place.line
    return None


def _plain(name: str) -> str:
    """Return the name of an op or of a call in Python as a producer has it.

    Examples
    --------
    >>> _plain("aten.add_.Tensor"), _plain("F.rms_norm"), _plain("torch.fft.rfft"), _plain("Tensor.add")
    ('add', 'rms_norm', 'fft_rfft', 'add')
    """
    if name.startswith("aten."):
        return name.split(".")[1].strip("_")
    inner = name.removeprefix("torch.").removeprefix("ops.").removeprefix("F.").removeprefix("Tensor.")
    return inner.replace(".", "_").strip("_")


def _suspect(case: Case) -> Place:
    """Return the place of a write to a parameter, which no capture takes, else of the return statement.

    Where none of the user's lines ran, as the model is a library's, it is the line that makes it.
    """
    for run in case.runs.values():
        for change in run.changes:
            if change.kind == "parameter" and change.location is not None:
                return change.location.file, change.location.line
    file, line = return_place(case, case.first)
    return (file, line) if line is not None else (case.file, case.source.builder())
