// What is picked, what the list is narrowed to and where the panes look: told to the server once it rests, as the address and
// a saved page keep it, and found again in a page that is opened by them.

// Milliseconds for which nothing changes.
const STILL = 300;
const TOGETHER = "together";

class Memory {
  constructor(stage) {
    this.stage = stage;
    this.told = null; // what was told last
    this.found = null; // for which model it was found again
    this.wanted = null; // where the panes are still to look
  }

  gaze() {
    const { state, sight } = this.stage;
    const op = state.node && [state.node.side, state.node.id];
    return { op, line: state.line, only: state.only, notes: state.notesOpen, views: sight.places() };
  }

  // While captures are to come the page is not yet what the address asked for.
  get isReady() {
    const { data, presenter } = this.stage;
    return Boolean(data && data.gaze && !data.kept && !presenter.on && this.found === data.name && !this.wanted);
  }

  tell() {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.send(), STILL);
  }

  send() {
    if (!this.isReady) return;
    const { data, exchange } = this.stage;
    const gaze = this.gaze();
    const text = JSON.stringify(gaze);
    if (text === JSON.stringify(data.gaze) || text === this.told) return;
    if (!exchange.isIdle) return this.tell();
    this.told = text;
    exchange.send({ do: "remember", gaze });
  }

  // What the page was opened with is picked again; where the panes look follows once they are there.
  find() {
    const { data, state, sight } = this.stage;
    const { gaze, name } = data;
    if (!gaze || this.found === name) return;
    this.found = name;
    const { op, line, only, notes, views } = gaze;
    const isKnown = walkedRows(data, { ...state, only }).length > 0;
    Object.assign(state, { line, only: isKnown ? only : "", notesOpen: notes });
    this.stage.draw();
    if (line) scrollToLine(this.stage.root, line);
    if (op && detailOf(sceneOf(data, op[0]), ...op)) {
      this.stage.pickNode(...op);
      sight.bring((scene) => scene.boxes.filter((box) => box.key === detailOf(sceneOf(data, op[0]), ...op).box));
    }
    this.wanted = Object.keys(views).length ? views : null;
    this.look();
  }

  look() {
    if (!this.wanted || !this.stage.sight.placed) return;
    this.stage.sight.look(this.wanted);
    this.wanted = null;
  }
}
