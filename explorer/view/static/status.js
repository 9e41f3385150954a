// The sidebar's foot: what is being done, or in what surroundings it was done. A file that was made is handed over here.
//
// NOTE: it is told anew several times a second. What stays keeps its elements: a button that is replaced between press
// and release is not clicked, one that has the focus loses it, and a region that is read out is read out again.

export default function ({ parentElement, data, setTriggerValue }) {
  let root = parentElement.querySelector(".status");
  if (!root) {
    root = el("div", { class: "status" });
    parentElement.append(root);
  }
  if (isOvertaken(data.stamp, root.stamp)) return;
  root.stamp = data.stamp;
  root.send = setTriggerValue;
  show(root, "progress", data.running && data, () => new ProgressPart(() => root.send("cancel", true)));
  show(root, "foot", !data.running && data, () => new FootPart());
  show(root, "making", data.saving, () => new MakingPart());
  if (data.save && data.save.key !== root.taken) {
    root.taken = data.save.key;
    saveAs(data.save.text, "text/html", data.save.name);
    setTriggerValue("saved", true);
  }
}

// Update a part of the foot, which is made when it first has data and is dropped when it has none.
function show(root, name, data, make) {
  root.parts = root.parts || {};
  if (!data) {
    if (root.parts[name]) root.parts[name].root.remove();
    delete root.parts[name];
    return;
  }
  if (!root.parts[name]) {
    root.parts[name] = make();
    root.insertBefore(root.parts[name].root, name === "making" ? null : root.firstChild);
  }
  root.parts[name].update(data);
}

class ProgressPart {
  constructor(cancel) {
    this.doing = el("p", { class: "doing", role: "status" });
    this.bar = el("div", { class: "bar", role: "progressbar", "aria-valuemin": 0, "aria-label": "captures done" });
    this.counts = el("p", { class: "counts" });
    // Not disabled once it was pressed: it would lose the focus.
    this.cancel = el("button", { type: "button", onclick: () => this.cancelling || cancel() });
    this.root = el("div", { class: "progress", "data-testid": "progress" }, this.doing, this.bar, this.counts, this.cancel);
  }

  update(data) {
    const total = data.done.length + data.pending.length;
    write(this.doing, data.doing || "starting");
    this.bar.setAttribute("aria-valuemax", total);
    this.bar.setAttribute("aria-valuenow", data.done.length);
    redraw(this.bar, [data.done, data.pending], () => stages(data));
    write(this.counts, [`${data.done.length} of ${total} captures`, data.seconds, data.limit].filter(Boolean).join(" · "));
    this.cancelling = data.cancelling;
    write(this.cancel, data.cancelling ? "Cancelling…" : "Cancel");
    this.cancel.setAttribute("aria-disabled", String(data.cancelling));
  }
}

class MakingPart {
  constructor() {
    this.name = el("p", { class: "doing", role: "status" });
    this.bar = el("progress", { max: 100, "aria-label": "part of the file that is made" });
    this.counts = el("p", { class: "counts" });
    this.root = el("div", { class: "progress", "data-testid": "saving" }, this.name, this.bar, this.counts);
  }

  update({ name, doing, part }) {
    const percent = Math.round(part * 100);
    write(this.name, `Making ${name}`);
    this.bar.value = percent;
    write(this.counts, `${doing} · ${percent} %`);
  }
}

class FootPart {
  constructor() {
    this.root = el("div", { class: "foot" });
  }

  update({ lines, held }) {
    redraw(this.root, [lines, held], () => {
      const drawn = lines.map((line) => el("p", {}, line));
      if (drawn.length && held && held.word) {
        drawn[0].append(" · ", el("span", { class: "held", "data-testid": "held", tabindex: 0, title: held.title }, held.word));
      }
      return drawn;
    });
  }
}

function stages({ done, pending }) {
  return [
    ...done.map((kind) => el("span", { class: "done", title: `${kind}: done` }, "✓ ", kind)),
    ...pending.map((kind, at) => el("span", { class: at ? "pending" : "pending now", title: `${kind}: to come` }, kind)),
  ];
}

function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

// Draw what stands in `node` anew where what it is drawn of has changed.
function redraw(node, content, draw) {
  const text = JSON.stringify(content);
  if (node.drawn === text) return;
  node.drawn = text;
  node.replaceChildren(...draw());
}
