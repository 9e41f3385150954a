"""``torch.export``: one whole graph for the first example's shapes, or a refusal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import torch
from torch.export.graph_signature import InputKind, OutputKind
from torch.utils import _pytree as pytree

from explorer.capture.attributes import constants
from explorer.capture.body_lines import lines_in_bodies
from explorer.capture.ends import Ends
from explorer.capture.exported_ends import names_given, placeholders_named
from explorer.capture.flattened import traceable
from explorer.capture.forms import made
from explorer.capture.frames import all_frames
from explorer.capture.fx_graph import FxWalker, Watching
from explorer.capture.open_sizes import open_shapes
from explorer.capture.plain_calls import refused_plainly
from explorer.capture.registry import Captured, Subject, captures
from explorer.capture.tensors import in_order, tensor_names
from explorer.capture.user_names import renamed
from explorer.capture.warnings import collected_warnings
from explorer.evidence import Form
from explorer.graph import Graph, Summary
from explorer.messages import Doing
from explorer.source.load import Arguments
from explorer.source.places import Places

DECOMPOSED = Form(name="decomposed", what="ops broken down to core ATen (run_decompositions)", after="")


@captures("export")
def capture_export(subject: Subject) -> Captured:
    """Export with the default options, non-strict; static shapes unless asked otherwise."""
    form = traceable(subject.model, subject.arguments, subject.result, by="export", dynamic=subject.dynamic)
    keywords = {} if form.hidden else subject.arguments.kwargs
    given = Arguments(args=form.example, kwargs=keywords)
    with collected_warnings(subject.places) as warnings, all_frames(subject.model), renamed(form.named):
        shapes = open_shapes(form.model, given) if subject.dynamic else None
        program: Any = torch.export.export(form.model, given.args, kwargs=keywords or None, dynamic_shapes=shapes)
    names_of = tensor_names if form.hidden else names_given
    ends = Ends.of(subject.result, names_of(subject.model, subject.arguments))
    captured = captured_program(program, subject.places, ends, hidden=form.hidden)

    def adapted(arguments: Arguments) -> Arguments:
        if form.hidden:
            return Arguments(args=form.adapt(arguments), kwargs={})
        return Arguments(args=arguments.args, kwargs=in_order(arguments.kwargs, keywords))

    def run(arguments: Arguments) -> Any:
        with renamed(form.named):
            return form.restored(captured.run(adapted(arguments)))

    def decomposed() -> Graph | None:
        graph = program_graph(decomposed_program(program), subject.places, ends, hidden=form.hidden)
        return graph if graph != captured.graph else None

    def forms() -> Iterator[Form]:
        subject.doing(Doing(what=f"making export:{DECOMPOSED.name}", stage="making", name=DECOMPOSED.name))
        yield made(DECOMPOSED, decomposed, subject.places)

    return replace(
        captured,
        run=run,
        sized=lambda arguments: captured.sized(adapted(arguments)) if captured.sized else captured.graph,
        note=form.note,
        refused=refused_plainly("export", subject) if form.hidden else None,
        warnings=tuple(warnings),
        forms=forms,
    )


def decomposed_program(program: Any) -> Any:
    """Return an exported program with its ops broken down to core ATen, each with the line of what it comes from."""
    with lines_in_bodies():
        return program.run_decompositions()


def captured_program(program: Any, places: Places, ends: Ends, *, hidden: str = "") -> Captured:
    """Return the capture of an exported program, whoever exported it.

    ``ends`` and ``hidden`` are as :func:`program_graph` takes them.
    """
    runner = program.module()

    def sized(example: Arguments) -> Graph:
        watching = Watching(runner)
        with torch.no_grad(), suppress(Exception):  # what the graph raises on the example is told by its outcome
            watching.run(*pytree.tree_leaves((example.args, example.kwargs)))
        return program_graph(program, places, ends, hidden=hidden, held=watching.held)

    return Captured(
        graph=program_graph(program, places, ends, hidden=hidden),
        sized=sized,
        attributes=constants(runner),
        run=lambda arguments: runner(*arguments.args, **arguments.kwargs),
        state={name: value for name, value in runner.state_dict().items() if isinstance(value, torch.Tensor)},
    )


def program_graph(
    program: Any,
    places: Places,
    ends: Ends,
    *,
    hidden: str = "",
    held: Mapping[str, tuple[Summary | None, ...]] | None = None,
) -> Graph:
    """Return the graph of an exported program.

    Parameters
    ----------
    ends
        The names of its inputs and outputs as the user wrote them, as far as they are known.
    hidden
        The name that a wrapper of the capture's own has for the model; empty where there is none.
    held
        What the results of a node held in a run, by its name.
    """
    signature = program.graph_signature
    stored = {InputKind.PARAMETER, InputKind.BUFFER}
    parameters = {one.arg.name: one.target for one in signature.input_specs if one.kind in stored}
    constants = {one.arg.name: one.target for one in signature.input_specs if one.kind == InputKind.CONSTANT_TENSOR}
    walker = FxWalker(
        places=places,
        parameters={name: path.removeprefix(f"{hidden}.") for name, path in parameters.items()},
        constants={name: path.removeprefix(f"{hidden}.") for name, path in constants.items()},
        skipped=frozenset(
            place for place, one in enumerate(signature.output_specs) if one.kind != OutputKind.USER_OUTPUT
        ),
        inputs=placeholders_named(program, ends.inputs),
        results=ends.results,
        hidden=hidden,
        held=held or {},
    )
    return walker.walk(program.graph_module)
