// What Streamlit calls with each data: the stage of a place in the page is made once, and drawn again.

const MOUNTED = new WeakMap();

function draw({ parentElement, data, setTriggerValue }) {
  let stage = MOUNTED.get(parentElement);
  if (!stage) {
    stage = new Stage(parentElement);
    MOUNTED.set(parentElement, stage);
  }
  if (isOvertaken(data.stamp, stage.stamp)) return undefined;
  stage.stamp = data.stamp;
  const turn = (stage.turn = (stage.turn || 0) + 1);
  stage.update(data, (action) => setTriggerValue("action", action));
  // Streamlit also runs the cleanup of a call that newer data overtook, and after that data was drawn.
  return () => {
    if (turn !== stage.turn) return;
    stage.leave();
    MOUNTED.delete(parentElement);
  };
}

export default draw;
