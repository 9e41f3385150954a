"""What torch itself makes of one model file: each capture run on every example, beside eager.

The rules are those of the report: the first example is captured, every example is run; each meets fresh parameters and
a seed of its own, but for files with ``SEQUENCE``, whose one eager model and one captured object see all examples in
order. ONNX outputs are compared as a flat list without None.
"""

from __future__ import annotations

import copy
import dataclasses
import functools
import importlib.util
import inspect
import itertools
import random
import re
import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import onnxruntime
import torch
from torch import nn
from torch.utils import _pytree as pytree

KINDS = ("trace", "script", "export", "onnx", "onnx_ts", "dynamo")
SEED = 1234
MOST_LETTERS = 110
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
QUOTED_PATH = re.compile(r"\S*/(?=\S+\.py)")

Arguments = tuple[Any, ...]
Run = Callable[[Arguments], object]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one capture did.

    ``refused`` is why it could not be made. ``outcomes`` are by example, ``details`` of those that do not agree.
    ``broken`` are the examples on which Dynamo does not get through in one graph. ``lines`` are those of the model file
    that the refusal or the breaks name, ``warned`` those that the tracer warns of.
    """

    refused: str | None = None
    outcomes: Mapping[str, str] = dataclasses.field(default_factory=dict)
    details: Mapping[str, str] = dataclasses.field(default_factory=dict)
    broken: Mapping[str, str] = dataclasses.field(default_factory=dict)
    lines: Sequence[int] = ()
    warned: Sequence[int] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Returned:
    """What a call gave back, and its arguments afterwards."""

    value: object
    arguments: Arguments


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """Why Dynamo returns to Python, and the lines of the model file that it names."""

    reason: str
    lines: Sequence[int]


Result = Returned | Exception


class Case:
    """A model file.

    Parameters
    ----------
    path
        Where it is.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._module = _loaded(path)
        examples: dict[str, Arguments] = self._module.example_inputs()
        self.examples: dict[str, Arguments] = {name: self._positional(one) for name, one in examples.items()}
        self.sequence: bool = getattr(self._module, "SEQUENCE", False)
        self.grad: bool = getattr(self._module, "GRAD", False)

    def model(self) -> nn.Module:
        """Return a new model."""
        return self._module.build_model()

    def _positional(self, example: Arguments) -> Arguments:
        """Return an example's arguments in the order of ``forward``, those by keyword too."""
        match example:
            case (tuple() as arguments, dict() as keywords):
                bound = inspect.signature(self.model().forward).bind(*arguments, **keywords)
                if bound.kwargs:  # one in between is left out
                    bound.apply_defaults()
                return bound.args
            case _:
                return example

    def first(self) -> Arguments:
        """Return a copy of the example that is captured."""
        return copy.deepcopy(next(iter(self.examples.values())))


def measure(path: Path, kind: str) -> Measured:
    """Make one capture and run it on every example."""
    case = Case(path)
    torch.set_num_threads(1)
    with torch.set_grad_enabled(case.grad):
        eager = dict(_results(case, _eager(case)))
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            _seed(0)
            try:
                run = CAPTURES[kind](case)
            except Exception as error:  # noqa: BLE001 - whatever torch raises, it refuses
                return Measured(refused=_told(error), lines=_lines(error, path))
        flat = kind.startswith("onnx")
        details = {name: _difference(eager[name], got, flat=flat) for name, got in _results(case, run)}
        outcomes = {name: said.partition(": ")[0] for name, said in details.items()}
        broken = dict(_breaks(case, outcomes)) if kind == "dynamo" else {}
    return Measured(
        outcomes=outcomes,
        details={name: said.partition(": ")[2] for name, said in details.items() if not said.startswith("agrees")},
        broken={name: one.reason for name, one in broken.items()},
        lines=sorted({line for one in broken.values() for line in one.lines}),
        warned=sorted({one.lineno for one in caught if _is_tracers(one) and _is(path, one.filename)}),
    )


def _is_tracers(one: warnings.WarningMessage) -> bool:
    return one.category.__name__ == "TracerWarning"


def _loaded(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"labelled_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[module.__name__] = module  # dataclasses and torch.jit look a class up by its module
    spec.loader.exec_module(module)
    return module


def _seed(index: int) -> None:
    torch.manual_seed(SEED + index)
    random.seed(SEED + index)
    np.random.seed(SEED + index)  # noqa: NPY002 - what model files draw from


def _results(case: Case, run: Run) -> Iterator[tuple[str, Result]]:
    """Yield what each example gives, in order."""
    _seed(0)
    for index, (name, example) in enumerate(case.examples.items()):
        if not case.sequence:
            _seed(index)
        arguments = copy.deepcopy(example)
        try:
            yield name, Returned(_kept(run(arguments)), arguments)
        except Exception as error:  # noqa: BLE001 - that it raises is the result
            yield name, error


def _eager(case: Case) -> Run:
    return _fresh(case, lambda model: model)


def _fresh(case: Case, wrap: Callable[[nn.Module], Callable[..., object]]) -> Run:
    """Return what wraps a new model for each example, or one for all where the file says so."""
    if case.sequence:
        only = wrap(case.model())
        return lambda arguments: only(*arguments)

    def run(arguments: Arguments) -> object:
        state = torch.get_rng_state()
        called = wrap(case.model())
        torch.set_rng_state(state)  # build_model() seeds for its parameters, not for the call
        return called(*arguments)

    return run


def _restoring(case: Case, captured: nn.Module) -> Run:
    """Return what runs the captured module, with the parameters and buffers of a new model before every example."""
    if case.sequence:
        return lambda arguments: captured(*arguments)
    new = case.model()
    start = {name: tensor.detach().clone() for name, tensor in _tensors(new)}

    def run(arguments: Arguments) -> object:
        with torch.no_grad():
            for name, tensor in _tensors(captured):
                if name in start and start[name].shape == tensor.shape:
                    tensor.copy_(start[name])
        return captured(*arguments)

    return run


def _tensors(module: nn.Module) -> Iterator[tuple[str, torch.Tensor]]:
    return itertools.chain(module.named_parameters(), module.named_buffers())


def _trace(case: Case) -> Run:
    model, arguments = _start(case)
    traced = torch.jit.trace(model, arguments)
    assert isinstance(traced, nn.Module)
    return _restoring(case, traced)


def _script(case: Case) -> Run:
    scripted = torch.jit.script(_start(case)[0])
    assert isinstance(scripted, nn.Module)
    return _restoring(case, scripted)


def _export(case: Case) -> Run:
    model, arguments = _start(case)
    return _restoring(case, torch.export.export(model, arguments).module())


def _onnx(case: Case) -> Run:
    model, arguments = _start(case)
    program = torch.onnx.export(model, (*arguments, {}), dynamo=True, verbose=False)
    assert program is not None
    return _session(program.model_proto.SerializeToString())


def _onnx_ts(case: Case) -> Run:
    model, arguments = _start(case)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "model.onnx")
        torch.onnx.export(model, (*arguments, {}), file, dynamo=False)
        return _session(file.read_bytes())


def _dynamo(case: Case) -> Run:
    torch._dynamo.reset()  # noqa: SLF001 - as its own tests do
    return _fresh(case, functools.partial(torch.compile, backend="eager", dynamic=False))


def _start(case: Case) -> tuple[nn.Module, Arguments]:
    """Return a new model and the example to capture, seeded as eager is."""
    model = case.model()
    arguments = case.first()
    _seed(0)
    return model, arguments


CAPTURES: Mapping[str, Callable[[Case], Run]] = {
    "trace": _trace,
    "script": _script,
    "export": _export,
    "onnx": _onnx,
    "onnx_ts": _onnx_ts,
    "dynamo": _dynamo,
}


def _session(model: bytes) -> Run:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def run(arguments: Arguments) -> object:
        leaves = [one for one in pytree.tree_leaves(arguments) if one is not None]
        tensors = [one for one in leaves if isinstance(one, torch.Tensor)]
        taken = leaves if len(session.get_inputs()) == len(leaves) else tensors  # onnx_ts asks for numbers too
        fed = [torch.as_tensor(one).detach().numpy() for one in taken]
        feed = {to.name: one for to, one in zip(session.get_inputs(), fed, strict=False)}
        return [torch.as_tensor(one) for one in session.run(None, feed)]

    return run


def _breaks(case: Case, outcomes: Mapping[str, str]) -> Iterator[tuple[str, Break]]:
    """Yield where Dynamo does not get through in one graph, of the examples that it and eager return on.

    ``fullgraph=True`` alone does not tell: it implies ``capture_scalar_outputs``, without which ``.item()`` breaks.
    """
    for index, (name, example) in enumerate(case.examples.items()):
        if outcomes[name] == "raises" or not _returns(case, name):
            continue
        models = [_after(case, index), _after(case, index)]
        found = _explained(case, models[0], example) or _refused_whole(case, models[1], example)
        if found:
            yield name, found


def _returns(case: Case, name: str) -> bool:
    """Tell whether eager returns on an example."""
    return not isinstance(dict(_results(case, _eager(case)))[name], Exception)


def _after(case: Case, index: int) -> nn.Module:
    """Return a new model, which has seen the earlier examples where the file is a sequence."""
    model = case.model()
    for earlier in list(case.examples.values())[: index if case.sequence else 0]:
        model(*copy.deepcopy(earlier))
    return model


def _explained(case: Case, model: nn.Module, example: Arguments) -> Break | None:
    """Return what ``torch._dynamo.explain`` has to say of breaks."""
    torch._dynamo.reset()  # noqa: SLF001 - as its own tests do
    torch._dynamo.utils.counters.clear()  # noqa: SLF001
    told = torch._dynamo.explain(model)(*copy.deepcopy(example))  # noqa: SLF001 - documented under this name
    reasons = [one.reason for one in told.break_reasons]
    reasons += torch._dynamo.utils.counters["graph_break"]  # noqa: SLF001 - those of frames that were given up
    if not reasons and not told.graph_count:
        return Break(reason="no graph: the frame was given up", lines=[])
    if not reasons:
        return None
    frames = [
        [one.lineno for one in reason.user_stack if _is(case.path, one.filename)] for reason in told.break_reasons
    ]
    lines = [line for one in frames for line in one[-1:] if line is not None]
    return Break(reason=_short(reasons[0]), lines=lines)


def _refused_whole(case: Case, model: nn.Module, example: Arguments) -> Break | None:
    """Return why there is no single graph, if there is none."""
    torch._dynamo.reset()  # noqa: SLF001 - as its own tests do
    try:
        torch.compile(model, backend="eager", dynamic=False, fullgraph=True)(*copy.deepcopy(example))
    except Exception as error:  # noqa: BLE001 - eager returns, so this is Dynamo's
        return Break(reason=_told(error), lines=_lines(error, case.path))
    return None


def _difference(eager: Result, captured: Result, *, flat: bool) -> str:
    """Return the outcome and, after a colon, what differs."""
    match eager, captured:
        case Exception(), Exception():
            return "agrees"
        case Exception(), Returned():
            return f"returns: eager raises {_told(eager)}"
        case Returned(), Exception():
            return f"raises: {_told(captured)}"
        case Returned(), Returned():
            wanted = [one for one in pytree.tree_leaves(eager.value) if one is not None] if flat else eager.value
            found = _unequal(wanted, captured.value) or _unequal(eager.arguments, captured.arguments, "argument ")
            return f"differs: {found}" if found else "agrees"


def _unequal(wanted: object, got: object, what: str = "") -> str:
    """Return what differs, nothing if nothing does."""
    wanted_leaves, wanted_shape = pytree.tree_flatten(wanted)
    got_leaves, got_shape = pytree.tree_flatten(got)
    if wanted_shape != got_shape:
        return f"{what}structure"
    return next((f"{what}{one}" for one in map(_unequal_leaf, wanted_leaves, got_leaves) if one), "")


def _kept(value: object) -> object:
    """Return a copy that later calls cannot write to."""
    return pytree.tree_map_only(torch.Tensor, lambda one: one.detach().clone(), _plain(value))


def _plain(value: object) -> object:
    """Return a dataclass as what pytree can look into."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return (type(value).__name__, {one.name: getattr(value, one.name) for one in dataclasses.fields(value)})
    return value


def _unequal_leaf(wanted: object, got: object) -> str:
    if not isinstance(wanted, torch.Tensor) and not isinstance(got, torch.Tensor):
        return "" if type(wanted) is type(got) and wanted == got else "value"
    if not isinstance(wanted, torch.Tensor) or not isinstance(got, torch.Tensor):
        return "type"
    if wanted.dtype != got.dtype:
        return f"dtype {wanted.dtype}, {got.dtype}"
    if wanted.shape != got.shape:
        return f"shape {list(wanted.shape)}, {list(got.shape)}"
    try:
        torch.testing.assert_close(got, wanted, equal_nan=True)
    except AssertionError:
        return "value"
    return ""


def _told(error: BaseException) -> str:
    """Return an error's kind and first line, without colours and folders."""
    first = _innermost(error)
    return _short(f"{type(first).__name__}: {first}")


def _short(text: str) -> str:
    return QUOTED_PATH.sub("", " ".join(COLOURS.sub("", text).split()))[:MOST_LETTERS]


def _innermost(error: BaseException) -> BaseException:
    while error.__cause__ is not None:
        error = error.__cause__
    return error


def _lines(error: BaseException, path: Path) -> list[int]:
    """Return the innermost line of the model file that an error was raised at or names, for each error of the chain."""
    found: set[int] = set()
    one: BaseException | None = error
    while one is not None:
        frames = [frame.lineno for frame in traceback.extract_tb(one.__traceback__) if _is(path, frame.filename)]
        text = str(one).partition("is being compiled since it was called from")[0]
        named = re.findall(rf'{re.escape(path.name)}", line (\d+)', text)
        found |= {int(line) for line in (*frames[-1:], *named[-1:]) if line is not None}
        one = one.__cause__
    return sorted(found)


def _is(path: Path, filename: str) -> bool:
    return Path(filename).name == path.name
