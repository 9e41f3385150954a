// The model file: colours, causes at their lines, and which example ran which line.

function drawSource(data, actions) {
  const card = drawListing(data, actions);
  const first = card.querySelector(".line");
  if (first && !card.querySelector(".marked")) first.tabIndex = 0;
  return card;
}

function drawListing(data, actions) {
  const { file, inputs, lines, left_out: leftOut } = data.listing;
  return el(
    "div",
    { class: "card source", "data-testid": "source" },
    el(
      "header",
      {},
      el("span", { class: "file", title: file }, file),
      el("span", { class: "legend" }, inputs.length && lines.length ? `bars: ran on ${inputs.join(" · ")}` : ""),
    ),
    el(
      "div",
      { class: "scroll lines", tabindex: "0", "aria-label": `Source of ${file}`, onkeydown: walkLines },
      ...drawLines(lines, inputs, actions),
      lines.length ? null : el("div", { class: "left-out" }, "A stored graph has no Python source. Its ops name the lines that they were made from."),
      leftOut ? el("div", { class: "left-out" }, `${leftOut} more lines are not shown`) : null,
    ),
  );
}

// Fewer lines in a row than this are not worth folding.
const FEWEST_FOLDED = 8;

// A line that no example ran and no difference stands at.
function isAside(line) {
  return !line.runs.length && !line.rows.length;
}

// What is not involved is folded, where it is known what is.
function drawLines(lines, inputs, actions) {
  const known = lines.some((line) => line.runs.length);
  const drawn = [];
  for (let at = 0; at < lines.length; ) {
    let end = at;
    while (end < lines.length && isAside(lines[end])) end += 1;
    if (known && end - at >= FEWEST_FOLDED) drawn.push(...drawFold(lines.slice(at, end), inputs, actions));
    else drawn.push(...lines.slice(at, Math.max(end, at + 1)).map((line) => drawLine(line, inputs, actions)));
    at = Math.max(end, at + 1);
  }
  return drawn;
}

function drawFold(lines, inputs, actions) {
  const inside = el("div", { class: "inside", hidden: true }, ...lines.map((line) => drawLine(line, inputs, actions)));
  const named = `lines ${lines[0].number}–${lines[lines.length - 1].number}, not run`;
  const fold = el("button", { type: "button", class: "fold", "data-testid": "fold", "aria-expanded": "false", onclick: () => unfold(fold, inside.hidden) }, "⋯ ", named);
  return [fold, inside];
}

function unfold(fold, open) {
  fold.nextElementSibling.hidden = !open;
  fold.setAttribute("aria-expanded", String(open));
}

// Arrow keys go from line to line. Tab stops at those with a finding, and where the arrow keys went last.
function walkLines(event) {
  const list = event.currentTarget;
  const stops = [...list.querySelectorAll(".line, .fold")].filter((one) => !one.closest("[hidden]"));
  const at = stops.indexOf(event.target);
  const next = stops[{ ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: stops.length - 1 }[event.key]];
  if (at < 0 || !next) return;
  event.preventDefault();
  for (const left of list.querySelectorAll(".line[tabindex='0']:not(.marked)")) left.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

function drawLine(line, inputs, actions) {
  const marked = line.severity ? ` marked ${line.severity}` : "";
  const label = line.tag ? `line ${line.number}: ${line.tag}` : `line ${line.number}`;
  const ran = inputs.filter((_, at) => line.runs[at]);
  return el(
    "div",
    {
      class: `line${marked}`,
      "data-testid": "source-line",
      "data-line": line.number,
      "data-cause": line.cause,
      ...pressable(() => actions.pickLine(line.number)),
      tabindex: line.severity ? "0" : "-1",
      "aria-label": label,
    },
    el("span", { class: "sign", "aria-hidden": "true" }, line.sign),
    el("span", { class: "number" }, line.number),
    el(
      "span",
      { class: "runs", title: line.runs.length ? `ran on ${ran.join(", ") || "none"}` : null },
      ...inputs.map((_, at) => el("i", { class: !line.runs.length ? "unknown" : line.runs[at] ? "ran" : "not" })),
    ),
    el("code", {}, ...line.spans.map(([kind, text]) => (kind ? el("span", { class: kind }, text) : text))),
    line.tag ? el("span", { class: "tag", title: line.tag }, ...tagOf(line, line.more)) : null,
  );
}

function tagOf({ cause, captures }, more) {
  return [cause, el("span", { class: "who" }, ` · ${captures.join(", ")}`), more];
}

// Of several findings at a line the selected one is told.
function retag(node, line, row) {
  const tag = node.querySelector(".tag");
  if (!tag) return;
  const told = row && row.severity !== "note" ? row : line;
  const text = [told.cause, ...told.captures].join();
  if (tag.told === text) return;
  tag.told = text;
  tag.replaceChildren(...tagOf(told, line.more).filter(Boolean));
}

// Bring a line into sight without moving the page.
function scrollToLine(root, number) {
  const list = root.querySelector(".lines");
  const line = root.querySelector(`.line[data-line="${Number(number)}"]`);
  if (!list || !line) return;
  const folded = line.closest(".inside[hidden]");
  if (folded) unfold(folded.previousElementSibling, true);
  const top = line.offsetTop - list.offsetTop;
  const inside = top >= list.scrollTop + 20 && top <= list.scrollTop + list.clientHeight - 50;
  if (!inside) list.scrollTop = top - list.clientHeight * 0.4;
}
