"""What the TorchScript executor makes of a script, or of a trace where nothing scripts: its optimised graph."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch

from explorer.capture.attributes import plain_attributes, slots
from explorer.capture.ends import Ends
from explorer.capture.flattened import traceable
from explorer.capture.jit_passes import Pipeline
from explorer.capture.plain_calls import refused_plainly
from explorer.capture.refusals import refusal
from explorer.capture.registry import Captured, RefusedError, Subject, captures, state_of
from explorer.capture.scopes import modules_of_scopes
from explorer.capture.seen import Watched, stand_in, watched
from explorer.capture.tensors import tensor_names
from explorer.capture.torchscript_graph import Walker
from explorer.capture.warnings import collected_warnings
from explorer.evidence import Kind
from explorer.graph import Graph, Location, Op
from explorer.source.load import Arguments
from explorer.source.memory import reraise_want_of_memory

RUNS = 3
"""The executor profiles the first runs and optimises then."""

UNNAMED = "INSTANCE_NAME_UNKNOWN"
"""What torch calls a module that another one than its parent calls, such as one that is shared."""

ModuleOf = Callable[[Any], tuple[str, str] | None]

PART = re.compile(r"(?P<name>[^.()]+)(?:\((?P<kind>[^()]*)\))?")


@dataclass(frozen=True, kw_only=True)
class Compiled:
    """A module that the executor can run, made anew at each call of ``make``."""

    make: Callable[[], Any]
    adapt: Callable[[Arguments], tuple[tuple[Any, ...], dict[str, Any]]]
    made_from: Kind
    restored: Callable[[Any], Any] = lambda result: result
    """Brings a result into the form that the model gives it."""
    hidden: str = ""
    names: tuple[str, ...] = ()
    called: ModuleOf | None = None
    """Tells a node's module by the path that it was called by, before the graph is optimised."""
    note: str = ""


@captures("jit")
def capture_jit(subject: Subject) -> Captured:
    """Run a copy until it is optimised and keep its graph; another copy is run on the examples."""
    with collected_warnings(subject.places) as warnings:
        compiled = _scripted(subject) or _traced(subject)
        sample = compiled.make()
        apart = stand_in(sample)
        start = sample if apart is None else apart
        args, kwargs = compiled.adapt(subject.arguments)
        example = Arguments(args=args, kwargs=kwargs)
        with torch.no_grad():
            for _ in range(RUNS):
                given = example.fresh()
                sample(*given.args, **given.kwargs)
        optimised: Any = torch._C._last_executed_optimized_graph()  # noqa: SLF001 - not public
    plain = _walker(subject, compiled, compiled.called).walk(start)

    def shown(graph: Any, ran: Watched | None = None, module: Any = start) -> Graph:
        return with_stacks(_walker(subject, compiled, module_of, ran).walk(module, graph), plain)

    def sized(arguments: Arguments) -> Graph:
        args, kwargs = compiled.adapt(arguments)
        ran = watched(stand_in(apart), optimised.copy(), Arguments(args=args, kwargs=kwargs))
        return shown(ran.graph, ran)

    running = compiled.make()
    like = subject.model if compiled.made_from == "script" else None
    passes = Pipeline(
        kind="jit",
        made_from=compiled.made_from,
        module=apart,
        arguments=example,
        walk=lambda stage, shapes: shown(stage.graph, shapes, stage.module),
        places=subject.places,
        doing=subject.doing,
    )

    def run(arguments: Arguments) -> object:
        given, named = compiled.adapt(arguments)
        return compiled.restored(running(*given, **named))

    return Captured(
        graph=shown(optimised),
        sized=sized,
        run=run,
        state=state_of(running, like),
        attributes=tuple(slots(running).values()) if like is None else plain_attributes(like, running),
        note=compiled.note,
        made_from=compiled.made_from,
        refused=refused_plainly("trace", subject) if compiled.hidden else None,
        warnings=tuple(warnings),
        forms=passes.forms,
    )


def _scripted(subject: Subject) -> Compiled | None:
    """Return the model compiled, ``None`` where TorchScript refuses it."""
    try:
        made = [torch.jit.script(subject.build())]
    except Exception:  # noqa: BLE001 - the capture ``script`` tells why
        return None
    return Compiled(
        make=lambda: made.pop() if made else torch.jit.script(subject.build()),
        adapt=lambda arguments: (arguments.args, arguments.kwargs),
        made_from="script",
    )


def _traced(subject: Subject) -> Compiled:
    form = traceable(subject.model, subject.arguments, subject.result, by="trace")
    last = form

    def make() -> Any:
        nonlocal last
        last = fresh = traceable(subject.build(), subject.arguments.fresh(), subject.result, by="trace")
        try:
            return torch.jit.trace(fresh.model, fresh.example, check_trace=False)
        except Exception as error:
            reraise_want_of_memory(error)
            found = refusal("trace", error, subject.places, subject.result)
            raise RefusedError(replace(found, reason=f"The model does not script. {found.reason}")) from error

    def restored(result: Any) -> Any:
        return last.restored(result)

    note = "Made from the trace, as the model does not script."
    return Compiled(
        make=make,
        adapt=lambda arguments: (form.adapt(arguments), {}),
        made_from="trace",
        restored=restored,
        hidden=form.hidden,
        names=tensor_names(subject.model, subject.arguments) if form.hidden else (),
        called=modules_of_scopes(form.model),
        note=f"{note} {form.note}".strip(),
    )


def _walker(
    subject: Subject,
    compiled: Compiled,
    module_of: ModuleOf | None = None,
    ran: Watched | None = None,
) -> Walker:
    return Walker(
        places=subject.places,
        hidden=compiled.hidden,
        names=compiled.names,
        ends=Ends.of(subject.result),
        module_of=module_of,
        watched=ran,
    )


def module_of(node: Any) -> tuple[str, str]:
    """Return path and class of the module that an inlined node came from.

    The executor's graph has no calls left; torch keeps ``encoder(Sequential).0(Block)`` beside each node, with a
    part of its own for a call within one module.
    """
    found = PART.finditer(node.getModuleHierarchy())
    parts = [part for part in found if part["name"] not in {"SELF", "UNKNOWN_INSTANCE", "UNKNOWN_TYPE"}]
    return ".".join(part["name"] for part in parts), (parts[-1]["kind"] or "") if parts else ""


def with_stacks(graph: Graph, plain: Graph) -> Graph:
    """Return ``graph`` with the whole stacks that ``plain``, the graph before it was optimised, has for its ops.

    Module paths are made whole as well: torch leaves out the list that a module was taken from in a loop, and knows no
    name for one that is shared.
    """
    waiting: dict[object, deque[tuple[Location, ...]]] = defaultdict(deque)
    modules: dict[object, set[str]] = defaultdict(set)
    for op in plain.ops:
        waiting[_key(op)].append(op.stack)
        modules[_key(op)[1:]].add(op.module)

    def whole(op: Op) -> Op:
        written = re.escape(op.module).replace(UNNAMED, r"[^.]+")
        longer = {path for path in modules.get(_key(op)[1:], ()) if re.fullmatch(rf"(.+\.)?{written}", path)}
        if _key(op) not in waiting and op.module and len(longer) == 1:
            op = replace(op, module=longer.pop())
        known = waiting.get(_key(op))
        if not op.stack or not known:
            return op
        return replace(op, stack=known.popleft() if len(known) > 1 else known[0])

    return replace(graph, ops=tuple(whole(op) for op in graph.ops))


def _key(op: Op) -> tuple[str, str, tuple[str, int] | None]:
    inner = op.stack[0] if op.stack else None
    return op.module, op.op, (inner.file, inner.line) if inner else None
