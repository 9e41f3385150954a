// Where the panes look: one scale and offset for those that move as one, another for each that moves alone.

const LEAST_SCALE = 0.08;
const MOST_SCALE = 3;
// A graph that would be smaller than legible is not shown whole; of its part each box is readable, where they fit.
const AT_A_DESK = { legible: 0.6, readable: 0.82, most: 1, comfort };
const ON_A_PROJECTOR = { legible: 1.4, readable: 1.4, most: 1.7, comfort: () => 2.4 };
// The largest scale that a pane takes by itself, and how wide it is for each unit of that: large screens stand far away.
const COMFORT = 1.12;
const MOST_COMFORT = 2;
const WIDTH_OF_ONE = 800;

function comfort(width) {
  return Math.min(MOST_COMFORT, Math.max(COMFORT, width / WIDTH_OF_ONE));
}

function bounded(scale) {
  return Math.min(MOST_SCALE, Math.max(LEAST_SCALE, scale));
}
// The part of a pane that what leads to the first difference may take.
const LEADING = 0.7;
// Pixels kept free around what is brought into sight.
const EDGE = 8;

class Viewport {
  constructor(changed) {
    this.scale = 1;
    this.x = 0;
    this.y = 0;
    this.changed = changed;
    // Once the reader has moved it, it is only moved by the reader.
    this.moved = false;
  }

  set(scale, x, y) {
    this.scale = bounded(scale);
    this.x = x;
    this.y = y;
    this.changed();
  }

  pan(dx, dy) {
    this.set(this.scale, this.x + dx, this.y + dy);
  }

  // Zoom so that the point (px, py) of the pane stays where it is.
  zoom(factor, px, py) {
    const scale = bounded(this.scale * factor);
    const by = scale / this.scale;
    this.set(scale, px - (px - this.x) * by, py - (py - this.y) * by);
  }

  // The whole scene if it stays legible, else a legible part of it around the boxes `wanted`.
  start(scene, wanted, width, height, sizes = AT_A_DESK) {
    if (!width || !height) return;
    const whole = Math.min(width / scene.width, height / scene.height);
    if (whole >= sizes.legible) {
      const scale = Math.min(sizes.comfort(width), whole);
      this.set(scale, (width - scene.width * scale) / 2, Math.min(24, (height - scene.height * scale) / 2));
      return;
    }
    const leaves = scene.boxes.filter((box) => !isFrame(box));
    const differing = leaves.filter(differs);
    const around = wanted.length ? wanted : differing.length ? differing : leaves;
    const { left, top, right, bottom } = extent(around);
    const fits = Math.min(width / (right - left + 2 * EDGE), height / (bottom - top + 2 * EDGE));
    const readable = fits >= sizes.legible ? Math.min(sizes.most, fits) : sizes.readable;
    const narrow = width / scene.width;
    // A little smaller, where all of its width is seen then.
    const scale = narrow >= sizes.legible ? Math.min(readable, narrow) : readable;
    const across = (box) => [box.x * scale, (box.x + box.width) * scale];
    const down = (box) => [box.y * scale, (box.y + box.height) * scale];
    const x = settled(leaves.map(across), around.map(across), scene.width * scale, width);
    const [from, to] = leading(scene, around, (LEADING * height) / scale);
    const y = settled(leaves.map(down), around.map(down), scene.height * scale, height, [from * scale, to * scale]);
    this.set(scale, x, scene.height * scale <= height ? Math.min(24, y) : y);
  }

  fit(scene, width, height) {
    const scale = bounded(Math.min(comfort(width), width / scene.width, height / scene.height));
    this.set(scale, (width - scene.width * scale) / 2, Math.max(0, (height - scene.height * scale) / 2));
  }

  // Bring the boxes into sight, by as little as possible; nothing moves if they are.
  reveal(boxes, width, height) {
    if (!boxes.length || !width) return;
    const { left, top, right, bottom } = extent(boxes);
    const { scale } = this;
    this.set(scale, nudged(this.x, left * scale, right * scale, width), nudged(this.y, top * scale, bottom * scale, height));
  }
}

// The viewports of the panes by their sides.
class Views {
  constructor(changed) {
    this.changed = changed;
    this.shared = new Viewport(changed);
    this.alone = new Map();
  }

  of(side) {
    return this.alone.get(side) || this.shared;
  }

  isAlone(side) {
    return this.alone.has(side);
  }

  // A pane that moves alone begins where it stood, and comes back to the others.
  unlock(side) {
    if (this.alone.delete(side)) return;
    const { scale, x, y } = this.shared;
    this.alone.set(side, Object.assign(new Viewport(this.changed), { scale, x, y, moved: true }));
  }

  // A pane that was for itself before is so again; where it looks is still to be found.
  restore(side) {
    this.alone.set(side, new Viewport(this.changed));
  }

  // The side of a view that is alone, else `together`.
  nameOf(view) {
    return [...this.alone].filter(([, one]) => one === view).map(([side]) => side)[0] || TOGETHER;
  }

  all() {
    return [this.shared, ...this.alone.values()];
  }
}

function extent(boxes) {
  return {
    left: Math.min(...boxes.map((box) => box.x)),
    top: Math.min(...boxes.map((box) => box.y)),
    right: Math.max(...boxes.map((box) => box.x + box.width)),
    bottom: Math.max(...boxes.map((box) => box.y + box.height)),
  };
}

// From where to where the first of the wanted boxes stands with what leads to it: the branch that it stands in, and what
// only asks above that; as far as there is room for `most`.
function leading(scene, wanted, most) {
  const first = wanted.reduce((top, box) => (box.y < top.y ? box : top));
  const end = first.y + first.height;
  const holds = (box) => box.y <= first.y && box.y + box.height >= end && box.x <= first.x && box.x + box.width >= first.x + first.width;
  const branches = scene.boxes.filter((box) => isFrame(box) && box.kind === "branch" && holds(box));
  const asking = scene.boxes.filter((box) => !isFrame(box) && box.y <= first.y && box.parts.some(({ asks }) => asks));
  const starts = [...branches.map(({ y }) => y), ...asking.map(({ y }) => y)].filter((y) => end - y <= most);
  return [Math.min(first.y, ...starts), end];
}

// The offset along one axis at which the `lead` and most of the wanted ranges are seen whole, the fewest of all are cut,
// and the wanted ones stand in the middle, in this order.
function settled(ranges, wanted, size, room, lead = null) {
  if (size <= room) return (room - size) / 2;
  const within = (offset) => Math.min(0, Math.max(room - size, offset));
  const start = Math.min(...wanted.map(([from]) => from));
  const end = Math.max(...wanted.map(([, to]) => to));
  const middle = within((room - start - end) / 2);
  const isCut = (offset, [from, to]) => from + offset < 0 || to + offset > room;
  const missed = (offset) => wanted.filter((range) => isCut(offset, range)).length + (lead && isCut(offset, lead) ? wanted.length : 0);
  const cut = (offset) => ranges.filter(([from, to]) => from + offset < room && to + offset > 0 && (from + offset < 0 || to + offset > room)).length;
  const cost = (offset) => (missed(offset) * ranges.length + cut(offset)) * room + Math.abs(offset - middle);
  // What stands at an edge may just begin or end there.
  const candidates = [middle, ...(lead ? [lead, ...ranges] : ranges).flatMap(([from, to]) => [EDGE - from, room - EDGE - to].map(within))];
  return candidates.reduce((best, offset) => (cost(offset) < cost(best) ? offset : best), middle);
}

// The offset nearest to `offset` at which the range from `start` to `end` is seen, or its start if it is too long.
function nudged(offset, start, end, room) {
  if (start + offset >= 0 && end + offset <= room) return offset;
  const margin = Math.min(28, room / 12);
  const least = margin - start;
  const most = room - margin - end;
  if (most < least) return least;
  return Math.min(most, Math.max(least, offset));
}

// Drag, pinch, wheel and arrow keys on a pane move its viewport.
function followPointer(pane, viewport) {
  // Where each pointer is that holds the pane: of two fingers one is moved beside the other.
  const held = new Map();
  let moved = false;
  pane.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    if (!held.size) moved = false;
    held.set(event.pointerId, [event.clientX, event.clientY]);
  });
  pane.addEventListener("pointermove", (event) => {
    const before = held.get(event.pointerId);
    if (!before || !(event.buttons & 1)) return;
    const now = [event.clientX, event.clientY];
    if (!moved && distance(before, now) < 4) return;
    moved = viewport.moved = true;
    pane.setPointerCapture(event.pointerId);
    pane.classList.add("dragging");
    held.set(event.pointerId, now);
    const other = [...held].filter(([id]) => id !== event.pointerId).map(([, place]) => place)[0];
    if (other) pinch(pane, viewport, other, before, now);
    else viewport.pan(now[0] - before[0], now[1] - before[1]);
  });
  const end = (event) => {
    if (!held.delete(event.pointerId) || held.size) return;
    // A drag is no click: the flag outlives the click event that follows it.
    pane.dragged = moved;
    pane.classList.remove("dragging");
    setTimeout(() => (pane.dragged = false), 0);
  };
  for (const name of ["pointerup", "pointercancel", "pointerleave"]) pane.addEventListener(name, end);
  pane.addEventListener("click", (event) => pane.dragged && event.stopPropagation(), true);
  pane.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      viewport.moved = true;
      const at = pane.getBoundingClientRect();
      if (event.shiftKey || (event.deltaX && !event.deltaY)) viewport.pan(-(event.deltaX || event.deltaY), 0);
      else viewport.zoom(Math.exp(-event.deltaY * 0.0014), event.clientX - at.left, event.clientY - at.top);
    },
    { passive: false },
  );
  pane.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[event.key];
    if (!step) return;
    event.preventDefault();
    viewport.moved = true;
    viewport.pan(...step);
  });
}

function distance([x, y], [left, top]) {
  return Math.hypot(x - left, y - top);
}

// What lies between the fingers stays between them: `other` rests while the second goes from `before` to `now`.
function pinch(pane, viewport, other, before, now) {
  const edge = pane.getBoundingClientRect();
  const between = ([x, y]) => [(x + other[0]) / 2, (y + other[1]) / 2];
  const [from, to] = [between(before), between(now)];
  viewport.zoom(distance(now, other) / Math.max(1, distance(before, other)), from[0] - edge.left, from[1] - edge.top);
  viewport.pan(to[0] - from[0], to[1] - from[1]);
}
