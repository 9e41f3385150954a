"""Write the page ``docs/speed.md``: what the browser pays for a view of a model, beside other viewers.

::

    python -m benchmarks.browser -o docs/speed.md
    python -m benchmarks.browser --sizes 144 --rounds 1 --work build/models

The other viewers need folders of their own, outside of this environment::

    pip install --no-deps --target build/netron netron
    pip install --target build/model-explorer ai-edge-model-explorer
    python -m benchmarks.browser --beside netron=build/netron --beside model-explorer=build/model-explorer

A Chromium is found on the path, or named by ``CHROMIUM``. The models are made, compared and exported first, which takes
some minutes at 10,000 ops; ``--work`` keeps them for the next run.
"""

from __future__ import annotations

import argparse
import os
import platform
import shlex
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from benchmarks.browser import chromium, others, parallax
from benchmarks.browser.figures import Figures, Taken
from benchmarks.browser.models import Made, stack, wide
from benchmarks.browser.page import missed, page
from explorer.version import VERSION

SIZES = "144,2000,10000"
ROUNDS = 3
LIMIT = 120.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and write the page; return 1 where a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.browser")
    parser.add_argument("-o", "--output", type=Path, help="a file instead of standard output")
    parser.add_argument("--sizes", default=SIZES, help="numbers of ops")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument(
        "--beside", action="append", default=[], metavar="NAME[=FOLDER]", help=", ".join(others.VIEWERS)
    )
    parser.add_argument("--limit", type=float, default=LIMIT, help="seconds on the clock after which a page is cut off")
    parser.add_argument("--work", type=Path, help="a folder that keeps the models")
    asked = parser.parse_args(arguments)
    beside = [_viewer(one) for one in asked.beside]
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.work or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        made = [stack(int(size), folder, exports=bool(beside)) for size in asked.sizes.split(",")]
        load = os.getloadavg()[0]
        figures = _measured(made, wide(folder), beside, rounds=asked.rounds, limit=asked.limit)
    given = list(sys.argv[1:] if arguments is None else arguments)
    text = page(figures, command=_command(given), surroundings=_surroundings(load), rounds=asked.rounds)
    if asked.output:
        asked.output.write_text(text + "\n", encoding="utf-8")
    else:
        print(text)
    for goal in missed(figures):
        print(f"missed: {goal}", file=sys.stderr)
    return 1 if missed(figures) else 0


Beside = tuple[others.Viewer, str]
"""Another viewer and the folder it is in."""


def _viewer(text: str) -> Beside:
    name, _, folder = text.partition("=")
    if name not in others.VIEWERS:
        raise SystemExit(f"There is no viewer {name!r}: known are {', '.join(others.VIEWERS)}.")
    return others.VIEWERS[name], folder


def _measured(made: Sequence[Made], broad: Made, beside: Sequence[Beside], *, rounds: int, limit: float) -> Figures:
    figures = Figures(models=[one.model for one in made])
    for turn in range(rounds):
        figures.empty.append(_told("Streamlit", parallax.shell(limit=limit)))
        for one in made:
            _compare(figures, one, beside, limit=limit, first=turn == 0)
    with parallax.served(broad, open_all=True) as url:
        figures.panning = list(parallax.panning(url, limit=limit))
    return figures


def _compare(figures: Figures, made: Made, beside: Sequence[Beside], *, limit: float, first: bool) -> None:
    """Measure one model once in each viewer; one that was cut off is not asked again."""
    ops = made.model.asked
    with parallax.served(made) as url:
        figures.page.setdefault(ops, []).append(_told(f"Parallax {ops}", parallax.first_view(url, limit=limit)))
        if first:
            figures.opening[ops] = parallax.opening(url, limit=limit)
            figures.sent[ops] = parallax.sent(url, limit=limit)
            figures.graphs[ops] = made.pair_bytes
    for viewer, folder in beside:
        name = others.version(viewer, folder)
        taken = figures.beside.setdefault(name, {}).setdefault(ops, [])
        if not any(one.failed for one in taken):
            taken.append(_told(f"{name} {ops}", others.viewed(viewer, made, folder, limit=limit)))


def _told(what: str, taken: Taken) -> Taken:
    print(f"{what}: {taken.cpu:.2f} CPU s, {taken.wall:.1f} s {taken.failed}", file=sys.stderr, flush=True)
    return taken


def _command(given: Sequence[str]) -> str:
    """Return the command without the folders of this machine."""
    shown = [
        one.partition("=")[0] if before == "--beside" else one for before, one in zip(["", *given], given, strict=False)
    ]
    kept = [one for before, one in zip(["", *shown], shown, strict=False) if "--work" not in (before, one)]
    return shlex.join(["python", "-m", "benchmarks.browser", *kept])


def _surroundings(load: float) -> str:
    versions = ", ".join(f"{name} {version(name)}" for name in ("streamlit", "torch", "onnx"))
    return (
        f"Parallax {VERSION}, {versions}, Chromium {chromium.version()}, Python {platform.python_version()}; "
        f"{os.cpu_count()} cores, on which {load:.1f} other processes wanted to run at the beginning."
    )


if __name__ == "__main__":
    raise SystemExit(main())
