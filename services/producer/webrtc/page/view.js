// Puts the state, the counts and the troubles on the page.

import { el } from "./el.js";

const WORDS = {
  idle: "not sending",
  asking: "waiting for the camera",
  connecting: "connecting",
  sending: "sending",
  stalled: "nothing arrives",
  paused: "paused",
  lost: "trying again",
  failed: "stopped",
};
const RUNNING = new Set(["asking", "connecting", "sending", "stalled", "paused", "lost"]);

export class View {
  state = "idle";
  #find;
  #notes = new Map();

  constructor(find) {
    this.#find = find;
  }

  get running() {
    return RUNNING.has(this.state);
  }

  showState(state) {
    this.state = state;
    const element = this.#find("state");
    if (element.dataset.state === state) return;
    Object.assign(element, { textContent: WORDS[state] }).dataset.state = state;
    document.title = `${WORDS[state]} · framebus`;
    this.#find("counts").hidden &&= state !== "sending";
    this.#find("start").hidden = this.running;
    this.#find("stop").hidden = !this.running;
    const pause = this.#find("pause");
    pause.hidden = !["sending", "stalled", "paused"].includes(state);
    pause.textContent = state === "paused" ? "Go on" : "Pause";
  }

  // null: nothing is wrong. againMs: when it is tried again by itself.
  showTrouble(trouble, againMs = null) {
    const again = againMs === null ? "" : ` Trying again in ${Math.ceil(againMs / 1000)} s.`;
    this.#find("trouble-title").textContent = trouble?.title ?? "";
    this.#find("trouble-text").textContent = trouble ? trouble.text + again : "";
    this.#find("trouble").hidden = !trouble;
  }

  // A remark that stays until another of the same kind, or none, replaces it.
  note(kind, text) {
    if ((this.#notes.get(kind) ?? "") === text) return;
    if (text) this.#notes.set(kind, text);
    else this.#notes.delete(kind);
    this.#find("notes").replaceChildren(...[...this.#notes.values()].map((textContent) => el("li", { textContent })));
  }

  showTally({ accepted, fps, age, width, height }) {
    this.#say("accepted", String(accepted));
    this.#say("rate", this.running && fps ? fps.toFixed(1) : "–");
    this.#say("last", age === null ? "–" : ageWords(age));
    this.#say("size", width ? `${width} × ${height}` : "–");
  }

  #say(id, text) {
    const element = this.#find(id);
    if (element.textContent !== text) element.textContent = text;
  }
}

function ageWords(seconds) {
  if (seconds < 2) return "now";
  if (seconds < 120) return `${Math.floor(seconds)} s ago`;
  return seconds < 7200 ? `${Math.floor(seconds / 60)} min ago` : `${Math.floor(seconds / 3600)} h ago`;
}
