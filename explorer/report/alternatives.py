"""Which other capture takes what one refuses: it is told only where it was seen to give what eager does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from explorer.divergence import Divergence
from explorer.evidence import Kind, StaticResult

OTHERS: Mapping[Kind, tuple[Kind, str]] = {
    "script": ("trace", "Or trace the model: the trace agrees with eager on every example."),
    "onnx": ("onnx_ts", "Or use the older exporter (dynamo=False): its graph agrees with eager on every example."),
    "onnx_ts": ("onnx", "Or use the newer exporter (dynamo=True): its graph agrees with eager on every example."),
}


def with_alternatives(found: Iterable[Divergence], made: Mapping[str, StaticResult]) -> Iterator[Divergence]:
    """Yield each divergence; to a refusal is added which other capture of the model agrees with eager."""
    for one in found:
        other, sentence = OTHERS.get(one.capture, (None, ""))
        refused = one.cause == "capture-failure" and not one.source
        instead = made.get(other) if refused and other is not None else None
        yield replace(one, remedy=f"{one.remedy} {sentence}".strip()) if instead and _agrees(instead) else one


def _agrees(made: StaticResult) -> bool:
    if made.capture.status != "ok" or made.capture.refused is not None or made.capture.warnings:
        return False  # what a tracer warns of is frozen, though no example shows it
    if made.again is not None and made.again.outcome != "agrees":
        return False
    return bool(made.outcomes) and all(one.outcome == "agrees" for one in made.outcomes.values())
