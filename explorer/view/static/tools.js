// What stands beside the verdict: looking for ops, showing to others, saving a picture.

const SEEK_DELAY = 250;

class Tools {
  constructor(actions) {
    this.actions = actions;
    this.input = el("input", {
      type: "search",
      placeholder: "Find an op  ( / )",
      "aria-label": "find ops by name, module, shape, or line 12",
      "aria-expanded": "false",
      "aria-controls": "hits",
      "aria-autocomplete": "list",
      role: "combobox",
      maxlength: "120",
      oninput: () => this.typed(),
      onkeydown: (event) => this.key(event),
    });
    this.hits = el("ul", { id: "hits", class: "hits", role: "listbox", "aria-label": "ops found", hidden: true });
    this.calls = el("button", { type: "button", class: "present", "aria-keyshortcuts": "c", onclick: () => hasCalls(this.data.scene) && actions.showCalls(!this.data.calls) }, "Python calls");
    this.autograd = el("button", { type: "button", class: "present", "aria-keyshortcuts": "g", onclick: () => actions.showAutograd(!this.data.autograd) }, "Autograd");
    this.large = el("button", { type: "button", class: "present", "aria-keyshortcuts": "m", onclick: () => actions.enlarge(!this.data.large) }, "Graphs only");
    this.seek = el("div", { class: "seek" }, this.input, this.hits);
    this.saving = el("span", { class: "saving" });
    this.root = el(
      "div",
      { class: "tools", "data-testid": "tools" },
      this.seek,
      el("button", { type: "button", class: "present", title: "step through it on a projector (f)", "aria-keyshortcuts": "f", onclick: () => actions.present() }, "Present"),
      this.large,
      this.calls,
      this.autograd,
      this.saving,
    );
  }

  update(data) {
    // What was looked for when the page was left is looked for again.
    if (!this.data && data.found) this.input.value = data.found.text;
    this.data = data;
    this.saving.replaceChildren(drawSaving(data));
    this.seek.hidden = Boolean(data.kept) && !data.kept.seeks;
    const lacking = hasCalls(data.scene) ? "" : whyNoCalls(data);
    this.calls.hidden = Boolean(data.kept);
    this.calls.setAttribute("aria-disabled", String(Boolean(lacking)));
    this.calls.setAttribute("aria-pressed", String(Boolean(data.calls) && !lacking));
    this.calls.title = lacking || (data.calls ? "show every op for itself again (c)" : "show ops as the Python calls that made them (c)");
    this.large.setAttribute("aria-pressed", String(Boolean(data.large)));
    this.large.title = data.large ? "show the matrix and the source again (m)" : "give the graphs the room of the matrix and the source (m)";
    this.autograd.hidden = !hasAutograd(data.scene);
    this.autograd.setAttribute("aria-pressed", String(data.autograd));
    this.autograd.title = data.autograd ? "show shapes again (g)" : "show which ops pass gradients on, and by what (g)";
    const asked = this.input.value.trim();
    const found = data.found && data.found.text.trim() === asked ? data.found : this.found;
    this.relist(asked ? found : null);
  }

  typed() {
    clearTimeout(this.waiting);
    const text = this.input.value.trim();
    if (!text) this.list(null);
    this.waiting = setTimeout(() => this.actions.seek(text), SEEK_DELAY);
  }

  // A list that stays as it is keeps what the arrow keys chose in it.
  relist(found) {
    if (JSON.stringify(found) !== JSON.stringify(this.found)) this.list(found);
  }

  list(found) {
    this.found = found;
    this.at = -1;
    this.input.removeAttribute("aria-activedescendant");
    this.hits.hidden = !found;
    this.input.setAttribute("aria-expanded", String(Boolean(found)));
    if (!found) return this.hits.replaceChildren();
    const more = found.total - found.hits.length;
    const rows = rowsAt(this.data, found.line);
    this.hits.replaceChildren(
      ...rows.map((at) => drawHit(at, this.data.rows[at].cause, [this.data.rows[at].sign, this.data.rows[at].severity], whereOf(this.data.rows[at]), () => this.choose(() => this.follow(at)))),
      found.said ? el("li", { class: "none said" }, found.said) : "",
      ...found.hits.map((hit, at) => drawHit(rows.length + at, hit.title, [hit.sign, hit.match], hit.where, () => this.choose(() => this.actions.bringIntoSight(hit.side, hit.node)))),
      found.total || found.said ? "" : el("li", { class: "none" }, "No op of these graphs. Try part of a name, a module, a shape, or line 12."),
      more > 0 ? el("li", { class: "none" }, `and ${more} more`) : "",
    );
  }

  choose(go) {
    clearTimeout(this.waiting);
    this.list(null);
    this.input.value = "";
    this.input.blur();
    go();
  }

  // What was looked for is done with.
  follow(at) {
    this.actions.select(at);
    this.actions.seek("");
  }

  key(event) {
    const options = [...this.hits.querySelectorAll('[role="option"]')];
    if (event.key === "Escape") {
      this.input.value = "";
      this.typed();
      this.input.blur();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!options.length) return;
      this.at = (this.at + (event.key === "ArrowDown" ? 1 : -1) + options.length) % options.length;
      options.forEach((one, at) => one.setAttribute("aria-selected", String(at === this.at)));
      options[this.at].scrollIntoView({ block: "nearest" });
      this.input.setAttribute("aria-activedescendant", options[this.at].id);
    } else if (event.key === "Enter" && options.length) {
      options[Math.max(0, this.at)].click();
    } else return;
    event.preventDefault();
  }
}

// The differences at a line that runs no op.
function rowsAt({ listing }, line) {
  const asked = line && listing.lines[line - 1];
  return asked ? asked.rows : [];
}

function whereOf({ place, captures }) {
  return [place, captures.join(", ")].filter(Boolean).join(" · ");
}

// The sign has the colour of its kind: of a severity, or of how an op stands beside the other graphs.
function drawHit(at, title, [sign, kind], where, choose) {
  return el(
    "li",
    { role: "option", id: `hit-${at}`, "aria-selected": "false", tabindex: "-1", onclick: choose },
    el("b", {}, title),
    sign ? el("i", { class: `sign ${sign === OTHERWISE ? "" : kind}` }, sign) : null,
    el("small", {}, where || " "),
  );
}

// Why no pane can show its ops as the Python calls that made them.
function whyNoCalls({ captures, scene }) {
  if (!captures.some(({ kind }) => kind === "eager")) return "a stored graph does not hold the Python calls that made it";
  if (!scene.panes.some(({ capture }) => capture.startsWith("eager:"))) return "only a graph of eager knows its Python calls: show one in a pane";
  return "no Python calls were recorded with these graphs";
}
