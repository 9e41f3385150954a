"""Eager on every example, recorded; then again to see whether it is steady, and with torch's own control flow.

While eager is recorded, Python stands in for ``torch.cond`` and the like, see :mod:`explorer.capture.control_flow`.
Where torch refuses what Python runs, all is recorded again and raises where torch raises.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import torch
from torch import nn

from explorer.capture.control_flow import MOST_COMPILED, Calls, Refused, counted_control_flow
from explorer.capture.escapes import Escapes
from explorer.capture.observe import Observed, observe
from explorer.capture.randomness import watched_randomness
from explorer.capture.tensors import readable
from explorer.evidence import EagerRun, Escape, Example, Replay
from explorer.messages import Doing, EagerJob, ExamplesRead
from explorer.source.load import LoadedModel, load, seed_everything, seed_python
from explorer.source.memory import copied
from explorer.source.places import Places
from explorer.verify.attempt import Emit
from explorer.verify.compare import same
from explorer.verify.outcomes import Answer, answered, call

ANOTHER_RESULT = "torch's own control flow gives another result than the Python that stands in for it"

Run = tuple[str, bool]
"""An example, and whether gradients were enabled."""

Due = dict[Run, Mapping[int, Refused]]
"""The calls at which torch raises, by their number in a run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EagerRuns:
    """What was seen of all examples."""

    examples: tuple[Example, ...]
    observed: tuple[Observed, ...]
    sequence: bool


def observed_examples(job: EagerJob, emit: Emit) -> EagerRuns:
    """Run the model on every example and return what was seen."""
    due: Due = {}
    examples: tuple[Example, ...] = ()
    while True:
        escapes = Escapes(Places.of(job.source))
        with watched_randomness(escapes), counted_control_flow(plain=True) as calls:
            emit(Doing(what="loading the model file", stage="loading"))
            recording = _Recording(_load(job), escapes, calls, due, emit)
            if not examples:
                emit(Doing(what="building the model", stage="loading"))
                examples = _examples(recording.loaded)
                emit(ExamplesRead(examples=examples))
            observed = recording.observed()
        own = _own_runs(job, observed, recording, emit)
        found = {run: one.refused for run, one in own.items() if one.differs(recording.met[run])}
        if not found:
            return EagerRuns(
                examples=examples,
                observed=tuple(_beside(one, own.get(_run_of(one))) for one in observed),
                sequence=recording.loaded.sequence,
            )
        due |= found
        recording.loaded.outliving.restore()


def _load(job: EagerJob) -> LoadedModel:
    return load(job.source, seed=job.options.seed, without=job.without)


def _examples(loaded: LoadedModel) -> tuple[Example, ...]:
    model = loaded.build()
    return tuple(Example(name=name, arguments=readable(model, given)) for name, given in loaded.examples.items())


def _run_of(one: Observed) -> Run:
    return one.run.example, one.run.grad


@dataclass
class _Recording:
    """Records all examples once."""

    loaded: LoadedModel
    escapes: Escapes
    calls: Calls
    due: Due
    emit: Emit
    met: dict[Run, dict[int, Refused]] = field(default_factory=dict[Run, "dict[int, Refused]"])
    """The runs in which Python stood in for torch's functions, each with what it raised there."""

    def observed(self) -> list[Observed]:
        """Observe each example, then run all again to see whether the model is deterministic.

        What raises with gradients is observed without, as outcomes are compared, and kept if it does not raise then.
        """
        names = list(self.loaded.examples)
        observed = list(self._observed(names, grad=True))
        if not self.loaded.grad and (raised := [one.run.example for one in observed if one.run.raised]):
            again = list(self._observed(names if self.loaded.sequence else raised, grad=False))
            runs = {one.run.example: one for one in again if not one.run.raised}
            if self.loaded.sequence:  # one model sees all: they are of one kind
                observed = again if set(raised) & runs.keys() else observed
            else:
                observed = [runs.get(one.run.example, one) for one in observed]
        return list(self._again(observed))

    def _observed(self, names: list[str], *, grad: bool) -> Iterator[Observed]:
        """Observe the examples of ``names``, each with gradients or without."""
        for name, model in self._models(names, "running eager on"):
            self.calls.start(self.due.get((name, grad)))
            one = observe(self.loaded, name, model, self.loaded.examples[name].fresh(), self.escapes, grad=grad)
            if self.calls.met:
                self.met[name, grad] = self.calls.refused
            yield replace(one, result=copied(one.result))  # the next run may write to a buffer that it returned

    def _again(self, observed: list[Observed]) -> Iterator[Observed]:
        """Run all again, and what draws from Python or NumPy a third time with other numbers from there."""
        again: dict[str, object] = {}
        steady: list[bool] = []
        drawing = [one.run for one in observed if _draws(one.run)]
        if drawing and self.loaded.sequence:
            drawing = [one.run for one in observed]
        third = {run.example for run in drawing}
        models = self._models([one.run.example for one in observed], "running eager again on")
        for one, (name, model) in zip(observed, models, strict=True):
            self.calls.start(self.due.get(_run_of(one)))
            result, error = call(model, self.loaded.examples[name].fresh(), grad=one.run.grad)
            steady.append(bool(error) == bool(one.run.raised) and (error is not None or same(one.result, result)))
            if name in third and error is None:
                again[name] = copied(result)
        idle = set(self._idle(drawing, again))
        for one, known in zip(observed, steady, strict=True):
            yield replace(one, run=replace(one.run, deterministic=known, draws_idle=one.run.example in idle))

    def _idle(self, drawing: list[EagerRun], again: Mapping[str, object]) -> Iterator[str]:
        """Yield the examples on which the same comes out as ``again`` with the numbers that the first one draws.

        These are what a capture meets; the first one draws others. What a sequence draws from a generator of its own
        goes on from call to call, and stays as it is.
        """
        seed, positions = self.loaded.seed, {name: place for place, name in enumerate(self.loaded.examples)}
        models = self._models([run.example for run in drawing], "running eager with other random numbers on")
        for run, (name, model) in zip(drawing, models, strict=True):
            self.calls.start(self.due.get((name, run.grad)))
            seed_python(seed if positions[name] else seed + len(positions))
            result, error = call(model, self.loaded.examples[name].fresh(), grad=run.grad)
            drawn = [one for one in run.escapes if one.source == "random"]
            known = bool(drawn) and (not self.loaded.sequence or all(map(_is_of_module, drawn)))
            if known and error is None and name in again and same(again[name], result):
                yield name

    def _models(self, names: list[str], doing: str) -> Iterator[tuple[str, nn.Module]]:
        yield from _models(self.loaded, names, doing, self.emit)


def _draws(run: EagerRun) -> bool:
    """Whether a run has drawn a number that is no op's."""
    return any(one.source == "random" for one in run.escapes)


def _is_of_module(escape: Escape) -> bool:
    """Whether a number was drawn from the one generator that Python, or NumPy, has for all."""
    return escape.how.startswith(("random.", "numpy.random."))


def _models(loaded: LoadedModel, names: list[str], doing: str, emit: Emit) -> Iterator[tuple[str, nn.Module]]:
    """Yield what each example meets, with its seed set: a fresh model, or in a sequence the one that all meet."""
    kept = loaded.build() if loaded.sequence else None
    positions = {name: position for position, name in enumerate(loaded.examples)}
    for name in names:
        emit(Doing(what=f"{doing} {name}", stage="running", name=name))
        model = loaded.build() if kept is None else kept
        seed_everything(loaded.seed + positions[name])
        yield name, model


@dataclass(frozen=True, slots=True, kw_only=True)
class _Own:
    """What a run with torch's own functions gave."""

    answer: Answer
    refused: Mapping[int, Refused]
    calls: int

    def differs(self, recorded: Mapping[int, Refused]) -> bool:
        """Whether torch raised at other calls, or something else, than was ``recorded``."""
        return bool(self.refused) and _said(self.refused) != _said(recorded)


def _said(refused: Mapping[int, Refused]) -> dict[int, str]:
    return {number: f"{type(one.error).__name__}: {one.error}" for number, one in refused.items()}


def _own_runs(job: EagerJob, observed: list[Observed], recording: _Recording, emit: Emit) -> dict[Run, _Own]:
    """Run the examples with torch's own functions where Python stood in for some and what is due is not yet known."""
    runs = [_run_of(one) for one in observed]
    unknown = {run for run in runs if run in recording.met and run not in recording.due}
    if not unknown:
        return {}
    found: dict[Run, _Own] = {}
    with counted_control_flow(plain=False) as calls:
        loaded = _load(job)
        asked = {name: grad for name, grad in runs if loaded.sequence or (name, grad) in unknown}
        for name, model in _models(loaded, list(asked), "running eager with torch's own control flow on", emit):
            calls.start()
            answer = answered(model, loaded.examples[name], grad=asked[name])
            found[name, asked[name]] = _Own(answer=answer, refused=calls.refused, calls=calls.met)
    torch._dynamo.reset()  # noqa: SLF001 - that is its public name
    return {run: one for run, one in found.items() if run in unknown}


def _beside(one: Observed, own: _Own | None) -> Observed:
    """Return the run with what is to be said of it beside one with torch's own functions."""
    if own is None:
        return one
    capture = one.capture
    if own.calls > MOST_COMPILED:
        said = (
            f"Of {own.calls} calls of torch.cond and the like, the first {MOST_COMPILED} were tried as torch runs them."
        )
        capture = replace(capture, note=f"{capture.note} {said}".strip())
    other = own.answer.error is not None or not same(one.result, own.answer.result)
    if other and one.run.deterministic and not one.run.raised:
        capture = replace(capture, replay=Replay(exact=False, reason=ANOTHER_RESULT))
    return replace(one, capture=capture)
