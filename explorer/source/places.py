"""Which frames are the user's, how they are named, and where an exception came from."""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import FrameType

from explorer.evidence import Failure
from explorer.graph import Location
from explorer.options import ModelSource
from explorer.source.encoding import as_text, words_of

OWN_FOLDER = str(Path(__file__).resolve().parents[1])

RECORDER_PARTS = (
    "/torch/_dynamo/eval_frame.py",
    "/torch/_compile.py",
    "/torch/_ops.py",
    "/torch/utils/_python_dispatch.py",
    "/torch/utils/_contextlib.py",
    "/torch/utils/_traceback.py",
    "/torch/utils/_device.py",
    "/torch/overrides.py",
    "/torch/_tensor.py",
    "/torch/nn/modules/module.py",
    "/torch/jit/",
    "torch/fx/passes/",
    "code/__torch__/",
    "<string>",
    "<eval_with_key>",
    "<frozen ",
)
"""Frames that belong to the machinery around a call, not to the model or the library code it uses."""

NO_MODELS = frozenset({"torch", "onnx", "onnxscript", "onnx_ir", "onnxruntime", "sympy", "numpy", "networkx"})
"""Packages that make graphs or compute, and hold no models."""

LONGEST_MESSAGE = 2_000
MOST_FILES = 4_096
"""Files of which it is remembered whose they are: it is asked for every frame."""
RESUMED = re.compile(r"^torch_dynamo_resume_in_(.+)_at_\d+$")
ADDRESS = re.compile(r" \(of Python compilation unit at: 0x[0-9a-f]+\)| at 0x[0-9a-f]+")
"""Where in memory something lay: another place in each run."""

ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


PASSING = frozenset({"__torch_function__", "__torch_dispatch__"})
"""Methods of modes and of kinds of tensors that hand every op on: the line that asked for it is further out."""


class AtPlaceError(Exception):
    """The cause of an error whose place in the user's code is known, though nothing in it tells that."""

    def __init__(self, place: Location) -> None:
        super().__init__(f"line {place.line}")
        self.place = place


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Names frames as the user knows them. ``path`` is the model file, ``shown`` its name in reports."""

    path: str
    shown: str
    stored: bool = False
    """True for a stored graph: its frames name files of whoever made it, and all but a library's are the user's."""

    @classmethod
    def of(cls, source: ModelSource) -> Places:
        """Places of one model file."""
        return cls(path=source.path, shown=source.shown, stored=source.stored)

    def is_user(self, file: str) -> bool:
        """Whether ``file`` is the model file or lies beside it, installed packages left out."""
        return _is_user(self, file)

    def name(self, file: str) -> str:
        """Return ``file`` as the user named it; library files from the package's folder on."""
        if file == self.path:
            return self.shown
        if self.is_user(file) and not self.stored:
            inside = Path(file).relative_to(Path(self.path).parent)
            return str(Path(self.shown).parent / inside)
        return re.sub(r"^.*/(?:site-packages|lib/python[\d.]+)/", "", file)

    def real(self, file: str) -> str:
        """Return the path behind a name that :meth:`name` gave for one of the user's files."""
        if file == self.shown or self.stored:
            return self.path if file == self.shown else file
        return str(Path(self.path).parent / Path(file).relative_to(Path(self.shown).parent))

    def location(self, file: str, line: int, function: str, column: int | None = None) -> Location | None:
        """Return the frame as a location; ``None`` for the recorder's and the machinery's own."""
        user = self.is_user(file)
        if not user and _is_machinery(file):
            return None
        user = user and function not in PASSING
        return Location(file=self.name(file), line=line, function=written_name(function), user=user, column=column)

    def stack(self, frames: Iterable[tuple[str, int, str]]) -> tuple[Location, ...]:
        """Return the locations of ``frames``, the machinery's left out, in the order given."""
        found = (self.location(*frame) for frame in frames)
        return tuple(place for place in found if place is not None)

    def caller(self, frame: FrameType | None) -> Location | None:
        """Return the innermost frame from ``frame`` outwards that is not machinery."""
        while frame is not None:
            place = self.location(frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name)
            if place is not None:
                return place
            frame = frame.f_back
        return None

    def failure(self, error: BaseException, reason: str, *, hint: str = "") -> Failure:
        """Say why ``error`` happened and at which of the user's lines."""
        place = self.of_error(error)
        return Failure(
            reason=as_text(reason),
            file=place.file if place else None,
            line=place.line if place else None,
            function=(place.function or None) if place else None,
            message=self.clean(words_of(error)),
            hint=hint,
            error=type(error).__name__,
        )

    def of_error(self, error: BaseException) -> Location | None:
        """Return the user's line that ``error`` came from: by its traceback, its causes', or its text.

        Where none of them names one, the line of the library that the model is made of.
        """
        known = next((one.place for one in chain_of(error) if isinstance(one, AtPlaceError)), None)
        if known is not None:
            return known
        stacks = [(one, self._frames(one)) for one in chain_of(error)]
        for one, frames in stacks:
            user = [place for place in frames if place.user]
            if user:
                named = self.in_text(words_of(one))
                told = user[0].function in {"build_model", "<module>"} or is_of_dynamo(one)
                return named if named and told else user[0]
        named = next((found for one in chain_of(error) if (found := self.in_text(words_of(one)))), None)
        if named is not None:
            return named
        ran = (place for _, frames in stacks for place in frames if is_of_a_model(place.file))
        told = (self._library_in_text(words_of(one)) for one in chain_of(error) if is_of_dynamo(one))
        return next(ran, None) or next((place for place in told if place is not None), None)

    def _frames(self, error: BaseException) -> tuple[Location, ...]:
        """Return the places that ``error`` went through, the innermost first."""
        frames = [(f.filename, f.lineno or 0, f.name) for f in traceback.extract_tb(error.__traceback__)]
        return self.stack(reversed(frames))

    def in_text(self, text: str) -> Location | None:
        """Return the last of the user's places that a producer's message names."""
        return next(iter(reversed(tuple(self.all_in_text(text)))), None)

    def _library_in_text(self, text: str) -> Location | None:
        """Return the last place that a message names of the library that the model is made of."""
        return next((one for one in reversed(tuple(self._all_in_text(text))) if is_of_a_model(one.file)), None)

    def all_in_text(self, text: str) -> Iterator[Location]:
        """Yield the user's places in ``text``, in order: ``File "x.py", line 3, in f`` or ``x.py:3``."""
        return (one for one in self._all_in_text(text) if one.user)

    def _all_in_text(self, text: str) -> Iterator[Location]:
        # The model's own folder first: its path may hold spaces, where any other ends at one.
        bare = rf"{re.escape(str(Path(self.path).parent))}/[^\n\"']*?\.py|[^\s\"'(]+\.py"
        pattern = rf'File "(?P<a>[^"\n]+)", line (?P<b>\d+)(?:, in (?P<c>\S+))?|(?P<d>{bare})[:(](?P<e>\d+)'
        for match in re.finditer(pattern, ANSI.sub("", text)):
            file, line = match["a"] or match["d"], int(match["b"] or match["e"])
            function = written_name(match["c"] or "")
            yield Location(file=self.name(file), line=line, function=function, user=self.is_user(file))

    def clean(self, text: str) -> str:
        """Return a producer's message without terminal colours, addresses and machine paths, cut to what is read."""
        text = ADDRESS.sub("", ANSI.sub("", as_text(text))).replace(self.path, self.shown)
        beside = Path(self.shown).parent
        text = text.replace(f"{Path(self.path).parent}/", "" if beside == Path() else f"{beside}/")
        text = re.sub(r"/\S*?/(?:site-packages|lib/python[\d.]+(?:/site-packages)?)/", "", text).strip()
        return text if len(text) <= LONGEST_MESSAGE else text[:LONGEST_MESSAGE] + " …"


@lru_cache(MOST_FILES)
def _is_user(places: Places, file: str) -> bool:
    if file == places.path:
        return True
    if "/site-packages/" in file or "/lib/python" in file:
        return False
    if places.stored:
        return not _is_machinery(file)
    return file.startswith(f"{Path(places.path).parent}/") and not file.startswith(f"{OWN_FOLDER}/")


@lru_cache(MOST_FILES)
def _is_machinery(file: str) -> bool:
    return file.startswith(OWN_FOLDER) or any(part in file for part in RECORDER_PARTS)


def written_name(function: str) -> str:
    """Return the name that the user gave to a function of which Dynamo runs the rest.

    Examples
    --------
    >>> written_name("torch_dynamo_resume_in_forward_at_18")
    'forward'
    """
    return RESUMED.sub(r"\1", function)


def chain_of(error: BaseException) -> Iterator[BaseException]:
    """Yield ``error`` and what caused it, the innermost cause first."""
    chain: list[BaseException] = []
    one: BaseException | None = error
    while one is not None and one not in chain:
        chain.append(one)
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    yield from reversed(chain)


def is_of_dynamo(error: BaseException) -> bool:
    """Whether Dynamo raised ``error``: it runs no frames of the user's, its message names them."""
    return type(error).__module__.startswith("torch._dynamo")


def is_of_a_model(file: str) -> bool:
    """Whether a library's file, as :meth:`Places.name` names it, may hold a model, and is no producer's of graphs.

    Examples
    --------
    >>> is_of_a_model("torch/nn/modules/rnn.py"), is_of_a_model("torch/export/_trace.py")
    (True, False)
    """
    if file.startswith(("torch/nn/", "torch/ao/nn/")):
        return True
    return (
        "/" in file
        and not file.startswith(("/", "<"))
        and file.partition("/")[0] not in NO_MODELS | sys.stdlib_module_names
    )
