"""The trial as a page of the documentation."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Iterator, Mapping

from benchmarks.people.tally import Tally, quantile
from explorer.version import VERSION

MEGABYTE = 1_000_000
HEAD = """# How it holds under load and faults

This page is written by a command; nothing in it is by hand:

```
python -m benchmarks.people --people {people} --minutes {load:g} --fault-minutes {faults:g} -o docs/reliability.md
```

Parallax {version}, Python {python}; {cores} cores, on which the server, its workers and all {people} people ran.

A person is a websocket that speaks Streamlit's protocol, as the server sees a browser: it reads all that the page is
given, polls, presses, and goes. Half of them compare a sample as it is, which is compared once for all; half bring an
example of their own, so that it is compared for them. An example's name tells whose it is: any page that shows
another's counts as cross-talk.
"""
FAULTS = """
## Faults

The same people, while every 2 to 12 seconds a worker, the process that workers are forked from, or the server itself
is killed (SIGKILL); the server is started again at once. Who loses the connection comes again with the same address.
What was finished and had lost no worker must then be there at once.
"""
NEEDED = """
## What else holds

- `tests/sandbox`: models that try to break out, bombs and crashes, each contained:
  see [containment.md](containment.md).
- `tests/view/test_cache.py`, `test_resuming.py` and `tests/browser/test_reload.py`: a full disk, a deleted or damaged
  cache, a killed server.
"""


def document(found: Mapping[str, Tally], *, people: int) -> str:
    """Return the page."""
    minutes = {name: one.minutes for name, one in found.items()}
    head = HEAD.format(
        people=people,
        load=minutes.get("load", 0),
        faults=minutes.get("faults", 0),
        version=VERSION,
        python=platform.python_version(),
        cores=os.cpu_count(),
    )
    parts = [head]
    if "load" in found:
        parts.append(f"\n## Load\n\n{_table(_load(found['load']))}")
    if "faults" in found:
        parts.append(f"{FAULTS}\n{_table((*_load(found['faults']), *_faults(found['faults'])))}")
    return "".join((*parts, NEEDED))


def _table(rows: Iterable[tuple[str, str]]) -> str:
    lines = [f"| {name} | {value} |" for name, value in rows]
    return "\n".join(("| what | figure |", "| --- | --: |", *lines, ""))


def _load(one: Tally) -> Iterator[tuple[str, str]]:
    counts = one.counts
    yield "minutes", f"{one.minutes:g}"
    yield "visits; comparisons that were seen to their end", f"{counts['visits']}; {counts['comparisons']}"
    yield "seconds until there is a page: median, p95, longest", _times(one.first)
    yield "seconds until a comparison of one's own is finished: median, p95, longest", _times(one.compared)
    yield "seconds until a press in the page is answered: median, p95, longest", _times(one.pressed)
    yield "presses", str(len(one.pressed))
    if one.own:
        yield "MB of the server itself: at first, at the end, most", _memory(one.own)
        yield "MB of the server and its workers: at first, at the end, most", _memory(one.memory)
    yield "pages with another's work, or with a traceback", str(len(one.faulty))
    yield "lines of the log that tell of a fault of the explorer", str(counts["own faults in the log"])
    yield "processes left after the server was killed", str(counts["processes left"])


def _faults(one: Tally) -> Iterator[tuple[str, str]]:
    counts = one.counts
    yield (
        "killed: workers, fork servers, servers",
        f"{counts['workers killed']}, {counts['fork servers killed']}, {counts['servers killed']}",
    )
    yield "connections lost", str(counts["connections lost"])
    yield "finished, then came again after the server was gone", str(counts["came again"])
    yield "of these found again at once", str(counts["found again"])
    yield "of these lost", str(counts["compared anew"])
    yield "seconds until a server answers again: median, p95, longest", _times(one.started)


def _times(times: list[float]) -> str:
    if not times:
        return "none"
    return f"{quantile(times, 0.5):.2f}, {quantile(times, 0.95):.2f}, {max(times):.2f}"


def _memory(sizes: list[int]) -> str:
    return f"{sizes[0] / MEGABYTE:,.0f}, {sizes[-1] / MEGABYTE:,.0f}, {max(sizes) / MEGABYTE:,.0f}"
