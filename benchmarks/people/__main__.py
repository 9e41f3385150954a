"""Let many people use one server at once, with or without faults, and say how it held.

::

    python -m benchmarks.people --people 20 --minutes 10 --fault-minutes 10 -o docs/reliability.md
"""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.people.served import Served
from benchmarks.people.table import document
from benchmarks.people.tally import Tally
from benchmarks.people.trial import trial

OWN_FAULT = re.compile(r'"error": "|/explorer/')
"""What a line of the log has that tells of a fault of ours, whoever logs it."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run what is asked for; 1 where something happened that must not."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.people", description="Many people at one server.")
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--fault-minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("-o", "--output", type=Path)
    asked = parser.parse_args(argv)
    found: dict[str, Tally] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, minutes in (("load", asked.minutes), ("faults", asked.fault_minutes)):
            if minutes > 0:
                home = Path(folder) / name
                home.mkdir()
                served, faults = Served(home), name == "faults"
                work = trial(served, minutes=minutes, people=asked.people, faults=faults, seed=asked.seed)
                found[name] = asyncio.run(work)
                log = served.log.read_text(errors="replace")
                found[name].counts["own faults in the log"] = len(OWN_FAULT.findall(log))
                sys.stderr.write(f"{name}: {dict(found[name].counts)}\n")
                for line in found[name].faulty:
                    sys.stderr.write(f"{line}\n")
                if found[name].counts["own faults in the log"]:
                    sys.stderr.write("".join(line for line in log.splitlines(keepends=True) if OWN_FAULT.search(line)))
    text = document(found, people=asked.people)
    if asked.output:
        asked.output.write_text(text)
    else:
        sys.stdout.write(text)
    return int(any(one.faulty or one.counts["compared anew"] or one.counts["processes left"] for one in found.values()))


if __name__ == "__main__":
    sys.exit(main())
