// The list of differences, walked with n and p, and what is said of the selected one.

// From this many rows on they can be narrowed.
const MANY_ROWS = 4;

// What a choice such as "cause:baked-branch" leaves of the rows, as their places.
function walkedRows(data, state) {
  const [by, value] = (state.only || "").split(/:(.*)/);
  const holds = { severity: (row) => row.severity === value, cause: (row) => row.cause === value, capture: (row) => row.captures.includes(value) }[by];
  const chosen = data.rows.map((row, at) => at).filter((at) => !holds || holds(data.rows[at]));
  const loud = chosen.filter((at) => data.rows[at].severity !== "note");
  return state.notesOpen || !loud.length ? chosen : loud;
}

function drawDifferences(data, state, actions) {
  const walked = walkedRows(data, state);
  const selected = state.difference;
  const at = walked.indexOf(selected);
  const loud = data.rows.some((row) => row.severity !== "note");
  const shown = data.rows.map((row, index) => index).filter((index) => (walked.includes(index) && (data.rows[index].severity !== "note" || state.notesOpen)) || index === selected);
  return el(
    "div",
    { class: "list" },
    el(
      "header",
      {},
      el("b", {}, "Differences"),
      drawNarrowing(data, state, actions),
      el("span", { class: "position" }, at < 0 ? "" : `${at + 1} of ${walked.length}`),
      el("button", { type: "button", title: "previous difference (p)", "aria-keyshortcuts": "p", onclick: () => actions.walk(-1) }, "‹ p"),
      el("button", { type: "button", title: "next difference (n)", "aria-keyshortcuts": "n", onclick: () => actions.walk(1) }, "n ›"),
    ),
    el(
      "ul",
      { class: "scroll" },
      loud ? null : el("li", { class: "row none" }, data.nothing),
      ...shown.map((index) => drawRow(data.rows[index], index, index === selected, actions)),
      ...(data.removed || []).map((row) => drawRemoved(row, actions)),
      data.notes ? drawNotes(data.notes, state, actions) : null,
    ),
  );
}

// A choice of severity, cause or capture, where there are enough rows to choose from.
function drawNarrowing(data, state, actions) {
  const rows = data.rows.filter((row) => row.severity !== "note");
  if (rows.length < MANY_ROWS && !state.only) return null;
  const groups = [
    ["severity", rows.map((row) => row.severity)],
    ["cause", rows.map((row) => row.cause)],
    ["capture", rows.flatMap((row) => row.captures)],
  ];
  const option = (by, value, count) => el("option", { value: `${by}:${value}`, selected: state.only === `${by}:${value}` }, `${value} (${count})`);
  return el(
    "select",
    { class: "narrowing", "aria-label": "show only", title: "show only differences of one severity, cause or capture", onchange: (event) => actions.narrow(event.target.value) },
    el("option", { value: "", selected: !state.only }, "all"),
    ...groups.map(([by, values]) => el("optgroup", { label: by }, ...[...new Set(values)].map((value) => option(by, value, values.filter((one) => one === value).length)))),
  );
}

// What is pressed stands in the entry, so that the entry stays one of a list.
function entry(attributes, action, ...children) {
  const pressed = action ? el("button", { type: "button", ...attributes, onclick: action }, ...children) : el("div", attributes, ...children);
  return el("li", {}, pressed);
}

function drawRow(row, at, isSelected, actions) {
  return entry(
    {
      class: `row difference ${row.severity}${isSelected ? " selected" : ""}`,
      "data-testid": "difference",
      "data-cause": row.cause,
      "data-line": row.line ?? "",
      "data-index": at,
      "aria-current": isSelected ? "true" : null,
      "aria-label": `${row.severity}: ${row.cause}, ${row.place}, ${row.captures.join(", ")}`,
    },
    () => actions.select(at),
    el("i", { class: "sign", "aria-hidden": "true" }, row.sign),
    el("span", { class: "cause" }, row.cause, row.place ? el("span", { class: "place" }, ` · ${row.place}`) : null),
    el("span", { class: "captures" }, row.captures.join(", ")),
  );
}

// A difference that the reader's edit removed: a click shows its graph before the edit beside the one after it.
function drawRemoved(row, actions) {
  return entry(
    {
      class: "row removed",
      "data-testid": "removed",
      "aria-label": `removed by your edit: ${row.cause}, ${row.place}`,
    },
    row.shows && (() => actions.showPair(...row.shows)),
    el("i", { class: "sign", "aria-hidden": "true" }, "✓"),
    el("span", { class: "cause" }, el("s", {}, row.cause), row.place ? el("span", { class: "place" }, ` · was ${row.place}`) : null),
    el("span", { class: "captures" }, `removed · ${row.captures.join(", ")}`),
  );
}

function drawNotes(notes, state, actions) {
  return entry(
    { class: "row notes", "aria-expanded": String(state.notesOpen) },
    actions.toggleNotes,
    el("i", { class: "sign", "aria-hidden": "true" }, state.notesOpen ? "−" : "+"),
    el("span", {}, notes),
  );
}

// What the matrix knows of the pair in the panes.
function drawSaying(said) {
  if (!said) return null;
  return el(
    "section",
    { class: `saying ${OUTCOME_CLASSES[said.outcome] || "none"}`, "data-testid": "saying" },
    el("p", { class: "what" }, el("b", {}, said.capture), ` on ${said.input} `, el("span", { class: "outcome" }, `${said.sign} ${said.words}`)),
    said.facts.length ? el("p", { class: "on" }, said.facts.map(([name, value]) => `${name} ${value}`).join(" · ")) : null,
    said.message ? el("p", { class: "message" }, prose(said.message)) : null,
  );
}

// What a difference is in the graph that is shown, else in the first that has it.
function variantOf(row, shown) {
  return row.variants.find((entry) => entry.right === shown.right || entry.capture === shown.right) || row.variants[0];
}

function drawExplanation(data, state) {
  const row = data.rows[state.difference];
  if (!row) return null;
  const variant = variantOf(row, data.shown);
  const same = row.said.find((said) => said.captures.includes(variant.capture)) || row.said[0];
  return el(
    "section",
    { class: `explanation ${row.severity}` },
    el("h3", {}, el("span", { class: "sign", "aria-hidden": "true" }, row.sign, " "), row.cause),
    el("p", {}, prose(variant.explanation)),
    drawOn(same),
    same.remedies.length ? el("h4", {}, "what to do") : null,
    ...same.remedies.map((remedy) => el("p", { class: "remedy" }, prose(remedy))),
    variant.evidence.length ? el("h4", { class: "evidence" }, "evidence") : null,
    variant.evidence.length
      ? el("dl", { class: "evidence" }, ...variant.evidence.flatMap(([name, value]) => [el("dt", {}, name), el("dd", { class: isLong(value) ? "long" : null }, value)]))
      : null,
    ...row.said.filter((said) => said !== same).map(drawOthers),
  );
}

function drawOn(said) {
  return el("p", { class: "on" }, [said.captures.join(", "), ...(said.inputs.length ? [`on ${said.inputs.join(", ")}`] : [])].join(" · "));
}

// What another capture makes of the same line.
function drawOthers(said) {
  return el(
    "div",
    { class: "others" },
    el("h4", {}, `${said.possible ? "possible in " : ""}${said.captures.join(", ")}`),
    el("p", {}, prose(said.explanation)),
    said.inputs.length ? el("p", { class: "on" }, `on ${said.inputs.join(", ")}`) : null,
    ...said.remedies.map((remedy) => el("p", {}, "→ ", prose(remedy))),
  );
}
