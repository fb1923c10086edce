// The table of what was found: one row per camera and label (and track) for as long as it stays in sight.

import { colourOf, percent } from "./boxes.js";
import { el } from "./el.js";

const ROWS = 50;
const OUT_OF_SIGHT_MS = 3000;
const time = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });

export class Sightings {
  #rows = []; // newest first
  #changed = false;

  constructor(body, hint) {
    Object.assign(this, { body, hint });
  }

  // The same frame may come on several topics: a sighting is extended by newer captures only.
  add({ camera, captured_at: at, detections }) {
    const counted = new Map();
    for (const { label, confidence, track } of detections) {
      const key = JSON.stringify([camera, label, track]);
      const one = counted.get(key) ?? { key, camera, label, count: 0, confidence: 0 };
      one.count += 1;
      one.confidence = Math.max(one.confidence, confidence);
      counted.set(key, one);
    }
    for (const one of counted.values()) this.#see(one, at);
  }

  // Puts the rows on the page; called twice a second, not for every picture.
  render() {
    if (!this.#changed) return;
    this.#changed = false;
    this.hint.hidden = this.#rows.length > 0;
    this.body.replaceChildren(...this.#rows.map(rowOf));
  }

  #see(one, at) {
    const known = this.#rows.find(({ key, last }) => key === one.key && at - last < OUT_OF_SIGHT_MS);
    if (known && at <= known.last) return;
    this.#changed = true;
    if (known) {
      Object.assign(known, { last: at, count: Math.max(known.count, one.count) });
      known.confidence = Math.max(known.confidence, one.confidence);
    } else {
      this.#rows = [{ ...one, first: at, last: at }, ...this.#rows].slice(0, ROWS);
    }
  }
}

function rowOf({ first, last, camera, label, count, confidence }) {
  const seconds = Math.round((last - first) / 1000);
  const swatch = el("span", { className: "swatch" });
  swatch.style.backgroundColor = colourOf(label);
  const what = el("td", {}, [swatch, count > 1 ? `${label} × ${count}` : label]);
  const when = el("td", { textContent: time.format(first) }, seconds ? [el("small", { textContent: ` ${seconds} s` })] : []);
  const where = el("td", { textContent: camera, title: camera });
  const sure = el("td", { className: "number", textContent: percent(confidence) });
  return el("tr", {}, [when, where, what, sure]);
}
