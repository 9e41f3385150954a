"""The examples of what is shown, as they are listed and changed in the page: which is captured, names, more of them.

NOTE: an example is known by its own name, which the model file gives it, whatever it is called now; one that was added
has the name of its specification. So one that was added may not take the own name of one of the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from explorer.errors import UsageError
from explorer.options import Arrangement, ModelSource, TensorFile
from explorer.report.schema import Report
from explorer.source.inputs import FileSpec, parse_arguments
from explorer.view.handing_in import LONGEST_EXAMPLE, of_class, tensor_file, written_examples

MOST_TENSORS = 50_000_000
"""Bytes of all files of one source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What was learned of a model's own examples: their arguments by their own names."""

    arguments: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    ordered: bool = False
    """Whether their order is that of the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One example of the list."""

    own: str
    name: str
    compared: bool = True
    said: str = ""
    """Its arguments in a few words, as far as they are known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a reader asks for: the rows as he left them, the one to capture by its own name, and what he adds."""

    rows: Sequence[Row] = ()
    captured: str | None = None
    added: str = ""
    """Further examples, one to a line."""
    files: Sequence[tuple[str, bytes]] = ()
    target: str = ""


def learned(known: Known, source: ModelSource, report: Report) -> Known:
    """Return what is known after a report on ``source``."""
    added = {name for name, _ in source.inputs}
    own = {new: old for old, new in source.arranged.renamed}
    said = {own.get(one.name, one.name): one.arguments for one in report.inputs if one.name not in added}
    whole = source.arranged.first is None and not source.arranged.removed
    if not said or known.ordered:
        return known if not said else replace(known, arguments={**known.arguments, **said})
    rest = {name: one for name, one in known.arguments.items() if name not in said}
    return Known(arguments={**said, **rest} if whole else {**known.arguments, **said}, ordered=whole)


def rows_of(source: ModelSource, known: Known) -> tuple[Row, ...]:
    """Return the list of examples: the model's own, then those that were added, in their order."""
    wanted, added = source.arranged, dict(source.inputs)
    called = dict(wanted.renamed)
    names = dict.fromkeys((*known.arguments, *(name for name in wanted.removed if name not in added), *added))
    return tuple(
        Row(
            own=name,
            name=called.get(name, name),
            compared=name not in wanted.removed,
            said=added.get(name) or ", ".join(known.arguments.get(name, ())),
        )
        for name in names
    )


def captured_of(source: ModelSource, rows: Sequence[Row]) -> Row | None:
    """Return the row of the example that is captured."""
    compared = [row for row in rows if row.compared]
    return next((row for row in compared if row.own == source.arranged.first), next(iter(compared), None))


def wished(source: ModelSource, known: Known, wish: Wish, *, folder: Path | None = None) -> ModelSource:
    """Return ``source`` with the examples that are wished for; files of tensors are written to ``folder``.

    Raises
    ------
    UsageError
        A name is missing or there twice, none is left, or what is added is no example or no file of tensors.
    SourceError
        The file has no class or function of the name that is asked for.
    """
    handed = [tensor_file(name, content, folder) for name, content in wish.files if folder is not None]
    files = _files(source, handed)
    more = _added(source, wish, handed, files)
    called: dict[str, str] = {}
    for row, before in zip(wish.rows, rows_of(source, known), strict=True):
        called[row.own] = row.name.strip() if row.compared else before.name
        if called[row.own] != before.name:
            _check_name(row)
    _check_apart(source, wish, called, more)
    inputs = (*((called.get(name, name), spec) for name, spec in source.inputs), *more)
    used = _named_files(inputs)
    return replace(
        of_class(source, wish.target.strip()),
        inputs=inputs,
        files=tuple(one for one in files if one.name in used),
        arranged=_arrangement(source, known, wish, called),
        adds=source.stored and bool(inputs),
    )


def as_before(source: ModelSource, before: ModelSource | None) -> ModelSource:
    """Return ``source``, an edit of ``before``, with the examples that were asked for of that."""
    if before is None or before.stored:
        return source
    return replace(source, inputs=before.inputs, files=before.files, arranged=before.arranged)


def _arrangement(source: ModelSource, known: Known, wish: Wish, called: Mapping[str, str]) -> Arrangement:
    added = {name for name, _ in source.inputs}
    current = {row.own: called[row.own] if row.own in added else row.own for row in wish.rows}
    kept = tuple(pair for pair in source.arranged.renamed if pair[0] not in called)
    new = tuple((own, name) for own, name in called.items() if own not in added and name and name != own)
    first = _first(source, known, wish)
    return Arrangement(
        first=current.get(first, first) if first is not None else None,
        removed=tuple(current[row.own] for row in wish.rows if not row.compared),
        renamed=(*kept, *new),
    )


def _first(source: ModelSource, known: Known, wish: Wish) -> str | None:
    """Return the own name of what is to be captured, none where that is the first in any case."""
    before = rows_of(source, known)
    now = captured_of(source, before)
    compared = _compared(wish.rows)
    if now is not None and wish.captured != now.own and wish.captured not in (None, *compared):
        message = f"The example {wish.captured!r} is to be captured, but not to be compared."
        raise UsageError(message, hint="Tick it, or choose one that is ticked.")
    if not compared or (now is not None and now.own == wish.captured and compared == _compared(before)):
        return source.arranged.first
    chosen = wish.captured if wish.captured in compared else compared[0]
    return None if known.ordered and chosen == compared[0] else chosen


def _compared(rows: Iterable[Row]) -> list[str]:
    return [row.own for row in rows if row.compared]


def _files(source: ModelSource, handed: Sequence[TensorFile]) -> tuple[TensorFile, ...]:
    """Return the files of ``source`` and those handed in now, which take the place of others of their names."""
    if twice := [name for name, count in Counter(one.name for one in handed).items() if count > 1]:
        message = "Two of the files have this name."
        raise UsageError(message, file=twice[0], hint="Rename one of them and hand it in again.")
    files = tuple({one.name: one for one in (*source.files, *handed)}.values())
    if handed and sum(Path(one.path).stat().st_size for one in files) > MOST_TENSORS:
        message = f"The files of the examples are larger than {MOST_TENSORS // 1_000_000} MB together."
        raise UsageError(message, file=handed[-1].name, hint="Hand in fewer, or smaller ones.")
    return files


def _added(
    source: ModelSource, wish: Wish, handed: Sequence[TensorFile], files: Sequence[TensorFile]
) -> tuple[tuple[str, str], ...]:
    """Return what is added: the lines, then a line for each file handed in that no example names."""
    written = written_examples(wish.added, files)
    named = _named_files((*source.inputs, *written))
    alone = [one.name for one in handed if one.name not in named]
    return (*written, *((Path(name).stem.replace("=", "_")[:LONGEST_EXAMPLE], f"@{name}") for name in alone))


def _named_files(inputs: Iterable[tuple[str, str]]) -> set[str]:
    return {one.path for _, spec in inputs for one in parse_arguments(spec) if isinstance(one, FileSpec)}


def _check_name(row: Row) -> None:
    name = row.name.strip()
    if not name:
        raise UsageError(f"The example {row.own!r} has no name now.", hint="Give it one, or untick it.")
    if "=" in name or not name.isprintable() or len(name) > LONGEST_EXAMPLE:
        message = f"The example {row.own!r} cannot be called {name[:LONGEST_EXAMPLE]!r}."
        raise UsageError(message, hint=f"Use up to {LONGEST_EXAMPLE} letters, without an equals sign.")


def _check_apart(source: ModelSource, wish: Wish, called: Mapping[str, str], more: Collection[tuple[str, str]]) -> None:
    """Refuse two examples of one name, one that was added and has the own name of another, and none at all."""
    if wish.rows and not more and not any(row.compared for row in wish.rows):
        raise UsageError("No example is left to compare.", hint="Tick at least one, or add one.")
    before = {name for name, _ in source.inputs}
    added = [called.get(name, name) for name in before] + [name for name, _ in more]
    own = [row.own for row in wish.rows if row.own not in before]
    compared = [called[row.own] for row in wish.rows if row.compared] + [name for name, _ in more]
    for names in (compared, [*own, *added]):
        if twice := [name for name, count in Counter(names).items() if count > 1]:
            raise UsageError(f"There is already an example {twice[0]!r}.", hint="Give each a name of its own.")


def is_same_model(one: ModelSource, other: ModelSource) -> bool:
    """Whether two sources are one model, whatever examples they have."""
    return all(getattr(one, name) == getattr(other, name) for name in ("kind", "name", "path", "text", "target"))
