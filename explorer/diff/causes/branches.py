"""What branch, loop, type and check causes share: how a parting becomes a divergence."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from explorer.diff.case import RUNS_PYTHON, Case, Parting
from explorer.divergence import Divergence

REMEDIES = {
    "data": "Compute both sides and choose with torch.where, or keep both with torch.cond; torch.jit.script keeps "
    "the branch as it is.",
    "type": "Capture one graph for each form of the input, or choose the form outside the model.",
    "loop": "Make the loop a tensor operation, pad to a fixed length, or keep it with torch.jit.script.",
}


def applies(case: Case, parting: Parting) -> bool:
    """Whether this kind of capture fixes such a decision.

    A script compiles branches and loops and only settles what depends on types; Dynamo checks what it
    assumed before each run and loses nothing but the handlers of ``try``.
    """
    if case.on_state(parting.site):
        return False
    if case.kind in RUNS_PYTHON:
        return True
    return parting.site.on_type if case.kind == "script" else parting.site.kind == "try"


def frozen(
    case: Case, name: str, wanted: Callable[[Parting], bool], remedy: str, sentence: str
) -> Iterator[Divergence]:
    """Yield one divergence for each place whose parting is ``wanted``, its examples together."""
    places: dict[int, list[Parting]] = {}
    for parting in case.wrong_partings:
        if wanted(parting) and applies(case, parting):
            places.setdefault(parting.site.line, []).append(parting)
    for line, partings in places.items():
        examples = tuple(dict.fromkeys(one.example for one in partings))
        yield case.found(
            name,
            "error",
            line,
            told(case, partings[0], sentence, examples),
            inputs=examples,
            remedy=remedy,
            evidence={
                "condition": partings[0].site.text,
                "chosen when captured": list(partings[0].captured[:8]),
                "chosen by eager": list(partings[0].taken[:8]),
                "parts on": list(examples),
            },
        )


def told(case: Case, parting: Parting, sentence: str, examples: tuple[str, ...]) -> str:
    """Say in one or two sentences what was fixed and where eager goes instead."""
    names = " and ".join(f"“{one}”" for one in examples[:3]) + (" and others" if len(examples) > 3 else "")  # noqa: PLR2004
    text = f"`{parting.site.text}`" if parting.site.text else f"line {parting.site.line}"
    return sentence.format(text=text, first=case.first, names=names, kind=case.kind,
                           side=_side(case, parting), counts=_counts(parting))  # fmt: skip


def _side(case: Case, parting: Parting) -> str:
    """Return which side the captured run took, where that can be told."""
    site = parting.site
    ran = case.runs[case.first].lines
    if site.body is not None and site.body not in site.lines and len(parting.captured) == 1:
        return "true" if site.body in ran else "false"
    apart = next((one for one, other in zip(parting.captured, parting.taken, strict=False) if one != other), None)
    if apart is None or site.compound:
        return "one way"
    return "true" if apart else "false"


def _counts(parting: Parting) -> str:
    return f"{sum(parting.captured)} against {sum(parting.taken)}"
