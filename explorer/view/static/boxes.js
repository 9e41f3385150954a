// One box of the scene as one pane shows it: what is there, or a ghost of what the other pane has.

const FRAMES = new Set(["module", "branch", "region", "stretch", "repeat", "loop", "turn", "call"]);

// The panes, from the left to the right.
const SIDES = ["left", "right", "third", "fourth"];

// The pane of a side in a scene, which has none for a side without a graph.
function paneOf(scene, side) {
  return scene.panes.find((pane) => pane.side === side);
}

// The scene that a pane draws: its own where its boxes open for themselves.
function sceneOf(data, side) {
  return (data.alone && data.alone[side]) || data.scene;
}

function detailOf(scene, side, node) {
  const pane = paneOf(scene, side);
  return pane && pane.details[node];
}

// A box around others: what is drawn of it is its border and its name.
function isFrame(box) {
  return box.open && FRAMES.has(box.kind);
}

function isThere(part) {
  return part.faces.length > 0 || Boolean(part.text);
}

function hasCalls(scene) {
  return scene.panes.some((pane) => pane.calls);
}

function hasAutograd(scene) {
  return scene.panes.some((pane) => pane.autograd);
}

// The sign of what differs and is quiet.
const OTHERWISE = "~";

function differs(box) {
  return !box.quiet && box.parts.some((part) => part.differs);
}

// `view` is the pane that draws: its side and its place among the parts of a box.
function drawBox(box, view, actions) {
  const part = box.parts[view.at];
  const there = isThere(part);
  const classes = ["box", box.kind, box.open ? "open" : "closed", there ? "there" : "ghost"];
  classes.push(there ? `match-${part.match}` : "missing");
  if (part.differs) classes.push("differs");
  if (part.asks) classes.push("asks");
  if (box.quiet) classes.push("quiet");
  if (box.sealed) classes.push("sealed");
  const group = svg("g", {
    class: classes.join(" "),
    transform: `translate(${box.x} ${box.y})`,
    "data-box": box.key,
    "data-testid": there ? "graph-box" : "graph-ghost",
  });
  if (FRAMES.has(box.kind)) drawFrame(group, box, view, actions);
  else if (box.kind === "group") drawGroup(group, box, view, actions);
  else drawOp(group, box, view, actions);
  group.append(...drawStates(box, part));
  return group;
}

function outline(box, radius, extra = {}) {
  return svg("rect", { class: "outline", width: box.width, height: box.height, rx: radius, ...extra });
}

function nodeAttributes(face, part) {
  return {
    "data-testid": "graph-node",
    "data-node": face.node,
    "data-op": face.op,
    "data-match": part.match,
  };
}

// What a pane draws of a box: of what it has not, what another has.
function facesOf(box, at) {
  const part = box.parts[at];
  return isThere(part) ? part.faces : box.parts.find(isThere).faces;
}

function drawOp(group, box, view, actions) {
  const round = box.kind === "input" || box.kind === "output" ? box.height / 2 : 6;
  const part = box.parts[view.at];
  const there = isThere(part);
  const face = facesOf(box, view.at)[0];
  const inset = round > 6 ? 16 : 9;
  group.append(outline(box, round));
  group.append(svg("text", { class: "title", x: inset, y: 15 }, face.title));
  group.append(svg("text", { class: "detail", x: inset, y: 28 }, ...(there ? [face.detail, ...drawNumber(face, part)] : [part.ghost])));
  if (there && part.sign) group.append(svg("text", { class: "sign", x: box.width - 9, y: 17 }, part.sign));
  group.append(svg("title", {}, there ? `${face.title} ${face.detail} ${face.number}` : `${face.title}: ${part.ghost}`));
  if (there && view.autograd) group.append(drawGradient(view.autograd(face.node), inset, box.width - inset - 4));
  if (there) fill(group, pickable(face, box, view, actions), []);
}

// What Python handed to an op, marked where the graphs have other numbers and the box does not say so already.
function drawNumber(face, part) {
  if (!face.number) return [];
  return [svg("tspan", { class: face.apart ? "taken apart" : "taken", dx: 6 }, isSigned(face, part) ? `${face.number} ≠` : face.number)];
}

function isSigned(face, part) {
  return face.apart && part.sign !== "≠";
}

// The autograd nodes of an op, in place of its shape where they are asked for.
function drawGradient(names, inset, room) {
  const whole = names.length ? `↩ ${names.join(" ")}` : "no gradient";
  const text = whole.length * DETAIL_LETTER > room ? whole.replace(/Backward\d+/g, "…") : whole;
  return svg("text", { class: `gradient${names.length ? "" : " none"}`, x: inset, y: 28 }, text);
}

function pickable(face, box, view, actions) {
  const part = box.parts[view.at];
  return { ...nodeAttributes(face, part), "aria-label": spoken(face, box, part), ...pressable(() => actions.pickNode(view.side, face.node)) };
}

// How a box stands beside its counterparts, in words.
function spokenMatch(box, part) {
  const asks = part.asks ? ", read by Python alone" : "";
  if (box.quiet && part.differs) return `, written otherwise${asks}`;
  return part.match === "same" ? asks : `, ${part.match.replace("-", " ")}${asks}`;
}

function spoken(face, box, part) {
  const number = face.number && ` ${face.number}${face.apart ? ", another number" : ""}`;
  return `${face.title} ${face.detail}${number}${spokenMatch(box, part)}${spokenStates(part)}${face.line ? `, line ${face.line}` : ""}`;
}

function drawGroup(group, box, view, actions) {
  const part = box.parts[view.at];
  const there = isThere(part);
  group.append(outline(box, 8));
  if (!box.open) {
    drawClosedText(group, box, box.title, part.text || part.ghost);
    if (there && part.sign) group.append(svg("text", { class: "sign", x: box.width - 9, y: 17 }, part.sign));
    const label = `${box.title}, ${there ? part.text + spokenMatch(box, part) : part.ghost}`;
    fill(group, { "aria-label": label, ...pressable(() => actions.toggle(box, view.side)), "aria-expanded": "false" }, []);
    return;
  }
  if (box.title) group.append(svg("text", { class: "name", x: 9, y: 14 }, box.title));
  if (box.foldable) group.append(svg("text", { class: "opener", x: box.width - 9, y: 14, "aria-hidden": "true" }, "−"), drawCloser(box, 20, view, actions));
  for (const face of facesOf(box, view.at)) group.append(drawStacked(face, box, view, actions));
  if (there && part.sign) group.append(svg("text", { class: "sign", x: box.width - (box.foldable ? 22 : 9), y: 14 }, part.sign));
}

// The head of an open box, where a click on the box itself is for an op.
function drawCloser(box, height, view, actions) {
  const closer = { "aria-label": `close ${box.title}`, "aria-expanded": "true", ...pressable(() => actions.toggle(box, view.side)) };
  return svg("rect", { class: "strip", width: box.width, height, rx: 7, ...closer }, svg("title", {}, `${box.title}. ${toToggle(box)}`));
}

function drawStacked(face, box, view, actions) {
  const part = box.parts[view.at];
  const row = svg("g", { class: "stacked", transform: `translate(4 ${face.y})` });
  row.append(svg("rect", { class: "face", width: box.width - 8, height: face.height, rx: 4 }));
  row.append(
    svg("text", { x: 7, y: face.height / 2 + 4 }, svg("tspan", { class: "title" }, face.title), svg("tspan", { class: "detail", dx: 8 }, face.detail), ...drawNumber(face, part)),
  );
  row.append(svg("title", {}, `${face.title} ${face.detail} ${face.number}`));
  if (isThere(part)) fill(row, pickable(face, box, view, actions), []);
  return row;
}

function drawClosedText(group, box, title, below) {
  group.append(svg("text", { class: "title", x: 9, y: 15 }, title));
  group.append(svg("text", { class: "detail", x: 9, y: 28 }, below));
}

function drawFrame(group, box, view, actions) {
  const part = box.parts[view.at];
  const there = isThere(part);
  if (!box.open) {
    for (const by of box.kind === "repeat" ? [6, 3] : [3]) {
      group.append(svg("rect", { class: "behind", x: by, y: by, width: box.width, height: box.height, rx: 7 }));
    }
  }
  group.append(outline(box, box.kind === "region" ? 4 : 8));
  if (!box.open) {
    drawClosedText(group, box, box.title, there ? part.text : part.ghost);
    if (there) group.append(drawBadge(box, part, 28));
    group.append(svg("text", { class: "opener", x: box.width - 9, y: 14, "aria-hidden": "true" }, "+"));
  }
  group.append(svg("title", {}, `${box.title}${part.badge ? `: ${part.badge}` : ""}. ${toToggle(box)}`));
  const face = part.faces[0];
  if (face) fill(group, nodeAttributes(face, part), []);
  if (face && box.open) return drawOwned(group, face, box, view, actions);
  group.append(svg("rect", { class: "strip", width: box.width, height: box.open ? 24 : box.height, rx: 7 }));
  fill(group, { "aria-label": spokenFrame(box, part), "aria-expanded": String(box.open), ...pressable(() => actions.toggle(box, view.side)) }, []);
}

function spokenFrame(box, part) {
  return [box.title, part.badge].filter(Boolean).join(", ") + (box.quiet && part.differs ? ", written otherwise" : "");
}

// An open box that stands for an op has two buttons beside each other: its border for the op, its head to close it.
function drawOwned(group, face, box, view, actions) {
  const pick = () => actions.pickNode(view.side, face.node);
  fill(group, { onclick: (event) => (event.stopPropagation(), pick()) }, []);
  fill(group.querySelector(":scope > .outline"), { "aria-label": spokenFrame(box, box.parts[view.at]), ...pressable(pick) }, []);
  group.append(drawCloser(box, 24, view, actions));
}

function toToggle(box) {
  return box.sealed ? "This file does not hold what is in it: the app opens it." : `Click to ${box.open ? "close" : "open"}.`;
}

function drawBadge(box, part, y) {
  if (!part.badge) return "";
  const text = part.differs ? `${part.badge} ${box.quiet ? OTHERWISE : "≠"}` : part.badge;
  const match = part.differs ? "bad" : box.parts.some((one) => one.differs) ? "elsewhere" : "good";
  return svg("text", { class: `badge ${match}`, x: box.width - 9, y }, text);
}

// Mean width of a letter of a detail, in pixels.
const DETAIL_LETTER = 6.4;
// Mean width of a letter of a name, in pixels.
const NAME_LETTER = 6.1;

function textWidth(text) {
  return text.length * NAME_LETTER;
}

// The name of an open box stands above the wires that cross its border, with a rim that keeps them off its letters.
function drawFrameName(box, view) {
  const part = box.parts[view.at];
  const there = isThere(part);
  const group = svg("g", { class: `box frame-name ${there ? "there" : "ghost"}`, transform: `translate(${box.x} ${box.y})` });
  if (box.quiet) group.classList.add("quiet");
  const badge = box.kind !== "region" && there ? drawBadge(box, part, 16) : "";
  group.append(svg("text", { class: "name", x: 9, y: 16 }, box.title), badge);
  return group;
}
