"""What recording an eager run costs: its CPU time over that of the plain forward, on one thread.

::

    python -m benchmarks.recording_cost
    python -m benchmarks.recording_cost --profile gpt2

Where TorchLens (2.33) can be imported, as from a checkout on ``PYTHONPATH``, its trace is measured beside.
Models are those of transformers at their usual width, with random weights. The recorder alone gathers ops, stacks,
aliases, the Python calls above them and the autograd graph; ``observe`` is all that the worker does for one example: it
also follows the user's lines, symbolises stacks, builds the graph and replays it.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import importlib
import importlib.util
import pstats
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn

from benchmarks.corpora import CorpusModel
from explorer.capture.eager import Recorder
from explorer.capture.escapes import Escapes
from explorer.capture.observe import observe
from explorer.capture.tensors import tensors_in
from explorer.source.load import Arguments, LoadedModel, load

TEXT = '''"""{model} of transformers at its usual width."""

import torch
from transformers import {config}, {model}


def build_model():
    """Return the model in eval mode."""
    torch.manual_seed(0)
    return {model}({config}({sizes})).eval()


def example_inputs():
    """Return one example."""
    return {{"one": ((), {{{inputs}}})}}
'''

MODELS: Mapping[str, CorpusModel] = {
    "gpt2": CorpusModel(
        name="gpt2",
        text=TEXT.format(
            model="GPT2Model",
            config="GPT2Config",
            sizes="n_layer=6",
            inputs='"input_ids": torch.randint(0, 50257, (1, 64))',
        ),
    ),
    "resnet50": CorpusModel(
        name="resnet50",
        text=TEXT.format(
            model="ResNetModel",
            config="ResNetConfig",
            sizes="",
            inputs='"pixel_values": torch.randn(1, 3, 224, 224)',
        ),
    ),
}
ROUNDS = 5
GOAL = 3.0
"""Times the plain forward that recording ops, stacks, aliases and the autograd graph may take."""

Step = Callable[[], object]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the ratios, or with ``--profile`` where the time goes."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.recording_cost")
    parser.add_argument("--profile", choices=MODELS, help="print where the time of one observed run goes")
    asked = parser.parse_args(arguments)
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        for name, model in MODELS.items():
            loaded = load(model.written(Path(folder)), seed=0)
            if asked.profile == name:
                _profile(_steps(loaded)["observe"])
            elif not asked.profile:
                _report(name, loaded)
    return 0


def _steps(loaded: LoadedModel) -> dict[str, Step]:
    """Return what is measured, by name: each runs the model once."""
    model = loaded.build()
    arguments = loaded.examples["one"]
    escapes = Escapes(loaded.places)
    steps: dict[str, Step] = {
        "forward, no gradients": lambda: _forward(model, arguments, grad=False),
        "forward, gradients": lambda: _forward(model, arguments, grad=True),
        "recorder": lambda: _recorded(loaded, model, arguments),
        "recorder and its graph": lambda: _recorded(loaded, model, arguments, graph=True),
        "observe": lambda: observe(loaded, "one", model, arguments, escapes),
    }
    if importlib.util.find_spec("torchlens") is not None:
        steps["TorchLens"] = lambda: _torchlens(model, arguments)
    return steps


def _report(name: str, loaded: LoadedModel) -> None:
    """Print the median CPU time of each step, measured in turns so that all meet the same machine."""
    steps = _steps(loaded)
    taken: dict[str, list[float]] = {step: [] for step in steps}
    for step in steps.values():
        step()
    for _ in range(ROUNDS):
        for step, run in steps.items():
            taken[step].append(_cpu(run))
    medians = {step: statistics.median(seconds) for step, seconds in taken.items()}
    print(f"{name}: median of {ROUNDS}, CPU time of one thread")
    for step, seconds in medians.items():
        plain, grad = (seconds / medians[f"forward, {one}"] for one in ("no gradients", "gradients"))
        met = f"  goal of {GOAL:g} {'met' if grad <= GOAL else 'missed'}" if step == "recorder and its graph" else ""
        print(f"  {step:24} {seconds * 1000:8.1f} ms  x{plain:5.2f} of no gradients  x{grad:5.2f} of gradients{met}")


def _cpu(run: Step) -> float:
    gc.collect()
    start = time.process_time()
    run()
    return time.process_time() - start


def _forward(model: nn.Module, arguments: Arguments, *, grad: bool) -> object:
    with torch.set_grad_enabled(grad):
        return model(*arguments.args, **arguments.kwargs)


def _recorded(loaded: LoadedModel, model: nn.Module, arguments: Arguments, *, graph: bool = False) -> object:
    recorder = Recorder(model, arguments, loaded.places, Escapes(loaded.places))
    with torch.enable_grad(), recorder.watching():
        result = model(*arguments.args, **arguments.kwargs)
    return recorder.graph(result) if graph else list(tensors_in(result))


def _torchlens(model: nn.Module, arguments: Arguments) -> object:
    """Trace as TorchLens does where it keeps no activations, and leave torch's functions as they were."""
    torchlens: Any = importlib.import_module("torchlens")
    given = list(arguments.args), dict(arguments.kwargs)
    return torchlens.trace(model, *given, layers_to_save=None, unwrap_when_done=True)


def _profile(run: Step) -> None:
    run()
    profile = cProfile.Profile()
    profile.runcall(run)
    pstats.Stats(profile).sort_stats("cumulative").print_stats(45)


if __name__ == "__main__":
    sys.exit(main())
