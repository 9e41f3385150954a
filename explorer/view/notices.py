"""What the page says beside the verdict: what is under way, what was cancelled, what the address asked in vain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.report.schema import Report
from explorer.view.differences import Row
from explorer.view.earlier import has_earlier, is_as_before
from explorer.view.edits import Edit, said_of
from explorer.view.matching import EARLIER, showable
from explorer.view.permalink import Permalink
from explorer.view.showing import Shown
from explorer.wording import joined


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A sentence above the page. With ``below`` what is seen is of something else, by that name."""

    text: str
    below: str = ""
    working: bool = False
    offer: str = ""
    """What a button beside it says; it shows the pair ``shows``."""
    shows: tuple[str, str] | None = None


def of_another(asked: str, shown: str, *, running: bool) -> Notice:
    """Return the notice for a page that still shows ``shown`` after ``asked`` was handed in."""
    if running:
        return Notice(text=f"Comparing {asked} …", below=shown, working=True)
    return Notice(text=f"Comparing {asked} was cancelled before anything was known.", below=shown)


def of_edit(edit: Edit, report: Report, shown: Shown) -> Notice:
    """Return what the reader's edit did, and offer a graph that it changed: before it beside after it."""
    graphs = [shown.right, *(capture.id for capture in report.captures if capture.kind != "eager")]
    known = [one for one in dict.fromkeys(graphs) if has_earlier(report, one) and one in (report.graphs or {})]
    same = [one for one in known if is_as_before(report, one)]
    there = next((one for one in known if one not in same), None)
    pair = None if there is None or shown.left == there + EARLIER else (there + EARLIER, there)
    text = " ".join(filter(None, (said_of(edit), _unchanged(known, same, shown))))
    return Notice(text=text, offer="Old beside new" if pair else "", shows=pair)


def _unchanged(known: Sequence[str], same: Sequence[str], shown: Shown) -> str:
    """Return that an edit left all graphs alone, or the one that is shown."""
    if known and len(same) == len(known) > 1:
        return "It changed nothing in any graph."
    right = shown.right.removesuffix(EARLIER)
    both = ": both are equal" if {shown.left, shown.right} == {right, right + EARLIER} else ""
    return f"It changed nothing in the {right} graph{both}." if right in same else ""


def beside(pending: Sequence[str], skipped: Sequence[str]) -> str:
    """Return what stands beside the verdict while it may change, or where it is of a part."""
    if pending:
        return f"Still comparing {', '.join(pending)} …"
    return f"Cancelled before {', '.join(skipped)}." if skipped else ""


def in_vain(link: Permalink, report: Report, rows: Sequence[Row], shown: Shown) -> Notice | None:
    """Return what the address asked for that is not there, and what is shown instead."""
    ids = showable(report)
    asked = [*link.unread]
    asked += [f"{side}={one}" for side, one in (("left", link.left), ("right", link.right)) if one and one not in ids]
    if link.difference is not None and link.difference >= len(rows):
        asked.append(f"difference={link.difference + 1}")
    asked += [f"alone={one.side}" for one in link.alone if one.side not in shown.sides]
    if link.library and link.gaze.op is None:
        asked.append(f"frame={link.library}")
    if not asked:
        return None
    named = joined(asked)
    there = f"{report.source.name}, {shown.left} beside {shown.right}"
    return Notice(text=f"The address asks for {named}: not there. Shown instead: {there}.")
