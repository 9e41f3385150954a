"""What a box says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from explorer.report.schema import NodeEntry
from explorer.view.labels import title
from tests.view.fakes import gated_report

NODE = next(iter(gated_report().graphs.values())).nodes[0]


@pytest.mark.parametrize(
    ("role", "target", "shown"),
    [
        ("input", "x", "input x"),
        ("input", "input_ids", "input input_ids"),
        ("input", "input", "input"),
        ("output", "output", "output"),
        ("output", "output['y'][0]", "output['y'][0]"),
        ("output", "output.keys", "output.keys"),
        ("output", "logits", "output logits"),
        ("output", "output_ids", "output output_ids"),
    ],
)
def test_an_input_and_an_output_say_their_names(role: str, target: str, shown: str) -> None:
    """``input_ids`` was once ``input _ids``, and an output with a name of its own grew on to the word."""
    assert title(node(role, target)) == shown


def node(role: str, target: str) -> NodeEntry:
    return replace(NODE, role=role, op=role, target=target)  # type: ignore[arg-type]
