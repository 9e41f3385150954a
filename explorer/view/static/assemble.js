// The scene of what is open, put together from what stands in each box, for a page that has no app to lay it out.

const ROOT = "";
const MARGIN = 12;

// `insides` finds what stands in a box, as it was laid out with the boxes open that are told there; what is open now
// has another size, and the rest of its level makes room.
class Assembly {
  constructor(insides, isOpen) {
    this.insides = insides;
    this.isOpen = isOpen;
  }

  scene(panes) {
    const scene = { panes: panes.map((pane) => ({ ...pane, details: {} })), boxes: [], wires: [], stubs: [] };
    const root = this.level(ROOT);
    this.put(root, MARGIN, MARGIN, 0, scene);
    return { ...scene, width: root.width + 2 * MARGIN, height: root.height + 2 * MARGIN };
  }

  // A level with its boxes at their places, after those in it.
  level(key) {
    const inside = this.insides(key);
    const places = inside.boxes.map((box) => this.place(box, inside));
    const curves = inside.lines.map((line) => ({ line, points: pointsOf(line) }));
    const { across, down } = stretchesOf(places, curves.map(({ points }) => points), inside.width);
    const width = across.map(inside.width);
    const aside = Math.max(0, inside.least - width) / 2;
    const level = { inside, curves, across, down, aside, places: new Map(places.map((place) => [place.box.key, place])) };
    for (const place of places) {
      place.x = across.map(place.box.x + place.box.width / 2) + aside - place.width / 2;
      place.y = down.map(middle(place)) - place.height / 2;
    }
    level.width = width + 2 * aside;
    level.height = down.map(inside.height);
    level.ports = Object.fromEntries(Object.entries(inside.ports).map(([name, x]) => [name, across.map(x) + aside]));
    return level;
  }

  // A box with its size of now; an open one has a level, and an open group of ops is another box.
  place(box, inside) {
    const isFrame = FRAMES.has(box.kind);
    const held = this.insides(box.key);
    const isOpen = Boolean(held) && this.isOpen(box.key);
    if (!isFrame && held && isOpen) return { box, shown: { ...held.boxes[0], foldable: !box.open }, width: held.width, height: held.height, details: held.details };
    if (isFrame && isOpen) {
      const level = this.level(box.key);
      return { box, level, shown: { ...box, open: true }, width: level.width, height: level.height };
    }
    const [width, height] = inside.closed[box.key] || [box.width, box.height];
    const isSealed = !held && (isFrame || (box.kind === "group" && !box.open));
    return { box, shown: { ...box, open: !isFrame && box.open, foldable: false, sealed: isSealed }, width, height };
  }

  put(level, x, y, depth, scene) {
    this.putDetails(level.inside.details, scene);
    scene.wires.push(...this.wires(level, x, y));
    scene.stubs.push(...level.inside.stubs);
    for (const place of level.places.values()) {
      const at = { x: x + place.x, y: y + place.y };
      scene.boxes.push({ ...place.shown, ...at, width: place.width, height: place.height, depth });
      if (place.details) this.putDetails(place.details, scene);
      if (place.level) this.put(place.level, at.x, at.y, depth + 1, scene);
    }
  }

  putDetails(details, scene) {
    details.forEach((held, at) => Object.assign(scene.panes[at].details, held));
  }

  wires(level, x, y) {
    const wires = [];
    const merged = new Map();
    for (const { line, points } of level.curves) {
      const tails = this.ports(level.places.get(line.source), line.leaves, line.target, "goes");
      const heads = this.ports(level.places.get(line.target), line.enters, line.source, "comes");
      const isPlain = tails[0] === null && heads[0] === null;
      const same = isPlain && merged.get(`${line.source}\n${line.target}`);
      if (same) {
        join(same, line);
        continue;
      }
      for (let at = 0; at < Math.max(tails.length, heads.length); at++) {
        const tail = tails[Math.min(at, tails.length - 1)];
        const head = heads[Math.min(at, heads.length - 1)];
        const wire = {
          path: written(this.course(level, line, points, tail, head).map(([across, down]) => [across + x, down + y])),
          source: line.source,
          target: line.target,
          arrow: !line.target.startsWith("out:") && head === null,
          there: line.there,
          control: line.control,
          gradient: line.gradient,
        };
        wires.push(wire);
        if (isPlain) merged.set(`${line.source}\n${line.target}`, wire);
      }
    }
    return wires;
  }

  // Places along the border of an open box by which a wire goes that ends there; of others it is the middle.
  ports(place, named, beside, way) {
    if (!place || !place.level) return [null];
    const { inside, ports } = place.level;
    const isPort = (name) => name.startsWith("in:") || name.startsWith("out:");
    const around = () => Object.entries(inside[way]).flatMap(([name, all]) => (isPort(name) ? all : []));
    const names = named in ports ? [named] : inside[way][beside] || (isPort(beside) ? [...new Set(around())] : []);
    const found = names.filter((name) => name in ports).map((name) => place.x + ports[name]);
    return found.length ? found : [null];
  }

  // Where a wire runs: led to its ports, then through the maps; rows that became higher are crossed straight.
  course({ across, down, aside, places }, line, stored, tail, head) {
    const started = tail === null ? stored : led(stored, across.back(tail - aside));
    const points = head === null ? started : led([...started].reverse(), across.back(head - aside)).reverse();
    const from = places.get(line.source);
    const to = places.get(line.target);
    const ends = [from && beyond(from, 1), to && beyond(to, -1)].filter(Boolean);
    const map = ([x, y]) => [across.map(x) + aside, (ends.find((end) => end.holds(y)) || down).map(y)];
    const curve = points.length < 4 ? points.map(map) : bent(points, across, down, map);
    const start = from ? from.y + from.height : curve[0][1];
    const end = to ? to.y : curve[curve.length - 1][1];
    return straightened(curve, start, end);
  }
}

// Between a box and the end of its row, below it or above, a place keeps its share of the way.
function beyond({ box, row, y, height }, way) {
  const [edge, now] = way > 0 ? [box.y + box.height, y + height] : [box.y, y];
  const mid = y + height / 2;
  const [from, to] = [row.middle + way * row.before, mid + way * row.after];
  return {
    holds: (place) => (place - edge) * way >= -0.2 && (from - place) * way >= -0.2,
    map: (place) => (Math.abs(from - edge) < 0.2 ? to : now + ((place - edge) * (to - now)) / (from - edge)),
  };
}

// Move the beginning of a curve aside: its first piece keeps its way of going there, if that leads in the same direction.
function led(points, to) {
  const [[from], , , end] = points;
  if (!end) return [[to, points[0][1]], ...points.slice(1)];
  const rate = (end[0] - to) / (end[0] - from);
  const isAlong = rate > 0 && rate < 3;
  const moved = (x, at) => (isAlong ? end[0] + (x - end[0]) * rate : at < 2 ? x + to - from : x);
  return points.map(([x, y], at) => (at < 3 ? [moved(x, at), y] : [x, y]));
}

function pointsOf({ points }) {
  return points.flatMap((place, at) => (at % 2 ? [] : [[place, points[at + 1]]]));
}

// A curve with straight ends that reach to the heights of its boxes.
function straightened(curve, start, end) {
  const whole = [...curve];
  const [x, y] = curve[0];
  const [across, down] = curve[curve.length - 1];
  if (Math.abs(y - start) > 0.5) whole.unshift([x, start], [x, start], [x, y]);
  if (Math.abs(down - end) > 0.5) whole.push([across, down], [across, end], [across, end]);
  return whole;
}

// Wires between two boxes that are closed are one.
function join(wire, line) {
  const there = [...new Set([...wire.there, ...line.there])].sort();
  const tensor = (one) => one.there.filter((at) => !one.control.includes(at));
  const carried = new Set([...tensor(wire), ...tensor(line)]);
  Object.assign(wire, {
    there,
    control: there.filter((at) => !carried.has(at)),
    gradient: [...new Set([...wire.gradient, ...line.gradient])].sort(),
  });
}
