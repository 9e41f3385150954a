// All that Streamlit is given as a script, as it sends that with each answer: the page's own script and style are parts of the data.

const PARTS = new Parts();
const LOADED = new Map();

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
  const whole = PARTS.whole(data);
  if (!whole) return void setTriggerValue("action", { do: "resend" });
  const { script, style, ...shown } = whole;
  const got = data.stamp[1];
  let left = false;
  let leave = null;
  const begin = (draw) => {
    if (left) return;
    dress(parentElement, style);
    leave = draw({ parentElement, data: shown, setTriggerValue: (name, action) => setTriggerValue(name, { ...action, got }) });
  };
  const loaded = load(script);
  if (loaded instanceof Promise) loaded.then(() => begin(LOADED.get(script)));
  else begin(loaded);
  return () => {
    left = true;
    if (leave) leave();
  };
}
