"""Load a model file, in the worker: its model, its examples and its flags."""

from __future__ import annotations

import ast
import importlib.util
import inspect
import math
import random
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch
from torch import nn

from explorer.errors import SourceError, UsageError
from explorer.options import ModelSource
from explorer.source.arranging import arranged
from explorer.source.encoding import as_text, words_of
from explorer.source.find import CONVENTION
from explorer.source.inputs import FileSpec, LiteralSpec, TensorSpec, parse_arguments
from explorer.source.memory import copied, reraise_want_of_memory
from explorer.source.outliving import Outliving
from explorer.source.places import Places
from explorer.source.refused import help_against
from explorer.source.tensor_files import arguments_in

MODULE_NAME = "explored_model"

CORRECT = "Correct this line, or run the file with Python to see the whole traceback."
ALONE = "An uploaded file stands alone: on the command line (python -m explorer compare) files beside it are found."

NO_INPUTS = (
    "Define example_inputs() -> dict of name to a tuple of arguments, or give one as NAME=SPEC, such as "
    "x=f32[1,3,8,8]: by --input, or in the page under “Examples”."
)

DTYPES: Mapping[str, torch.dtype] = {
    "bool": torch.bool, "u8": torch.uint8, "u16": torch.uint16, "u32": torch.uint32, "u64": torch.uint64,
    "i8": torch.int8, "i16": torch.int16, "i32": torch.int32, "i64": torch.int64,
    "f8e4m3fn": torch.float8_e4m3fn, "f8e4m3fnuz": torch.float8_e4m3fnuz, "f8e5m2": torch.float8_e5m2,
    "f8e5m2fnuz": torch.float8_e5m2fnuz, "f8e8m0fnu": torch.float8_e8m0fnu, "f16": torch.float16,
    "bf16": torch.bfloat16, "f32": torch.float32, "f64": torch.float64, "c64": torch.complex64,
    "c128": torch.complex128,
}  # fmt: skip
DTYPE_NAMES: Mapping[torch.dtype, str] = {dtype: name for name, dtype in DTYPES.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """Positional and keyword arguments of one call."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def fresh(self) -> Arguments:
        """Return a copy that no run on this one's arguments can be told by, see :func:`copied`."""
        args, kwargs = copied((self.args, self.kwargs))
        return Arguments(args=args, kwargs=kwargs)


@dataclass(frozen=True, kw_only=True)
class LoadedModel:
    """A model file that has been run: a factory and its examples."""

    source: ModelSource
    places: Places
    module: ModuleType
    factory: Callable[[], object]
    examples: Mapping[str, Arguments]
    sequence: bool
    grad: bool
    seed: int
    outliving: Outliving
    """What the user's files held before the first model was made."""

    def build(self) -> nn.Module:
        """Return the model with the parameters that the seed gives, and the user's files hold what they held at first.

        Raises
        ------
        SourceError
            The factory raises, or returns something else than a module.
        """
        self.outliving.restore()
        seed_everything(self.seed)
        try:
            model = self.factory()
        except Exception as error:
            hint = _hint(error, self.source)
            raise as_source_error(error, self.places, "Building the model fails", hint=hint) from error
        if not isinstance(model, nn.Module):
            message = f"build_model() returns {type(model).__name__}, not a torch.nn.Module."
            raise SourceError(message, file=self.source.shown, line=_line_of(self.factory), hint=CONVENTION)
        return model


def seed_everything(seed: int) -> None:
    """Seed torch, Python's random and NumPy's legacy generator."""
    torch.manual_seed(seed)
    seed_python(seed)


def seed_python(seed: int) -> None:
    """Seed Python's random and NumPy's legacy generator, and leave torch's as it is."""
    random.seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002 - user code that draws at random uses the global one


def load(source: ModelSource, *, seed: int, without: Sequence[str] = ()) -> LoadedModel:
    """Run the model file and return what it defines, the examples ``without`` left out.

    Raises
    ------
    SourceError
        The file raises while it is imported, or does not follow the convention.
    """
    places = Places.of(source)
    module = _import(source, places, seed)
    factory = _factory(module, source)
    own = _own_examples(module, source, places, seed)
    given = specified_examples(source, seed)
    if not own and not given:
        raise SourceError("There are no inputs to run the model on.", file=source.shown, hint=NO_INPUTS)
    loaded = LoadedModel(
        source=source,
        places=places,
        module=module,
        factory=factory,
        examples={},
        sequence=bool(getattr(module, "SEQUENCE", False)),
        grad=bool(getattr(module, "GRAD", False)),
        seed=seed,
        outliving=Outliving.of(module, places),
    )
    if any(one.kwargs for one in given.values()):  # else there is no need to know what the model takes
        given = called_alike(given, own, _parameters(loaded.build()))
    every = arranged({**own, **given}, source)
    return replace(loaded, examples={name: one for name, one in every.items() if name not in without})


def as_source_error(error: BaseException, places: Places, doing: str, *, hint: str = CORRECT) -> SourceError:
    """Return ``error``, raised by the user's code, as an error that names file and line."""
    reraise_want_of_memory(error)
    place = places.of_error(error)
    text = f"{type(error).__name__}: {words}" if (words := words_of(error)) else type(error).__name__
    return SourceError(
        f"{doing}: {places.clean(text)}".rstrip(".") + ".",
        file=place.file if place else places.shown,
        line=place.line if place else None,
        hint=hint,
    )


def _import(source: ModelSource, places: Places, seed: int) -> ModuleType:
    spec = importlib.util.spec_from_file_location(MODULE_NAME, source.path)
    if spec is None or spec.loader is None:
        raise SourceError("The file is not Python code.", file=source.shown, hint=CONVENTION)
    module = importlib.util.module_from_spec(spec)
    sys.modules[MODULE_NAME] = module  # dataclasses, pickle and torch.jit.script look the module up
    _forgotten_by_dynamo()
    sys.path.insert(0, str(Path(source.path).parent))
    seed_everything(seed)
    try:
        spec.loader.exec_module(module)
    except SystemExit as error:
        place = places.of_error(error)
        message = "The file ends the program while it is imported."
        hint = "Guard such code by if __name__ == '__main__'."
        line = place.line if place else None
        raise SourceError(message, file=source.shown, line=line, hint=hint) from error
    except Exception as error:
        raise as_source_error(error, places, "Importing the file fails", hint=_hint(error, source)) from error
    return module


def _hint(error: BaseException, source: ModelSource) -> str:
    """Return what helps against an error of the user's code: a file that was handed in has no others beside it."""
    if source.alone and isinstance(error, ModuleNotFoundError):
        return ALONE
    return help_against(error, alone=source.alone) or CORRECT


def _forgotten_by_dynamo() -> None:
    """Let Dynamo, which keeps the first module that it met of a name, look up the one that is loaded now."""
    dynamo: Any = sys.modules.get("torch._dynamo.symbolic_convert")
    if dynamo is None:
        return
    dynamo._import_module.cache_clear()  # noqa: SLF001 - it has no public way
    for name, module in list(sys.modules.items()):
        if name.startswith("torch._higher_order_ops"):
            vars(module).pop(f"__import_{MODULE_NAME}", None)


def _factory(module: ModuleType, source: ModelSource) -> Callable[[], object]:
    if source.target is not None:
        found = getattr(module, source.target, None)
        if not callable(found):
            message = f"{source.target!r} is not a class or a function."
            raise SourceError(message, file=source.shown, hint=CONVENTION)
        return found
    if callable(build := getattr(module, "build_model", None)):
        return build
    return _only_candidate(module, source)


def _only_candidate(module: ModuleType, source: ModelSource) -> Callable[[], object]:
    own = [thing for thing in vars(module).values() if getattr(thing, "__module__", "") == MODULE_NAME]
    classes = [thing for thing in own if isinstance(thing, type) and issubclass(thing, nn.Module)]
    if len(classes) == 1:
        return classes[0]
    factories = [thing for thing in own if inspect.isfunction(thing) and not inspect.signature(thing).parameters]
    factories = [thing for thing in factories if thing.__name__ != "example_inputs"]
    if not classes and len(factories) == 1:
        return factories[0]
    if not classes and not factories:
        message = "The file holds no model: no build_model(), no nn.Module class, no factory."
        raise SourceError(message, file=source.shown, line=1, hint=CONVENTION)
    names = ", ".join(thing.__name__ for thing in (classes or factories))
    message = f"The file holds more than one model: {names}."
    hint = f"Name one, as in {source.shown}:{(classes or factories)[-1].__name__}, or define build_model()."
    raise SourceError(message, file=source.shown, hint=hint)


def _own_examples(module: ModuleType, source: ModelSource, places: Places, seed: int) -> dict[str, Arguments]:
    make = getattr(module, "example_inputs", None)
    if not callable(make):
        return {}
    seed_everything(seed)
    try:
        given = make()
    except Exception as error:
        hint = _hint(error, source)
        raise as_source_error(error, places, "Making the example inputs fails", hint=hint) from error
    return _checked(given, source, _line_of(make))


def specified_examples(source: ModelSource, seed: int) -> dict[str, Arguments]:
    """Return the examples that the source's own specifications ask for, such as those of ``--input``.

    What is removed is not made: it may be what cannot be.
    """
    examples: dict[str, Arguments] = {}
    for name, spec in source.inputs:
        if name not in source.arranged.removed:
            seed_everything(seed)
            examples[name] = _specified(name, spec, source)
    return examples


def _specified(name: str, spec: str, source: ModelSource) -> Arguments:
    handed = {one.name: one.path for one in source.files}
    args: list[object] = []
    kwargs: dict[str, Any] = {}
    for one in parse_arguments(spec):
        if isinstance(one, FileSpec):
            held, named = arguments_in(name, Path(handed.get(one.path, one.path)), shown=one.path)
            args += held
            kwargs |= named
        else:
            args.append(_made(name, one))
    return Arguments(args=tuple(args), kwargs=kwargs)


def called_alike(
    given: Mapping[str, Arguments], own: Mapping[str, Arguments], parameters: Sequence[str]
) -> dict[str, Arguments]:
    """Return ``given`` with named arguments at their places among ``parameters``: a traced graph takes no names.

    A name stays one where the first of the source's ``own`` examples gives it by its name, too.
    """
    first = next(iter(own.values()), None)
    by_name = first.kwargs.keys() if first is not None else ()
    found: dict[str, Arguments] = {}
    for name, one in given.items():
        args, kwargs = list(one.args), dict(one.kwargs)
        for parameter in parameters[len(args) :]:
            if parameter in by_name or parameter not in kwargs:
                break
            args.append(kwargs.pop(parameter))
        found[name] = Arguments(args=tuple(args), kwargs=kwargs)
    return found


def _parameters(model: nn.Module) -> tuple[str, ...]:
    """Return the names of what ``model`` takes by position; none where that cannot be told."""
    try:
        found = inspect.signature(model.forward).parameters.values()
    except (TypeError, ValueError):
        return ()
    return tuple(one.name for one in found if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD))


def _checked(given: object, source: ModelSource, line: int | None) -> dict[str, Arguments]:
    hint = "Return a dict: name -> tuple of positional arguments, or (args, kwargs)."
    if not isinstance(given, dict):
        message = f"example_inputs() returns {type(given).__name__}, not a dict."
        raise SourceError(message, file=source.shown, line=line, hint=hint)
    examples: dict[str, Arguments] = {}
    for name, value in given.items():
        if isinstance(value, torch.Tensor):
            value = (value,)  # noqa: PLW2901 - one tensor means one argument
        if not isinstance(value, tuple):
            message = f"The example {name!r} is {type(value).__name__}, not a tuple of arguments."
            raise SourceError(message, file=source.shown, line=line, hint=hint)
        examples[as_text(str(name))] = _arguments(value)
    return examples


def _arguments(value: tuple[Any, ...]) -> Arguments:
    if len(value) == 2 and isinstance(value[0], tuple) and isinstance(value[1], dict):  # noqa: PLR2004
        return Arguments(args=value[0], kwargs=value[1])
    return Arguments(args=value, kwargs={})


def _made(name: str, spec: TensorSpec | LiteralSpec) -> object:
    """Return one argument of the input ``name``."""
    match spec:
        case TensorSpec():
            try:
                return _random(spec)
            except (RuntimeError, TypeError, ValueError, OverflowError, MemoryError) as error:
                size = math.prod(spec.shape) * DTYPES[spec.dtype].itemsize
                message = f"The input {name!r} cannot be made: its tensor would take {size:,} bytes."
                raise UsageError(message, hint="Give smaller sizes, or raise --memory-limit.") from error
        case LiteralSpec(text=text):
            return ast.literal_eval(text)


def _random(spec: TensorSpec) -> torch.Tensor:
    dtype = DTYPES[spec.dtype]
    drawn_by = None if spec.seed is None else torch.Generator().manual_seed(spec.seed)
    if dtype.is_floating_point and spec.low is not None and spec.bound is not None:
        evenly = torch.rand(spec.shape, dtype=torch.float64, generator=drawn_by)
        return (spec.low + (spec.bound - spec.low) * evenly).to(dtype)
    bound = int(spec.bound or (2 if dtype is torch.bool else 100))
    return random_tensor(dtype, spec.shape, bound, low=int(spec.low or 0), drawn_by=drawn_by)


def random_tensor(
    dtype: torch.dtype, shape: Sequence[int], bound: int, *, low: int = 0, drawn_by: torch.Generator | None = None
) -> torch.Tensor:
    """Return normal values for floats, integers from ``low`` up to ``bound`` for integers."""
    if dtype.is_complex:
        return torch.randn(shape, dtype=dtype, generator=drawn_by)
    if dtype.is_floating_point:
        drawn = dtype if dtype.itemsize > 1 else torch.float32  # torch draws no floats of eight bits
        return torch.randn(shape, dtype=drawn, generator=drawn_by).to(dtype)
    return torch.randint(low, bound, tuple(shape), generator=drawn_by).to(dtype)


def _line_of(thing: object) -> int | None:
    code = getattr(thing, "__code__", None)
    return code.co_firstlineno if code else None
