"""The page as one file: it holds what it can show, once, and nothing of a model is part of its script."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from explorer.errors import SourceError
from explorer.report.schema import Report
from explorer.view.assets import read
from explorer.view.differences import rows_of
from explorer.view.showing import Shown
from explorer.view.standalone import to_html
from tests.view.fakes import gated_report

REPORT = gated_report()
HOSTILE = "</script><script>alert(1)</script><!--"


def held(report: Report, shown: Shown | None = None) -> dict[str, dict[str, dict[str, int]]]:
    (text,) = re.findall(r'<script type="application/json" id="report">(.*?)</script>', to_html(report, shown).decode())
    return json.loads(text)


def test_every_difference_and_every_cell_can_be_shown() -> None:
    states = held(REPORT)["states"]
    assert {f"difference:{at}" for at in range(len(rows_of(REPORT)))} <= states.keys()
    assert {f"pair:eager:{one.name}|{two.id}" for one in REPORT.inputs for two in REPORT.captures
            if two.kind != "eager"} <= states.keys()  # fmt: skip


def test_what_pages_share_is_held_once() -> None:
    data = held(REPORT)
    texts = [json.dumps(part) for part in data["parts"]]
    assert len(set(texts)) == len(texts)
    assert {place for state in data["states"].values() for place in state.values()} == set(range(len(texts)))


def test_it_opens_on_what_was_shown() -> None:
    shown = Shown(left="eager:wide", right="script", difference=None)
    data = held(REPORT, shown)
    assert data["parts"][data["states"]["first"]["shown"]] == {
        "left": "eager:wide",
        "right": "script",
        "third": None,
        "fourth": None,
        "difference": None,
    }


def test_what_a_model_writes_is_data() -> None:
    found = tuple(replace(one, explanation=HOSTILE) for one in REPORT.divergences)
    report = replace(REPORT, source=replace(REPORT.source, name=HOSTILE, text=HOSTILE), divergences=found)
    page = to_html(report).decode()
    assert HOSTILE not in page
    assert page.count("</script>") == 2
    assert page.count("<script") == 2
    assert HOSTILE in json.dumps(held(report), ensure_ascii=False)


def test_it_asks_for_nothing() -> None:
    """What a file is allowed to load is what it holds; no address is written into it but those of SVG's names."""
    page = to_html(REPORT).decode()
    assert "default-src 'none'" in page
    assert set(re.findall(r"https?://[\w./]+", page)) <= {"http://www.w3.org/2000/svg"}
    assert set(re.findall(r"url\(\"?([a-z]+):", page)) == {"data"}


def test_a_report_without_a_capture_is_told() -> None:
    with pytest.raises(SourceError, match="nothing to draw"):
        to_html(replace(REPORT, captures=(), graphs={}))


@pytest.mark.parametrize("side", ["light", "dark"])
def test_its_colours_are_the_apps(side: str) -> None:
    theme = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text())["theme"][side]
    light, dark = read("standalone.css").split("@media (prefers-color-scheme: dark)")
    written = dict(re.findall(r"--st-([\w-]+): (#\w+);", light if side == "light" else dark))
    names = {re.sub(r"([A-Z])", lambda one: f"-{one[1].lower()}", name): value
             for name, value in theme.items() if isinstance(value, str)}  # fmt: skip
    assert written == names
