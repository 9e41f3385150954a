// The matrix is the map: captures by examples. A click on a cell shows that pair.

const OUTCOME_CLASSES = {
  agrees: "good",
  differs: "bad",
  returns: "bad",
  raises: "bad",
  refused: "refused",
  itself: "itself",
  ran: "itself",
  "not-run": "none",
  pending: "none",
};

function drawMatrix(data, actions) {
  const { inputs, rows } = data.matrix;
  const card = el(
    "div",
    { class: "card matrix", "data-testid": "matrix", onkeydown: walkCells },
    el(
      "div",
      { class: "scroll" },
      el(
        "table",
        {},
        el(
          "thead",
          {},
          el(
            "tr",
            {},
            el("th", { scope: "col" }, "static graph"),
            ...inputs.map((name) => el("th", { scope: "col", class: "input", title: name }, name)),
            el("th", { scope: "col", class: "figure" }, "time"),
            el("th", { scope: "col", class: "figure" }, "ops"),
          ),
        ),
        el("tbody", {}, ...rows.map((row) => drawMatrixRow(row, data, actions))),
      ),
      el("p", { class: "units" }, "Eager: ops that ran. Δ: largest error beside eager."),
    ),
  );
  stopAt(card, card.querySelector("tr.shown [aria-pressed='true']") || card.querySelector("[aria-pressed='true']") || card.querySelector("button"));
  return card;
}

// Tab stops at one cell alone, the one that is shown or where the arrow keys went last; from there they go to the others.
function stopAt(card, cell) {
  for (const one of card.querySelectorAll("button")) one.tabIndex = one === cell ? 0 : -1;
}

function walkCells(event) {
  const rows = [...event.currentTarget.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("button")]);
  const down = rows.findIndex((row) => row.includes(event.target));
  if (down < 0) return;
  const across = rows[down].indexOf(event.target);
  const [row, at] = { ArrowUp: [down - 1, across], ArrowDown: [down + 1, across], ArrowLeft: [down, across - 1], ArrowRight: [down, across + 1], Home: [down, 0], End: [down, rows[down].length - 1] }[event.key] || [];
  const next = rows[row] && rows[row][at];
  if (row === undefined) return;
  event.preventDefault();
  if (!next) return;
  stopAt(event.currentTarget, next);
  next.focus();
}

function drawMatrixRow(row, data, actions) {
  const { left, right } = data.shown;
  const shown = row.capture === right;
  return el(
    "tr",
    { class: shown ? "shown" : "" },
    el("th", { scope: "row", title: `${row.kind} ${row.origin}`.trim() }, row.kind, row.origin ? el("small", {}, ` ${row.origin}`) : null),
    ...row.cells.map((cell) => {
      const target = { left: cell.left, right: cell.right || right };
      const isShown = cell.left === left && (row.kind === "eager" || shown);
      return el(
        "td",
        { class: `cell ${OUTCOME_CLASSES[cell.outcome] || "none"}${isShown ? " shown" : ""}` },
        drawCell(cell, row.kind, isShown, () => actions.showPair(target.left, target.right)),
      );
    }),
    el("td", { class: "figure" }, row.seconds),
    el("td", { class: "figure" }, row.ops),
  );
}

// What is pressed stands in the cell, so that the cell stays one of a table.
function drawCell(cell, kind, isShown, show) {
  return el(
    "button",
    {
      type: "button",
      "data-testid": "matrix-cell",
      "data-capture": kind,
      "data-input": cell.input,
      "data-outcome": cell.data,
      "aria-label": `${kind} on ${cell.input}: ${cell.outcome === "itself" ? "" : cell.outcome} ${cell.text}`,
      "aria-pressed": String(isShown),
      title: cell.hint,
      onclick: show,
    },
    cell.text,
  );
}
