"""The producers' names of ops that a run has met, as a file: one name a line, with its capture and how often.

What earlier runs met stays in it, so that it need not be written by a run over all corpora.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from benchmarks.records import ModelRecord


def read_names(path: Path) -> Iterator[tuple[str, str, int]]:
    """Yield capture, name and count of each line."""
    for line in path.read_text(encoding="utf-8").splitlines():
        kind, name, count = line.split("\t")
        yield kind, name, int(count)


def write_names(path: Path, records: Iterable[ModelRecord]) -> None:
    """Add what ``records`` met; where a name was met before, the larger count stays."""
    known = {(kind, name): count for kind, name, count in read_names(path)} if path.exists() else {}
    met: dict[tuple[str, str], int] = {}
    for record in records:
        for one in record.captures:
            for name, count in one.names.items():
                met[one.kind, name] = met.get((one.kind, name), 0) + count
    together = {key: max(met.get(key, 0), known.get(key, 0)) for key in met.keys() | known.keys()}
    lines = (f"{kind}\t{name}\t{count}\n" for (kind, name), count in sorted(together.items()))
    path.write_text("".join(lines), encoding="utf-8")
