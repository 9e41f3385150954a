// One box of the scene as one pane shows it: what is there, or a ghost of what the other pane has.

const FRAMES = new Set(["module", "branch", "region", "stretch", "repeat", "loop", "turn"]);

function otherSide(side) {
  return side === "left" ? "right" : "left";
}

function isThere(box, side) {
  return box[side].length > 0 || Boolean(box[`${side}_text`]);
}

function drawBox(box, side, actions) {
  const there = isThere(box, side);
  const classes = ["box", box.kind, box.open ? "open" : "closed", there ? "there" : "ghost"];
  classes.push(there ? `match-${box.match}` : "missing");
  if (box.differs) classes.push("differs");
  const group = svg("g", {
    class: classes.join(" "),
    transform: `translate(${box.x} ${box.y})`,
    "data-box": box.key,
    "data-testid": there ? "graph-box" : "graph-ghost",
  });
  if (FRAMES.has(box.kind)) drawFrame(group, box, side, there, actions);
  else if (box.kind === "group") drawGroup(group, box, side, there, actions);
  else drawOp(group, box, side, there, actions);
  return group;
}

function outline(box, radius, extra = {}) {
  return svg("rect", { class: "outline", width: box.width, height: box.height, rx: radius, ...extra });
}

function nodeAttributes(face, box) {
  return {
    "data-testid": "graph-node",
    "data-node": face.node,
    "data-op": face.op,
    "data-match": box.match,
  };
}

function drawOp(group, box, side, there, actions) {
  const round = box.kind === "input" || box.kind === "output" ? box.height / 2 : 6;
  const face = there ? box[side][0] : box[otherSide(side)][0];
  const inset = round > 6 ? 16 : 9;
  group.append(outline(box, round));
  group.append(svg("text", { class: "title", x: inset, y: 15 }, face.title));
  group.append(svg("text", { class: "detail", x: inset, y: 28 }, there ? face.detail : box.ghost));
  if (there && box.sign) group.append(svg("text", { class: "sign", x: box.width - 9, y: 17 }, box.sign));
  group.append(svg("title", {}, there ? `${face.title} ${face.detail}` : `${face.title}: ${box.ghost}`));
  if (!there) return;
  fill(group, { ...nodeAttributes(face, box), "aria-label": spoken(face, box), ...pressable(() => actions.pickNode(side, face.node)) }, []);
}

function spoken(face, box) {
  const match = box.match === "same" ? "" : `, ${box.match.replace("-", " ")}`;
  return `${face.title} ${face.detail}${match}${face.line ? `, line ${face.line}` : ""}`;
}

function drawGroup(group, box, side, there, actions) {
  group.append(outline(box, 8));
  if (!box.open) {
    drawClosedText(group, box, box.title, box[`${side}_text`] || box.ghost);
    if (box.sign) group.append(svg("text", { class: "sign", x: box.width - 9, y: 17 }, box.sign));
    fill(group, { ...pressable(() => actions.toggle(box)), "aria-expanded": "false" }, []);
    return;
  }
  const faces = there ? box[side] : box[otherSide(side)];
  if (box.title) group.append(svg("text", { class: "name", x: 9, y: 14 }, box.title));
  for (const face of faces) group.append(drawStacked(face, box, side, there, actions));
  if (there && box.sign) group.append(svg("text", { class: "sign", x: box.width - 9, y: 14 }, box.sign));
}

function drawStacked(face, box, side, there, actions) {
  const row = svg("g", { class: "stacked", transform: `translate(4 ${face.y})` });
  row.append(svg("rect", { class: "face", width: box.width - 8, height: face.height, rx: 4 }));
  row.append(
    svg("text", { x: 7, y: face.height / 2 + 4 }, svg("tspan", { class: "title" }, face.title), svg("tspan", { class: "detail", dx: 8 }, face.detail)),
  );
  row.append(svg("title", {}, `${face.title} ${face.detail}`));
  if (there) {
    fill(row, { ...nodeAttributes(face, box), "aria-label": spoken(face, box), ...pressable(() => actions.pickNode(side, face.node)) }, []);
  }
  return row;
}

function drawClosedText(group, box, title, below) {
  group.append(svg("text", { class: "title", x: 9, y: 15 }, title));
  group.append(svg("text", { class: "detail", x: 9, y: 28 }, below));
}

function drawFrame(group, box, side, there, actions) {
  if (!box.open) {
    for (const by of box.kind === "repeat" ? [6, 3] : [3]) {
      group.append(svg("rect", { class: "behind", x: by, y: by, width: box.width, height: box.height, rx: 7 }));
    }
  }
  group.append(outline(box, box.kind === "region" ? 4 : 8));
  if (!box.open) {
    drawClosedText(group, box, box.title, there ? box[`${side}_text`] : box.ghost);
    if (there) group.append(drawBadge(box, 28));
    group.append(svg("text", { class: "opener", x: box.width - 9, y: 14, "aria-hidden": "true" }, "+"));
  }
  group.append(svg("title", {}, `${box.title}${box.badge ? `: ${box.badge}` : ""}. Click to ${box.open ? "close" : "open"}.`));
  const strip = svg("rect", { class: "strip", width: box.width, height: box.open ? 24 : box.height, rx: 7 });
  group.append(strip);
  const face = box[side][0];
  fill(
    group,
    {
      ...(face ? nodeAttributes(face, box) : {}),
      "aria-label": [box.title, box.badge].filter(Boolean).join(", "),
      "aria-expanded": String(box.open),
      ...pressable(() => (face && box.open ? actions.pickNode(side, face.node) : actions.toggle(box))),
    },
    [],
  );
  if (box.open) strip.addEventListener("click", (event) => (event.stopPropagation(), actions.toggle(box)));
}

function drawBadge(box, y) {
  if (!box.badge) return "";
  const text = box.differs ? `${box.badge} ≠` : box.badge;
  return svg("text", { class: `badge ${box.differs ? "bad" : "good"}`, x: box.width - 9, y }, text);
}

// Mean width of a letter of a name, in pixels.
const NAME_LETTER = 6.1;

function textWidth(text) {
  return text.length * NAME_LETTER;
}

// A plate behind a name, so that no wire runs through it.
function backing(x, text) {
  return svg("rect", { class: "backing", x, y: 4, width: textWidth(text) + 6, height: 16, rx: 3 });
}

// The name of an open box stands above the wires that cross its border.
function drawFrameName(box, side) {
  const there = isThere(box, side);
  const group = svg("g", { class: `box frame-name ${there ? "there" : "ghost"}`, transform: `translate(${box.x} ${box.y})` });
  const badge = box.kind !== "region" && there ? drawBadge(box, 16) : "";
  group.append(backing(6, box.title));
  if (badge) group.append(backing(box.width - 12 - textWidth(badge.textContent), badge.textContent));
  group.append(svg("text", { class: "name", x: 9, y: 16 }, box.title), badge);
  return group;
}
