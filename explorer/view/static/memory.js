// What is picked, what the list is narrowed to and where the panes look: told to the server once it rests, as the address and
// a saved page keep it, and found again in a page that is opened by them.

// Milliseconds for which nothing changes.
const STILL = 300;
const TOGETHER = "together";
// How often the same is told.
const MOST_TIMES = 3;

class Memory {
  constructor(stage) {
    this.stage = stage;
    this.told = null; // what was told last, and how often
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

  // The address says what is seen, and how it is looked at; that is no step to which one would go back.
  write() {
    const { address } = this.stage.data || {};
    if (!address) return;
    const place = new URL(location.href);
    for (const name of Object.keys(address)) place.searchParams.delete(name);
    for (const [name, value] of Object.entries(address)) if (value !== null) place.searchParams.append(name, value);
    if (place.href !== location.href) history.replaceState(history.state, "", place);
  }

  tell() {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.send(), STILL);
  }

  // Whoever presses something outside the page, such as the button that saves it, does not wait until it rests.
  hurry(event) {
    if (!event.composedPath().includes(this.stage.root)) this.send({ waits: false });
  }

  send({ waits = true } = {}) {
    if (!this.isReady) return;
    const { data, exchange } = this.stage;
    const gaze = this.gaze();
    const [text, known] = [gaze, data.gaze].map((one) => JSON.stringify(one));
    if (text === known) return;
    if (waits && !exchange.isIdle) return this.tell();
    // What was told may have been lost; what is refused is not told for ever.
    const isSame = this.told && this.told.text === text && this.told.known === known;
    const times = isSame ? this.told.times + 1 : 1;
    if (times > MOST_TIMES) return;
    this.told = { text, known, times };
    exchange.send({ do: "remember", name: data.name, gaze });
  }

  // Nothing was picked or moved yet.
  get isUntouched() {
    const { state, sight } = this.stage;
    return !state.node && state.line === null && !state.only && !state.notesOpen && !Object.keys(sight.places()).length;
  }

  // What the page was opened with is picked again; where the panes look follows once they are there.
  find() {
    const { data, state, sight } = this.stage;
    const { gaze, name, kept } = data;
    if (this.found === name || !(gaze || kept)) return;
    this.found = name;
    if (!gaze || !this.isUntouched) return this.tell();
    const { op, line, only, notes, views } = gaze;
    const isKnown = walkedRows(data, { ...state, only }).length > 0;
    Object.assign(state, { line, only: isKnown ? only : "", notesOpen: notes });
    this.stage.draw();
    if (line) scrollToLine(this.stage.root, line);
    if (op) sight.pick({ side: op[0], node: op[1] });
    this.wanted = Object.keys(views).length ? views : null;
    this.look();
  }

  look() {
    if (!this.wanted || !this.stage.sight.placed || this.stage.presenter.on) return;
    this.stage.sight.look(this.wanted);
    this.wanted = null;
  }
}
