// The component: draws the page's main area from its data, keeps what the reader did between two of them.

class Stage {
  constructor(parent) {
    this.parent = parent;
    this.root = el("main", { class: "stage" });
    parent.append(this.root);
    this.state = { difference: null, node: null, line: null, notesOpen: false, only: "" };
    this.drawn = {};
    this.memory = new Memory(this);
    this.sight = new Sight(this);
    this.views = this.sight.views;
    this.actions = this.makeActions();
    this.tools = new Tools(this.actions);
    this.presenter = new Presenter(this);
    this.onLeave = () => this.presenter.on && !document.fullscreenElement && this.presenter.end();
    this.onKey = (event) => this.key(event);
    this.onPress = (event) => this.memory.hurry(event);
    this.exchange = new Exchange();
    this.foresight = new Foresight(this);
    this.versions = {};
    this.resized = new ResizeObserver(() => this.sight.resize());
    this.root.addEventListener("focusin", (event) => this.sight.follow(event));
    document.addEventListener("keydown", this.onKey, true);
    document.addEventListener("pointerdown", this.onPress, true);
    document.addEventListener("fullscreenchange", this.onLeave);
    this.resized.observe(this.root);
  }

  leave() {
    document.removeEventListener("keydown", this.onKey, true);
    document.removeEventListener("pointerdown", this.onPress, true);
    document.removeEventListener("fullscreenchange", this.onLeave);
    this.resized.disconnect();
    for (const timer of [this.memory.resting, this.foresight.resting, this.foresight.waiting]) clearTimeout(timer);
    this.exchange.close();
    this.root.remove();
  }

  makeActions() {
    return {
      showPair: (left, right) => this.send({ do: "pair", left, right }),
      showSide: (side, capture) => this.showSide(side, capture),
      showMore: (captures) => this.send({ do: "more", captures }),
      unlock: (side) => this.unlock(side),
      select: (index) => this.select(index),
      walk: (step) => this.walk(step),
      toggle: (box, side) => this.toggle(box, side),
      narrow: (only) => this.narrow(only),
      toggleNotes: () => this.change({ notesOpen: !this.state.notesOpen }),
      pickNode: (side, id) => this.pickNode(side, id),
      pickLine: (number) => this.pickLine(number),
      seek: (text) => this.send({ do: "seek", text }),
      jump: (key, side) => this.sight.jump(key, side),
      bringIntoSight: (side, node) => this.send({ do: "focus", side, node }),
      openLibrary: (frame) => this.send({ do: "library", frame }),
      showCalls: (on) => this.send({ do: "calls", on }),
      showAutograd: (on) => this.showAutograd(on),
      enlarge: (on) => this.enlarge(on),
      present: () => this.presenter.begin(),
    };
  }

  // A pane that is for itself moves, opens its boxes and marks what is selected in it without the others.
  unlock(side) {
    this.views.unlock(side);
    this.draw();
    this.send({ do: "unlock", side, on: this.views.isAlone(side) });
  }

  pair() {
    return { left: this.data.shown.left, right: this.data.shown.right };
  }

  // Autograd nodes are drawn already: the style shows them.
  showAutograd(on) {
    this.root.classList.toggle("autograd", on);
    this.data.autograd = on;
    this.tools.update(this.data);
    this.send({ do: "autograd", on });
  }

  // The graphs alone: they take the room of the matrix and the source, which the style hides.
  enlarge(on) {
    this.data.large = on;
    this.root.classList.toggle("large", on);
    this.sight.resize();
    this.tools.update(this.data);
    this.send({ do: "enlarge", on });
  }

  showSide(side, capture) {
    if (side in this.pair()) return this.send({ do: "pair", ...this.pair(), [side]: capture });
    const shown = { ...this.data.shown, [side]: capture };
    this.send({ do: "more", captures: [shown.third, shown.fourth].filter(Boolean) });
  }

  // New data from Python, and the way to answer it.
  update(data, post) {
    this.show(this.foresight.settled(data, this.data));
    this.exchange.open(post, data.done);
    this.foresight.come();
  }

  // Draw the parts that changed, and only those.
  show(data) {
    const before = this.data;
    this.data = data;
    if (!data.scene) {
      this.memory.write();
      this.root.replaceChildren(drawEmpty(data));
      Object.assign(this, { drawn: {}, data: null });
      return;
    }
    if (!before) this.build();
    this.root.classList.toggle("kept", Boolean(data.kept));
    this.root.classList.toggle("autograd", data.autograd);
    this.root.classList.toggle("large", Boolean(data.large));
    if (before && before.name !== data.name) Object.assign(this.state, { node: null, line: null, notesOpen: false, only: "" });
    const areOthers = !before || before.name !== data.name || SIDES.some((side) => before.shown[side] !== data.shown[side]);
    const walked = this.state.difference !== data.shown.difference || areOthers;
    if (areOthers) this.state.node = null;
    if (areOthers) this.sight.unplace(Object.keys(data.alone || {}));
    this.state.difference = data.shown.difference;
    this.draw();
    this.sight.settle();
    this.sight.keepAnchor();
    if (walked && areOthers) this.revealEntry(); // the panes are placed anew
    else if (walked) this.reveal();
    this.tools.update(data);
    this.presenter.write();
    this.sight.arrive();
    this.memory.find();
    this.memory.write();
  }

  send(action) {
    this.exchange.send(action);
  }

  build() {
    const slot = (name) => (this[name] = el("div", { class: `slot ${name}` }));
    this.root.replaceChildren(
      el("div", { class: "top" }, slot("problemSlot"), slot("noticeSlot"), el("div", { class: "head" }, slot("verdictSlot"), this.tools.root)),
      el("div", { class: "two" }, slot("matrixSlot"), slot("sourceSlot")),
      el("div", { class: "panes" }, ...SIDES.map((side) => slot(`${side}Slot`))),
    );
    this.aside = el("aside", { class: "card side" }, slot("listSlot"), el("div", { class: "scroll said" }, slot("explanationSlot"), slot("sayingSlot"), slot("inspectorSlot")));
    this.sight.placed = false;
  }

  // More than two graphs have the whole width: the differences then stand beside the source. On a projector all stands alone.
  arrange() {
    const count = SIDES.filter((side) => this.data.shown[side]).length;
    const isMany = count > 2 && !this.presenter.on;
    this.root.classList.toggle("many", isMany);
    this.root.style.setProperty("--panes", count);
    const home = this.root.querySelector(isMany ? ".two" : ".panes");
    if (this.aside.parentNode !== home) home.append(this.aside);
  }

  draw() {
    const { data, state, actions } = this;
    const { shown, scene } = data;
    this.arrange();
    this.part("problemSlot", [data.problem, data.name], () => drawProblem(data.problem, data.problem && data.problem.aside ? "" : data.name));
    this.part("noticeSlot", [data.notice], () => drawNotice(data.notice, actions));
    this.part("verdictSlot", [data.verdict, data.beside, data.notice, data.problem], () => drawVerdict(data));
    this.part("matrixSlot", [data.matrix, shown.left, shown.right], () => drawMatrix(data, actions));
    this.part("sourceSlot", [data.listing], () => drawSource(data, actions));
    const drawn = Object.fromEntries(SIDES.map((side) => [side, this.versionOf(side)]));
    for (const side of SIDES) {
      const key = [data.captures, SIDES.map((one) => shown[one]), data.refusals, this.views.isAlone(side), hasZoom(side, data, this.views)];
      this.part(`${side}Slot`, key, () => shown[side] && drawPane(side, data, this.views, actions));
      const pane = this[`${side}Slot`].firstChild;
      const version = [drawn[side], shown.difference].join();
      if (pane && pane.version !== version) updatePane(pane, side, data, actions);
      if (pane) pane.version = version;
    }
    this.part("listSlot", [data.rows, data.removed, data.notes, state.difference, state.notesOpen, state.only, data.nothing], () => drawDifferences(data, state, actions));
    this.part("sayingSlot", [data.saying], () => drawSaying(data.saying));
    // What a graph raises comes before what explains it.
    const first = data.saying && data.saying.outcome === "raises" ? this.sayingSlot : this.explanationSlot;
    if (first.parentNode.firstChild !== first) first.parentNode.prepend(first);
    this.part("explanationSlot", [data.rows, state.difference, shown.right], () => drawExplanation(data, state));
    this.part("inspectorSlot", [drawn[state.node ? state.node.side : SIDES[0]], state.node, data.library], () => drawInspector(data, state, actions));
    drawMarks(this);
    this.sight.move();
  }

  // What tells the scene of a pane from another.
  versionOf(side) {
    const own = this.data.alone && this.data.alone[side];
    return own ? `${side} ${this.version(side, own)}` : this.version("all", this.data.scene);
  }

  // A number for a scene: another one where it is another.
  version(of, scene) {
    const one = (this.versions[of] = this.versions[of] || { number: 0 });
    if (scene === one.scene) return one.number;
    const text = JSON.stringify(scene);
    if (text !== one.text) one.number += 1;
    Object.assign(one, { scene, text });
    return one.number;
  }

  part(name, key, make) {
    const text = JSON.stringify(key);
    if (this.drawn[name] === text && this[name].childNodes.length) return;
    this.drawn[name] = text;
    const scrolls = [...this[name].querySelectorAll(".scroll")].map((part) => [part.scrollTop, part.scrollLeft]);
    const made = make();
    const focused = focusables(this[name]).indexOf(this.root.getRootNode().activeElement);
    this[name].replaceChildren(...(made ? [made] : []));
    // Who works with the keyboard goes on from where they are.
    const heir = focused >= 0 && focusables(this[name])[focused];
    if (heir) heir.focus({ preventScroll: true });
    this[name].querySelectorAll(".scroll").forEach((part, at) => ([part.scrollTop, part.scrollLeft] = scrolls[at] || [0, 0]));
  }

  change(changes) {
    Object.assign(this.state, changes);
    this.draw();
  }

  // The selected difference: its boxes, its line, and its entry of the list.
  reveal() {
    this.sight.bring((scene) => this.sight.decisive(scene));
    this.revealEntry();
  }

  revealEntry() {
    this.revealLine();
    this.revealRow();
  }

  revealLine() {
    const row = this.data && this.data.rows[this.state.difference];
    if (row && row.line !== null) scrollToLine(this.root, row.line);
  }

  // The selected entry of the list comes into sight, by as little as possible.
  revealRow() {
    const list = this.root.querySelector(".list ul");
    const entry = this.root.querySelector(".difference.selected");
    if (!list || !entry) return;
    const top = entry.offsetTop - list.offsetTop;
    const bottom = top + entry.offsetHeight;
    if (top < list.scrollTop) list.scrollTop = top - 6;
    else if (bottom > list.scrollTop + list.clientHeight) list.scrollTop = bottom - list.clientHeight + 6;
  }

  // What the reader does.

  select(index) {
    this.change({ difference: index, node: null, line: null });
    this.root.querySelector(".said").scrollTop = 0;
    this.reveal();
    this.send({ do: "difference", index });
  }

  walk(step) {
    const walked = walkedRows(this.data, this.state);
    const at = walked.indexOf(this.state.difference);
    if (walked.length) this.select(walked[at < 0 ? (step > 0 ? 0 : walked.length - 1) : (at + step + walked.length) % walked.length]);
  }

  // Of what is left the first is selected, unless the one that is selected is left.
  narrow(only) {
    this.change({ only });
    if (!walkedRows(this.data, this.state).includes(this.state.difference)) this.walk(1);
  }

  toggle({ key }, side) {
    this.flip(key, this.views.isAlone(side) ? side : null);
  }

  // Open or close a box, in the pane `own` alone or in all that move as one.
  flip(key, own) {
    const box = sceneOf(this.data, own).boxes.find((one) => one.key === key);
    if (!box || box.sealed) return; // a file does not hold what stands in it
    this.sight.anchor(box, own);
    this.foresight.toggle({ key, open: !box.open, side: own });
  }

  pickNode(side, id) {
    const detail = detailOf(sceneOf(this.data, side), side, id);
    this.change({ node: { side, id }, line: detail ? detail.line : null });
    if (detail && detail.line !== null) scrollToLine(this.root, detail.line);
    const inspector = this.root.querySelector(".inspector");
    const said = this.root.querySelector(".said");
    if (inspector && said) said.scrollTop = inspector.offsetTop;
  }

  pickLine(number) {
    const line = this.data.listing.lines[number - 1];
    this.change({ line: number, node: null });
    scrollToLine(this.root, number);
    // A note changes no result, so it does not take the reader to another pair; nor does what the list is narrowed from.
    const walked = walkedRows(this.data, this.state);
    const row = line ? line.rows.find((one) => this.data.rows[one].severity !== "note" && walked.includes(one)) : undefined;
    if (row !== undefined) this.select(row);
    else this.sight.bring((scene) => scene.boxes.filter((box) => !isFrame(box) && box.lines.includes(number)));
    this.state.line = number;
    drawMarks(this);
  }

  key(event) {
    const typing = event.composedPath()[0];
    const isField = typing instanceof HTMLElement && (typing.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(typing.tagName));
    if (!this.data || isField || event.ctrlKey || event.metaKey || event.altKey) return;
    if (this.presenter.on) return this.presenter.key(event);
    if (event.key === "/") (event.preventDefault(), this.tools.input.focus());
    else if (event.key === "f") this.presenter.begin();
    else if (event.key === "c" && hasCalls(this.data.scene)) this.send({ do: "calls", on: !this.data.calls });
    else if (event.key === "g" && hasAutograd(this.data.scene)) this.showAutograd(!this.data.autograd);
    else if (event.key === "m") this.enlarge(!this.data.large);
    else if (event.key === "n") this.walk(1);
    else if (event.key === "p") this.walk(-1);
    else if (event.key === "Escape") this.change({ node: null, line: null });
  }
}
