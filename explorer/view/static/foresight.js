// What stands in a box is asked for once the pointer or the focus rests on it, so that it is there when it is opened.

// Milliseconds for which it rests there.
const REST = 60;
// Milliseconds after which a box that was opened is on the screen.
const SHOWN = 48;
// Milliseconds after which an answer that does not know of the last box counts all the same: the question was lost.
const PATIENCE = 2000;

class Foresight {
  constructor(stage) {
    this.stage = stage;
    this.toggles = 0;
    // Whether an answer is still to come: what is known ahead is of what was before it.
    this.waits = false;
    for (const name of ["pointerover", "focusin"]) stage.root.addEventListener(name, (event) => this.rest(event));
  }

  asked() {
    this.sendLate();
    this.waits = true;
  }

  rest({ target, pointerType }) {
    clearTimeout(this.resting);
    const box = pointerType !== "touch" && target.closest(".canvas [data-box][aria-expanded='false']");
    if (box) this.resting = setTimeout(() => this.ask(box), REST);
  }

  // A question may overtake another that waits, so it is asked only where none does.
  ask(box) {
    const { data, views } = this.stage;
    if (!box.isConnected || !data || data.kept) return;
    if (this.waits) {
      this.resting = setTimeout(() => this.ask(box), REST);
      return;
    }
    const { side } = box.closest(".canvas").dataset;
    const asked = { key: box.dataset.box, open: true, side: views.isAlone(side) ? side : null };
    if (!this.knows(asked)) this.stage.send({ do: "foresee", ...asked });
  }

  knows({ key, open, side }) {
    const { ahead } = this.stage.data;
    return Boolean(ahead) && ahead.key === key && ahead.open === open && ahead.side === side;
  }

  toggle(asked) {
    const { stage } = this;
    const { data } = stage;
    const scene = !this.waits && this.knows(asked) && data.ahead.scene;
    this.toggles += 1;
    const action = { do: "toggle", ...asked, count: this.toggles };
    if (!scene) return stage.send(action);
    stage.update({ ...data, ...this.placed(data, asked.side, scene), ahead: null, toggles: this.toggles }, stage.post);
    this.until = performance.now() + PATIENCE;
    this.waits = true;
    this.unsent = action;
    setTimeout(() => this.sendLate(), SHOWN);
  }

  // The server is told once the reader sees it: what Streamlit does meanwhile would delay the frame.
  sendLate() {
    const { unsent } = this;
    this.unsent = null;
    if (unsent) this.stage.post(unsent);
  }

  placed({ alone }, side, scene) {
    return side ? { alone: { ...alone, [side]: scene } } : { scene };
  }

  // The data to draw: an answer to what was asked before a box was opened does not close it again.
  settled(data, before) {
    this.waits = false;
    if (!before) this.toggles = data.toggles || 0;
    if (!before || !data.scene || data.toggles === this.toggles || performance.now() > this.until) {
      this.until = 0;
      return data;
    }
    const isSame = before.name === data.name && SIDES.every((side) => before.shown[side] === data.shown[side]);
    return isSame ? { ...data, scene: before.scene, alone: before.alone, ahead: null } : data;
  }
}
