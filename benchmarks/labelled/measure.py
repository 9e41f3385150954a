"""Measure what torch makes of the labelled models, and print the labels that this does not bear out.

::

    python -m benchmarks.labelled.measure                  # what changed since the last time
    python -m benchmarks.labelled.measure --only nms --all # these files, whether changed or not
    python -m benchmarks.labelled.measure --labels         # no measuring: the labels against measured.json

Every capture of every case has a process of its own. The exit status is 1 where a label and a measurement disagree.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import json
import multiprocessing
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.labelled.captures import KINDS, Measured, measure
from benchmarks.labelled.marks import hints, inconsistencies, marks, unmarked

FOLDER = Path(__file__).resolve().parent
RECORD = FOLDER / "measured.json"
PARTS = (
    "open",
    "held_out",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
)
PRELOADED = ("torch", "torch._dynamo", "torch.export", "onnxscript", "onnxruntime", "benchmarks.labelled.captures")
LIMIT = 180.0
"""Seconds that one capture of one case may take."""

Records = dict[str, dict[str, object]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, write ``measured.json`` and print what does not fit."""
    asked = _asked(arguments)
    paths = [path for part in PARTS for path in sorted((FOLDER / part).glob("*.py")) if asked.only in _name(path)]
    records: Records = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    records = {name: record for name, record in records.items() if (FOLDER / f"{name}.py").exists()}
    for path in paths:
        if not asked.labels and (asked.all or records.get(_name(path), {}).get("text") != _digest(path)):
            print(f"measuring {_name(path)}", file=sys.stderr, flush=True)
            records[_name(path)] = {"text": _digest(path), **_written(_case(path))}
            _write(records)
    _write(records)
    found = [f"{_name(path)}: {said}" for path in paths for said in _said(path, records, asked.hints)]
    print("\n".join(found or ["Labels and measurements agree."]))
    return int(bool(found))


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.labelled.measure")
    parser.add_argument("--only", default="", metavar="PART", help="cases whose name holds this, such as held_out/")
    parser.add_argument("--all", action="store_true", help="measure unchanged cases too")
    parser.add_argument("--labels", action="store_true", help="do not measure")
    parser.add_argument("--hints", action="store_true", help="also print where torch names another line")
    return parser.parse_args(arguments)


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def _digest(path: Path) -> str:
    """Return what changes with the model, not with its labels."""
    return hashlib.sha256(unmarked(path.read_text()).encode()).hexdigest()[:12]


def _case(path: Path) -> dict[str, Measured]:
    return {kind: _apart(path, kind) for kind in KINDS}


def _apart(path: Path, kind: str) -> Measured:
    """Return what a process of its own measures."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(PRELOADED))
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(path, kind, theirs))
    process.start()
    theirs.close()
    try:
        return ours.recv() if ours.poll(LIMIT) else Measured(refused=f"no answer in {LIMIT:g} s")
    except EOFError:
        return Measured(refused="the process crashed")
    finally:
        process.kill()
        process.join()


def _send(path: Path, kind: str, connection: Connection) -> None:
    silent = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(silent, stream)
    connection.send(measure(path, kind))


def _written(measured: Mapping[str, Measured]) -> dict[str, object]:
    """Return the record as JSON has it: an agreeing capture is one word, empty fields are left out."""
    return {kind: _short(told) for kind, told in measured.items()}


def _short(told: Measured) -> object:
    plain = {name: value for name, value in dataclasses.asdict(told).items() if value}
    return "agrees" if set(plain) == {"outcomes"} and set(told.outcomes.values()) == {"agrees"} else plain


def _read(record: Mapping[str, object]) -> dict[str, Measured]:
    found: dict[str, Measured] = {}
    for kind in KINDS:
        told = record[kind]
        found[kind] = Measured(**told) if isinstance(told, dict) else Measured()
    return found


def _write(records: Records) -> None:
    lines = [f"{json.dumps(name)}: {json.dumps(records[name])}" for name in sorted(records)]
    RECORD.write_text("{\n" + ",\n".join(lines) + "\n}\n")


def _said(path: Path, records: Records, with_hints: bool) -> Iterator[str]:
    if _name(path) not in records:
        yield "not measured"
        return
    measured = _read(records[_name(path)])
    yield from inconsistencies(marks(path), measured)
    if with_hints:
        yield from hints(marks(path), measured)


if __name__ == "__main__":
    sys.exit(main())
