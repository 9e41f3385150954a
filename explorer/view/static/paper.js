// The paper of a pane: what it draws of the scene. What stays from one scene to the next keeps its elements, so that
// the browser lays out only what is new, and the focus stays where it is.

class Paper {
  constructor(side, canvas) {
    this.side = side;
    this.canvas = canvas;
    this.world = svg("g", { class: "world" });
    this.sheet = svg("svg", { class: "paper" }, arrowHeads(side), this.world);
    this.kept = new Map();
    canvas.append(this.sheet);
  }

  update(scene, at, actions) {
    this.scene = scene;
    const { autograd, details } = scene.panes[at];
    const view = { side: this.side, at, autograd: autograd && ((node) => details[node].autograd) };
    const before = this.kept;
    this.kept = new Map();
    const keep = (name, content, draw) => {
      const text = JSON.stringify(content);
      const found = before.get(name);
      const one = found && found.text === text ? found : { text, node: draw() };
      this.kept.set(name, one);
      return one.node;
    };
    const focused = this.world.getRootNode().activeElement;
    const around = focused && this.world.contains(focused) && focused.closest("[data-box]");
    const held = around && around.dataset.box;
    arrange(this.world, [...this.parts(scene, view, keep, actions)]);
    // A box that was drawn anew, as it was opened, takes over the focus of the one before it.
    const heir = held && !this.world.contains(focused) && this.kept.get(`box ${held}`);
    const reached = heir && (heir.node.matches("[tabindex]") ? heir.node : heir.node.querySelector(".strip[tabindex]"));
    if (reached) reached.focus({ preventScroll: true });
    if (this.pins) this.pins.root.remove();
    this.pins = new Pins(scene, at);
    this.canvas.append(this.pins.root);
  }

  // What is drawn, the lowest first.
  *parts(scene, view, keep, actions) {
    const open = scene.boxes.filter(isFrame).sort((a, b) => a.depth - b.depth);
    const rest = scene.boxes.filter((box) => !isFrame(box));
    const boxOf = (box) => {
      const gradients = view.autograd ? box.parts[view.at].faces.map((face) => view.autograd(face.node)) : [];
      const node = keep(`box ${box.key}`, [{ ...box, x: 0, y: 0 }, view.at, gradients], () => drawBox(box, view, actions));
      return put(node, box);
    };
    const count = new Map();
    const apart = apartIn(scene);
    const wireOf = (wire) => {
      const ends = `wire ${wire.source} ${wire.target}`;
      count.set(ends, (count.get(ends) || 0) + 1);
      const node = keep(`${ends} ${count.get(ends)}`, [{ ...wire, path: "" }, view.at, apart.has(wire)], () => drawWire(wire, view, apart.has(wire)));
      if (node.getAttribute("d") !== wire.path) node.setAttribute("d", wire.path);
      return node;
    };
    yield* open.map(boxOf);
    yield* scene.wires.filter((wire) => !wire.there.includes(view.at)).map(wireOf);
    yield* scene.wires.filter((wire) => wire.there.includes(view.at)).map(wireOf);
    yield* open.map((box) => put(keep(`name ${box.key}`, [{ ...box, x: 0, y: 0 }, view.at], () => drawFrameName(box, view)), box));
    yield* rest.map(boxOf);
    yield* drawStubs(scene, view, actions);
  }

  // What is dragged is the whole paper: where a part of an SVG moves, the browser lays out all text in it anew.
  move({ scale, x, y }, width, height) {
    const scaled = `scale(${scale.toFixed(4)})`;
    this.sheet.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
    if (this.world.getAttribute("transform") !== scaled) this.world.setAttribute("transform", scaled);
    this.canvas.classList.toggle("far", scale < FAR);
    this.pins.move({ scale, x, y }, width, height);
  }
}

// The scale below which the second lines cannot be read.
const FAR = 0.42;

function put(node, box) {
  const place = `translate(${box.x} ${box.y})`;
  if (node.getAttribute("transform") !== place) node.setAttribute("transform", place);
  return node;
}

// Make `nodes` the children of `parent`, in this order; those that stand right already are not touched.
function arrange(parent, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...parent.childNodes]) if (!wanted.has(child)) child.remove();
  let next = parent.firstChild;
  for (const node of nodes) {
    if (node === next) next = next.nextSibling;
    else parent.insertBefore(node, next);
  }
}

function arrowHeads(side) {
  const head = (name, orient = "auto") =>
    svg(
      "marker",
      { id: `${name}-${side}`, class: name, viewBox: "0 0 8 8", refX: 7.5, refY: 4, markerUnits: "userSpaceOnUse", markerWidth: 9, markerHeight: 9, orient },
      svg("path", { d: "M0 0.6L8 4L0 7.4z" }),
    );
  return svg("defs", {}, head("arrow"), head("ghost-arrow"), head("back-arrow", "auto-start-reverse"));
}

// The wires of a scene by which a value goes another way: both ends are in all panes, and the wire between them is not. What
// merely leads past ops that a pane has not goes the same way without them. Told once for all panes.
const APART = new WeakMap();

function apartIn(scene) {
  if (!APART.has(scene)) APART.set(scene, new Set(scene.wires.filter(partingIn(scene))));
  return APART.get(scene);
}

function partingIn({ boxes, wires, panes }) {
  const known = new Map(boxes.map((box) => [box.key, box]));
  const isLeaf = (key) => known.has(key) && !isFrame(known.get(key)) && !known.get(key).quiet;
  const isEverywhere = (key) => isLeaf(key) && known.get(key).parts.every(isThere);
  const from = new Map();
  for (const { source, target } of wires) from.has(source) ? from.get(source).push(target) : from.set(source, [target]);
  const leadsPast = (source, target) => {
    const [met, next] = [new Set(), [source]];
    while (next.length) {
      const at = next.pop();
      for (const key of from.get(at) || []) {
        if (key === target && at !== source) return true;
        if (met.has(key) || isEverywhere(key)) continue;
        met.add(key);
        next.push(key);
      }
    }
    return false;
  };
  // What Python read is told by a sign of its own, and no graph but eager's has it.
  return ({ source, target, there, control }) =>
    !control.length && there.length > 0 && there.length < panes.length && isEverywhere(source) && isEverywhere(target) && !leadsPast(source, target);
}

function drawWire(wire, { side, at }, isApart) {
  const there = wire.there.includes(at);
  const classes = ["wire", isApart ? "apart" : "", there ? "" : "ghost", wire.control.includes(at) ? "control" : "", wire.gradient.includes(at) ? "back" : ""];
  return svg("path", {
    class: classes.filter(Boolean).join(" "),
    "data-source": wire.source,
    "data-target": wire.target,
    "marker-end": wire.arrow ? `url(#${there ? "" : "ghost-"}arrow-${side})` : null,
  });
}

// A value that goes to many boxes is named where it is taken; a click goes to where it comes from.
function drawStubs(scene, { side, at }, actions) {
  const count = new Map();
  const boxes = new Map(scene.boxes.map((box) => [box.key, box]));
  return scene.stubs
    .filter((stub) => boxes.has(stub.box) && stub.there.includes(at))
    .map((stub) => {
      const before = count.get(stub.box) || 0;
      count.set(stub.box, before + 1);
      const box = boxes.get(stub.box);
      const place = { class: "stub", transform: `translate(${box.x + 12 + before * 56} ${box.y})`, "data-testid": "stub" };
      const jump = boxes.has(stub.source) ? { "aria-label": `takes ${stub.label}: go there`, ...pressable(() => actions.jump(stub.source, side)) } : {};
      return svg(
        "g",
        { ...place, ...jump },
        svg("rect", { class: "reach", x: -3, y: -12, width: textWidth(stub.label) + 8, height: 13 }),
        svg("path", { d: "M0 -7L0 0" }),
        svg("text", { x: 4, y: -3 }, stub.label),
        svg("title", {}, boxes.has(stub.source) ? `takes ${stub.label}. Click to go there.` : `takes ${stub.label}`),
      );
    });
}
