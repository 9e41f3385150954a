// A page that is a file: what an app would be asked for is looked up in what the file holds, or put together from it.

const MOST_HITS = 40;

class Pages {
  constructor(held) {
    this.held = held;
    this.parent = document.getElementById("page");
    this.toggled = new Map();
    // What is open in each pane that is for itself.
    this.alone = new Map(Object.entries(held.common.alone).map(([side, own]) => [side, new Map(Object.entries(own))]));
    // Of those, the ones that are as the file's reader left them.
    this.left = new Set(this.alone.keys());
    this.settings = { autograd: held.common.autograd, large: held.common.large, found: null, focus: null };
    // Many ops share a stack: it is held once.
    const boxes = held.parts.filter((part) => part && part.details);
    for (const detail of boxes.flatMap(({ details }) => details.flatMap(Object.values))) detail.stack = held.parts[detail.stack];
    // The first of the states that show the same graphs stands for them.
    this.keys = new Map(Object.keys(held.states).reverse().map((key) => [this.graphs(this.part(key, "shown")), key]));
  }

  part(key, name) {
    return this.held.parts[this.held.states[key][name]];
  }

  graphs(shown) {
    return JSON.stringify(SIDES.map((side) => shown[side]));
  }

  page(key) {
    const shown = this.part(key, "shown");
    return {
      ...this.held.common,
      ...this.settings,
      gaze: key === "first" ? this.held.common.gaze : null, // another page is looked at anew
      done: undefined, // what is asked here is answered at once
      shown,
      saying: this.part(key, "saying"),
      refusals: this.part(key, "refusals"),
      captures: this.held.common.captures.map((entry) => ({ ...entry, sides: this.sides(entry.id, shown) })),
      scene: this.scene(key),
      alone: Object.fromEntries([...this.alone.keys()].map((side) => [side, this.scene(key, side)])),
      kept: { seeks: Boolean(this.part(key, "entries")), adds: this.canAdd(shown), drops: Boolean(this.beside(shown, [])) },
    };
  }

  // What stands in a box, where the file holds it: as it was laid out with this page, or for itself.
  inside(key, box, opened = this.part(key, "opened")) {
    const insides = this.part(key, "insides");
    return this.held.parts[opened[box] ?? insides[box]];
  }

  // The scene of all panes, or of one that is for itself.
  scene(key, side = null) {
    const isLeft = this.left.has(side) && this.held.states[key].own !== undefined;
    const opened = isLeft ? this.part(key, "own")[side] : this.part(key, "opened");
    const toggled = this.alone.get(side) || this.toggled;
    const isOpen = (box) => toggled.get(box) ?? box in opened;
    return new Assembly((box) => this.inside(key, box, opened), isOpen).scene(this.part(key, "panes"));
  }

  // On which sides a capture can stand beside what is shown on the others.
  sides(id, shown) {
    const pair = { left: shown.left, right: shown.right };
    const can = (side) => (side in pair ? this.pair({ ...pair, [side]: id }) : this.keys.get(this.graphs({ ...shown, [side]: id })));
    return Object.fromEntries(SIDES.map((side) => [side, id === shown[side] || Boolean(can(side))]));
  }

  pair({ left, right }) {
    return [`pair:${left}|${right}`].find((key) => Object.hasOwn(this.held.states, key));
  }

  // The file has one more graph beside those that it opens on.
  canAdd(shown) {
    return "another" in this.held.states && this.graphs(shown) === this.graphs(this.part("first", "shown"));
  }

  beside(shown, captures) {
    if (captures.includes("")) return this.canAdd(shown) ? "another" : undefined;
    const [third = null, fourth = null] = captures;
    return this.keys.get(this.graphs({ ...shown, third, fourth })) || (third ? undefined : this.pair(shown));
  }

  // The page of a difference, with the same graphs if the file has it so. An address counts from one, as readers do.
  walked(index) {
    const isBeside = this.key.startsWith("another");
    return isBeside && `another:${index + 1}` in this.held.states ? `another:${index + 1}` : `difference:${index + 1}`;
  }

  show(key) {
    if (!Object.hasOwn(this.held.states, key)) return;
    const isOther = this.key && this.graphs(this.part(this.key, "shown")) !== this.graphs(this.part(key, "shown"));
    this.key = key;
    if (isOther) this.alone.clear(), this.left.clear();
    // What was looked for is looked for in the graphs that are shown now.
    if (isOther && this.settings.found) this.settings.found = this.part(key, "entries") ? this.found(this.settings.found.text) : null;
    history.replaceState(null, "", key === "first" ? location.pathname + location.search : `#${encodeURIComponent(key)}`);
    draw({ parentElement: this.parent, data: this.page(key), setTriggerValue: (_, action) => this.act(action) });
  }

  set(changes) {
    Object.assign(this.settings, changes);
    this.show(this.key);
  }

  act(action) {
    const shown = this.part(this.key, "shown");
    if (action.do === "difference") this.show(this.walked(action.index));
    else if (action.do === "pair") this.show(this.pair(action));
    else if (action.do === "more") this.show(this.beside(shown, action.captures));
    else if (action.do === "toggle") this.toggle(action);
    else if (action.do === "unlock") this.unlock(action);
    else if (action.do === "autograd") this.set({ autograd: action.on });
    else if (action.do === "enlarge") this.set({ large: action.on });
    else if (action.do === "seek") this.set({ found: this.found(action.text) });
    else if (action.do === "focus") this.bring(action);
  }

  toggle({ key, open, side }) {
    (this.alone.get(side) || this.toggled).set(key, open);
    this.show(this.key);
  }

  unlock({ side, on }) {
    this.left.delete(side);
    if (on) this.alone.set(side, new Map(this.toggled));
    else this.alone.delete(side);
    this.show(this.key);
  }

  // The ops that hold every word, or stand at the line; of a group of them that do the same work the first.
  found(text) {
    const asked = text.trim().toLowerCase();
    const [, named, number] = asked.match(/^(line\s*|l|:)?(\d+)$/) || [];
    const words = asked.split(/\s+/);
    const { entries } = this.part(this.key, "entries");
    const isHeld = ({ held }) => asked && words.every((word) => held.includes(word));
    const hits = hitsOf(entries, (entry) => (number && entry.line === Number(number)) || (!named && isHeld(entry)));
    return number && !hits.length ? nearLine(entries, Number(number), text) : foundOf(text, hits);
  }

  // Open the boxes around an op, as far as the file holds what stands in them.
  bring({ side, node }) {
    const { entries, around } = this.part(this.key, "entries");
    const entry = entries.find(({ hit }) => hit.side === side && hit.node === node);
    if (!entry) return;
    const boxes = [entry.unit];
    while (around[boxes[0]]) boxes.unshift(around[boxes[0]]);
    const sealed = boxes.slice(0, -1).find((box) => !this.inside(this.key, box));
    const held = boxes.filter((box) => this.inside(this.key, box));
    for (const toggled of [this.toggled, ...this.alone.values()]) for (const box of held) toggled.set(box, true);
    const turn = this.settings.focus ? this.settings.focus.turn + 1 : 1;
    this.set({ found: null, focus: { side, node, turn, box: sealed || null } });
  }

  begin() {
    const asked = addressed();
    if (Object.hasOwn(this.held.states, asked) && asked !== "first") return this.show(asked);
    this.show("first");
  }
}

// Of ops that do the same work the first.
function hitsOf(entries, holds) {
  const hits = new Map();
  for (const entry of entries) if (holds(entry) && !hits.has(entry.unit)) hits.set(entry.unit, entry.hit);
  return [...hits.values()];
}

function foundOf(text, hits, said = "", line = null) {
  return { text, total: hits.length, hits: hits.slice(0, MOST_HITS), said, line };
}

// The ops of the nearest line that has some, for one that has none.
function nearLine(entries, line, text) {
  const lines = entries.map((entry) => entry.line).filter((one) => one !== null);
  const nearest = lines.sort((a, b) => Math.abs(a - line) - Math.abs(b - line) || a - b)[0];
  const there = nearest === undefined ? "" : ` The nearest that does is line ${nearest}:`;
  const hits = hitsOf(entries, (entry) => nearest !== undefined && entry.line === nearest);
  return foundOf(text, hits, `Line ${line} runs no op of these graphs.${there}`, line);
}

// What the address asks for; any text may stand there.
function addressed() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return "";
  }
}

async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).json();
}

const OLD = "This browser cannot unpack it: open it in one of 2023 or later.";
const DAMAGED = "The file is damaged: get it once more, or save it anew.";
const UNDRAWN = "Something went wrong in drawing it; the browser's console says more, and would help in an issue.";

async function begin(page, text) {
  if (typeof DecompressionStream === "undefined") return tell(page, OLD);
  const held = await unpacked(text).catch(() => null);
  if (!held) return tell(page, DAMAGED);
  page.replaceChildren();
  try {
    new Pages(held).begin();
  } catch (error) {
    tell(page, UNDRAWN);
    throw error;
  }
}

// What is wrong, where there is nothing else to see.
function tell(page, said) {
  page.replaceChildren(el("p", { class: "instead", role: "alert" }, `This report cannot be shown. ${said}`));
}

begin(document.getElementById("page"), document.getElementById("report").textContent);
