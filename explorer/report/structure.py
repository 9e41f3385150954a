"""Notes on structure: what a capture fused, decomposed or removed, said once for each."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.evidence import Capture
from explorer.report.schema import Divergence, Group

SENTENCES = {
    "fused": "{count} groups of eager ops are one op each in the {kind} graph, such as {ops}.",
    "decomposed": "{count} eager ops are several ops each in the {kind} graph, such as {ops}.",
    "removed": "{count} eager ops are not in the {kind} graph, as nothing depends on them or they change nothing, "
    "such as {ops}.",
}
CAUSE_OF = {"fused": "fused", "decomposed": "decomposed", "only-left": "removed"}


def structure_notes(file: str, eager: Capture, capture: Capture, groups: tuple[Group, ...]) -> Iterator[Divergence]:
    """Yield at most one note for each way in which the structure of a capture differs from eager's."""
    if eager.graph is None or capture.graph is None:
        return
    ops = eager.graph.by_id
    found: dict[str, list[Group]] = {}
    for group in groups:
        works = [one for one in group.left if ops[one].role == "compute"]  # pyright: ignore[reportArgumentType]
        cause = CAUSE_OF.get(group.kind)
        if cause and works:
            found.setdefault(cause, []).append(group)
    for cause, members in found.items():
        names = [ops[one].op for one in members[0].left]  # pyright: ignore[reportArgumentType]
        place = ops[members[0].left[0]].location  # pyright: ignore[reportArgumentType]
        yield Divergence(
            id="",
            severity="note",
            cause=cause,
            capture=capture.kind,
            inputs=(eager.input or "",),
            file=place.file if place else file,
            line=place.line if place else None,
            function=place.function if place else None,
            module=ops[members[0].left[0]].module,  # pyright: ignore[reportArgumentType]
            explanation=SENTENCES[cause].format(count=len(members), kind=capture.kind, ops=" + ".join(names)),
            evidence={"groups": len(members)},
            left=tuple(one for group in members for one in group.left),
            right=tuple(one for group in members for one in group.right),
            left_capture=eager.id,
            right_capture=capture.id,
        )
