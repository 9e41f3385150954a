// The state of the model at a box: a small drum above where it is read, below where it is written to, with a dashed line.

const STATE_HEIGHT = 16;
const STATE_LINE = 15;
const DRUM = "M0 2.2C0 1 1.8 0 4 0S8 1 8 2.2V7.8C8 9 6.2 10 4 10S0 9 0 7.8ZM0 2.2C0 3.4 1.8 4.4 4 4.4S8 3.4 8 2.2";

// Whether the pane reads the state there, or writes to it: if not it is a ghost of what another pane does.
function isTouched(mark) {
  return mark.reads || mark.writes;
}

function drawStates(box, part) {
  return isFrame(box) ? [] : part.states.map((mark) => drawState(box, mark));
}

// It stands in the right half: wires arrive and leave in the middle, names of values that have no wire on the left.
function drawState(box, mark) {
  const isAbove = mark.at === "above";
  const width = Math.ceil(textWidth(mark.label)) + 25;
  const middle = Math.round(width / 2);
  const y = isAbove ? -STATE_LINE - STATE_HEIGHT : box.height + STATE_LINE;
  const [op, drum] = isAbove ? [0, y + STATE_HEIGHT] : [box.height, y];
  return svg(
    "g",
    { class: `state ${mark.at}${isTouched(mark) ? "" : " ghost"}`, transform: `translate(${box.width - width} 0)`, "data-testid": "state", "data-names": JSON.stringify(mark.names) },
    svg("path", { class: "line", d: `M${middle} ${drum}L${middle} ${op}` }),
    mark.reads ? tip(middle, op, Math.sign(op - drum)) : "",
    mark.writes ? tip(middle, drum, Math.sign(drum - op)) : "",
    svg("rect", { class: "pill", y, width, height: STATE_HEIGHT, rx: 8 }),
    svg("path", { class: "drum", transform: `translate(7 ${y + 3})`, d: DRUM }),
    svg("text", { x: 19, y: y + 12 }, mark.label),
    svg("text", { class: "unlike", x: width + 3, y: y + 12, "aria-hidden": "true" }, "≠"),
    svg("title", {}, mark.said),
  );
}

// The state that a difference is about, by its name; nothing where it is about none.
function toldState(row, shown) {
  const [, told] = (row && variantOf(row, shown).evidence.find(([name]) => name === "state" || name === "written")) || [];
  return told;
}

function isAbout(names, told) {
  return told !== undefined && names.some((name) => name === told || name.endsWith(`.${told}`));
}

// The state that a difference is about, at the boxes that it is about: the graphs hold another value there.
function markStates(canvas, hits, row, shown) {
  const told = toldState(row, shown);
  for (const node of canvas.querySelectorAll(".state")) {
    node.classList.toggle("apart", hits.has(node.closest("[data-box]").dataset.box) && isAbout(JSON.parse(node.dataset.names), told));
  }
}

// The head of an arrow that ends at (x, y) and goes down, or up.
function tip(x, y, way) {
  return svg("path", { class: "tip", d: `M${x} ${y}l-2.8 ${-5 * way}h5.6z` });
}

function spokenStates(part) {
  return part.states.map((mark) => `, ${mark.said}`).join("");
}
