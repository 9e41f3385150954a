// The model file: colours, causes at their lines, and which example ran which line.

function drawSource(data, actions) {
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
      { class: "scroll lines", tabindex: "0", "aria-label": `Source of ${file}` },
      ...lines.map((line) => drawLine(line, inputs, actions)),
      lines.length ? null : el("div", { class: "left-out" }, "A stored graph has no Python source. Its ops name the lines that they were made from."),
      leftOut ? el("div", { class: "left-out" }, `${leftOut} more lines are not shown`) : null,
    ),
  );
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
    line.tag
      ? el("span", { class: "tag", title: line.tag }, line.cause, el("span", { class: "who" }, ` · ${line.captures.join(", ")}`), line.more)
      : null,
  );
}

// Bring a line into sight without moving the page.
function scrollToLine(root, number, smooth) {
  const list = root.querySelector(".lines");
  const line = root.querySelector(`.line[data-line="${Number(number)}"]`);
  if (!list || !line) return;
  const top = line.offsetTop - list.offsetTop;
  const inside = top >= list.scrollTop + 20 && top <= list.scrollTop + list.clientHeight - 50;
  if (!inside) list.scrollTo({ top: top - list.clientHeight * 0.4, behavior: smooth ? "smooth" : "auto" });
}
