// What the person chose to see: camera, layout, boxes, pause. Kept in this browser between visits, but for the camera:
// that may stand in the address (?camera=porch).

const BOXES = {
  uncovered: "Boxes: uncovered",
  all: "Boxes: everywhere",
  off: "Boxes: off",
};

export class View {
  camera = new URLSearchParams(location.search).get("camera") ?? "";
  paused = false;

  constructor(topics, raw) {
    this.boxModes = raw ? ["uncovered", "all", "off"] : ["off", "all"];
    const kept = recall();
    this.layout = kept.layout === "grid" || topics.length < 2 ? "grid" : "rows";
    this.boxes = this.boxModes.includes(kept.boxes) ? kept.boxes : this.boxModes[0];
  }

  get boxesText() {
    return BOXES[this.boxes];
  }

  nextBoxes() {
    this.boxes = this.boxModes[(this.boxModes.indexOf(this.boxes) + 1) % this.boxModes.length];
    this.#keep();
  }

  nextLayout() {
    this.layout = this.layout === "rows" ? "grid" : "rows";
    this.#keep();
  }

  // Covered pictures carry no boxes unless asked for: the cover already shows where somebody was.
  boxesOn(meta) {
    return this.boxes === "all" || (this.boxes === "uncovered" && Boolean(meta?.raw));
  }

  #keep() {
    try {
      localStorage.setItem("view", JSON.stringify({ layout: this.layout, boxes: this.boxes }));
    } catch {
      // A browser that keeps nothing starts with the defaults next time.
    }
  }
}

function recall() {
  try {
    return JSON.parse(localStorage.getItem("view")) ?? {};
  } catch {
    return {};
  }
}
