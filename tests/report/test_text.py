"""The report as text: what is there, what is left out, and nothing that a terminal obeys."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from explorer.evidence import Outcome
from explorer.report.schema import CaptureEntry, Divergence, InputEntry, Report, SourceEntry, Tool
from explorer.report.text import to_text

GOLDEN = Path(__file__).parent.parent / "golden" / "report.text"


def a_report(name: str = "net", explanation: str = "It was fixed.") -> Report:
    return Report(
        tool=Tool(name="parallax", version="0"),
        environment={},
        source=SourceEntry(name=name, kind="model", file=f"{name}.py"),
        inputs=(InputEntry(name="short", arguments=()), InputEntry(name="a longer one", arguments=())),
        captures=(
            CaptureEntry(id="eager:short", kind="eager", input="short", status="ok"),
            CaptureEntry(id="trace", kind="trace", input="short", status="ok", ops=12),
            CaptureEntry(id="script", kind="script", input="short", status="failed", reason="No.", file="net.py", line=7),
            CaptureEntry(id="export", kind="export", input="short", status="failed", reason="No."),
            CaptureEntry(id="onnx", kind="onnx", input="short", status="skipped"),
            CaptureEntry(id="onnx_ts", kind="onnx_ts", input="short", status="ok", ops=9),
        ),
        matrix={
            "trace": {"short": Outcome(outcome="agrees", max_abs_error=0.0),
                      "a longer one": Outcome(outcome="differs", max_abs_error=1.234e-3)},
            "script": {"short": Outcome(outcome="not-run"), "a longer one": Outcome(outcome="not-run")},
            "export": {"short": Outcome(outcome="not-run"), "a longer one": Outcome(outcome="not-run")},
            "onnx": {"short": Outcome(outcome="not-run"), "a longer one": Outcome(outcome="not-run")},
            "onnx_ts": {"short": Outcome(outcome="raises"), "a longer one": Outcome(outcome="returns")},
        },
        divergences=(
            Divergence(id="d1", severity="error", cause="baked-branch", capture="trace", inputs=("a longer one",),
                       file=f"{name}.py", line=33, function="forward", module="", explanation=explanation,
                       remedy="Use torch.where."),
            Divergence(id="d2", severity="warning", cause="graph-break", capture="dynamo", inputs=(), file=None,
                       line=None, function=None, module="", explanation="It ends here."),
            *(Divergence(id=f"d{i}", severity="note", cause=cause, capture="trace", inputs=("short",), file=None,
                         line=None, function=None, module="", explanation="A note.")
              for i, cause in enumerate(("fused", "removed", "fused"), 3)),
        ),
        verdict="The trace graph is wrong on 1 of 2 examples",
        summary="The branch at line 33 was fixed.",
    )  # fmt: skip


def test_the_text_is_what_it_was() -> None:
    assert to_text(a_report()) == GOLDEN.read_text(encoding="utf-8")


def test_nothing_reaches_the_terminal_that_it_obeys() -> None:
    text = to_text(a_report(name="\x1b[2Jnet\r", explanation="\x1b]0;title\x07 \u202e one\ntwo \x9b31m"))
    assert not [char for char in text if not char.isprintable() and char != "\n"]
    assert len(text.splitlines()) == len(GOLDEN.read_text(encoding="utf-8").splitlines()), "no line is added"


def test_columns_stand_below_each_other() -> None:
    lines = to_text(a_report()).splitlines()
    head = next(line for line in lines if line.startswith("static graph"))
    column = head.index("a longer one")
    assert {line[column - 1] for line in lines if line.startswith(("trace", "script", "onnx"))} == {" "}
    assert {line[column] == " " for line in lines if line.startswith(("trace", "script", "onnx"))} == {False}


def test_why_a_capture_failed_is_told_where_nothing_was_run() -> None:
    """A file that ONNX Runtime refuses was told to be refused, and not why."""
    report = a_report()
    failed = replace(report.captures[3], reason="It takes no such file.", hint="Give another one.")
    text = to_text(replace(report, inputs=(), captures=(failed,), matrix={}, divergences=()))
    assert "⊘ export\n    It takes no such file.\n    → Give another one.\n" in text


def test_where_eager_itself_raises_a_graph_that_does_is_not_told_to_be_right() -> None:
    """Its cell was the same check mark that equal results have."""
    given = a_report()
    inputs = (given.inputs[0], replace(given.inputs[1], raised="ValueError: no"))
    row = {"short": Outcome(outcome="agrees", max_abs_error=0.0), "a longer one": Outcome(outcome="agrees")}
    text = to_text(replace(given, inputs=inputs, matrix={"trace": row}))
    assert "trace         ✓ 0    ✓ raises too" in text
