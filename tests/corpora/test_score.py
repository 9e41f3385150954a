"""What is reported is held against the marks: each figure counts what its name says."""

from __future__ import annotations

from benchmarks.labelled.marks import Mark
from benchmarks.labelled.score import Scored, figures
from explorer.report.schema import Divergence


def found(cause: str, line: int, severity: str = "error") -> Divergence:
    return Divergence(id="", severity=severity, cause=cause, capture="trace", inputs=(), file="m.py", line=line,  # type: ignore[arg-type]
                      function=None, module="", explanation="")  # fmt: skip


def mark(line: int, *causes: str) -> Mark:
    return Mark(line=line, causes=frozenset(causes), capture="trace")


def test_each_figure_counts_what_it_says() -> None:
    loud = (found("baked-branch", 3), found("mutation", 5), found("graph-break", 9, "warning"))
    one = Scored(
        name="m.py",
        marks=(mark(3, "baked-branch", "unrolled-loop"), mark(5, "baked-state"), mark(7, "mutation")),
        loud=loud,
    )
    quiet, noisy = Scored(name="q.py", marks=(), loud=()), Scored(name="n.py", marks=(), loud=(found("mutation", 1),))
    assert [m.line for m in one.missed()] == [5, 7]
    assert [m.line for m in one.unplaced()] == [7]
    assert [d.line for d in one.unmarked()] == [5, 9]
    assert figures([one, quiet, noisy]).startswith("recall 0.333  place 0.667  precision 0.333  quiet 0.500")
