"""How many ops of real models find their counterpart in another capture of the same model.

::

    python -m benchmarks.alignment.captured
    python -m benchmarks.alignment.captured --only BertModel --missing

Counted are the ops that do work, of both graphs; what serves them is folded into their groups. The models are
those of the corpus of transformers, with random weights, and modules of torch's own.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import cast

from benchmarks.corpora import corpus_of
from explorer.diff.align import align
from explorer.evidence import Kind
from explorer.graph import Graph
from explorer.messages import EagerFinished, EagerJob, FromWorker, Job, StaticFinished, StaticJob
from explorer.options import ModelSource, Options
from explorer.verify.perform import perform

TRACED = (
    "GPT2Model", "LlamaModel", "MixtralModel", "MambaModel", "BertModel", "RobertaModel", "DistilBertModel",
    "AlbertModel", "ElectraModel", "T5Model", "BartModel", "ViTModel", "SwinModel", "ConvNextModel", "ResNetModel",
    "SegformerModel", "CLIPModel", "Wav2Vec2Model", "WhisperModel", "DetrModel",
)  # fmt: skip
EXPORTED = ("ResNetModel", "BertModel")
SCRIPTED = ("Transformer", "TransformerEncoderLayer", "TransformerDecoderLayer", "LSTMCell", "GRUCell")
"""Modules of torch's own: no model of transformers can be scripted, nor ``LSTM`` and ``GRU`` by themselves."""

PAIRS: tuple[tuple[str, str, str, tuple[str, ...], float], ...] = (
    ("eager", "trace", "transformers", TRACED, 0.98),
    ("onnx", "onnx_ts", "transformers", EXPORTED, 0.95),
    ("eager", "script", "modules", SCRIPTED, 0.0),
    ("trace", "script", "modules", SCRIPTED, 0.0),
    ("eager", "eager:second", "transformers", EXPORTED, 0.0),
    ("eager", "export", "transformers", EXPORTED, 0.0),
    ("export", "export:decomposed", "transformers", EXPORTED, 0.0),
    ("eager", "onnx", "transformers", EXPORTED, 0.0),
    ("trace", "export", "transformers", EXPORTED, 0.0),
    ("onnx", "ort", "transformers", EXPORTED, 0.0),
)
"""Which graphs, of which models of which corpus, and the share of their ops that is to be in groups of both."""


@dataclass(frozen=True, kw_only=True)
class Share:
    """How many of the ops of two graphs are in groups of both, and which are not."""

    left: tuple[int, int]
    """How many ops of the left graph have a counterpart, and how many it has."""
    right: tuple[int, int]
    missing: tuple[str, ...]

    @property
    def ops(self) -> int:
        """Of both graphs."""
        return self.left[1] + self.right[1]

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return (self.left[0] + self.right[0]) / max(self.ops, 1)

    @property
    def of_left(self) -> float:
        """The share of the left graph's ops."""
        return self.left[0] / max(self.left[1], 1)

    @property
    def of_right(self) -> float:
        """The share of the right graph's ops: what a script holds and the examples never run has no counterpart."""
        return self.right[0] / max(self.right[1], 1)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a table; return 1 where a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.alignment.captured")
    parser.add_argument("--only", help="names of models, with commas between them")
    parser.add_argument("--missing", action="store_true", help="print which ops have no counterpart")
    asked = parser.parse_args(arguments)
    only = asked.only.split(",") if asked.only else None
    missed = 0
    for line, fits in table(only, missing=asked.missing):
        print(line, flush=True)
        missed += not fits
    return 1 if missed else 0


def table(only: Collection[str] | None = None, *, missing: bool = False) -> Iterator[tuple[str, bool]]:
    """Yield the lines of a table, each with whether its goal is met; ``missing`` lists what has no counterpart."""
    yield "| left | right | model | ops | in groups of both | of the left | of the right | goal |", True
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |", True
    with tempfile.TemporaryDirectory() as folder:
        for left, right, corpus, names, goal in PAIRS:
            wanted_names = [one for one in names if only is None or one in only]
            texts = {model.name: model for model in corpus_of(corpus).models} if wanted_names else {}
            for name in wanted_names:
                source = texts[name].written(Path(folder))
                ours, theirs = graph_of(source, left), graph_of(source, right)
                if ours is None or theirs is None:
                    yield f"| {left} | {right} | {name} | not captured | | | | |", not goal
                    continue
                one = shared(ours, theirs)
                wanted = f"{goal:.0%}" if goal else ""
                shares = " | ".join(f"{part:.2%}" for part in (one.share, one.of_left, one.of_right))
                yield f"| {left} | {right} | {name} | {one.ops} | {shares} | {wanted} |", one.share >= goal
                yield from ((f"    {line}", True) for line in (one.missing if missing else ()))


def shared(left: Graph, right: Graph) -> Share:
    """Return how many of the ops that do work are in groups of both graphs."""
    paired = [group for group in align(left, right) if group.left and group.right]
    sides = (
        ("left", list(left.compute), {one for group in paired for one in group.left}),
        ("right", list(right.compute), {one for group in paired for one in group.right}),
    )
    missing = Counter(
        f"{side}: {op.op} in {op.module or '(top)'} at {op.location and f'{op.location.file}:{op.location.line}'}"
        for side, ops, both in sides
        for op in ops
        if op.id not in both
    )
    left_of, right_of = ((sum(op.id in both for op in ops), len(ops)) for _, ops, both in sides)
    return Share(left=left_of, right=right_of, missing=tuple(f"{n} x {one}" for one, n in missing.items()))


def graph_of(source: ModelSource, name: str) -> Graph | None:
    """Return a graph of the model by its name; ``None`` where it is not captured.

    Names are those of captures and of their forms; ``eager:second`` is eager's graph of the second example.
    """
    kind = cast("Kind", name.partition(":")[0])
    job: Job = EagerJob(source=source, options=Options())
    if kind != "eager":
        job = StaticJob(source=source, options=Options(), kind=kind)
    return dict(_graphs(job)).get(name)


def _graphs(job: Job) -> Iterator[tuple[str, Graph]]:
    sent: list[FromWorker] = []
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):  # the exporters print graphs
        perform(job, sent.append)
    match sent[-1]:
        case EagerFinished(result=result):
            made = (one.graph for one in result.captures if one.graph is not None)
            yield from zip(("eager", "eager:second"), made, strict=False)
        case StaticFinished(result=result):
            if result.capture.graph is not None:
                yield result.capture.id, result.capture.graph
            forms = ((one.name, one.graph or result.capture.graph) for one in result.capture.forms)
            yield from ((f"{result.capture.id}:{name}", graph) for name, graph in forms if graph is not None)
        case _:
            return


if __name__ == "__main__":
    raise SystemExit(main())
