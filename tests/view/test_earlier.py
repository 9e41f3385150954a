"""The version before an edit beside the one after it: its graphs are there, at the lines of the new text."""

from __future__ import annotations

import pytest

from explorer.report.schema import Report
from explorer.view.doing import act
from explorer.view.earlier import has_earlier, with_earlier
from explorer.view.edits import edit_of
from explorer.view.matching import groups_between, showable, turns_of
from explorer.view.notices import of_edit
from explorer.view.payload import scene_of
from explorer.view.session import Session
from explorer.view.showing import Shown
from tests.cases import Workshop, a_model

EXAMPLES = "'a': (torch.ones(2, 3),), 'b': (-torch.ones(2, 3),)"
INIT = "self.up = nn.Linear(3, 3)\nself.down = nn.Linear(3, 3)"
BEFORE = a_model(
    "y = torch.relu(self.up(x))\nif x.sum() > 0:\n    y = self.down(y) * 2\nelse:\n    y = y - 1\nreturn y.sum() + 1",
    EXAMPLES, init=INIT,
)  # fmt: skip
AFTER = a_model(
    "# no branch\ny = torch.relu(self.up(x))\ny = torch.where(x.sum() > 0, self.down(y) * 2, y - 1)\nreturn y.sum() + 1",
    EXAMPLES, init=INIT,
)  # fmt: skip


@pytest.fixture
def before(workshop: Workshop) -> Report:
    return workshop.report(BEFORE, "trace")


@pytest.fixture
def after(workshop: Workshop) -> Report:
    return workshop.report(AFTER, "trace", "script")


def test_what_the_edit_left_is_matched_and_what_it_brought_is_not(before: Report, after: Report) -> None:
    both = with_earlier(after, before)
    old, new = ({node.id: node.op for node in (both.graphs or {})[one].nodes} for one in ("trace:before", "trace"))
    groups = groups_between(both, "trace:before", "trace")
    tied = {old[op] for group in groups if group.right for op in group.left}
    assert {"linear", "relu", "mul", "sum", "add"} <= tied
    lone = {new[op] for group in groups if not group.left for op in group.right}
    assert {"where", "gt", "sub"} <= lone
    assert not {"linear", "relu"} & lone


def test_a_graph_before_the_edit_stands_at_the_lines_of_the_new_text(before: Report, after: Report) -> None:
    """A line further down for the comment; what stood on lines that are gone has none, so that none is blamed."""
    both = with_earlier(after, before)
    old, moved = ((report.graphs or {})[one] for report, one in ((before, "trace"), (both, "trace:before")))
    lines = {node.op: (node.line, there.line) for node, there in zip(old.nodes, moved.nodes, strict=True) if node.file}
    assert lines["relu"][1] == (lines["relu"][0] or 0) + 1
    assert lines["mul"][1] is None
    assert {node.file for node in moved.nodes if node.line is not None} == {after.source.file}


def test_graphs_of_both_versions_can_be_shown_and_none_is_lost(before: Report, after: Report) -> None:
    both = with_earlier(after, before)
    assert set(showable(after)) < set(showable(both))
    assert {"trace:before", "eager:a:before", "eager:b:before"} <= set(showable(both))
    assert not has_earlier(both, "script")
    for left, right in (("trace:before", "trace"), ("eager:a:before", "trace:before"), ("eager:b:before", "eager:b")):
        scene = scene_of(both, Shown(left=left, right=right, difference=None), {})
        assert [pane.capture for pane in scene.panes] == [left, right]


def test_a_script_from_before_the_edit_can_be_shown(workshop: Workshop) -> None:
    """Ops of a line that is gone kept their column in it, and the page said that something went wrong."""
    old, new = (workshop.report(text, "script") for text in (BEFORE, AFTER))
    scene = scene_of(with_earlier(new, old), Shown(left="script:before", right="script", difference=None), {})
    assert [pane.capture for pane in scene.panes] == ["script:before", "script"]


def test_turns_of_a_loop_are_told_of_the_graph_before_the_edit(workshop: Workshop) -> None:
    body = "for _ in range(3):\n    x = x * 2 + 1\nreturn x"
    old, new = (a_model(text, EXAMPLES) for text in (body, body + " * 1"))
    both = with_earlier(workshop.report(new, "trace"), workshop.report(old, "trace"))
    assert {turn.number for turns in turns_of(both, "trace:before").values() for turn in turns} == {0, 1, 2}


def test_the_page_offers_old_beside_new_and_names_what_is_gone(before: Report, after: Report) -> None:
    edit = edit_of(before, after)
    both = with_earlier(after, before)
    notice = of_edit(edit, both, Shown(left="eager:a", right="script", difference=None))
    assert notice.shows == ("trace:before", "trace")
    assert of_edit(edit, both, Shown(left="trace:before", right="trace", difference=None)).shows is None
    assert [row.cause for row in edit.removed] == ["baked-branch"]


def test_an_edit_that_leaves_a_graph_alone_says_so(workshop: Workshop, before: Report) -> None:
    """Two equal graphs side by side said nothing."""
    shown = Shown(left="trace:before", right="trace", difference=None)
    commented = workshop.report(BEFORE.replace("return y.sum() + 1", "# done\n        return y.sum() + 1"), "trace")
    both = with_earlier(commented, before)
    notice = of_edit(edit_of(before, commented), both, shown)
    assert notice.text.endswith("It changed nothing in the trace graph: both are equal.")
    assert notice.shows is None


def test_of_a_graph_that_the_edit_left_alone_another_is_offered(workshop: Workshop) -> None:
    """On the side that the trace has not: the script changed, the trace did not."""
    old, new = (workshop.report(text, "trace", "script") for text in (BEFORE, BEFORE.replace("y - 1", "y - 2")))
    notice = of_edit(edit_of(old, new), with_earlier(new, old), Shown(left="eager:a", right="trace", difference=None))
    assert notice.text.endswith("It changed nothing in the trace graph.")
    assert notice.shows == ("script:before", "script")


def test_an_edit_that_changes_a_number_changes_the_graph(workshop: Workshop, before: Report) -> None:
    other = workshop.report(BEFORE.replace("* 2", "* 3"), "trace")
    notice = of_edit(
        edit_of(before, other), with_earlier(other, before), Shown(left="eager:a", right="trace", difference=0)
    )
    assert "changed nothing" not in notice.text
    assert notice.shows == ("trace:before", "trace")


def test_what_is_handed_on_is_the_new_version_alone(before: Report, after: Report) -> None:
    session = Session()
    session.before, session.kept = before, after
    seen, report = session.seen_report, session.report
    assert seen is not None
    assert report is not None
    assert "trace:before" in (seen.graphs or {})
    assert "trace:before" not in (report.graphs or {})
    assert session.seen_report is seen  # made once
    act(session, {"do": "pair", "left": "trace:before", "right": "trace"})
    assert session.left == "trace:before"
