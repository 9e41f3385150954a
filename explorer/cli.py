"""The command line: ``compare``, ``check`` and ``samples``.

Results go to standard output or a file; progress and messages to standard error. Exit status: 0 done,
1 ``check`` found something, 2 bad usage, unreadable source or a fault of the explorer's own, 3 the model
runs on no example.
"""

from __future__ import annotations

import argparse
import math
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from explorer.api import check_captures, check_others
from explorer.comparison import stream
from explorer.divergence import CAUSES, SEVERITIES
from explorer.errors import ExplorerError, NotAvailableError, UsageError
from explorer.evidence import KINDS
from explorer.options import Options
from explorer.report.gathering import gathered, whose
from explorer.report.json import to_json
from explorer.report.junit import to_junit
from explorer.report.sarif import to_sarif
from explorer.report.schema import Divergence, Report
from explorer.report.text import to_text
from explorer.sandbox.pool import shared_pool
from explorer.source.find import find_source
from explorer.source.inputs import split_input
from explorer.source.samples import sample_lesson, sample_names
from explorer.telling import Course, say
from explorer.version import VERSION
from explorer.view.standalone import to_html

FORMATS: dict[str, Callable[[Report], bytes]] = {
    "text": lambda report: to_text(report).encode(),
    "json": to_json,
    "sarif": to_sarif,
    "junit": to_junit,
    "html": to_html,
}


class Parser(argparse.ArgumentParser):
    """Says what is wrong with the usage by the project's own errors."""

    def error(self, message: str) -> NoReturn:
        """Raise instead of printing and leaving."""
        raise UsageError(f"{message[:1].upper()}{message[1:]}.", hint=f"See {self.prog} --help.")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    asked = argparse.Namespace()
    try:
        asked = parser().parse_args(argv)
        return int(asked.run(asked))
    except ExplorerError as error:
        say(f"error: {error}")
        return error.exit_status
    except KeyboardInterrupt:
        say("stopped")
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except Exception as error:  # noqa: BLE001 - Python's own status for it is 1, which says "found something"
        say(f"error: {_own_fault(error)}")
        if getattr(asked, "debug", False):
            say(traceback.format_exc().rstrip())
        return ExplorerError.exit_status


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    top = Parser(
        prog=_called(),
        description="Where do a model's dynamic and static graphs diverge, and why?",
    )
    top.add_argument("--version", action="version", version=VERSION)
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    compare = commands.add_parser("compare", help="compare the graphs of a model and print the report")
    compare.set_defaults(run=_compare)
    check = commands.add_parser("check", help="the same, with exit status 1 where something is found")
    check.set_defaults(run=_check)
    check.add_argument("--fail-on", default="error", metavar="WHAT", help="error, warning, note, or causes, by comma")
    for command in (compare, check):
        _add_options(command)
    samples = commands.add_parser("samples", help="print the names of the samples")
    samples.add_argument("--lessons", action="store_true", help="with what each of them teaches")
    samples.set_defaults(run=_samples)
    return top


def _called() -> str:
    """Return how the program was called: by its installed script, or as a module."""
    script = Path(sys.argv[0]).stem
    return script if script == "parallax" else "python -m explorer"


def _add_options(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add(
        "sources",
        nargs="+",
        metavar="SOURCE",
        help="a sample's name, model.py, model.py:Net, net.pt, net.pt2, net.onnx; further ones are compared with it",
    )
    add(
        "--input",
        action="append",
        default=[],
        metavar="NAME=SPEC",
        help="a further example, such as a=f32[1,3,8,8]",
    )
    add("--capture", action="append", metavar="KIND[,KIND]", help=f"of {', '.join(KINDS)}; all by default")
    add("--dynamic", action="store_true", help="leave sizes open where an exporter can")
    add("--format", default="text", metavar="FORMAT", help="text, json, html, sarif or junit")
    add("-o", "--output", type=Path, metavar="FILE", help="write the report to FILE")
    add("--graphs", action="store_true", help="with graphs and alignments (json)")
    add("--seed", type=int, default=0, metavar="N", help="seeds parameters and examples")
    add("--time-limit", type=float, default=120.0, metavar="SECONDS", help="for each capture")
    add("--memory-limit", type=int, default=6000, metavar="MB", help="for each capture")
    add("-q", "--quiet", action="store_true", help="tell no progress; in a log it is a line for each capture")
    add("--debug", action="store_true", help="tell of a fault of the explorer itself all that is known")
    add("--search", type=_positive, metavar="SECONDS", help="not available yet")
    add("--trust", action="store_true", help="your own code: with all files, the network, and no limit on memory")


def _compare(asked: argparse.Namespace) -> int:
    _write(asked, _report(asked))
    return 0


def _check(asked: argparse.Namespace) -> int:
    wanted = _fail_on(asked.fail_on)
    report = _report(asked)
    _write(asked, report)
    found = gathered(one for one in report.divergences if _fails(one, wanted))
    for group in found:
        one = group[0]
        say(f"{one.file}:{one.line}: {one.severity}: {one.cause} ({', '.join(whose(group))}): {one.explanation}")
    say(f"{len(found)} found" if found else f"nothing found (asked for: {asked.fail_on})")
    return 1 if found else 0


def _samples(asked: argparse.Namespace) -> int:
    for name in sample_names():
        sys.stdout.write(f"{name}\t{sample_lesson(name)}\n" if asked.lessons else f"{name}\n")
    return 0


def _report(asked: argparse.Namespace) -> Report:
    _refuse_what_is_not_built(asked)
    options = Options(
        captures=check_captures(",".join(asked.capture).split(",")) if asked.capture else KINDS,
        seed=asked.seed,
        time_limit=asked.time_limit,
        memory_limit=asked.memory_limit,
        dynamic=asked.dynamic,
        trust=asked.trust,
    )
    inputs = [split_input(one) for one in asked.input]
    if twice := [name for name, count in Counter(name for name, _ in inputs).items() if count > 1]:
        raise UsageError(f"There are two inputs of the name {twice[0]!r}.", hint="Give each --input its own name.")
    source = find_source(asked.sources[0], inputs=inputs)
    others = check_others(source, [find_source(one) for one in asked.sources[1:]])
    report = None
    with Course(quiet=asked.quiet) as course:
        for progress in stream(source, options, others=others, graphs=asked.graphs or asked.format == "html"):
            report = progress.report
            course.tell(progress)
    if report is None:
        raise UsageError("There is nothing to compare.")
    held = shared_pool().known_containment()
    if held is not None and not held.contained and not asked.trust:
        say(f"note: models run here with limits on time and memory only, because {held.why}")
    return report


def _refuse_what_is_not_built(asked: argparse.Namespace) -> None:
    if asked.search is not None:
        raise NotAvailableError("--search is not available yet.")
    if asked.format not in FORMATS:
        raise UsageError(f"There is no format {asked.format!r}.", hint=f"Known: {', '.join(FORMATS)}.")
    if asked.graphs and asked.format != "json":
        raise UsageError(f"--graphs has no place in {asked.format}.", hint="Add --format json.")


def _write(asked: argparse.Namespace, report: Report) -> None:
    text = to_json(report, graphs=True) if asked.graphs else FORMATS[asked.format](report)
    if asked.output is None:
        sys.stdout.buffer.write(text)
        sys.stdout.buffer.flush()
        return
    try:
        asked.output.write_bytes(text)
    except OSError as error:
        raise UsageError(f"The report cannot be written: {error.strerror}.", file=str(asked.output)) from error


def _fail_on(text: str) -> frozenset[str]:
    """Return the severities and causes in ``text``; a severity stands for itself and the graver ones."""
    names = {one.strip() for one in text.split(",") if one.strip()}
    known = set(SEVERITIES) | set(CAUSES)
    if not names:
        raise UsageError("--fail-on names nothing, so that nothing could fail.", hint="Say error, warning or note.")
    if unknown := sorted(names - known):
        raise UsageError(f"--fail-on does not know {unknown[0]!r}.", hint=f"Known: {', '.join(sorted(known))}.")
    graver = {one for name in names & set(SEVERITIES) for one in SEVERITIES[: SEVERITIES.index(name) + 1]}
    return frozenset(names | graver)


def _fails(one: Divergence, wanted: frozenset[str]) -> bool:
    return one.severity in wanted or one.cause in wanted


def _positive(text: str) -> float:
    value = float(text)
    if not (math.isfinite(value) and value > 0):
        raise argparse.ArgumentTypeError("must be a finite number above 0")
    return value


def _own_fault(error: Exception) -> str:
    """Say that the explorer itself failed, and where, so that it can be reported."""
    *_, frame = traceback.extract_tb(error.__traceback__)
    what = "".join(traceback.format_exception_only(error)).strip()
    return (
        f"This is a fault of the explorer itself, not of your model: {what} ({Path(frame.filename).name}:"
        f"{frame.lineno}); please report it with this line and the model file, if you can share it."
    )
