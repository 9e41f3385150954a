"""The report as SARIF 2.1.0, which code hosts show at the lines of a change.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from explorer.divergence import CAUSES
from explorer.report.gathering import examples_of, explanations, gathered, printable, remedies, whose
from explorer.report.reasons import WHY
from explorer.report.schema import Divergence, Report

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"


def to_sarif(report: Report) -> bytes:
    """Write the divergences of ``report`` as one run, those of one place and cause as one result."""
    found = gathered(report.divergences)
    rules = [cause for cause in CAUSES if any(group[0].cause == cause for group in found)]
    run = {
        "tool": {
            "driver": {
                "name": report.tool.name,
                "version": report.tool.version,
                "rules": [{"id": cause, "shortDescription": {"text": _meaning(cause)}} for cause in rules],
            }
        },
        "results": [_result(group, rules, report) for group in found],
        "columnKind": "utf16CodeUnits",
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return msgspec.json.format(msgspec.json.encode(log), indent=1) + b"\n"


def _meaning(cause: str) -> str:
    """Return what a cause means in a few words.

    Examples
    --------
    >>> _meaning("unrolled-loop"), _meaning("folded-constant")
    ('The loop was unrolled', 'Folded constant')
    """
    text = WHY.get(cause, cause.replace("-", " ")).format(place="")
    return text[0].upper() + text[1:]


def _result(group: list[Divergence], rules: list[str], report: Report) -> dict[str, Any]:
    one = group[0]
    said = " ".join(_of(names, text) for names, text in explanations(group))
    helps = " ".join(_of(names, text) for names, text in remedies(group))
    result: dict[str, Any] = {
        "ruleId": one.cause,
        "ruleIndex": rules.index(one.cause),
        "level": one.severity,
        "message": {"text": _plain(f"{', '.join(whose(group))}: {said}{f' → {helps}' if helps else ''}")},
        "partialFingerprints": {"divergence/v1": _fingerprint(one, report)},
        "properties": {"captures": whose(group), "inputs": [printable(name) for name in examples_of(group)]},
    }
    if one.file is not None:
        place: dict[str, Any] = {"artifactLocation": {"uri": _uri(one.file)}}
        if one.line is not None:
            place["region"] = {"startLine": one.line}
        result["locations"] = [{"physicalLocation": place}]
    return result


def _of(names: list[str], text: str) -> str:
    return f"{', '.join(names)}: {text}" if names else text


def _plain(text: str) -> str:
    r"""Return ``text`` so that nothing in it is a link or a placeholder of SARIF's.

    Examples
    --------
    >>> _plain("x[0] of {1}")
    'x\\[0\\] of {{1}}'
    """
    marks = {"\\": "\\\\", "[": "\\[", "]": "\\]", "{": "{{", "}": "}}"}
    return "".join(marks.get(char, char) for char in printable(text))


def _uri(file: str) -> str:
    """Return a path as SARIF wants it: relative to the checkout, or whole.

    Examples
    --------
    >>> _uri("models/my net.py"), _uri("/home/me/net.py")
    ('models/my%20net.py', 'file:///home/me/net.py')
    """
    path = Path(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())


def _fingerprint(one: Divergence, report: Report) -> str:
    """Return what stays the same where lines are put in above: the file, the cause, and the text of the line."""
    lines = report.source.text.splitlines() if one.file == report.source.file else []
    text = lines[one.line - 1].strip() if one.line is not None and one.line <= len(lines) else str(one.line)
    return hashlib.sha256("\0".join((one.cause, one.file or "", text)).encode()).hexdigest()[:32]
