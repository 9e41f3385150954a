"""A report as the key of a cache: the same object, not an equal one, as comparing two takes long."""

from __future__ import annotations

from explorer.report.schema import Report


class SameReport:
    """Hashes and compares as the very object ``report``, which it keeps alive."""

    __slots__ = ("report",)

    def __init__(self, report: Report) -> None:
        self.report = report

    def __hash__(self) -> int:
        return id(self.report)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SameReport) and other.report is self.report
