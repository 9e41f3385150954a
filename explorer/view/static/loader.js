// All that Streamlit is given as a script, as it sends that with each answer: the page's own script and style are parts of the data.

const PARTS = new Parts();
const LOADED = new Map();
const PLACES = new WeakMap();
const UNLOADED = "The page cannot be drawn in this browser: its script was not loaded. Reload it, or open it in a newer one.";

// The module of a script: once it is there, at once.
function load(script) {
  if (!LOADED.has(script)) {
    const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
    const loading = import(address).then((module) => {
      URL.revokeObjectURL(address);
      LOADED.set(script, module.default);
    });
    LOADED.set(script, loading);
  }
  return LOADED.get(script);
}

function dress(parentElement, style) {
  const sheet = parentElement.querySelector("style.own") || parentElement.appendChild(Object.assign(document.createElement("style"), { className: "own" }));
  if (sheet.textContent !== style) sheet.textContent = style;
}

export default function ({ parentElement, data, setTriggerValue }) {
  const place = (PLACES.get(parentElement) || PLACES.set(parentElement, { turn: 0, draw: null, leave: null }).get(parentElement));
  const turn = ++place.turn;
  // Streamlit also runs the cleanup of a call that newer data overtook: the page is left with the last one alone.
  const leave = () => {
    if (turn !== place.turn) return;
    PLACES.delete(parentElement);
    if (place.leave) place.leave();
  };
  const whole = PARTS.whole(data);
  if (!whole) {
    setTriggerValue("action", { do: "resend" });
    return leave;
  }
  const { script, style, ...shown } = whole;
  const got = data.stamp[1];
  const begin = (draw) => {
    if (PLACES.get(parentElement) !== place) return;
    // A page with another script takes the place of the one before it.
    if (place.draw && place.draw !== draw && place.leave) place.leave();
    place.draw = draw;
    dress(parentElement, style);
    let tells = false;
    const tell = (name, action) => ((tells = true), setTriggerValue(name, { ...action, got }));
    place.leave = draw({ parentElement, data: shown, setTriggerValue: tell }) || place.leave;
    // Whoever only looks on tells nothing else of what is here; of two at once Streamlit keeps the last alone.
    if (!tells && data.parts[data.named.script]) setTriggerValue("action", { do: "have", got });
  };
  const loaded = load(script);
  if (loaded instanceof Promise) loaded.then(() => begin(LOADED.get(script)), () => (parentElement.textContent = UNLOADED));
  else begin(loaded);
  return leave;
}
