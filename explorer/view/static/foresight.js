// What stands in a box is asked for once the pointer or the focus rests on it, so that it is there when it is opened.

// Milliseconds for which it rests there.
const REST = 60;
// Milliseconds after which a box that was opened is on the screen.
const SHOWN = 48;

class Foresight {
  constructor(stage) {
    this.stage = stage;
    this.foretold = false;
    for (const name of ["pointerover", "focusin"]) stage.root.addEventListener(name, (event) => this.rest(event));
  }

  rest({ target, pointerType }) {
    clearTimeout(this.resting);
    const box = pointerType !== "touch" && target.closest(".canvas [data-box][aria-expanded='false']");
    if (box) this.resting = setTimeout(() => this.ask(box), REST);
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
    if (!this.knows(asked)) exchange.send({ do: "foresee", ...asked });
  }

  knows({ key, open, side }) {
    const { ahead } = this.stage.data;
    return Boolean(ahead) && ahead.key === key && ahead.open === open && ahead.side === side;
  }

  // The server is told once the reader sees it: what Streamlit does meanwhile would delay the frame.
  toggle(asked) {
    const { data, exchange } = this.stage;
    const action = { do: "toggle", ...asked };
    if (!exchange.isIdle || !this.knows(asked)) return exchange.send(action);
    exchange.put(action);
    const { scene } = data.ahead;
    this.stage.show({ ...data, ...(asked.side ? { alone: { ...data.alone, [asked.side]: scene } } : { scene }), ahead: null });
    this.foretold = true;
    setTimeout(() => exchange.next(), SHOWN);
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
