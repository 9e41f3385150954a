"""The report as JUnit's XML, which build servers show as tests: one for each static graph on each example."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from explorer.evidence import Outcome
from explorer.report.gathering import captures_by_row, printable
from explorer.report.schema import Divergence, Report

FAILING = frozenset({"differs", "raises", "returns"})


def to_junit(report: Report) -> bytes:
    """Write a suite in which a graph that does what eager does passes, and one that was not run is skipped."""
    cases = list(_cases(report))
    counts = {name: sum(case.find(name) is not None for case in cases) for name in ("failure", "error", "skipped")}
    suite = ET.Element("testsuite", name=printable(report.source.name), tests=str(len(cases)),
                       failures=str(counts["failure"]), errors=str(counts["error"]), skipped=str(counts["skipped"]),
                       time=f"{sum(one.seconds for one in report.captures):.3f}")  # fmt: skip
    suite.extend(cases)
    suites = ET.Element("testsuites")
    suites.append(suite)
    ET.indent(suites)
    return ET.tostring(suites, encoding="utf-8", xml_declaration=True) + b"\n"


def _cases(report: Report) -> Iterator[ET.Element]:
    """Yield a case for each capture, and one for each example that its graph was run on."""
    captures = captures_by_row(report)
    for name, row in report.matrix.items():
        capture = captures[name]
        own = [one for one in report.divergences if one.row == name and one.severity == "error"]
        made = _case(report, name, "capture", seconds=capture.seconds)
        refused = [one for one in own if one.cause == "capture-failure"]
        if capture.status == "failed" or refused:
            _add(made, "failure", "capture-failure", capture.reason or refused[0].explanation, refused)
        elif capture.status == "skipped":
            ET.SubElement(made, "skipped", message=printable(capture.reason or "skipped"))
        yield made
        if capture.status == "ok":
            yield from (_run(report, name, example, outcome, own) for example, outcome in row.items())


def _run(report: Report, name: str, example: str, outcome: Outcome, own: list[Divergence]) -> ET.Element:
    case = _case(report, name, f"on {example}")
    told = [one for one in own if example in one.inputs]
    if outcome.outcome in FAILING:
        kind = told[0].cause if told else outcome.outcome
        _add(case, "failure", kind, outcome.message or outcome.outcome, told)
    elif outcome.outcome == "not-run":
        ET.SubElement(case, "skipped", message=printable(outcome.message or "not run"))
    return case


def _case(report: Report, name: str, what: str, *, seconds: float | None = None) -> ET.Element:
    case = ET.Element("testcase", classname=printable(f"{report.source.name}.{name}"), name=printable(what))
    if seconds is not None:
        case.set("time", f"{seconds:.3f}")
    return case


def _add(case: ET.Element, tag: str, kind: str, message: str, told: list[Divergence]) -> None:
    child = ET.SubElement(case, tag, type=kind, message=printable(message))
    child.text = "\n".join(printable(f"{one.file}:{one.line} {one.cause}: {one.explanation} {one.remedy}".rstrip())
                           for one in told)  # fmt: skip
