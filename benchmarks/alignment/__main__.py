"""Write the page ``docs/alignment.md``.

::

    python -m benchmarks.alignment -o docs/alignment.md
"""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

from benchmarks.alignment import captured, growth, shapes

HEAD = """# How well and how fast graphs are aligned

This page is written by a command; nothing in it is by hand:

```
python -m benchmarks.alignment -o docs/alignment.md
```

Python {python}, {packages}.

## Edited graphs

Two per cent of the ops of a copy met an edit, and the copy lists its ops in another order. A pair of ops is right where
the two are the same op. *known of an op* is what tells one from another besides its name and what it is tied to.
`difflib` and the comparison position by position see names, modules and lines as the copy lists them. CPU seconds are
those of one core, the making of the graphs included; MB is the peak of what Python allocates meanwhile. The goal at
30,000 ops is a precision and a recall of 0.999 in less than 2 CPU seconds.
"""

SHAPED = """
Where nothing is known but names and edges, layers that look alike are told apart by what is around them alone: between
two edits that cut the graph they are paired one off (`docs/decisions/0006-aligned-by-what-is-around.md`), and the goal
is missed. It is met where modules, or modules and lines, are known.

## Shapes on which time may grow with the square

CPU seconds of aligning two graphs of so many steps each; `benchmarks/alignment/shapes.py` says what they are.
"""

REAL = """
## Real models

The share of the ops that do work which are in groups of both graphs, of models of transformers made from configs with
random weights, and of modules of torch's own. A script holds sides and turns that the example never runs: these have no
counterpart, and count against its share. What has none is listed by
`python -m benchmarks.alignment.captured --only NAME --missing`.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page, line by line as the figures come; return 1 where a share misses its goal."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.alignment")
    parser.add_argument("-o", "--output", type=Path, help="a file instead of standard output")
    asked = parser.parse_args(arguments)
    text, missed = "", 0
    for line, fits in _lines():
        print(line, file=sys.stderr, flush=True)
        text += f"{line}\n"
        missed += not fits
    if asked.output:
        asked.output.write_text(text, encoding="utf-8")
    else:
        print(text, end="")
    return 1 if missed else 0


def _lines() -> Iterator[tuple[str, bool]]:
    packages = ", ".join(f"{name} {version(name)}" for name in ("torch", "networkx", "transformers", "onnxruntime"))
    yield HEAD.format(python=platform.python_version(), packages=packages), True
    yield from ((line, True) for line in growth.table())
    yield SHAPED, True
    yield from ((line, True) for line in shapes.table())
    yield REAL, True
    yield from captured.table()


if __name__ == "__main__":
    raise SystemExit(main())
