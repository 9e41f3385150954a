// The two panes: one scene drawn twice, what is missing on a side as a dashed ghost.

// Sign, class, words, and whether a pane of this scene shows it.
const LEGEND = [
  ["◆", "only-left", "only left", (boxes, side) => side === "left" && boxes.some((box) => box.match === "only-left" && isThere(box, side))],
  ["◇", "only-right", "only right", (boxes, side) => side === "right" && boxes.some((box) => box.match === "only-right" && isThere(box, side))],
  ["≠", "changed", "differs", (boxes, side) => boxes.some((box) => box.differs && (box.match === "changed" || box.badge) && isThere(box, side))],
  ["↷", "moved", "moved", (boxes, side) => boxes.some((box) => box.match === "moved" && isThere(box, side))],
  ["⊕", "fused", "fused", (boxes, side) => boxes.some((box) => box.match === "fused" && isThere(box, side))],
  ["⊟", "decomposed", "split", (boxes, side) => boxes.some((box) => box.match === "decomposed" && isThere(box, side))],
  ["", "ghost", "not here", (boxes, side) => boxes.some((box) => !isThere(box, side))],
  ["", "hit", "selected", (boxes, side, row) => boxes.some((box) => box.rows.includes(row) && isThere(box, side))],
  ["", "control", "decides", (boxes, side, row, wires) => wires.some((wire) => wire.control && wire[side])],
];

function drawPane(side, data, viewport, actions) {
  const capture = data.shown[side];
  const option = data.captures.find((entry) => entry.id === capture);
  const refusal = data.refusals[side];
  const pane = el("section", { class: `card pane ${side}`, "data-testid": "graph-pane", "data-capture": capture, "aria-label": `graph of ${capture}` });
  const header = drawPaneHeader(side, data, option, actions);
  pane.append(header);
  if (refusal) {
    pane.append(drawRefusal(refusal, actions));
    return pane;
  }
  const canvas = svg("svg", { class: data.scene.grave ? "canvas" : "canvas calm", tabindex: "0", "aria-label": `${capture}: drag to pan, wheel to zoom` });
  canvas.append(arrowHeads(side));
  canvas.append(drawScene(side, data, actions));
  followPointer(canvas, viewport);
  pane.append(canvas);
  pane.append(drawLegend(side, data));
  // Both panes move as one, so one set of buttons is enough.
  if (side === "left" || data.refusals.left) header.append(drawZoom(viewport, canvas, data.scene));
  return pane;
}

function drawPaneHeader(side, data, option, actions) {
  const choice = el(
    "select",
    { "aria-label": `${side} graph`, title: option ? option.label : null, onchange: (event) => actions.showSide(side, event.target.value) },
    ...data.captures.map((entry) =>
      el("option", { value: entry.id, selected: entry.id === data.shown[side], disabled: Boolean(entry.sides) && !entry.sides[side] }, entry.ok ? entry.label : `⊘ ${entry.label}`),
    ),
  );
  return el(
    "header",
    {},
    choice,
    el("span", { class: "size", title: option && option.note ? option.note : null }, option && option.ok ? `${option.ops} ops` : ""),
  );
}

// The signs that this pane shows, by name.
function drawLegend(side, data) {
  const { boxes, wires } = data.scene;
  const drawn = boxes.filter((box) => !(box.open && FRAMES.has(box.kind)) || box.badge);
  const used = LEGEND.filter(([, , , shows]) => shows(drawn, side, data.shown.difference, wires));
  return el(
    "footer",
    { class: "legend", "aria-label": "signs" },
    ...used.map(([sign, kind, text]) => el("span", { class: kind }, el("b", {}, sign), ` ${text}`)),
  );
}

function drawRefusal(refusal, actions) {
  return el(
    "div",
    { class: "refusal" },
    el("p", { class: "sign", "aria-hidden": "true" }, "⊘"),
    el("h3", {}, refusal.title),
    el("p", {}, prose(refusal.reason)),
    refusal.line ? el("button", { type: "button", class: "link", onclick: () => actions.pickLine(refusal.line) }, `line ${refusal.line}`) : null,
    refusal.hint ? el("p", { class: "hint" }, prose(refusal.hint)) : null,
    refusal.message && refusal.message !== refusal.reason ? el("pre", {}, refusal.message) : null,
  );
}

function drawZoom(viewport, canvas, scene) {
  const middle = () => [canvas.clientWidth / 2, canvas.clientHeight / 2];
  const button = (label, text, action) => el("button", { type: "button", "aria-label": label, title: label, onclick: () => ((viewport.moved = true), action()) }, text);
  return el(
    "div",
    { class: "zoom" },
    button("zoom in", "+", () => viewport.zoom(1.25, ...middle())),
    button("zoom out", "−", () => viewport.zoom(0.8, ...middle())),
    button("show the whole graph", "⤢", () => viewport.fit(scene, canvas.clientWidth, canvas.clientHeight)),
  );
}

function arrowHeads(side) {
  const head = (name) =>
    svg(
      "marker",
      { id: `${name}-${side}`, class: name, viewBox: "0 0 8 8", refX: 7.5, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" },
      svg("path", { d: "M0 0.6L8 4L0 7.4z" }),
    );
  return svg("defs", {}, head("arrow"), head("ghost-arrow"));
}

function drawScene(side, data, actions) {
  const { scene } = data;
  const world = svg("g", { class: "world" });
  const open = scene.boxes.filter((box) => box.open && FRAMES.has(box.kind));
  const rest = scene.boxes.filter((box) => !(box.open && FRAMES.has(box.kind)));
  open.sort((a, b) => a.depth - b.depth);
  for (const box of open) world.append(drawBox(box, side, actions));
  for (const wire of scene.wires) if (!wire[side]) world.append(drawWire(wire, side, false));
  for (const wire of scene.wires) if (wire[side]) world.append(drawWire(wire, side, true));
  for (const box of open) world.append(drawFrameName(box, side));
  for (const box of rest) world.append(drawBox(box, side, actions));
  drawStubs(world, scene, side);
  return world;
}

function drawWire(wire, side, there) {
  return svg("path", {
    class: `wire${there ? "" : " ghost"}${wire.control ? " control" : ""}`,
    d: wire.path,
    "data-source": wire.source,
    "data-target": wire.target,
    "marker-end": wire.arrow ? `url(#${there ? "" : "ghost-"}arrow-${side})` : null,
  });
}

function drawStubs(world, scene, side) {
  const count = new Map();
  const boxes = new Map(scene.boxes.map((box) => [box.key, box]));
  for (const stub of scene.stubs) {
    const box = boxes.get(stub.box);
    if (!box || !stub[side]) continue;
    const at = count.get(stub.box) || 0;
    count.set(stub.box, at + 1);
    const x = box.x + 12 + at * 56;
    world.append(
      svg(
        "g",
        { class: "stub", transform: `translate(${x} ${box.y})` },
        svg("path", { d: "M0 -7L0 0" }),
        svg("text", { x: 4, y: -3 }, stub.label),
        svg("title", {}, `takes ${stub.label}`),
      ),
    );
  }
}
