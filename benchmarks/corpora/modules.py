"""torch's own ``nn`` modules, each called as the example in its documentation calls it."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import modules
from torch.utils import _pytree as pytree

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

MOST_ELEMENTS = 5_000_000
"""In the arguments of an example; beyond this, its comparison is a test of patience."""


def corpus() -> Corpus:
    """Return each module with an example that runs; the others are left out with the reason."""
    models: list[CorpusModel] = []
    left_out: list[LeftOut] = []
    for name in sorted(modules.__all__):
        made = model_of(name)
        if isinstance(made, CorpusModel):
            models.append(made)
        else:
            left_out.append(made)
    return Corpus(
        name="modules",
        about="The classes of `torch.nn.modules`, called as the example in their docstring calls them.",
        version=f"torch {torch.__version__}",
        models=tuple(models),
        left_out=tuple(left_out),
    )


def model_of(name: str) -> CorpusModel | LeftOut:
    """Return the class ``name`` of ``torch.nn`` as a model, or why it is left out."""
    documented: type[nn.Module] = getattr(nn, name)
    lines = example_lines(documented)
    if not lines:
        return LeftOut(name=name, reason="no example in its documentation")
    try:
        call = first_call(lines, documented)
    except LookupError as error:
        return LeftOut(name=name, reason=str(error))
    given = (leaf for leaf in pytree.tree_leaves((call.args, call.kwargs)) if isinstance(leaf, torch.Tensor))
    elements = sum(one.numel() for one in given)
    if elements > MOST_ELEMENTS:
        return LeftOut(name=name, reason=f"its example has an input of {elements:,} numbers: too much time and memory")
    return CorpusModel(name=name, text=TEXT.format(name=name, lines=lines), elements=elements)
