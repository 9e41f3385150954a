// Stepping through the comparison on a projector: the verdict, then for each difference its line, the graph as it is in
// eager, the same place in the other graph, and what to do. The panes share their places, so that one turns into the other.

const STEPS = ["line", "left", "right", "remedy"];
const NEXT_KEYS = new Set(["ArrowRight", "ArrowDown", "PageDown", " ", "n"]);
const PREVIOUS_KEYS = new Set(["ArrowLeft", "ArrowUp", "PageUp", "p"]);

class Presenter {
  constructor(stage) {
    this.stage = stage;
    this.at = null;
    this.title = el("h2", {});
    this.sense = el("p", {});
    this.place = el("p", { class: "place" });
    this.caption = el("header", { class: "caption", "aria-live": "polite" }, this.title, this.sense, this.place);
  }

  get on() {
    return this.at !== null;
  }

  // The verdict, then each step of each difference that there is something to show of.
  steps() {
    const { rows } = this.stage.data;
    const walked = rows.filter((row) => row.severity !== "note");
    return [
      { step: "verdict", row: null },
      ...walked.flatMap((row) => STEPS.filter((step) => step !== "line" || row.line !== null).map((step) => ({ step, row: rows.indexOf(row) }))),
    ];
  }

  begin() {
    this.places = this.stage.sight.places();
    this.stage.root.prepend(this.caption);
    this.stage.root.requestFullscreen?.().catch(() => {}); // a page in a frame may not: then it fills the window
    this.go(0);
  }

  end() {
    this.at = null;
    this.caption.remove();
    this.stage.root.classList.remove("presenting", ...["verdict", ...STEPS].map((step) => `step-${step}`));
    const left = document.fullscreenElement ? document.exitFullscreen().catch(() => {}) : Promise.resolve();
    this.stage.arrange();
    // Only then the panes have the size that they keep; they look again where they did.
    left.then(() => {
      this.stage.memory.wanted = this.places;
      this.stage.sight.refit();
    });
  }

  go(at) {
    const steps = this.steps();
    this.at = Math.min(steps.length - 1, Math.max(0, at));
    const { step, row } = steps[this.at];
    const { root, state } = this.stage;
    root.classList.remove(...["verdict", ...STEPS].map((one) => `step-${one}`));
    root.classList.add("presenting", `step-${step}`);
    if (row !== null && state.difference !== row) this.stage.select(row);
    this.write();
    this.stage.arrange();
    this.stage.sight.refit();
  }

  write() {
    if (!this.on) return;
    const steps = this.steps();
    if (this.at >= steps.length) return this.go(steps.length - 1);
    const { step, row } = steps[this.at];
    const { data } = this.stage;
    const told = row === null ? null : data.rows[row];
    const name = (side) => (data.captures.find((entry) => entry.id === data.shown[side]) || { label: data.shown[side] }).label;
    const senses = { verdict: "", line: "the line", left: name("left"), right: name("right"), remedy: "what to do" };
    this.title.replaceChildren(told ? `${told.sign} ${told.cause}` : data.name, told && told.place ? el("small", {}, ` · ${told.place}`) : "");
    this.title.className = told ? told.severity : "";
    this.sense.textContent = senses[step];
    this.place.textContent = `${this.at + 1} / ${steps.length}   ← →   Esc`;
  }

  key(event) {
    if (NEXT_KEYS.has(event.key)) this.go(this.at + 1);
    else if (PREVIOUS_KEYS.has(event.key)) this.go(this.at - 1);
    else if (event.key === "Home") this.go(0);
    else if (event.key === "Escape") this.end();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
