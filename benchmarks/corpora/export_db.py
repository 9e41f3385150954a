"""The examples of ``torch._export.db``: what ``torch.export`` says that it supports, and what it does not."""

from __future__ import annotations

import inspect
import sys

import torch
from torch._export.db.case import ExportCase
from torch._export.db.examples import all_examples

from benchmarks.corpora.corpus import Corpus, CorpusModel

ENDING = '''

def build_model():
    """Return the model of the example, in the mode that it has there."""
    import copy

    return copy.deepcopy(model)


def example_inputs():
    """Return the example's arguments, and the same with other values where there are floats."""
    from torch.utils import _pytree

    def other(leaf):
        return torch.randn_like(leaf) if isinstance(leaf, torch.Tensor) and leaf.is_floating_point() else leaf

    given = (tuple(example_args), dict(globals().get("example_kwargs", {})))
    return {"documented": given, "other": _pytree.tree_map(other, given)}
'''
"""Stands below the example's own source, so that its lines are the user's."""


def corpus() -> Corpus:
    """Return every example; its source is read from where torch is installed."""
    models = tuple(_model(name, case) for name, case in sorted(all_examples().items()))
    about = "Every example of `torch._export.db`: its own source, its arguments, and other values of the same shapes."
    return Corpus(name="export-db", about=about, version=f"torch {torch.__version__}", models=models)


def _model(name: str, case: ExportCase) -> CorpusModel:
    return CorpusModel(name=name, text=inspect.getsource(sys.modules[type(case.model).__module__]) + ENDING)
