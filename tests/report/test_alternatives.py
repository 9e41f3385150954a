"""Another capture is told to help only where nothing was seen against it."""

from __future__ import annotations

import pytest

from explorer.evidence import Capture, CaptureWarning, Outcome, StaticResult
from explorer.report.alternatives import with_alternatives
from explorer.report.schema import Divergence

REFUSED = Divergence(id="", severity="error", cause="capture-failure", capture="script", inputs=("a",), file="net.py",
                     line=5, function=None, module="", explanation="It is refused.", remedy="Rewrite it.")  # fmt: skip
AGREES = Outcome(outcome="agrees")
DIFFERS = Outcome(outcome="differs")


def traced(*outcomes: Outcome, again: Outcome | None = None, warns: bool = False) -> StaticResult:
    warnings = (CaptureWarning(message="A constant."),) if warns else ()
    capture = Capture(id="trace", kind="trace", input="a", status="ok", warnings=warnings)
    return StaticResult(capture=capture, outcomes=dict(zip("ab", outcomes, strict=False)), again=again)


@pytest.mark.parametrize(
    ("trace", "is_told"),
    [
        pytest.param(traced(AGREES, AGREES), True, id="agrees"),
        pytest.param(traced(AGREES, AGREES, again=AGREES), True, id="agrees on a second call"),
        pytest.param(traced(AGREES, DIFFERS), False, id="differs on an example"),
        pytest.param(traced(AGREES, AGREES, again=DIFFERS), False, id="differs on a second call"),
        pytest.param(traced(AGREES, AGREES, warns=True), False, id="warns"),
        pytest.param(traced(), False, id="was not run"),
    ],
)
def test_a_trace_is_told_to_help_where_it_is_seen_to(trace: StaticResult, is_told: bool) -> None:
    (found,) = with_alternatives([REFUSED], {"trace": trace})
    assert found.remedy.startswith("Rewrite it.")
    assert ("trace the model" in found.remedy) == is_told
