"""What the address of the page says of what one reader made of it."""

from __future__ import annotations

from collections.abc import Mapping

from explorer.evidence import STATIC_KINDS, Kind
from explorer.options import ModelSource
from explorer.report.schema import Report
from explorer.view.panes import SIDES
from explorer.view.permalink import Alone, Permalink, with_examples
from explorer.view.reader import Reader
from explorer.view.showing import Shown


def address_of(
    report: Report,
    shown: Shown,
    reader: Reader,
    *,
    captures: tuple[Kind, ...],
    sought: str,
    asked: ModelSource | None,
) -> Permalink:
    """Return the address of what is shown: it restores all but a file of the reader's, which it has not.

    ``asked`` is the source with the examples that the reader asked for.
    """
    if report.source.kind != "sample":
        return Permalink()
    link = Permalink(
        source=report.source.name,
        left=shown.left,
        right=shown.right,
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
        gaze=reader.gaze,
        sought=sought,
        library=reader.library,
    )
    return with_examples(link, asked) if asked is not None and asked.name == report.source.name else link


def toggled_of(opened: tuple[str, ...], shut: tuple[str, ...]) -> dict[str, bool]:
    """Return what the reader did to the boxes of an address."""
    return dict.fromkeys(opened, True) | dict.fromkeys(shut, False)


def _boxes(toggled: Mapping[str, bool], *, are_open: bool) -> tuple[str, ...]:
    return tuple(key for key, is_open in toggled.items() if is_open is are_open and key)
