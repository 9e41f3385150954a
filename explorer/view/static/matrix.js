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
  return el(
    "div",
    { class: "card matrix", "data-testid": "matrix" },
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
