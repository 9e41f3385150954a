"""Our page: its first view, a box that opens, what is sent for it, and dragging a large view."""

from __future__ import annotations

import json
import statistics
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Page, WebSocket

from benchmarks.browser import chromium, ready
from benchmarks.browser.chromium import Visit
from benchmarks.browser.figures import PRESSED, Opening, Panning, Sent, Taken
from benchmarks.browser.models import Made
from benchmarks.browser.serving import streamlit

PANES = "deep(`[data-testid=graph-pane]`)"
DRAWN = f"{PANES}.filter((pane) => pane.querySelector(`[data-testid=graph-box]`)).length >= 2"
EMPTY = "document.querySelector(`[data-testid=stMain]`)"
MOST_OPENED = 7
DRAG_SECONDS = 4.0
DRAG_STEP = 6
"""Pixels of the pointer from one event to the next."""
SETTLE_LIMIT = 60.0
CLOSER = -1250
"""Pixels of the wheel that make the whole view so large that it can be read."""

PUSH = "deep(`[aria-label='{button}']`)[0].click();"

CLOSED = """
const boxes = deep(".pane.left [data-box].closed.there").filter((box) => box.querySelector(".strip"));
return boxes.map((box) => box.dataset.box);
"""

PRESS = """
const [key, wanted] = ASKED;
const root = deep(".stage")[0];
const find = (state) => root.querySelector(`.pane.left .box.${state}[data-box="${CSS.escape(key)}"]`);
const strip = find(wanted === "open" ? "closed" : "open").querySelector(".strip");
const start = performance.now();
strip.dispatchEvent(new MouseEvent("click", { bubbles: true, composed: true }));
// What was known ahead is there by now.
if (!find(wanted)) {
  await new Promise((done) => {
    const watch = new MutationObserver(() => find(wanted) && (watch.disconnect(), done()));
    watch.observe(root, { childList: true, subtree: true });
  });
}
// The frame that shows it: what comes after the next one has been handed on.
await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
return performance.now() - start;
"""

AHEAD = """
const [key, event, pointerType, milliseconds] = ASKED;
const box = deep(".stage")[0].querySelector(`.pane.left .box.closed[data-box="${CSS.escape(key)}"]`);
box.dispatchEvent(new PointerEvent(event, { bubbles: true, composed: true, pointerType }));
await new Promise((done) => setTimeout(done, milliseconds));
"""
"""What the pointer does on a box before the click."""

RESTED = 300
"""Milliseconds for which it does before the click."""

ON_SCREEN = """
let boxes = 0, scale = 0;
for (const canvas of deep(".canvas")) {
  const seen = canvas.getBoundingClientRect();
  for (const box of canvas.querySelectorAll("[data-box] > .outline")) {
    const at = box.getBoundingClientRect();
    boxes += at.right > seen.left && at.left < seen.right && at.bottom > seen.top && at.top < seen.bottom;
  }
  scale = Number(canvas.querySelector(".world").getAttribute("transform").match(/scale\\(([\\d.]+)\\)/)[1]);
}
return [boxes, scale];
"""

IN_THE_MIDDLE = """
const canvas = deep(".canvas")[0];
const of = (node) => node.getBoundingClientRect();
const middle = (at) => [at.x + at.width / 2, at.y + at.height / 2];
const [x, y] = middle(of(canvas));
const places = [...canvas.querySelectorAll("[data-box] > .outline")].map((box) => middle(of(box)));
const off = ([left, top]) => Math.hypot(left - x, top - y);
return places.reduce((best, place) => (off(place) < off(best) ? place : best));
"""
"""Where the box is that is nearest to the middle of a pane."""

COUNT_FRAMES = """
const paper = deep(".paper")[0];
const frames = (window.benchmarkFrames = []);
let before = "";
const tick = (now) => {
  const at = paper.style.transform;
  if (at !== before) frames.push(now);
  before = at;
  requestAnimationFrame(tick);
};
requestAnimationFrame(tick);
"""


FRAMES_A_SECOND = """
const all = window.benchmarkFrames;
return ((all.length - 1) / (all[all.length - 1] - all[0])) * 1000;
"""


def shell(*, limit: float) -> Taken:
    """Return what an empty page of Streamlit takes the browser."""
    with streamlit("benchmarks/browser/empty_app.py") as url, chromium.visiting() as visit:
        return visit.open(url, EMPTY, limit=limit)


@contextmanager
def served(made: Made, *, open_all: bool = False) -> Iterator[str]:
    """Serve the page over the comparison of ``made``."""
    environment = {ready.REPORT: str(made.report)}
    if open_all:
        environment[ready.OPEN_ALL] = "1"
    with streamlit("benchmarks/browser/app.py", environment) as url:
        yield url


def first_view(url: str, *, limit: float) -> Taken:
    """Return what the page takes until both panes are drawn."""
    with chromium.visiting() as visit:
        return visit.open(url, DRAWN, limit=limit)


def opening(url: str, *, limit: float) -> Opening:
    """Open each closed box of the first view for the first time: by a click alone, after a rest on it, by touch."""
    wall, served, cpu = _opened(url, None, limit=limit)
    rested, _, _ = _opened(url, ("pointerover", "mouse", RESTED), limit=limit)
    touched, _, _ = _opened(url, ("pointerdown", "touch", PRESSED), limit=limit)
    return Opening(wall=wall, rested=rested, touched=touched, served=served, cpu=statistics.mean(cpu) * 1000)


def _opened(url: str, ahead: tuple[str, str, int] | None, *, limit: float) -> tuple[tuple[float, ...], ...]:
    """Return, for each box of a fresh visit, the milliseconds until it is drawn and answered, and the CPU seconds."""
    taken: list[tuple[float, float, float]] = []
    with chromium.visiting() as visit:
        traffic = Traffic(visit.page)
        _must(visit.open(url, DRAWN, limit=limit))
        for key in _closed(visit)[:MOST_OPENED]:
            before = visit.meter.seconds()
            traffic.clear()
            if ahead is not None:
                visit.run(AHEAD.replace("ASKED", json.dumps([key, *ahead])))
            wall = _press(visit, key, "open")
            cpu = _must(visit.settle(before=before, limit=SETTLE_LIMIT)).cpu
            taken.append((wall, traffic.answered(), cpu))
            _press(visit, key, "closed")
            _must(visit.settle(limit=SETTLE_LIMIT))
    return tuple(zip(*taken, strict=True))


def sent(url: str, *, limit: float) -> dict[str, Sent]:
    """Return what the page is sent at first, for a selected difference and for an opened box."""
    with chromium.visiting() as visit:
        traffic = Traffic(visit.page)
        _must(visit.open(url, DRAWN, limit=limit))
        found = {"the first view": traffic.sent()}
        visit.run("deep(`.difference:not(.selected)`)[0].click();")
        _must(visit.settle(limit=SETTLE_LIMIT))
        found["selecting another difference"] = traffic.sent()
        _press(visit, _closed(visit)[0], "open")
        _must(visit.settle(limit=SETTLE_LIMIT))
        found["opening a box"] = traffic.sent()
    return found


def panning(url: str, *, limit: float) -> Iterator[Panning]:
    """Drag the whole view, and then its middle at a size that can be read."""
    with chromium.visiting() as visit:
        _must(visit.open(url, DRAWN, limit=limit))
        visit.run(PUSH.format(button="show the whole graph"))
        visit.run(COUNT_FRAMES)
        yield _dragged(visit)
        place = visit.run(IN_THE_MIDDLE)
        assert isinstance(place, list)
        visit.page.mouse.move(float(place[0]), float(place[1]))
        visit.page.mouse.wheel(0, CLOSER)
        visit.run("await new Promise((done) => setTimeout(done, 500));")
        yield _dragged(visit)


@dataclass
class Traffic:
    """What the page gets over its websocket since it was last cleared."""

    page: Page
    got: list[tuple[float, bytes]] = field(default_factory=list[tuple[float, bytes]])
    asked: list[float] = field(default_factory=list[float])

    def __post_init__(self) -> None:
        self.page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda _frame: self.asked.append(time.monotonic()))
        socket.on("framereceived", self._answered)

    def _answered(self, frame: str | bytes) -> None:
        self.got.append((time.monotonic(), frame.encode() if isinstance(frame, str) else frame))

    def clear(self) -> None:
        """Forget what came so far."""
        self.got.clear()
        self.asked.clear()

    def answered(self) -> float:
        """Return the milliseconds from the first question to the longest answer."""
        arrived, _ = max(self.got, key=lambda one: len(one[1]))
        return (arrived - self.asked[0]) * 1000

    def sent(self) -> Sent:
        """Return how much came, and forget it."""
        parts = [part for _, part in self.got]
        self.clear()
        return Sent(plain=sum(map(len, parts)), packed=sum(len(zlib.compress(part)) for part in parts))


def _must(taken: Taken) -> Taken:
    if taken.failed:
        raise RuntimeError(f"The page was {taken.failed}.")
    return taken


def _closed(visit: Visit) -> list[str]:
    found = visit.run(CLOSED)
    assert isinstance(found, list)
    return [str(key) for key in found]


def _press(visit: Visit, key: str, wanted: str) -> float:
    """Open or close a box and return the milliseconds that it took."""
    taken = visit.run(PRESS.replace("ASKED", json.dumps([key, wanted])))
    assert isinstance(taken, float | int)
    return float(taken)


def _dragged(visit: Visit) -> Panning:
    """Drag up and down for some seconds."""
    found = visit.run(ON_SCREEN)
    assert isinstance(found, list)
    box = visit.page.locator(".canvas").first.bounding_box()
    assert box is not None
    x, middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    visit.page.mouse.move(x, middle)
    visit.page.mouse.down()
    visit.run("window.benchmarkFrames.length = 0;")
    start, at, way = time.monotonic(), middle, DRAG_STEP
    while time.monotonic() - start < DRAG_SECONDS:
        at += way
        if abs(at - middle) > box["height"] / 3:
            way = -way
        visit.page.mouse.move(x, at)
    frames = visit.run(FRAMES_A_SECOND)
    visit.page.mouse.up()
    assert isinstance(frames, float | int)
    return Panning(boxes=int(found[0]), scale=float(found[1]), frames=float(frames))
