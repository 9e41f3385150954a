// The component: draws the page's main area from its data, keeps what the reader did between two of them.

class Stage {
  constructor(parent) {
    this.parent = parent;
    this.root = el("main", { class: "stage" });
    parent.append(this.root);
    this.state = { difference: null, node: null, line: null, notesOpen: false, only: "" };
    this.drawn = {};
    this.views = new Views(() => this.move());
    this.actions = this.makeActions();
    this.tools = new Tools(this.actions);
    this.presenter = new Presenter(this);
    this.onLeave = () => this.presenter.on && !document.fullscreenElement && this.presenter.end();
    this.onKey = (event) => this.key(event);
    this.foresight = new Foresight(this);
    this.rooms = {};
    this.versions = {};
    this.resized = new ResizeObserver(() => {
      this.rooms = {};
      if (!this.views.shared.moved) this.placed = false;
      this.settle();
    });
    document.addEventListener("keydown", this.onKey, true);
    document.addEventListener("fullscreenchange", this.onLeave);
    this.resized.observe(this.root);
  }

  leave() {
    document.removeEventListener("keydown", this.onKey, true);
    document.removeEventListener("fullscreenchange", this.onLeave);
    this.resized.disconnect();
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
      jump: (key) => this.jump(key),
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
    this.tools.update(this.data);
    this.send({ do: "enlarge", on });
  }

  showSide(side, capture) {
    if (side in this.pair()) return this.send({ do: "pair", ...this.pair(), [side]: capture });
    const shown = { ...this.data.shown, [side]: capture };
    this.send({ do: "more", captures: [shown.third, shown.fourth].filter(Boolean) });
  }

  // New data from Python: draw the parts that changed, and only those.
  update(given, post) {
    const before = this.data;
    const data = this.foresight.settled(given, before);
    this.data = data;
    this.post = post;
    if (!data.scene) {
      this.root.replaceChildren(drawEmpty(data));
      Object.assign(this, { drawn: {}, data: null });
      return;
    }
    if (!before) this.build();
    this.root.classList.toggle("kept", Boolean(data.kept));
    this.root.classList.toggle("autograd", data.autograd);
    this.root.classList.toggle("large", Boolean(data.large));
    if (before && before.name !== data.name) Object.assign(this.state, { node: null, line: null, notesOpen: false, only: "" });
    const pairChanged = !before || SIDES.some((side) => before.shown[side] !== data.shown[side]);
    const walked = this.state.difference !== data.shown.difference || pairChanged || before.name !== data.name;
    if (pairChanged) this.state.node = null;
    if (pairChanged) this.rooms = {};
    this.state.difference = data.shown.difference;
    if (pairChanged) this.unplace();
    if (pairChanged) for (const side of Object.keys(data.alone || {})) this.views.unlock(side);
    this.draw();
    this.settle();
    this.keepAnchor();
    if (walked) this.reveal();
    this.tools.update(data);
    this.presenter.write();
    this.arrive();
  }

  send(action) {
    this.foresight.asked();
    this.post(action);
  }

  build() {
    const slot = (name) => (this[name] = el("div", { class: `slot ${name}` }));
    this.root.replaceChildren(
      el("div", { class: "top" }, slot("problemSlot"), slot("noticeSlot"), el("div", { class: "head" }, slot("verdictSlot"), this.tools.root)),
      el("div", { class: "two" }, slot("matrixSlot"), slot("sourceSlot")),
      el("div", { class: "panes" }, ...SIDES.map((side) => slot(`${side}Slot`))),
    );
    this.aside = el("aside", { class: "card side" }, slot("listSlot"), el("div", { class: "scroll said" }, slot("explanationSlot"), slot("sayingSlot"), slot("inspectorSlot")));
    this.placed = false;
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
    this.part("problemSlot", [data.problem, data.name], () => drawProblem(data.problem, data.name));
    this.part("noticeSlot", [data.notice], () => drawNotice(data.notice, actions));
    this.part("verdictSlot", [data.verdict, data.beside, data.notice, data.problem], () => drawVerdict(data));
    this.part("matrixSlot", [data.matrix, shown.left, shown.right], () => drawMatrix(data, actions));
    this.part("sourceSlot", [data.listing], () => drawSource(data, actions));
    const drawn = this.version("all", scene);
    for (const side of SIDES) {
      const key = [data.captures, SIDES.map((one) => shown[one]), data.refusals, this.views.isAlone(side)];
      this.part(`${side}Slot`, key, () => shown[side] && drawPane(side, data, this.views, actions));
      const pane = this[`${side}Slot`].firstChild;
      const own = data.alone && data.alone[side];
      const version = [own ? `${side} ${this.version(side, own)}` : drawn, shown.difference].join();
      if (pane && pane.version !== version) updatePane(pane, side, data, actions);
      if (pane) pane.version = version;
    }
    this.part("listSlot", [data.rows, data.removed, data.notes, state.difference, state.notesOpen, state.only, data.nothing], () => drawDifferences(data, state, actions));
    this.part("sayingSlot", [data.saying], () => drawSaying(data.saying));
    this.part("explanationSlot", [data.rows, state.difference, shown.right], () => drawExplanation(data, state));
    this.part("inspectorSlot", [drawn, state.node, data.library], () => drawInspector(data, state, actions));
    this.highlight();
    this.move();
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

  // Where the panes look.

  canvases() {
    return [...this.root.querySelectorAll(".canvas")];
  }

  move() {
    for (const canvas of this.canvases()) {
      canvas.paper.move(this.views.of(canvas.dataset.side), ...this.roomOf(canvas));
    }
  }

  // The size of a pane, kept: to ask for it after a change makes the browser lay out all text at once.
  roomOf(canvas) {
    const { side } = canvas.dataset;
    this.rooms[side] = this.rooms[side] || [canvas.clientWidth, canvas.clientHeight];
    return this.rooms[side];
  }

  settle() {
    const canvas = this.canvases()[0];
    if (!this.data || !canvas || this.placed || !canvas.clientWidth) return;
    this.placed = true;
    this.views.shared.start(this.data.scene, this.hits(), canvas.clientWidth, canvas.clientHeight);
    this.reveal();
  }

  // The room for the panes is another: they are placed anew in it.
  unplace() {
    this.views.alone.clear();
    this.placed = this.views.shared.moved = false;
  }

  refit() {
    this.placed = this.views.shared.moved = false;
    requestAnimationFrame(() => {
      this.settle();
      const row = this.data && this.data.rows[this.state.difference];
      if (row && row.line !== null) scrollToLine(this.root, row.line, false);
    });
  }

  // What the reader went to is there now: it is selected, and comes into sight.
  arrive() {
    const { focus, scene } = this.data;
    const detail = focus && detailOf(scene, focus.side, focus.node);
    if (!focus || focus.turn === this.arrived || !(detail || focus.box)) return;
    this.arrived = focus.turn;
    if (detail) this.pickNode(focus.side, focus.node);
    const canvas = this.canvases()[0];
    const found = scene.boxes.filter((entry) => entry.key === (detail ? detail.box : focus.box));
    if (canvas) this.views.shared.reveal(found, canvas.clientWidth, canvas.clientHeight);
    this.views.shared.moved = true;
  }

  // What a value comes from comes into sight, and is marked for a moment.
  jump(key) {
    const canvas = this.canvases()[0];
    this.views.shared.reveal(this.data.scene.boxes.filter((box) => box.key === key), canvas.clientWidth, canvas.clientHeight);
    this.views.shared.moved = true;
    for (const node of this.root.querySelectorAll(`[data-box="${CSS.escape(key)}"]`)) {
      node.classList.add("reached");
      setTimeout(() => node.classList.remove("reached"), 1600);
    }
  }

  // A box that was opened or closed stays under the pointer.
  keepAnchor() {
    const anchor = this.anchor;
    this.anchor = null;
    const box = anchor && sceneOf(this.data, anchor.side).boxes.find((entry) => entry.key === anchor.key);
    if (!box) return;
    for (const { view, x, y } of anchor.places) view.set(view.scale, x - box.x * view.scale, y - box.y * view.scale);
  }

  hits() {
    return this.data.scene.boxes.filter((box) => box.rows.includes(this.state.difference) && !(box.open && FRAMES.has(box.kind)));
  }

  reveal() {
    const canvas = this.canvases()[0];
    if (canvas) this.views.shared.reveal(this.hits(), canvas.clientWidth, canvas.clientHeight);
    const row = this.data.rows[this.state.difference];
    if (row && row.line !== null) scrollToLine(this.root, row.line, false);
    this.revealRow();
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
    const own = this.views.isAlone(side) ? side : null;
    const box = sceneOf(this.data, own).boxes.find((one) => one.key === key);
    if (!box || box.sealed) return; // a file does not hold what stands in it
    const views = own ? [this.views.of(side)] : this.views.all();
    this.anchor = { key, side: own, places: views.map((view) => ({ view, x: box.x * view.scale + view.x, y: box.y * view.scale + view.y })) };
    this.foresight.toggle({ key, open: !box.open, side: own });
  }

  pickNode(side, id) {
    const detail = detailOf(sceneOf(this.data, side), side, id);
    this.change({ node: { side, id }, line: detail ? detail.line : null });
    if (detail && detail.line !== null) scrollToLine(this.root, detail.line, false);
    const inspector = this.root.querySelector(".inspector");
    const said = this.root.querySelector(".said");
    if (inspector && said) said.scrollTop = inspector.offsetTop;
  }

  pickLine(number) {
    const line = this.data.listing.lines[number - 1];
    this.change({ line: number, node: null });
    scrollToLine(this.root, number, false);
    const canvas = this.canvases()[0];
    const boxes = this.data.scene.boxes.filter((box) => !(box.open && FRAMES.has(box.kind)) && box.lines.includes(number));
    // A note changes no result, so it does not take the reader to another pair.
    const [row] = line ? line.rows.filter((one) => this.data.rows[one].severity !== "note") : [];
    if (row !== undefined) this.select(row);
    else if (canvas) this.views.shared.reveal(boxes, canvas.clientWidth, canvas.clientHeight);
    this.state.line = number;
    this.highlight();
  }

  highlight() {
    const { state, data, root } = this;
    const hits = new Set(this.hits().map((box) => box.key));
    const severity = hits.size ? data.rows[state.difference].severity : "";
    const detail = state.node && detailOf(sceneOf(data, state.node.side), state.node.side, state.node.id);
    // What is selected in a pane that is for itself is selected there alone.
    const isPicked = (side, key) => detail && detail.box === key && (side === state.node.side || ![side, state.node.side].some((one) => this.views.isAlone(one)));
    const boxes = new Map(SIDES.map((side) => [side, new Map(sceneOf(data, side).boxes.map((box) => [box.key, box]))]));
    for (const node of root.querySelectorAll(".canvas [data-box]")) {
      const { side } = node.closest(".canvas").dataset;
      const box = boxes.get(side).get(node.dataset.box);
      if (!box) continue;
      node.classList.toggle("hit", hits.has(box.key));
      for (const one of ["error", "warning"]) node.classList.toggle(one, hits.has(box.key) && severity === one);
      node.classList.toggle("picked", Boolean(isPicked(side, box.key)));
      node.classList.toggle("online", state.line !== null && !(box.open && FRAMES.has(box.kind)) && box.lines.includes(state.line));
    }
    const row = data.rows[state.difference];
    for (const canvas of this.canvases()) markStates(canvas, hits, row, data.shown.right);
    for (const line of root.querySelectorAll(".line")) {
      const number = Number(line.dataset.line);
      line.classList.toggle("picked", number === state.line);
      line.classList.toggle("current", Boolean(row) && row.line === number);
    }
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
