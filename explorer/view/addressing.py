"""What the address of the page says of what one reader made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import msgspec

from explorer.evidence import STATIC_KINDS, Kind
from explorer.options import ModelSource
from explorer.report.schema import Report
from explorer.view.differences import rows_for, rows_of
from explorer.view.gaze import Gaze
from explorer.view.matching import EARLIER
from explorer.view.panes import SIDES
from explorer.view.permalink import Alone, Permalink, with_examples
from explorer.view.reader import Reader
from explorer.view.reference import is_beside
from explorer.view.showing import Shown


def address_of(
    report: Report,
    shown: Shown,
    reader: Reader,
    *,
    captures: tuple[Kind, ...],
    sought: str,
    asked: ModelSource | None,
    kept: str = "",
) -> Permalink:
    """Return the address of what is shown: it restores all but a file of the reader's that is not ``kept``.

    ``asked`` is the source with the examples that the reader asked for; ``kept`` is the name under which it is kept.
    """
    if report.source.kind != "sample" and not kept:
        return Permalink()
    gaze = reader.gaze or Gaze()
    whole, shown = shown, _without_earlier(shown) if kept else _without_files(report, shown)
    if shown.sides != whole.sides:  # a file's pane is not there for who opens it, and the others may stand elsewhere
        reader, gaze = replace(reader, alone={}), msgspec.structs.replace(gaze, op=None, views={})
    if not kept and gaze.only.removeprefix("capture:") in {one.id for one in report.captures if is_beside(one)}:
        gaze = msgspec.structs.replace(gaze, only="")
    link = Permalink(
        source=None if kept else report.source.name,
        kept=kept or None,
        left=shown.left or None,
        right=shown.right or None,
        more=shown.more,
        difference=shown.difference,
        captures=None if captures == STATIC_KINDS else captures,
        autograd=reader.autograd,
        calls=reader.calls,
        large=reader.large,
        opened=_boxes(reader.toggled, are_open=True),
        shut=_boxes(reader.toggled, are_open=False),
        alone=tuple(
            Alone(side=side, opened=_boxes(own, are_open=True), shut=_boxes(own, are_open=False))
            for side in SIDES
            if side in shown.sides and (own := reader.alone.get(side)) is not None
        ),
        gaze=gaze,
        sought=sought,
        library=reader.library,
    )
    is_asked = asked is not None and asked.name == report.source.name
    return with_examples(link, asked) if asked is not None and is_asked and not kept else link


def _without_files(report: Report, shown: Shown) -> Shown:
    """Return what is left of ``shown`` where no file is beside the model; a side that shows one is empty."""
    files = {one.id for one in report.captures if is_beside(one)}
    if not files:
        return shown
    left, right = ("" if one in files else one for one in (shown.left, shown.right))
    more = tuple(one for one in shown.more if one not in files)
    return Shown(left=left, right=right, more=more, difference=_own_row(report, shown.difference))


def _without_earlier(shown: Shown) -> Shown:
    """Return what is left of ``shown`` without the graphs before an edit: these are not kept."""
    left, right = ("" if one.endswith(EARLIER) else one for one in (shown.left, shown.right))
    more = tuple(one for one in shown.more if not one.endswith(EARLIER))
    return Shown(left=left, right=right, more=more, difference=shown.difference)


def _own_row(report: Report, row: int | None) -> int | None:
    """Return which row it is among those that are not of files."""
    if row is None:
        return None
    its = [one.id for one in rows_for(report)[row].divergences if not one.source]
    own = rows_of(replace(report, divergences=tuple(one for one in report.divergences if not one.source)))
    return next((at for at, one in enumerate(own) if one.divergences[0].id in its), None)


def toggled_of(opened: tuple[str, ...], shut: tuple[str, ...]) -> dict[str, bool]:
    """Return what the reader did to the boxes of an address."""
    return dict.fromkeys(opened, True) | dict.fromkeys(shut, False)


def _boxes(toggled: Mapping[str, bool], *, are_open: bool) -> tuple[str, ...]:
    return tuple(key for key, is_open in toggled.items() if is_open is are_open and key)
