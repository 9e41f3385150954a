"""What the panes draw, as text: by boxes, wires and signs, never by pixels, which hang on Graphviz and on fonts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

READ = """(panes) => panes.map((pane) => {
    const style = (one) => getComputedStyle(one);
    const seen = (one) => style(one).display !== "none";
    const place = (one) => one.getAttribute("transform").match(/-?[\\d.]+/g).map(Number);
    // A text, or its parts where they are of other kinds.
    const partsOf = (text) => [...text.childNodes]
        .map((one) => (one.nodeType === Node.TEXT_NODE ? [text.getAttribute("class"), one.data] : seen(one) && [one.getAttribute("class"), one.textContent]))
        .filter(Boolean);
    const textsOf = (group) => [...group.children].filter((one) => one.matches("text") && seen(one)).flatMap(partsOf);
    const stateOf = (mark) => `${[...mark.classList].join(" ")}: ${mark.querySelector("text").textContent}, ${mark.querySelector("title").textContent}`;
    const boxOf = (group) => {
        const [x, y] = place(group);
        const outline = group.querySelector(":scope > .outline");
        const [width, height] = ["width", "height"].map((name) => Number(outline.getAttribute(name)));
        const faces = [...group.querySelectorAll(":scope > .stacked")].map((row) => partsOf(row.querySelector("text")));
        const states = [...group.querySelectorAll(":scope > .state")].map(stateOf);
        return { key: group.dataset.box, classes: [...group.classList], x, y, width, height, texts: textsOf(group), faces, states };
    };
    // By what is seen: how the line is broken.
    const lines = { none: "solid", "1.5px, 3px": "dotted", "4px, 3px": "ghost" };
    const wireOf = (path) => ({
        source: path.dataset.source,
        target: path.dataset.target,
        line: (lines[style(path).strokeDasharray] ?? style(path).strokeDasharray) + (style(path).strokeWidth === "1.9px" ? ", another way" : ""),
        back: style(path).markerStart !== "none",
    });
    const all = (selector) => [...pane.querySelectorAll(selector)];
    return {
        capture: pane.dataset.capture,
        calm: Boolean(pane.querySelector(".canvas.calm")),
        said: pane.querySelector(".refusal")?.innerText ?? "",
        boxes: all(".box:not(.frame-name)").map(boxOf),
        names: all(".frame-name").map((group) => ({ at: place(group), texts: textsOf(group) })),
        wires: all(".wire").map(wireOf),
        stubs: all(".stub").map((stub) => ({ at: place(stub), label: stub.querySelector("text").textContent })),
        legend: all(".pane > .legend > span").filter(seen).map((one) => [one.className, one.textContent.trim()]),
        pins: all(".pin").map((pin) => [[...pin.classList].slice(1).join(" "), pin.textContent]),
    };
})"""
"""Read the panes; a box is where it stands in the scene, so that nothing hangs on how far the panes are zoomed."""

ROW = 2.0
"""Pixels by which the middles of boxes in one row may differ."""


@dataclass
class Drawn:
    """A box of a pane, with the boxes in it."""

    key: str
    classes: list[str]
    x: float
    y: float
    width: float
    height: float
    texts: list[tuple[str, str]]
    faces: list[list[tuple[str, str]]]
    states: list[str]
    name: str = ""
    inside: list[Drawn] = field(default_factory=list["Drawn"])

    @property
    def title(self) -> str:
        """What it is called; a box of several ops without a name is called by them."""
        named = [text for kind, text in self.texts if kind in {"title", "name"}]
        return " ".join(named) or " + ".join(text for face in self.faces for kind, text in face if kind == "title")

    @property
    def middle(self) -> float:
        """Where it stands from the top."""
        return self.y + self.height / 2

    def holds(self, other: Drawn) -> bool:
        """Whether ``other`` is drawn within it."""
        return (
            self is not other
            and self.x <= other.x
            and self.y <= other.y
            and self.x + self.width >= other.x + other.width
            and self.y + self.height >= other.y + other.height
        )


def listing(page: Page) -> str:
    """Return what all panes of ``page`` draw."""
    panes: list[dict[str, Any]] = page.get_by_test_id("graph-pane").evaluate_all(READ)
    return "\n".join("".join(f"{line}\n" for line in _pane(pane)) for pane in panes)


def _pane(pane: dict[str, Any]) -> Iterator[str]:
    yield pane["capture"] + (", calm" if pane["calm"] else "")
    yield from (f"  {line}" for line in pane["said"].splitlines() if line)
    boxes = [Drawn(**box) for box in pane["boxes"]]
    for named in pane["names"]:
        (box,) = [box for box in boxes if "open" in box.classes and [box.x, box.y] == named["at"]]
        box.texts += named["texts"]
    top = _nested(boxes)
    _name(top)
    yield from _lines(top)
    names = {box.key: box.name for box in boxes}
    if pane["wires"]:
        yield "  wires"
    for wire in pane["wires"]:
        ends = " → ".join(_end(wire[end], names) for end in ("source", "target"))
        yield f"    {ends}: {wire['line']}{', gradient' if wire['back'] else ''}"
    for stub in pane["stubs"]:
        x, y = stub["at"]
        (box,) = [box for box in boxes if box.y == y and box.x <= x <= box.x + box.width]
        yield f"  stub at {box.name}: {stub['label']}"
    yield from (f"  legend {kind}: {text}" for kind, text in pane["legend"])
    yield from (f"  pinned{kind and f' {kind}'}: {text}" for kind, text in pane["pins"])


def _nested(boxes: Sequence[Drawn]) -> list[Drawn]:
    """Put each box into the smallest one around it and return those that stand in none."""
    top: list[Drawn] = []
    for box in boxes:
        around = min((one for one in boxes if one.holds(box)), key=lambda one: one.width * one.height, default=None)
        (around.inside if around else top).append(box)
    return top


def _name(top: Sequence[Drawn]) -> None:
    """Name each box by its title, one of several with the same by its place among them too."""
    walked = list(_walk(top))
    count = Counter(box.title for box in walked)
    met: Counter[str] = Counter()
    for box in walked:
        met[box.title] += 1
        box.name = f"{box.title} #{met[box.title]}" if count[box.title] > 1 else box.title


def _walk(boxes: Sequence[Drawn]) -> Iterator[Drawn]:
    for box in _rows(boxes):
        yield box
        yield from _walk(box.inside)


def _rows(boxes: Sequence[Drawn]) -> list[Drawn]:
    """Return boxes row by row, those of a row by title: which of them is on the left hangs on Graphviz."""
    rows: list[list[Drawn]] = []
    for box in sorted(boxes, key=lambda one: one.middle):
        if rows and box.middle - rows[-1][0].middle < ROW:
            rows[-1].append(box)
        else:
            rows.append([box])
    return [box for row in rows for box in sorted(row, key=lambda one: (one.title, one.key))]


def _lines(boxes: Sequence[Drawn], indent: str = "  ") -> Iterator[str]:
    for box in _rows(boxes):
        kinds = " ".join(one for one in box.classes if one != "box")
        rest = (f"{kind} {text}" for kind, text in box.texts if kind not in {"title", "name", "opener"})
        yield f"{indent}{kinds}: {' | '.join([box.name, *rest])}"
        yield from (f"{indent}  {' | '.join(f'{kind} {text}' for kind, text in face)}" for face in box.faces)
        yield from (f"{indent}  {state}" for state in box.states)
        yield from _lines(box.inside, f"{indent}  ")


def _end(key: str, names: dict[str, str]) -> str:
    """Return the name of a wire's end; one at the border of an open box is named by what is beyond it."""
    side, _, beyond = key.partition(":") if key.startswith(("in:", "out:")) else ("", "", key)
    name = names.get(beyond, "…")  # several at once, or what a closed box holds
    return f"{side}({name})" if side else name
