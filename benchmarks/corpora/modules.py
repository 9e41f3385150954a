"""torch's own ``nn`` modules, each called as the example in its documentation calls it."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import modules

from benchmarks.corpora.corpus import Corpus, CorpusModel, LeftOut
from benchmarks.corpora.documented import example_lines, first_call

TEXT = '''"""torch.nn.{name}, as its documentation calls it."""

import torch
from torch import nn

from benchmarks.corpora.documented import first_call

EXAMPLE = {lines!r}


def build_model():
    """Return the module that the example makes, in the mode that it has there."""
    return first_call(EXAMPLE, nn.{name}).module


def example_inputs():
    """Return the arguments that the example gives it, and those that it draws with another seed."""
    calls = {{"documented": first_call(EXAMPLE, nn.{name}), "other": first_call(EXAMPLE, nn.{name}, seed=1)}}
    return {{name: (tuple(call.args), dict(call.kwargs)) for name, call in calls.items()}}
'''


def corpus() -> Corpus:
    """Return each module with an example that runs; the others are left out with the reason."""
    models: list[CorpusModel] = []
    left_out: list[LeftOut] = []
    for name in sorted(modules.__all__):
        documented: type[nn.Module] = getattr(nn, name)
        reason = _why_not(documented)
        if reason:
            left_out.append(LeftOut(name=name, reason=reason))
        else:
            models.append(CorpusModel(name=name, text=TEXT.format(name=name, lines=example_lines(documented))))
    return Corpus(
        name="modules",
        about="The classes of `torch.nn.modules`, called as the example in their docstring calls them.",
        version=f"torch {torch.__version__}",
        models=tuple(models),
        left_out=tuple(left_out),
    )


def _why_not(documented: type[nn.Module]) -> str:
    """Return why the documentation's example is of no use; empty where it is."""
    lines = example_lines(documented)
    if not lines:
        return "no example in its documentation"
    try:
        first_call(lines, documented)
    except LookupError as error:
        return str(error)
    return ""
