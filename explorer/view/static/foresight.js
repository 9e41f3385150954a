// What stands in a box is asked for once the pointer or the focus rests on it, or a finger presses it, so that it is there
// when it is opened.

// Milliseconds for which it rests there.
const REST = 60;
// Milliseconds after which a box that was opened is on the screen.
const SHOWN = 48;
// Milliseconds after which the server is asked to open what it was asked for ahead, and has not told of.
const LATE = 250;

class Foresight {
  constructor(stage) {
    this.stage = stage;
    this.foretold = false;
    this.awaited = null; // what was asked for ahead, and since when
    this.due = null; // what is opened once it is there
    stage.root.addEventListener("pointerdown", (event) => this.press(event));
    for (const name of ["pointerover", "focusin"]) stage.root.addEventListener(name, (event) => this.rest(event));
  }

  rest({ target, pointerType }) {
    clearTimeout(this.resting);
    const box = pointerType !== "touch" && closedAt(target);
    if (box) this.resting = setTimeout(() => this.ask(box), REST);
  }

  // A finger never rests on a box before it presses: what it will open when it lets go is asked for now.
  press({ target }) {
    clearTimeout(this.resting);
    const box = closedAt(target);
    if (box && this.stage.exchange.isIdle) this.ask(box);
  }

  ask(box) {
    const { data, views, exchange } = this.stage;
    if (!box.isConnected || !data || data.kept) return;
    if (!exchange.isIdle) {
      this.resting = setTimeout(() => this.ask(box), REST);
      return;
    }
    const { side } = box.closest(".canvas").dataset;
    const asked = { key: box.dataset.box, open: true, side: views.isAlone(side) ? side : null };
    if (this.knows(asked) || this.awaits(asked)) return;
    this.awaited = { ...asked, since: performance.now() };
    exchange.send({ do: "foresee", ...asked });
  }

  awaits({ key, open, side }) {
    const { awaited } = this;
    return Boolean(awaited) && awaited.key === key && awaited.open === open && awaited.side === side && performance.now() - awaited.since < LATE;
  }

  knows({ key, open, side }) {
    const { ahead } = this.stage.data;
    return Boolean(ahead) && ahead.key === key && ahead.open === open && ahead.side === side;
  }

  // The server is told once the reader sees it: what Streamlit does meanwhile would delay the frame.
  toggle(asked) {
    const { data, exchange } = this.stage;
    const action = { do: "toggle", ...asked };
    // The box before it was to open once it is there: that is asked for now, so that it is not forgotten.
    if (this.due && this.due.key !== asked.key) exchange.put({ do: "toggle", ...this.due });
    if (exchange.isIdle && this.awaits(asked)) return this.wait(asked);
    this.due = null;
    if (!exchange.isIdle || !this.knows(asked)) return exchange.send(action);
    exchange.put(action);
    const { scene } = data.ahead;
    this.stage.show({ ...data, ...(asked.side ? { alone: { ...data.alone, [asked.side]: scene } } : { scene }), ahead: null });
    this.foretold = true;
    setTimeout(() => exchange.next(), SHOWN);
  }

  // It is on its way: to ask once more would take longer.
  wait(asked) {
    this.due = asked;
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.due === asked && this.finish(), LATE);
  }

  // What was waited for may be there.
  come() {
    if (!this.awaited || !this.stage.data || !this.knows(this.awaited)) return;
    this.awaited = null;
    if (this.due) this.finish();
  }

  finish() {
    const { key, open, side } = this.due;
    const box = this.stage.data && sceneOf(this.stage.data, side).boxes.find((one) => one.key === key);
    this.due = null;
    if (box && Boolean(box.open) !== open) this.stage.flip(key, side);
  }

  // The data to draw: an answer to what was asked before does not undo what the reader has chosen since.
  settled(data, before) {
    const { exchange, state } = this.stage;
    if (!before || !data.scene || before.name !== data.name || !exchange.isOld(data.done)) {
      this.foretold = false;
      return data;
    }
    const kept = { ...data, shown: { ...data.shown, difference: state.difference }, autograd: before.autograd, large: before.large };
    const isSame = SIDES.every((side) => before.shown[side] === data.shown[side]);
    return this.foretold && isSame ? { ...kept, scene: before.scene, alone: before.alone, ahead: null } : kept;
  }
}

function closedAt(target) {
  return target.closest(".canvas [data-box][aria-expanded='false']");
}
