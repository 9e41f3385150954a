// A picture of both graphs as they are drawn, to be kept: the style of every part is written into it, so that it
// looks the same wherever it is opened.

const PAINTED = { fill: "", stroke: "none", "stroke-width": "1px", "stroke-dasharray": "none", "stroke-linejoin": "miter", "paint-order": "normal", opacity: "1" };
const WRITTEN = { "font-family": "", "font-size": "", "font-weight": "400", "font-style": "normal", "text-anchor": "start" };
const PICTURE_EDGE = 20;
const PICTURE_HEAD = 64;
const PICTURE_FONT = 14;
// Pixels of a side that browsers still draw.
const LARGEST_SIDE = 16000;

function drawSaving(data) {
  const button = (label, text, action) =>
    el("button", { type: "button", title: label, "aria-label": label, onclick: (event) => action(event.target.closest(".stage")) }, text);
  return el(
    "div",
    { class: "save", hidden: !data.scene.panes.length },
    button("save both graphs as a picture (SVG)", "SVG", (stage) => saveAs(svgOf(stage, data), "image/svg+xml", pictureName(data, "svg"))),
    button("save both graphs as a picture (PNG)", "PNG", (stage) => savePng(stage, data)),
  );
}

function pictureName(data, ending) {
  const safe = (text) => text.replace(/[^\w.-]+/g, "-");
  return `${safe(data.name)}-${safe(data.shown.left)}-${safe(data.shown.right)}.${ending}`;
}

function savePng(stage, data) {
  const source = pictureOf(stage, data);
  const [width, height] = ["width", "height"].map((name) => Number(source.getAttribute(name)));
  const scale = Math.min(2, LARGEST_SIDE / Math.max(width, height));
  const image = new Image();
  image.onload = () => {
    const canvas = el("canvas", { width: Math.ceil(width * scale), height: Math.ceil(height * scale) });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => blob && saveAs(blob, "image/png", pictureName(data, "png")), "image/png");
  };
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(source))}`;
}

function svgOf(stage, data) {
  return new XMLSerializer().serializeToString(pictureOf(stage, data));
}

// Both panes beside each other, whole, under the verdict.
function pictureOf(stage, data) {
  const colour = (name) => resolvedColour(stage, name);
  const sides = [...stage.querySelectorAll(".pane")].filter((pane) => pane.querySelector(".paper"));
  const scenes = sides.map((pane) => pane.querySelector(".canvas").paper.scene);
  const left = scenes.map((_, at) => PICTURE_EDGE + scenes.slice(0, at).reduce((sum, { width }) => sum + width + PICTURE_EDGE, 0));
  const last = scenes.length - 1;
  const whole = [left[last] + scenes[last].width + PICTURE_EDGE, Math.max(...scenes.map(({ height }) => height)) + PICTURE_HEAD + PICTURE_EDGE];
  const picture = svg("svg", { xmlns: SVG_NAMESPACE, width: Math.ceil(whole[0]), height: Math.ceil(whole[1]), viewBox: `0 0 ${whole[0]} ${whole[1]}` });
  const text = (x, y, weight, said, fill) => svg("text", { x, y, fill, "font-family": "sans-serif", "font-size": PICTURE_FONT, "font-weight": weight }, said);
  picture.append(svg("title", {}, data.name), svg("rect", { width: whole[0], height: whole[1], fill: colour("--bg") }));
  picture.append(text(PICTURE_EDGE, 26, 700, `${data.name}: ${data.verdict.lead}${data.verdict.stress}`, colour("--fg")));
  sides.forEach((pane, at) => {
    const x = left[at];
    const option = data.captures.find((entry) => entry.id === pane.dataset.capture);
    picture.append(text(x, 52, 600, option ? option.label : pane.dataset.capture, colour("--muted")));
    const copy = painted(pane.querySelector(".paper"));
    const world = copy.querySelector(".world");
    world.setAttribute("transform", `translate(${x} ${PICTURE_HEAD})`);
    picture.append(...copy.childNodes);
  });
  for (const part of picture.querySelectorAll("*")) {
    for (const name of [...part.attributes].map((one) => one.name)) if (/^(class|data-|aria-|tabindex|role)/.test(name)) part.removeAttribute(name);
  }
  return picture;
}

// A copy of a part in which every style is an attribute, without what is not seen.
function painted(part) {
  const copy = part.cloneNode(true);
  const copies = [copy, ...copy.querySelectorAll("*")];
  const unseen = [];
  [part, ...part.querySelectorAll("*")].forEach((one, at) => {
    const style = getComputedStyle(one);
    if (style.display === "none" || style.visibility === "hidden" || one.matches(".strip, title")) return unseen.push(copies[at]);
    paint(copies[at], style, one.matches("path, rect") ? PAINTED : one.matches("text, tspan") ? { ...PAINTED, ...WRITTEN } : { opacity: "1" });
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
