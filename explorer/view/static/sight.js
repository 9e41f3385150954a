// Where the panes look. What the reader goes to comes into sight in each of them, in its own view and its own scene.

class Sight {
  constructor(stage) {
    this.stage = stage;
    this.views = new Views(() => this.move());
    this.rooms = {};
    this.placed = false;
  }

  canvases() {
    return [...this.stage.root.querySelectorAll(".canvas")];
  }

  // What the keyboard comes to is seen: the browser itself cannot scroll to it, as the style moves the drawing.
  follow({ target }) {
    const box = target.matches(":focus-visible") && target.closest(".canvas [data-box]");
    const canvas = box && box.closest(".canvas");
    if (!canvas) return;
    const view = this.views.of(canvas.dataset.side);
    this.bring((scene) => scene.boxes.filter(({ key }) => key === box.dataset.box), { looks: this.looks().filter((look) => look.view === view) });
  }

  move() {
    this.stage.memory.tell();
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

  // Each view once, with the scene that is seen in it and the size of a pane of it.
  looks() {
    const looks = new Map();
    for (const canvas of this.canvases()) {
      const { side } = canvas.dataset;
      const view = this.views.of(side);
      const look = { view, scene: sceneOf(this.stage.data, side), room: [canvas.clientWidth, canvas.clientHeight] };
      if (!looks.has(view)) looks.set(view, look);
    }
    return [...looks.values()];
  }

  settle() {
    const looks = this.stage.data ? this.looks() : [];
    if (!looks.length || this.placed || !looks[0].room[0]) return;
    this.placed = true;
    for (const { view, scene, room } of looks) {
      if (view === this.views.shared || !view.moved) view.start(scene, this.decisive(scene), ...room, this.stage.presenter.on ? ON_A_PROJECTOR : AT_A_DESK);
    }
    this.stage.revealEntry();
  }

  // Where the reader has moved the panes: the scale of each view, and what is in its middle.
  places() {
    const moved = this.looks().filter(({ view }) => view.moved);
    return Object.fromEntries(
      moved.map(({ view, room: [width, height] }) => {
        const middle = [(width / 2 - view.x) / view.scale, (height / 2 - view.y) / view.scale];
        return [this.views.nameOf(view), [Number(view.scale.toFixed(3)), ...middle.map(Math.round)]];
      }),
    );
  }

  // Let the panes look as `places` say.
  look(places) {
    for (const { view, room: [width, height] } of this.looks()) {
      const place = places[this.views.nameOf(view)];
      if (!place) continue;
      const [scale, across, down] = place;
      view.moved = true;
      view.set(scale, width / 2 - across * scale, height / 2 - down * scale);
    }
  }

  // The graphs are others: they are placed anew, and the panes `alone` look for themselves.
  unplace(alone) {
    this.rooms = {};
    this.placed = this.views.shared.moved = false;
    this.views.alone.clear();
    alone.forEach((side) => this.views.restore(side));
  }

  // The room for the panes is another.
  resize() {
    this.rooms = {};
    if (!this.views.shared.moved) this.placed = false;
    this.settle();
    this.stage.memory.look();
  }

  refit() {
    this.placed = this.views.shared.moved = false;
    requestAnimationFrame(() => {
      this.settle();
      this.stage.memory.look();
      this.stage.revealLine();
    });
  }

  // Boxes come into sight wherever they are not; `goes` says that the reader went there, so that nothing moves them away.
  bring(boxesOf, { goes = false, looks = this.looks() } = {}) {
    for (const { view, scene, room } of looks) {
      view.reveal(boxesOf(scene), ...room);
      view.moved = view.moved || goes;
    }
  }

  // Of the selected difference.
  hits(scene) {
    return scene.boxes.filter((box) => box.rows.includes(this.stage.state.difference) && !isFrame(box));
  }

  // Of the selected difference what changes the result, else what does and is of none: not what only asks, but what is
  // there of it in one graph alone.
  decisive(scene) {
    const { difference } = this.stage.state;
    const isOther = (box) => differs(box) || box.parts.some(({ faces }) => faces.some((face) => face.apart));
    const other = scene.boxes.filter((box) => !isFrame(box) && isOther(box) && !box.parts.some((part) => part.asks));
    const own = other.filter(({ rows }) => rows.includes(difference));
    if (own.length) return own;
    const apart = other.filter(({ rows }) => !rows.length);
    return apart.length ? apart : this.hits(scene);
  }

  // What the reader went to is there now: it is selected, and comes into sight.
  arrive() {
    const { data } = this.stage;
    const { focus } = data;
    const boxOf = (scene) => (detailOf(scene, focus.side, focus.node) || { box: focus.box }).box;
    if (!focus) this.arrived = null; // turns are counted anew
    if (!focus || focus.turn === this.arrived || !boxOf(sceneOf(data, focus.side))) return;
    this.arrived = focus.turn;
    this.pick(focus, { goes: true });
  }

  // An op is selected, if it can be seen, and comes into sight; else the box that holds it does.
  pick({ side, node, box }, options) {
    if (detailOf(sceneOf(this.stage.data, side), side, node)) this.stage.pickNode(side, node);
    const keyOf = (scene) => (detailOf(scene, side, node) || { box }).box;
    this.bring((scene) => scene.boxes.filter(({ key }) => key === keyOf(scene)), options);
  }

  // What a value comes from comes into sight where the reader asked for it, and is marked for a moment.
  jump(key, side) {
    const asked = this.views.of(side);
    this.bring((scene) => scene.boxes.filter((box) => box.key === key), { goes: true, looks: this.looks().filter(({ view }) => view === asked) });
    const canvases = this.canvases().filter((canvas) => this.views.of(canvas.dataset.side) === asked);
    for (const node of canvases.flatMap((canvas) => [...canvas.querySelectorAll(`[data-box="${CSS.escape(key)}"]`)])) {
      node.classList.add("reached");
      setTimeout(() => node.classList.remove("reached"), 1600);
    }
  }

  // A box that is opened or closed, in one pane for itself or in all, stays under the pointer.
  anchor(box, own) {
    const views = own ? [this.views.of(own)] : this.views.all();
    this.anchored = { key: box.key, own, places: views.map((view) => ({ view, x: box.x * view.scale + view.x, y: box.y * view.scale + view.y })) };
  }

  keepAnchor() {
    const { anchored } = this;
    this.anchored = null;
    const box = anchored && sceneOf(this.stage.data, anchored.own).boxes.find(({ key }) => key === anchored.key);
    if (!box) return;
    for (const { view, x, y } of anchored.places) view.set(view.scale, x - box.x * view.scale, y - box.y * view.scale);
  }
}
