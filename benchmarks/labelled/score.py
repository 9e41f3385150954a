"""Hold what the explorer reports on labelled models against their marks.

::

    python -m benchmarks.labelled.score                      # benchmarks/labelled/open
    python -m benchmarks.labelled.score --folder benchmarks/labelled/held_out
    python -m benchmarks.labelled.score --only packed --details

Figures, each a share of 1: *recall*, the marks that are reported as an error or a warning; *place*, the same whatever
cause is given; *precision*, the reported errors that are marked; *quiet*, the files without marks on which nothing is
reported.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.labelled.captures import KINDS
from benchmarks.labelled.marks import Mark, marks
from explorer import compare
from explorer.report.schema import Divergence

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """One file: its marks, what was reported loudly, and what of it as errors."""

    name: str
    marks: tuple[Mark, ...]
    loud: tuple[Divergence, ...]

    def missed(self) -> Iterator[Mark]:
        """Yield the marks that nothing reported is right for."""
        return (mark for mark in self.marks if not any(_fits(one, mark) for one in self.loud))

    def unplaced(self) -> Iterator[Mark]:
        """Yield the marks at whose line nothing is reported of their capture."""
        return (mark for mark in self.marks if not any(_is_at(one, mark) for one in self.loud))

    def unmarked(self) -> Iterator[Divergence]:
        """Yield what is reported and not marked."""
        return (one for one in self.loud if not any(_fits(one, mark) for mark in self.marks))


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures for the files that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=HERE / "open")
    parser.add_argument("--only", default="", help="files with this in their name")
    parser.add_argument("--details", action="store_true", help="name what is missed and what is not marked")
    asked = parser.parse_args(sys.argv[1:] if arguments is None else arguments)
    files = [path for path in sorted(asked.folder.glob("*.py")) if asked.only in path.name]
    scored = [_scored(path) for path in files]
    for one in scored if asked.details else ():
        for mark in one.missed():
            print(f"{one.name}:{mark.line}: missed: {'|'.join(sorted(mark.causes))} ({mark.capture})")
        for found in one.unmarked():
            print(f"{one.name}:{found.line}: not marked: {found.severity}: {found.cause} ({found.capture})")
    print(figures(scored))
    return 0


def figures(scored: Sequence[Scored]) -> str:
    """Return the figures of ``scored`` as one line."""
    count = Counter[str]()
    for one in scored:
        errors = [found for found in one.loud if found.severity == "error"]
        count["marks"] += len(one.marks)
        count["found"] += len(one.marks) - sum(1 for _ in one.missed())
        count["placed"] += len(one.marks) - sum(1 for _ in one.unplaced())
        count["errors"] += len(errors)
        count["right"] += sum(any(_fits(found, mark) for mark in one.marks) for found in errors)
        count["controls"] += not one.marks
        count["quiet"] += not one.marks and not one.loud

    def share(part: str, whole: str) -> str:
        return f"{count[part] / count[whole]:.3f}" if count[whole] else "-"

    return (
        f"recall {share('found', 'marks')}  place {share('placed', 'marks')}  precision {share('right', 'errors')}  "
        f"quiet {share('quiet', 'controls')}  "
        f"({len(scored)} models, {count['marks']} marks, {count['controls']} controls)"
    )


def _scored(path: Path) -> Scored:
    report = compare(path, captures=list(KINDS))
    loud = (one for one in report.divergences if one.severity != "note" and one.capture in KINDS)
    here = {(one.line, one.cause, one.capture): one for one in loud if Path(one.file or path).name == path.name}
    return Scored(name=path.name, marks=tuple(marks(path)), loud=tuple(here.values()))


def _is_at(one: Divergence, mark: Mark) -> bool:
    return (one.line, one.capture) == (mark.line, mark.capture)


def _fits(one: Divergence, mark: Mark) -> bool:
    return _is_at(one, mark) and one.cause in mark.causes


if __name__ == "__main__":
    raise SystemExit(main())
