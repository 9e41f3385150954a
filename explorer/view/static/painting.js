// A copy of a drawing that needs no style sheet: the style of every part is written into it, so that it looks the same
// wherever it is opened.

const DRAWN = { fill: "", stroke: "none", "stroke-width": "1px", "stroke-dasharray": "none", "stroke-linejoin": "miter", "paint-order": "normal", opacity: "1" };
const PAINTED = { ...DRAWN, "marker-start": "none", "marker-end": "none" };
const WRITTEN = { ...DRAWN, "font-family": "", "font-size": "", "font-weight": "400", "font-style": "normal", "text-anchor": "start" };

// A copy of a part in which every style is an attribute, without what is not seen.
function painted(part) {
  const copy = part.cloneNode(true);
  const copies = [copy, ...copy.querySelectorAll("*")];
  const unseen = [];
  [part, ...part.querySelectorAll("*")].forEach((one, at) => {
    const style = getComputedStyle(one);
    if (style.display === "none" || style.visibility === "hidden" || one.matches(".strip, title")) return unseen.push(copies[at]);
    paint(copies[at], style, one.matches("path, rect") ? PAINTED : one.matches("text, tspan") ? WRITTEN : { opacity: "1" });
    // Other programs have other fonts: a line of text keeps its length.
    if (one.matches("text") && !one.querySelector("tspan")) {
      copies[at].setAttribute("textLength", one.getComputedTextLength().toFixed(1));
      copies[at].setAttribute("lengthAdjust", "spacingAndGlyphs");
    }
  });
  unseen.forEach((one) => one.remove());
  return copy;
}

function paint(copy, style, names) {
  for (const [name, usual] of Object.entries(names)) {
    const value = plainColour(style.getPropertyValue(name));
    if (value !== usual) copy.setAttribute(name, value);
    else copy.removeAttribute(name);
  }
}

// What a name of the style sheet stands for: only a part that is coloured by it tells.
function resolvedColour(stage, name) {
  const probe = el("i", { style: `color: var(${name})` });
  stage.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return plainColour(color);
}

// A colour as every program reads it: browsers tell a mixed one in a newer form.
function plainColour(value) {
  const mixed = value.match(/^color\(srgb ([\d.e-]+) ([\d.e-]+) ([\d.e-]+)(?: \/ ([\d.]+))?\)$/);
  if (!mixed) return value;
  const [red, green, blue] = mixed.slice(1, 4).map((part) => Math.round(Math.min(1, Math.max(0, Number(part))) * 255));
  return mixed[4] === undefined ? `rgb(${red}, ${green}, ${blue})` : `rgba(${red}, ${green}, ${blue}, ${mixed[4]})`;
}
