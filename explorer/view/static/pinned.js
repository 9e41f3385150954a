// Titles of open boxes whose own place is out of sight: they stay at the edge of the pane while their box is seen.

const PIN_HEIGHT = 21;
// Pixels of a box that must be in sight for its title to stay.
const PIN_ROOM = 64;

// What is pinned, the outermost first: text, place in the pane, and the room that the box leaves for it.
function pinnedTitles(boxes, { scale, x, y }, width, height) {
  const pins = [];
  for (const box of boxes) {
    const [left, right] = [box.x * scale + x, (box.x + box.width) * scale + x];
    const [top, bottom] = [box.y * scale + y, (box.y + box.height) * scale + y];
    // A title stands some pixels inside its box: as long as it is whole there, it needs no other place.
    const whole = top + 5 * scale >= 0 && left + 9 * scale >= 0;
    if (whole || Math.min(right, width) - Math.max(left, 0) < PIN_ROOM || top > height) continue;
    const around = pins.filter((pin) => pin.left <= left && pin.right >= right && pin.top <= top && pin.bottom >= bottom);
    const from = Math.max(top, 0, ...around.map((pin) => pin.y + PIN_HEIGHT));
    if (from > Math.min(bottom, height) - 2 * PIN_HEIGHT) continue;
    pins.push({ box, left, right, top, bottom, x: Math.max(left, 0), y: from, room: Math.min(right, width) - Math.max(left, 0) });
  }
  return pins;
}

class Pins {
  constructor(scene, at) {
    this.boxes = scene.boxes.filter((box) => isFrame(box) && box.title).sort((a, b) => a.depth - b.depth);
    this.at = at;
    this.root = el("div", { class: "pins", "aria-hidden": "true" });
  }

  move(view, width, height) {
    const pins = pinnedTitles(this.boxes, view, width, height);
    const keys = pins.map(({ box }) => box.key).join("\n");
    if (keys !== this.keys) this.root.replaceChildren(...pins.map(({ box }) => this.draw(box)));
    this.keys = keys;
    pins.forEach((pin, at) => {
      const { style } = this.root.children[at];
      style.transform = `translate(${Math.round(pin.x)}px, ${Math.round(pin.y)}px)`;
      style.maxWidth = `${Math.floor(pin.room)}px`;
    });
  }

  draw(box) {
    const part = box.parts[this.at];
    return el("div", { class: isThere(part) ? "pin" : "pin ghost" }, box.title);
  }
}
