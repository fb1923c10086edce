// The keyboard: space pauses, B boxes, S side by side or grid, Esc back, arrows between enlarged tiles.

const KEYS = {
  " ": "pause",
  b: "boxes",
  s: "layout",
  Escape: "back",
  ArrowRight: "next",
  ArrowLeft: "previous",
};

export function onKeys(act) {
  document.addEventListener("keydown", (event) => {
    const action = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey || needsItself(event)) return;
    event.preventDefault();
    if (!event.repeat) act(action);
  });
  // Some browsers press a focused button when the space bar is let go.
  document.addEventListener("keyup", (event) => {
    if (event.key === " " && !needsItself(event)) event.preventDefault();
  });
}

// Fields and the buttons of the bar keep their keys; a tile gives the space bar to the page and opens by Enter.
function needsItself({ key, target }) {
  if (target.closest("select, input")) return true;
  return key === " " && Boolean(target.closest(".bar button"));
}
