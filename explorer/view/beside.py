"""The files beside a model that a reader hands in: each is run on the model's examples and compared with it.

NOTE: each file stands for itself. One that cannot be taken is told, and the others are run all the same: what the page
shows of them does not hang on a file that has nothing to do with them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from explorer.api import check_others
from explorer.errors import ExplorerError, SourceError, UsageError
from explorer.options import ModelSource
from explorer.sandbox.pool import Containment
from explorer.view.handing_in import digest_of, from_upload, shown_name
from explorer.view.trusting import check_trusted, trust_in

LARGEST_FILE = 20_000_000
"""Bytes of one file: a stored graph holds its parameters."""
MOST_FILES = 8
"""Each of them is run on every example whenever the model is compared anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedIn:
    """A file as its reader handed it in, and whether he says that he trusts it."""

    name: str
    content: bytes
    trusted: bool = False

    @property
    def shown(self) -> str:
        """What the page calls it."""
        return called(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The files that are run beside a model, and why the first of the others is not."""

    sources: tuple[ModelSource, ...]
    error: ExplorerError | None = None


def called(name: str) -> str:
    """Return what the page calls a file of that name: with a colon it would be the name of a capture."""
    return shown_name(name).replace(":", "_")


def taken(
    files: Sequence[HandedIn],
    source: ModelSource,
    known: Sequence[ModelSource],
    *,
    held: Containment,
    folder: Path,
    resumed: Sequence[ModelSource] = (),
) -> Taken:
    """Return which of ``files`` are run beside ``source``, in their order, after those that a reload has ``resumed``.

    Those that were ``known`` stay as they are, others are written to ``folder``. ``held`` is what a worker is held to:
    where that is little, a file has to be trusted.
    """
    sources: list[ModelSource] = list(resumed)
    errors: list[ExplorerError] = []
    there = {(one.shown, one.digest): one for one in known}
    for at, file in enumerate(files):
        try:
            _check(file, held, before=len(sources))
            one = there.get((file.shown, digest_of(file.content))) or _written(file, folder / str(at))
            check_others(source, [*sources, one])
        except ExplorerError as error:
            errors.append(error)
        else:
            sources.append(one)
    return Taken(sources=tuple(sources), error=errors[0] if errors else None)


def _check(file: HandedIn, held: Containment, *, before: int) -> None:
    """Refuse what is not trusted, too large, or one too many."""
    check_trusted(held, trusted=file.trusted, shown=file.shown, tick=trust_in(file.shown))
    if len(file.content) > LARGEST_FILE:
        message = f"The file is larger than {LARGEST_FILE // 1_000_000} MB."
        hint = "Hand in a smaller one; the command line takes files of any size."
        raise SourceError(message, file=file.shown, hint=hint)
    if before == MOST_FILES:
        message = f"There are {MOST_FILES} files beside the model already."
        raise UsageError(message, file=file.shown, hint="Take one of them away first.")


def _written(file: HandedIn, folder: Path) -> ModelSource:
    folder.mkdir()  # of its own: two names may be one once they are harmless
    return from_upload(file.shown, file.content, folder)
