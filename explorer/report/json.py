"""The report as JSON, and back."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from explorer.report.schema import Report


def to_json(report: Report, *, graphs: bool = False) -> bytes:
    """Write ``report`` as indented UTF-8 JSON that ends in a newline; with its graphs only where asked."""
    if not graphs:
        report = replace(report, graphs=None, alignments=None)
    fields = msgspec.to_builtins(report, str_keys=True)
    if not graphs:
        del fields["graphs"], fields["alignments"]
    return msgspec.json.format(msgspec.json.encode(fields), indent=1) + b"\n"


def from_json(text: bytes) -> Report:
    """Read a report that :func:`to_json` wrote; raises ``msgspec.ValidationError`` where it is none."""
    return msgspec.json.decode(text, type=Report)
