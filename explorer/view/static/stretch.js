// Making room: along each axis a map that moves apart what stands beside a box that grows, and never past one another.

// Pixels kept free between a box that grew and the border of its level, a wire, and another box.
const LEVEL_EDGE = 10;
const WIRE_ROOM = 10;
const BOX_ROOM = 16;

// A map of places. `spans` are what must become longer or shorter: from, to, and by how much; spans that lie over one
// another share their room, so each gets at least its own. What is in no span keeps its length.
class Stretch {
  constructor(spans) {
    const ends = [...new Set(spans.flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b);
    this.still = spans.every(({ by }) => !by);
    this.from = this.still ? [] : ends;
    this.to = [];
    this.from.forEach((end, at) => {
      if (!at) return this.to.push(end);
      const before = ends[at - 1];
      const over = spans.filter(({ from, to }) => from <= before && to >= end);
      const rate = over.length ? Math.max(...over.map(({ from, to, by }) => by / (to - from))) : 0;
      this.to.push(this.to[at - 1] + (end - before) * (1 + rate));
    });
  }

  map(place) {
    return along(this.from, this.to, place);
  }

  back(place) {
    return along(this.to, this.from, place);
  }

  // Whether it has one rate between two places.
  isEven(low, high) {
    return !this.from.some((knot) => knot > low + 0.01 && knot < high - 0.01);
  }
}

// From one row of rising places to another, straight between them and rigid outside.
function along(from, to, place) {
  const last = from.length - 1;
  if (last < 0) return place;
  if (place <= from[0]) return place + to[0] - from[0];
  if (place >= from[last]) return place + to[last] - from[last];
  const at = from.findIndex((knot) => knot > place) - 1;
  return to[at] + ((place - from[at]) * (to[at + 1] - to[at])) / (from[at + 1] - from[at]);
}

// Boxes whose middles are at one height are a row: Graphviz puts them so, and no row reaches into the next.
function rowsOf(places) {
  const rows = [];
  for (const place of [...places].sort((a, b) => middle(a) - middle(b))) {
    const last = rows[rows.length - 1];
    if (last && middle(place) - last.middle < 1) last.places.push(place);
    else rows.push({ middle: middle(place), places: [place] });
  }
  for (const row of rows) {
    row.before = Math.max(...row.places.map(({ box }) => box.height)) / 2;
    row.after = Math.max(...row.places.map(({ height }) => height)) / 2;
    for (const place of row.places) place.row = row;
  }
  return rows;
}

function middle({ box }) {
  return box.y + box.height / 2;
}

// The maps of a level in which boxes have other sizes: `places` are its boxes with the width and height of now. A box that
// grows first takes what is free beside it in its row, as far as the next box or wire.
function stretchesOf(places, curves, width) {
  const rows = rowsOf(places);
  const down = new Stretch(rows.map((row) => ({ from: row.middle - row.before, to: row.middle + row.before, by: 2 * (row.after - row.before) })));
  const spans = [];
  for (const row of rows) {
    const sorted = [...row.places].sort((a, b) => a.box.x - b.box.x);
    const ends = sorted.map(({ box }) => [box.x, box.x + box.width]);
    const growing = sorted.some((place) => place.width > place.box.width);
    const passing = growing ? passedIn(row, curves) : [];
    sorted.forEach((place, at) => {
      const [from, to] = ends[at];
      const free = Math.min(freeBefore(from, at && ends[at - 1][1], passing), freeBefore(width - to, at + 1 < ends.length && width - ends[at + 1][0], mirrored(passing, width)));
      const by = place.width - place.box.width;
      const taken = Math.max(0, Math.min(free, by / 2));
      spans.push({ from: from - taken, to: to + taken, by: by > 0 ? Math.max(0, by - 2 * taken) : by });
      if (at && from > ends[at - 1][1]) spans.push({ from: ends[at - 1][1], to: from, by: 0 });
    });
  }
  return { across: new Stretch(spans), down };
}

// Room before a place: half of the way to the box before it, as that may grow too; all of it to a wire or the border.
function freeBefore(place, box, passing) {
  const wires = passing.map(([, to]) => to).filter((to) => to <= place);
  const border = Math.max(LEVEL_EDGE, ...wires.map((to) => to + WIRE_ROOM));
  return Math.min(place - border, box === false || box === 0 ? Infinity : (place - box - BOX_ROOM) / 2);
}

function mirrored(ranges, width) {
  return ranges.map(([from, to]) => [width - to, width - from]);
}

// Where the wires are between the upper and the lower end of a row, from left to right.
function passedIn(row, curves) {
  const [top, bottom] = [row.middle - row.before + 1, row.middle + row.before - 1];
  return curves.flatMap((points) => {
    const inside = traced(points).filter(([, y]) => y > top && y < bottom);
    return inside.length ? [[Math.min(...inside.map(([x]) => x)), Math.max(...inside.map(([x]) => x))]] : [];
  });
}

// Points on a curve, close to one another.
function traced(points) {
  const found = [];
  for (let at = 0; at + 3 < points.length; at += 3) {
    const [a, b, c, d] = points.slice(at, at + 4);
    const count = Math.ceil((Math.abs(d[1] - a[1]) + Math.abs(d[0] - a[0])) / 8) + 2;
    for (let step = 0; step <= count; step++) {
      const t = step / count;
      const mix = (axis) => (1 - t) ** 3 * a[axis] + 3 * t * (1 - t) ** 2 * b[axis] + 3 * t * t * (1 - t) * c[axis] + t ** 3 * d[axis];
      found.push([mix(0), mix(1)]);
    }
  }
  return found;
}

// A wire's curve, cut where the maps change their rates, so that it goes round what it went round before.
function bent(points, across, down, map) {
  const pieces = [];
  const cut = (piece, depth) => {
    const range = (at) => [Math.min(...piece.map((point) => point[at])), Math.max(...piece.map((point) => point[at]))];
    if (!depth || (across.isEven(...range(0)) && down.isEven(...range(1)))) return pieces.push(piece);
    const [first, second] = halves(piece);
    cut(first, depth - 1);
    cut(second, depth - 1);
  };
  for (let at = 0; at + 3 < points.length; at += 3) cut(points.slice(at, at + 4), 6);
  return [map(points[0]), ...pieces.flatMap((piece) => piece.slice(1).map(map))];
}

function halves([a, b, c, d]) {
  const half = (p, q) => [(p[0] + q[0]) / 2, (p[1] + q[1]) / 2];
  const [ab, bc, cd] = [half(a, b), half(b, c), half(c, d)];
  const [abc, bcd] = [half(ab, bc), half(bc, cd)];
  const mid = half(abc, bcd);
  return [[a, ab, abc, mid], [mid, bcd, cd, d]];
}

function written(points) {
  const [first, ...rest] = points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`);
  return rest.length >= 3 ? `M${first}C${rest.join(" ")}` : `M${first}L${rest.join(" ")}`;
}
