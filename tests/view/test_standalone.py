"""The page as one file: it holds what it can show, once, and nothing of a model is part of its script."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import tomllib
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from explorer.errors import SourceError
from explorer.report.schema import Report
from explorer.view.assets import read
from explorer.view.differences import rows_of
from explorer.view.gaze import Gaze
from explorer.view.payload import drawing_of, scene_of
from explorer.view.reader import NOBODY, Reader
from explorer.view.seeking import found
from explorer.view.showing import Shown, another
from explorer.view.standalone import to_html
from tests.cases import Workshop, a_model
from tests.view.fakes import gated_report

REPORT = gated_report()
FIRST = Shown(left="eager:long", right="trace", difference=0)
HOSTILE = "</script><script>alert(1)</script><!--"


Data = dict[str, Any]


def held(report: Report, shown: Shown | None = None, reader: Reader = NOBODY) -> Data:
    (packed,) = re.findall(r'id="report">(.*?)</script>', to_html(report, shown, reader).decode())
    return json.loads(zlib.decompress(base64.b64decode(packed)))


def part(data: Data, state: str, name: str) -> Any:
    return data["parts"][data["states"][state][name]]


def insides(data: Data, state: str, *, closed: bool = True) -> Data:
    """Return what stands in each box of a page, those that open by themselves as they do, if they do."""
    places = {**(part(data, state, "insides") if closed else {}), **part(data, state, "opened")}
    return {box: data["parts"][place] for box, place in places.items()}


def put(boxes: Data, key: str = "", x: float = 12, y: float = 12) -> Iterator[tuple[str, tuple[float, float]]]:
    """Yield where the boxes stand."""
    for box in boxes[key]["boxes"]:
        yield box["key"], (x + box["x"], y + box["y"])
        if box["key"] in boxes:
            yield from put(boxes, box["key"], x + box["x"], y + box["y"])


def placed(shown: Shown, toggled: Mapping[str, bool] | None = None, *, calls: bool = False) -> Data:
    """Return where the app puts the boxes."""
    scene = scene_of(REPORT, shown, toggled or {}, calls=calls)
    return {box.key: pytest.approx((box.x, box.y), abs=0.3) for box in scene.boxes}


def test_every_difference_and_every_cell_can_be_shown() -> None:
    states = held(REPORT)["states"]
    assert {f"difference:{at + 1}" for at in range(len(rows_of(REPORT)))} <= states.keys()
    assert {f"pair:eager:{one.name}|{two.id}" for one in REPORT.inputs for two in REPORT.captures
            if two.kind != "eager"} <= states.keys()  # fmt: skip


def test_what_pages_share_is_held_once() -> None:
    data = held(REPORT)
    texts = [json.dumps(part) for part in data["parts"]]
    assert len(set(texts)) == len(texts)
    used = {place for state in data["states"].values() for place in state.values()}
    used |= {
        place for key in data["states"] for name in ("opened", "insides") for place in part(data, key, name).values()
    }
    details = [one for held in data["parts"] if held and "details" in held for one in held["details"]]
    used |= {detail["stack"] for one in details for detail in one.values()}
    assert used == set(range(len(texts)))


def test_it_opens_on_what_was_shown() -> None:
    shown = Shown(left="eager:wide", right="script", difference=None)
    assert part(held(REPORT, shown), "first", "shown") == {
        "left": "eager:wide",
        "right": "script",
        "third": None,
        "fourth": None,
        "difference": None,
    }


TOGGLED = {"/encoder": True, "/fixed:18": False}


def test_it_opens_as_its_reader_left_it() -> None:
    reader = Reader(toggled=TOGGLED, gaze=Gaze(op=("left", "be1")), autograd=True)
    data = held(REPORT, FIRST, reader)
    assert dict(put(insides(data, "first", closed=False))) == placed(FIRST, TOGGLED)
    assert (data["common"]["gaze"]["op"], data["common"]["autograd"]) == (["left", "be1"], True)
    pair = Shown(left="eager:wide", right="script", difference=None)
    assert dict(put(insides(data, "pair:eager:wide|script", closed=False))) == placed(pair, TOGGLED)


def test_python_calls_stay_shown() -> None:
    data = held(REPORT, FIRST, Reader(calls=True))
    assert data["common"]["calls"] is True
    assert dict(put(insides(data, "first", closed=False))) == placed(FIRST, calls=True)


def test_a_pane_that_is_for_itself_is_held_as_it_is() -> None:
    data = held(REPORT, FIRST, Reader(alone={"right": TOGGLED}))
    assert data["common"]["alone"] == {"right": TOGGLED}
    own = {box: data["parts"][place] for box, place in part(data, "first", "own")["right"].items()}
    assert dict(put(own)) == placed(FIRST, TOGGLED)
    assert dict(put(insides(data, "first", closed=False))) == placed(FIRST)


def test_what_the_reader_opened_is_left_out_of_other_pages_where_there_is_no_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("explorer.view.standalone.MOST_HELD", 0)
    data = held(REPORT, FIRST, Reader(toggled=TOGGLED))
    assert dict(put(insides(data, "first", closed=False))) == placed(FIRST, TOGGLED)
    pair = Shown(left="eager:wide", right="script", difference=None)
    assert dict(put(insides(data, "pair:eager:wide|script", closed=False))) == placed(pair)
    assert "another" not in data["states"]


def test_how_far_it_is_can_be_told() -> None:
    told: list[tuple[str, float]] = []
    to_html(REPORT, FIRST, tell=lambda doing, part: told.append((doing, part)))
    assert told[0] == ("drawing eager:long beside trace", 0.0)
    assert told[-1][0] == "packing it"
    parts = [part for _, part in told]
    assert parts == sorted(parts)
    assert parts[-1] <= 1.0


def test_what_a_model_writes_is_data() -> None:
    found = tuple(replace(one, explanation=HOSTILE) for one in REPORT.divergences)
    graphs = {key: replace(graph, nodes=tuple(replace(node, target=HOSTILE) for node in graph.nodes))
              for key, graph in (REPORT.graphs or {}).items()}  # fmt: skip
    report = replace(
        REPORT, source=replace(REPORT.source, name=HOSTILE, text=HOSTILE), divergences=found, graphs=graphs
    )
    page = to_html(report).decode()
    assert HOSTILE not in page
    assert page.count("</script>") == 2
    assert page.count("<script") == 2
    data = held(report)
    assert data["common"]["name"] == HOSTILE
    assert {detail["target"] for inside in insides(data, "first").values() for details in inside["details"]
            for detail in details.values()} == {HOSTILE}  # fmt: skip


def test_the_boxes_stand_as_the_app_puts_them() -> None:
    data = held(REPORT, FIRST)
    assert dict(put(insides(data, "first", closed=False))) == placed(FIRST)


def test_every_op_stands_in_a_box_that_can_be_opened() -> None:
    data = held(REPORT, FIRST)
    reached = {key for key, _ in put(insides(data, "first"))}
    drawing = drawing_of(REPORT, FIRST)
    assert reached == (drawing.union.units.keys() | drawing.tree.frames.keys()) - {""}


def test_a_box_stands_for_itself_whatever_else_is_open() -> None:
    """Opened by hand it is the same on every page of the pair, so it is held once for all of them."""
    data = held(REPORT, FIRST)
    assert data["states"]["first"]["insides"] == data["states"]["pair:eager:long|trace"]["insides"]


def test_wires_that_end_at_a_closed_box_know_its_ports() -> None:
    encoder = insides(held(REPORT, FIRST), "first")["/encoder"]
    assert encoder["comes"] == {"Lbx": ["in:Lbx"]}
    assert {port for ports in encoder["goes"].values() for port in ports} <= encoder["ports"].keys()
    assert encoder["goes"]


def test_a_box_that_is_open_knows_its_size_when_it_is_closed() -> None:
    data = held(REPORT, FIRST)
    closed = {box.key: [box.width, box.height] for box in scene_of(REPORT, FIRST, {"/fixed:18": False}).boxes}
    assert insides(data, "first")[""]["closed"] == {"/fixed:18": pytest.approx(closed["/fixed:18"], abs=0.1)}


def test_what_can_be_found_is_what_the_app_finds() -> None:
    data = held(REPORT, FIRST)
    found_here = [one["hit"]["title"] for one in part(data, "first", "entries")["entries"] if "sharpen" in one["held"]]
    assert found_here == [hit.title for hit in found(drawing_of(REPORT, FIRST), "sharpen").hits]
    assert part(data, "first", "entries")["around"]["Lbe0"] == "/encoder/0"


def test_beyond_its_room_a_file_holds_the_outer_boxes_of_what_it_opens_on(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = held(REPORT, FIRST)
    least = sum(len(json.dumps(one, ensure_ascii=False, separators=(",", ":"))) for at, one in enumerate(whole["parts"])
                if at < whole["states"]["first"]["insides"])  # fmt: skip
    monkeypatch.setattr("explorer.view.standalone.MOST_HELD", least)
    data = held(REPORT, FIRST)
    assert part(data, "first", "opened").keys() == part(whole, "first", "opened").keys()
    assert "" in part(data, "first", "opened")
    kept = [len(part(data, key, "insides")) for key in ("first", "pair:eager:short|onnx_ts")]
    assert kept[0] >= kept[1] == 0
    assert "entries" not in data["states"]["pair:eager:short|onnx_ts"]


def test_graphs_beside_the_pair_are_held_as_they_are_shown() -> None:
    shown = replace(FIRST, more=("script",))
    data = held(REPORT, shown)
    assert part(data, "first", "shown")["third"] == "script"
    assert [pane["capture"] for pane in part(data, "first", "panes")] == ["eager:long", "trace", "script"]
    assert dict(put(insides(data, "first", closed=False))) == placed(shown)


def test_one_more_graph_is_held_beside_what_it_opens_on() -> None:
    data = held(REPORT, FIRST)
    assert part(data, "another", "shown")["third"] == another(REPORT, FIRST)
    assert part(data, "another:1", "shown")["third"] == part(data, "another", "shown")["third"]
    full = replace(FIRST, more=("script", "onnx_ts"))
    assert "another" not in held(REPORT, full)["states"]


def policy(page: str) -> dict[str, str]:
    """Return what the page allows itself, by what for."""
    (told,) = re.findall(r'Content-Security-Policy" content="(.*?)">', page, re.DOTALL)
    return {name: " ".join(given) for name, *given in map(str.split, told.split(";"))}


def test_only_its_own_script_may_run() -> None:
    page = to_html(REPORT).decode()
    (script,) = re.findall(r'<script type="module">(.*?)</script>', page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert policy(page)["script-src"] == f"'sha256-{digest}'"


def test_it_asks_for_nothing() -> None:
    """What a file is allowed to load is what it holds; no address is written into it but those of SVG's names."""
    page = to_html(REPORT).decode()
    assert policy(page).keys() == {
        "default-src", "style-src", "script-src", "font-src", "img-src", "base-uri", "form-action",
    }  # fmt: skip
    assert {policy(page)[name] for name in ("default-src", "base-uri", "form-action")} == {"'none'"}
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


def test_what_is_open_in_a_box_that_is_closed_is_no_fault(workshop: Workshop) -> None:
    """The file was not made: of two boxes that were open in one another, the outer one stood in one that was closed."""
    inner = "nn.Sequential(nn.Linear(2, 2), nn.ReLU())"
    init = f"self.a = nn.Sequential(nn.Sequential(nn.Sequential({inner}, nn.Tanh()), nn.Tanh()), nn.Tanh())"
    report = workshop.report(a_model("return self.a(x)", "'a': (torch.ones(2),)", init=init), "trace")
    reader = Reader(toggled={"/a": False, "/a/0": False, "/a/0/0": True, "/a/0/0/0": True})
    shown = Shown(left="eager:a", right="trace", difference=None)
    assert "/a/0/0" not in part(held(report, shown, reader), "first", "opened")
