"""An exported program (``.pt2``): its graph, and the one that is decomposed to core ATen ops."""

from __future__ import annotations

from typing import Any

import torch

from explorer.capture.export import captured_program, decomposed_program
from explorer.capture.exported_ends import names_kept
from explorer.capture.stored import Stored, reads, said
from explorer.errors import SourceError
from explorer.options import ModelSource
from explorer.source.load import Arguments
from explorer.source.places import Places


@reads("exported")
def read_exported(source: ModelSource, places: Places) -> Stored:
    """Load the program with the example that it was exported with."""
    try:
        program: Any = torch.export.load(source.path)
    except Exception as error:
        message = f"The file holds no exported program: {said(error, places)}"
        raise SourceError(message, file=source.shown, hint="Save it with torch.export.save.") from error
    given = program.example_inputs
    ends = names_kept(program)
    examples = {"stored": Arguments(args=tuple(given[0]), kwargs=dict(given[1]))} if given else {}
    return Stored(
        kind="export",
        captured=captured_program(program, places, ends),
        examples=examples,
        arguments=_arguments(program),
        derive=lambda _example: captured_program(decomposed_program(program), places, ends),
    )


def _arguments(program: Any) -> tuple[str, ...]:
    whole = next((one.signature for one in program.module_call_graph if not one.fqn), None)
    return tuple(whole.forward_arg_names or ()) if whole is not None else ()
