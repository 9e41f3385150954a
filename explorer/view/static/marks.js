// What is selected is marked: the boxes of a difference, of a line and of an op, each in the scene of its pane; and lines.

function drawMarks({ root, data, state, sight }) {
  for (const canvas of root.querySelectorAll(".canvas")) markBoxes(canvas, data, state, sight);
  const row = data.rows[state.difference];
  for (const line of root.querySelectorAll(".line")) {
    const number = Number(line.dataset.line);
    line.classList.toggle("picked", number === state.line);
    const isCurrent = Boolean(row) && row.line === number;
    line.classList.toggle("current", isCurrent);
    retag(line, data.listing.lines[number - 1], isCurrent ? row : null);
  }
}

function markBoxes(canvas, data, state, sight) {
  const { side } = canvas.dataset;
  const scene = sceneOf(data, side);
  const boxes = new Map(scene.boxes.map((box) => [box.key, box]));
  const hits = new Set(sight.hits(scene).map((box) => box.key));
  const severity = hits.size ? data.rows[state.difference].severity : "";
  const picked = pickedBox(side, data, state, sight.views);
  for (const node of canvas.querySelectorAll("[data-box]")) {
    const box = boxes.get(node.dataset.box);
    if (!box) continue;
    node.classList.toggle("hit", hits.has(box.key));
    for (const one of ["error", "warning"]) node.classList.toggle(one, hits.has(box.key) && severity === one);
    node.classList.toggle("picked", picked === box.key);
    node.classList.toggle("online", state.line !== null && !isFrame(box) && box.lines.includes(state.line));
  }
  markStates(canvas, hits, data.rows[state.difference], data.shown);
}

// What is selected in a pane that is for itself is selected there alone.
function pickedBox(side, data, { node }, views) {
  const detail = node && detailOf(sceneOf(data, node.side), node.side, node.id);
  const isSeen = detail && (side === node.side || ![side, node.side].some((one) => views.isAlone(one)));
  return isSeen ? detail.box : null;
}
