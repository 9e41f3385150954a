// The sidebar's foot: what is being done, or in what surroundings it was done.

export default function ({ parentElement, data, setTriggerValue }) {
  let root = parentElement.querySelector(".status");
  if (!root) {
    root = el("div", { class: "status" });
    parentElement.append(root);
  }
  if (isOvertaken(data.stamp, root.stamp)) return;
  root.stamp = data.stamp;
  root.replaceChildren(data.running ? drawProgress(data, setTriggerValue) : drawFoot(data));
}

function drawProgress(data, setTriggerValue) {
  const total = data.done.length + data.pending.length;
  return el(
    "div",
    { class: "progress", "data-testid": "progress", role: "status" },
    el("p", { class: "doing" }, data.doing || "starting"),
    el("div", { class: "bar", role: "progressbar", "aria-valuemin": 0, "aria-valuemax": total, "aria-valuenow": data.done.length, "aria-label": "captures done" }, ...stages(data)),
    el("p", { class: "counts" }, [`${data.done.length} of ${total} captures`, data.seconds, data.limit].filter(Boolean).join(" · ")),
    el("button", { type: "button", disabled: data.cancelling, onclick: () => setTriggerValue("cancel", true) }, data.cancelling ? "Cancelling…" : "Cancel"),
  );
}

function stages(data) {
  const done = data.done.map((kind) => el("span", { class: "done", title: `${kind}: done` }, "✓ ", kind));
  const pending = data.pending.map((kind, at) => el("span", { class: at ? "pending" : "pending now", title: `${kind}: to come` }, kind));
  return [...done, ...pending];
}

function drawFoot(data) {
  const lines = data.lines.map((line) => el("p", {}, line));
  if (lines.length && data.held && data.held.word) {
    const { word, title } = data.held;
    lines[0].append(" · ", el("span", { class: "held", "data-testid": "held", tabindex: 0, title }, word));
  }
  return el("div", { class: "foot" }, ...lines);
}
