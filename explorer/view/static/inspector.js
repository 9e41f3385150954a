// What is known of the selected op, and of its partners in the other graphs.

const MATCH_WORDS = {
  same: "matched",
  changed: "≠ changed",
  moved: "↷ moved",
  fused: "⊕ fused",
  decomposed: "⊟ decomposed",
  "only-left": "◆ only left",
  "only-right": "◇ only right",
};

function drawInspector(data, state, actions) {
  const picked = state.node;
  const scene = picked && sceneOf(data, picked.side);
  const detail = picked && detailOf(scene, picked.side, picked.id);
  if (!detail) {
    return el("section", { class: "inspector hint" }, "Click an op to see what it is, and where it comes from.");
  }
  const others = scene.panes
    .map((pane, at) => ({ pane, at, partners: detail.partners[at].map((id) => pane.details[id]).filter(Boolean) }))
    .filter(({ pane }) => pane.side !== picked.side);
  const first = others.find(({ partners }) => partners.length);
  return el(
    "section",
    { class: "inspector", "data-testid": "inspector" },
    el("h4", {}, "selected"),
    drawDetail(detail, data.shown[picked.side], data, actions, first ? first.partners : []),
    ...others.flatMap(({ pane, at, partners }) => drawPartners(detail, partners, pane, at, scene, data, actions)),
  );
}

// How the op stands beside one other graph, and what it is there. The first graph is told how the other stands beside it.
function drawPartners(detail, partners, pane, at, scene, data, actions) {
  const how = at > 0 && partners.length ? partners[0] : detail;
  const isQuiet = /changed|moved|only/.test(how.match) && scene.boxes.some((box) => box.key === how.box && box.quiet);
  return [
    el("p", { class: "how" }, partners.length ? "" : `not in ${pane.capture}: `, isQuiet ? `${OTHERWISE} written otherwise` : MATCH_WORDS[how.match] || how.match, how.matched_by ? ` by ${how.matched_by}` : ""),
    ...partners.slice(0, 4).map((partner) => drawDetail(partner, pane.capture, data, actions, [detail])),
    partners.length > 4 ? el("p", { class: "how" }, `and ${partners.length - 4} more`) : null,
  ];
}

function isOpened(frame, data) {
  return Boolean(data.library) && frame.startsWith(`${data.library.frame} `);
}

// A frame of a known library can be opened where there is an app to read it.
function drawFrameOfStack(frame, data, actions) {
  const [place] = frame.split(" ");
  const opened = isOpened(frame, data);
  if (data.kept) return el("li", {}, frame, opened ? drawLibrary(data.library) : null);
  if (!data.packages.some((name) => place.startsWith(`${name}/`))) return el("li", {}, frame);
  return el(
    "li",
    {},
    el("button", { type: "button", class: "link", "aria-expanded": String(opened), onclick: () => actions.openLibrary(opened ? "" : place) }, frame),
    opened ? drawLibrary(data.library) : null,
  );
}

function drawLibrary({ line, lines }) {
  if (!lines.length) return el("p", { class: "how" }, "Its source is not installed here.");
  return el(
    "div",
    { class: "library scroll", "data-testid": "library", tabindex: "0" },
    ...lines.map(({ number, spans }) =>
      el(
        "div",
        { class: number === line ? "line current" : "line" },
        el("span", { class: "number" }, number),
        el("code", {}, ...spans.map(([kind, text]) => (kind ? el("span", { class: kind }, text) : text))),
      ),
    ),
  );
}

// Letters of a fact that stand beside its name also where there is little room; a longer one has the line below it there.
const LONGEST_BESIDE = 20;

function isLong(value) {
  return String(value).length > LONGEST_BESIDE;
}

// What an op is; what its partner has otherwise is marked.
function drawDetail(detail, capture, data, actions, partners) {
  const factsOf = (one) =>
    [["output", one.outputs.join("; ")], [`on ${one.values[0]}`, one.values[1]], ["module", one.module], ["state", one.state], ["autograd", one.autograd.join(", ")], ...one.attributes.slice(0, 12)].filter(([, value]) => value);
  const partner = partners.length === 1 ? new Map(factsOf(partners[0])) : new Map();
  const isApart = (name, value) => name !== "autograd" && partner.has(name) && partner.get(name) !== value;
  return el(
    "div",
    { class: "detail" },
    el("p", { class: "target" }, el("b", {}, detail.target || detail.op), el("small", {}, ` in ${capture}`)),
    detail.place
      ? el("button", { type: "button", class: "link", disabled: detail.line === null, onclick: () => actions.pickLine(detail.line) }, detail.place)
      : null,
    el(
      "dl",
      {},
      ...factsOf(detail).flatMap(([name, value]) => [
        el("dt", {}, name),
        el("dd", { class: [isApart(name, value) && "apart", isLong(value) && "long"].filter(Boolean).join(" ") || null, title: isApart(name, value) ? "not the same on the other side" : null }, isApart(name, value) ? "≠ " : "", value),
      ]),
    ),
    detail.stack.length
      ? el("details", { open: detail.stack.some((frame) => isOpened(frame, data)) }, el("summary", {}, "called from"), el("ol", {}, ...detail.stack.map((frame) => drawFrameOfStack(frame, data, actions))))
      : null,
  );
}
