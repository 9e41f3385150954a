// What is written around a picture of graphs: the difference that it shows, and the signs that occur in it.

const CAPTION_SIZE = 14;
const CAPTION_LINE = 20;
const KEY_SIZE = 12;
const KEY_LINE = 22;
const KEY_GAP = 20;
const RULER = document.createElement("canvas").getContext("2d");

// What a picture is of: the selected difference, or where there is none the verdict.
function captionOf({ name, rows, shown, verdict, listing }) {
  const row = rows[shown.difference];
  if (!row) return { title: `${name}: ${verdict.lead}${verdict.stress}`, text: "" };
  const place = row.line === null ? row.place : `${listing.file}, line ${row.line}`;
  return { title: [name, row.cause, place].filter(Boolean).join(" · "), text: variantOf(row, shown).explanation };
}

function widthOf(text, { size = CAPTION_SIZE, weight = 400, isCode = false } = {}) {
  RULER.font = `${weight} ${size}px ${isCode ? "monospace" : "sans-serif"}`;
  return RULER.measureText(text).width;
}

// The words of a text, each as its parts: those between `backticks` are code.
function wordsOf(text) {
  let isCode = false;
  const partsOf = (word) =>
    word.split("`").map((part, at) => {
      if (at) isCode = !isCode;
      return { text: part, isCode };
    });
  return text.trim().split(/\s+/).map(partsOf);
}

// The lines of a text in a room of this width.
function linesOf(text, room, style = {}) {
  const lines = [];
  let left = 0;
  for (const word of text ? wordsOf(text) : []) {
    const width = word.reduce((sum, part) => sum + widthOf(part.text, { ...style, isCode: part.isCode }), widthOf(" ", style));
    if (!lines.length || width > left) lines.push([]), (left = room);
    left -= width;
    lines[lines.length - 1].push(word);
  }
  return lines;
}

function drawTextLine(words, x, y, fill, { size = CAPTION_SIZE, weight = 400 } = {}) {
  const parts = words.flatMap((word, at) => (at ? [{ ...word[0], text: ` ${word[0].text}` }, ...word.slice(1)] : word));
  const drawn = parts.map((part) => (part.isCode ? svg("tspan", { "font-family": "monospace" }, part.text) : part.text));
  return svg("text", { x, y, fill, "font-family": "sans-serif", "font-size": size, "font-weight": weight }, ...drawn);
}

// The signs that panes show, by name, each once, as their legends have them; and the marks of what the reader picked.
function signsOf(stage, panes) {
  const named = panes.flatMap((pane) => [...pane.querySelectorAll(".legend > span")]);
  const seen = named.filter((one) => getComputedStyle(one).display !== "none");
  const signs = new Map(seen.map((one) => [one.textContent, { said: one.lastChild.textContent.trim(), ...signOf(one.querySelector("b")) }]));
  const accent = { stroke: resolvedColour(stage, "--accent"), width: 15, height: 10 };
  const line = stage.querySelector(".line.picked");
  if (panes.some((pane) => pane.querySelector(".box.picked"))) signs.set("picked", { ...accent, "stroke-width": 3.2, said: "picked" });
  if (line && panes.some((pane) => pane.querySelector(".box.online"))) signs.set("online", { ...accent, "stroke-width": 1.8, said: `of line ${line.dataset.line}` });
  return [...signs.values()];
}

// How a sign looks that the style sheet draws as a letter, or as a frame or a line.
function signOf(sign) {
  const style = getComputedStyle(sign);
  const colour = plainColour(style.color);
  if (sign.textContent) return { sign: sign.textContent, colour, width: widthOf(sign.textContent, { size: KEY_SIZE, weight: 700 }) };
  if (sign.parentNode.matches(".state")) return { path: DRUM, stroke: plainColour(style.borderBottomColor), width: 8, height: 10, "stroke-width": 1.1 };
  const [width, height] = ["width", "height"].map((name) => parseFloat(style[name]));
  const dashes = { dashed: "3 2", dotted: "2 2" }[style.borderBottomStyle];
  return { stroke: plainColour(style.borderBottomColor), width, height: Math.min(height, 10), "stroke-width": parseFloat(style.borderBottomWidth), "stroke-dasharray": dashes };
}

// The signs beside each other, in as many rows as the room asks for: what is drawn, and how high it is.
function drawSigns(signs, x, y, room, colour) {
  const drawn = [];
  let [across, row] = [0, 0];
  for (const one of signs) {
    const width = one.width + 6 + widthOf(one.said, { size: KEY_SIZE });
    if (across && across + width > room) [across, row] = [0, row + 1];
    drawn.push(drawSign(one, x + across, y + row * KEY_LINE));
    drawn.push(svg("text", { x: x + across + one.width + 6, y: y + row * KEY_LINE, fill: colour, "font-family": "sans-serif", "font-size": KEY_SIZE }, one.said));
    across += width + KEY_GAP;
  }
  return drawn;
}

function drawSign({ sign, path, colour, said, width, height, ...line }, x, y) {
  if (sign) return svg("text", { x, y, fill: colour, "font-family": "sans-serif", "font-size": KEY_SIZE, "font-weight": 700 }, sign);
  if (path) return svg("path", { d: path, transform: `translate(${x} ${y - 9})`, fill: "none", ...line });
  if (height < 3) return svg("path", { d: `M${x} ${y - 4}h${width}`, fill: "none", ...line });
  return svg("rect", { x, y: y - 9, width, height, rx: 3, fill: "none", ...line });
}
