// One tile: the newest picture of a camera on a topic, and in words how new it is.

import { drawBoxes } from "./boxes.js";
import { el } from "./el.js";

const RATE_OVER_MS = 3000;
const WORDS_EVERY_MS = 500;
const SILENT_AFTER_MS = 5000;

export const RAW_WITHHELD = "withheld: nobody has covered this picture (start the viewer with --raw to see it)";

export class Tile {
  meta = null;
  #drawnAt = [];
  #lastAt = null;
  #age = null;
  #wordsAt = 0;
  #boxed = false;
  #picture = el("canvas", { className: "picture" });
  #boxes = el("canvas", { className: "boxes" });
  #note = el("p", { className: "note", textContent: "waiting for the first picture" });
  #raw = el("span", { className: "badge", textContent: "RAW", hidden: true, title: "People are not covered here" });
  #words = {
    age: el("span", { className: "age", title: "From the capture to this screen, by the viewer's clock" }),
    rate: el("span", { className: "rate" }),
    dropped: el("span", { className: "dropped", title: "Pictures left out because newer ones had come" }),
  };

  constructor({ topic, camera, onOpen }) {
    Object.assign(this, { topic, camera });
    const short = topic.split(".").pop();
    const back = el("span", { className: "back", textContent: "✕", ariaHidden: "true" });
    const frame = el("span", { className: "glass" }, [this.#picture, this.#boxes, this.#note, back]);
    this.button = el("button", { type: "button", className: "open", ariaLabel: `Enlarge ${camera}, ${short}` }, [frame]);
    this.button.addEventListener("click", () => onOpen(this));
    const name = el("span", { className: "camera", textContent: camera });
    const kind = el("span", { className: "topic", textContent: short, title: topic });
    const title = el("h3", {}, [name, kind, this.#raw, this.#words.dropped]);
    const words = el("p", { className: "words" }, [this.#words.age, this.#words.rate]);
    this.element = el("article", { className: "tile" }, [this.button, el("footer", {}, [title, words])]);
    this.element.dataset.state = "waiting";
  }

  // Draws a picture that came; resolves when it is on the screen. serverNow(): ms by the viewer's clock, or null.
  async show(meta, jpeg, serverNow, boxesOn) {
    try {
      if (jpeg.byteLength) await this.#draw(jpeg);
      this.#say(meta, jpeg.byteLength > 0);
    } catch {
      this.#note.textContent = "this picture cannot be read";
    }
    this.meta = meta;
    this.redrawBoxes(boxesOn);
    this.#count(serverNow());
  }

  redrawBoxes(on) {
    const found = on && this.meta ? this.meta.detections : [];
    if (found.length || this.#boxed) drawBoxes(this.#boxes, this.#picture, found);
    this.#boxed = found.length > 0;
  }

  // Called a few times a second: the words grow old without pictures, too.
  refresh(paused) {
    if (this.#lastAt === null) return;
    const silentMs = performance.now() - this.#lastAt;
    const silent = silentMs > SILENT_AFTER_MS;
    this.element.dataset.state = paused ? "paused" : silent ? "silent" : "live";
    if (paused) this.#words.age.textContent = "paused";
    else if (silent) this.#words.age.textContent = `no picture since ${Math.floor(silentMs / 1000)} s`;
    if (paused || silent) this.#words.rate.textContent = "";
  }

  async #draw(jpeg) {
    const bitmap = await createImageBitmap(new Blob([jpeg], { type: "image/jpeg" }));
    const canvas = this.#picture;
    const { width, height } = bitmap;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    canvas.getContext("2d").drawImage(bitmap, 0, 0);
    bitmap.close();
  }

  #say(meta, hasPicture) {
    const { redaction } = meta;
    const black = redaction?.withheld ? `withheld: ${reasonOf(redaction.reason)}` : "";
    this.#note.textContent = meta.withheld ? RAW_WITHHELD : black;
    this.#raw.hidden = !meta.raw || meta.withheld;
    this.element.classList.toggle("covered", !hasPicture);
    if (hasPicture) return;
    Object.assign(this.#picture, { width: meta.width, height: meta.height }); // gives an empty canvas its shape
  }

  #count(serverNow) {
    const now = performance.now();
    this.#lastAt = now;
    this.#drawnAt = this.#drawnAt.filter((at) => now - at < RATE_OVER_MS);
    this.#drawnAt.push(now);
    this.#age = serverNow === null ? null : serverNow - this.meta.captured_at;
    const { dataset } = this.element;
    dataset.drawn = Number(dataset.drawn ?? 0) + 1;
    if (now - this.#wordsAt < WORDS_EVERY_MS) return;
    this.#wordsAt = now;
    this.#tell();
  }

  #tell() {
    const [first, last] = [this.#drawnAt[0], this.#drawnAt.at(-1)];
    const rate = last > first ? ((this.#drawnAt.length - 1) * 1000) / (last - first) : 0;
    this.#words.age.textContent = this.#age === null ? "" : `capture → screen ${ageText(this.#age)}`;
    this.#words.rate.textContent = rate ? `${rate.toFixed(1)} pictures/s` : "";
    this.#words.dropped.textContent = this.meta.dropped ? `${this.meta.dropped} skipped` : "";
    this.element.dataset.age = this.#age === null ? "" : Math.round(this.#age);
    this.#words.age.title = hopsText(this.meta.hops);
  }
}

function ageText(ms) {
  if (ms < -50) return "clocks differ";
  return ms < 10_000 ? `${Math.max(0, Math.round(ms))} ms` : `${Math.round(ms / 1000)} s`;
}

function hopsText(hops) {
  const steps = hops.map(({ service, in_ms, out_ms }) => `${service}: in ${Math.round(in_ms)} ms, out ${Math.round(out_ms)} ms`);
  return ["Since the capture, by the clocks of each machine", ...steps].join("\n");
}

const REASONS = {
  "not-looked": "no detector has looked at this picture",
  "label-not-looked-for": "no detector looked for everything that is to be covered",
  mismatch: "what was looked at is not this picture",
  gap: "too long since a detector looked",
  start: "just started, nothing is known yet",
  late: "held too long",
  error: "the redactor met an error",
};

function reasonOf(reason) {
  return reason in REASONS ? `${REASONS[reason]} (${reason})` : "no reason given";
}
