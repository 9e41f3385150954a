// The panes: one scene drawn once for each, what is missing in one as a dashed ghost.

const differsIn = (kind) => (parts) => parts.some((part) => part.match === kind && isThere(part) && !part.isQuiet);

// Sign, class, words for two panes and for more, and whether a pane shows it by its parts of boxes, wires, and place.
const LEGEND = [
  ["◆", "only-left", "only left", "in no other", (parts, wires, at) => at === 0 && differsIn("only-left")(parts)],
  ["◇", "only-right", "only right", "not in the first", (parts, wires, at) => at > 0 && differsIn("only-right")(parts)],
  ["≠", "changed", "differs", "differs", (parts) => parts.some((part) => (part.differs && (part.match === "changed" || part.badge) && isThere(part) && !part.isQuiet) || part.isTold)],
  ["↷", "moved", "moved", "moved", differsIn("moved")],
  ["⊕", "fused", "fused", "fused", differsIn("fused")],
  ["⊟", "decomposed", "split", "split", differsIn("decomposed")],
  [OTHERWISE, "quiet", "written otherwise", "written otherwise", (parts) => parts.some((part) => part.differs && isThere(part) && part.isQuiet)],
  ["", "ghost", "not here", "not here", (parts) => parts.some((part) => !isThere(part) || part.states.some((mark) => !isTouched(mark)))],
  ["", "hit", "selected", "selected", (parts) => parts.some((part) => part.isHit && isThere(part))],
  ["", "control", "read by Python", "read by Python", (parts, wires, at) => wires.some((wire) => wire.control.includes(at))],
  ["", "parted", "goes another way", "goes another way", (parts, wires, at, apart) => wires.some((wire) => apart.has(wire) && wire.there.includes(at))],
  ["", "asks", "only read by Python", "only read by Python", (parts) => parts.some((part) => part.asks && part.differs && isThere(part))],
  ["", "state", "state", "state", (parts) => parts.some((part) => part.states.some(isTouched))],
  ["1", "apart", "other value", "other value", (parts) => parts.some((part) => part.faces.some((face) => face.apart && !isSigned(face, part)))],
  ["1 ≠", "apart", "other value", "other value", (parts) => parts.some((part) => part.faces.some((face) => isSigned(face, part)))],
];

function drawPane(side, data, views, actions) {
  const capture = data.shown[side];
  const option = data.captures.find((entry) => entry.id === capture);
  const refusal = data.refusals[side];
  const pane = el("section", { class: `card pane ${side}`, "data-testid": "graph-pane", "data-capture": capture, "aria-label": `graph of ${capture}` });
  const header = drawPaneHeader(side, data, option, actions);
  pane.append(header);
  if (refusal) {
    pane.append(drawRefusal(refusal, data.listing.file, actions));
    return pane;
  }
  const label = `${capture}: drag to pan, wheel to zoom`;
  const canvas = el("div", { class: "canvas", role: "group", tabindex: "0", "aria-label": label, "data-side": side, style: `--back: url(#back-arrow-${side})` });
  canvas.paper = new Paper(side, canvas);
  followPointer(canvas, views.of(side));
  pane.append(canvas, el("footer", { class: "legend", "aria-label": "signs" }));
  if (hasZoom(side, data, views)) header.append(drawZoom(views.of(side), canvas));
  if (data.scene.panes.length > 1) header.append(drawLink(side, views, actions));
  header.append(...drawPaneButtons(side, data, actions));
  return pane;
}

// Panes that move as one need one set of buttons.
function hasZoom(side, { scene }, views) {
  return views.isAlone(side) || scene.panes.map((pane) => pane.side).find((one) => !views.isAlone(one)) === side;
}

function drawPaneHeader(side, data, option, actions) {
  const choice = el(
    "select",
    { "aria-label": `${side} graph`, title: option ? option.label : null, onchange: (event) => actions.showSide(side, event.target.value) },
    ...data.captures.map((entry) =>
      el("option", { value: entry.id, selected: entry.id === data.shown[side], disabled: Boolean(entry.sides) && !entry.sides[side] }, entry.ok || entry.raises ? entry.label : `⊘ ${entry.label}`),
    ),
  );
  return el(
    "header",
    {},
    choice,
    el("span", { class: "size", title: option && option.note ? option.note : null }, sizeOf(option)),
  );
}

// How many ops there are; where eager itself raises they are those that ran before.
function sizeOf(option) {
  if (!option || !(option.ok || option.raises)) return "";
  const ops = `${option.ops} ${option.ops === 1 ? "op" : "ops"}`;
  return option.raises ? `${ops}, then raises` : ops;
}

function iconButton(kind, label, text, action, extra = {}) {
  return el("button", { type: "button", class: kind, "aria-label": label, title: label, onclick: action, ...extra }, text);
}

// Whether a pane moves with the others.
function drawLink(side, views, actions) {
  const alone = views.isAlone(side);
  const label = alone ? "move and open with the other graphs again" : "move and open this graph alone";
  return iconButton("lock", label, alone ? "⇹" : "⇔", () => actions.unlock(side), { "aria-pressed": String(alone) });
}

// The last pane can have another beside it; those beside the pair can be closed.
function drawPaneButtons(side, data, actions) {
  const sides = SIDES.filter((one) => data.shown[one]);
  const isLast = side === sides[sides.length - 1];
  const buttons = [];
  if (isLast && sides.length < SIDES.length && data.captures.length > sides.length && (!data.kept || data.kept.adds)) {
    buttons.push(iconButton("more", "show another graph beside these", "+ graph", () => actions.showMore([...sides.slice(2).map((one) => data.shown[one]), ""])));
  }
  if (sides.indexOf(side) >= 2 && (!data.kept || data.kept.drops)) {
    buttons.push(iconButton("less", `close the graph of ${data.shown[side]}`, "×", () => actions.showMore(sides.slice(2).filter((one) => one !== side).map((one) => data.shown[one]))));
  }
  return buttons;
}

// What a pane shows of the scene, and the signs of that.
function updatePane(pane, side, data, actions) {
  const canvas = pane.querySelector(".canvas");
  if (!canvas) return;
  const at = data.scene.panes.findIndex((one) => one.side === side);
  const scene = sceneOf(data, side);
  pane.toggleAttribute("data-alone", scene !== data.scene);
  canvas.classList.toggle("calm", !scene.panes[at].grave);
  canvas.paper.update(scene, at, actions);
  pane.querySelector(".legend").replaceChildren(...drawLegend(scene, at, data));
}

// The signs that this pane shows, by name.
function drawLegend(scene, at, { rows, shown }) {
  const { boxes, wires, panes } = scene;
  const told = toldState(rows[shown.difference], shown);
  const isTold = (box) => box.rows.includes(shown.difference) && box.parts[at].states.some((mark) => isAbout(mark.names, told));

  const parts = boxes
    .filter((box) => !isFrame(box) || box.parts[at].badge)
    .map((box) => ({ ...box.parts[at], isHit: box.rows.includes(shown.difference), isQuiet: box.quiet, isTold: isTold(box) }));
  const signs = LEGEND.filter((entry) => entry[4](parts, wires, at, apartIn(scene))).map(([sign, kind, two, more]) =>
    el("span", { class: kind }, el("b", {}, sign), ` ${panes.length > 2 ? more : two}`),
  );
  if (panes[at].autograd) signs.push(el("span", { class: "gradients" }, el("b", {}, "↩"), " passes gradients back"));
  return signs;
}

function drawRefusal(refusal, file, actions) {
  return el(
    "div",
    { class: "refusal" },
    el("p", { class: "sign", "aria-hidden": "true" }, "⊘"),
    el("h3", {}, refusal.title),
    el("p", {}, prose(refusal.reason)),
    drawRefusedLine(refusal, file, actions),
    refusal.hint ? el("p", { class: "hint" }, prose(refusal.hint)) : null,
    refusal.message && refusal.message !== refusal.reason ? el("pre", {}, refusal.message) : null,
  );
}

// A line of the listing is shown there; one of another file is named.
function drawRefusedLine(refusal, file, actions) {
  if (!refusal.line) return null;
  if (refusal.file !== file) return el("p", { class: "hint" }, [refusal.file, `line ${refusal.line}`].filter(Boolean).join(", "));
  return el("button", { type: "button", class: "link", onclick: () => actions.pickLine(refusal.line) }, `line ${refusal.line}`);
}

function drawZoom(viewport, canvas) {
  const middle = () => [canvas.clientWidth / 2, canvas.clientHeight / 2];
  const button = (label, text, action) => el("button", { type: "button", "aria-label": label, title: label, onclick: () => ((viewport.moved = true), action()) }, text);
  return el(
    "div",
    { class: "zoom" },
    button("zoom in", "+", () => viewport.zoom(1.25, ...middle())),
    button("zoom out", "−", () => viewport.zoom(0.8, ...middle())),
    button("show the whole graph", "⤢", () => viewport.fit(canvas.paper.scene, canvas.clientWidth, canvas.clientHeight)),
  );
}
