// The viewer's clock as seen from here: the answer of the quickest of the last questions is the best guess.

const KEPT = 8;

export class ServerClock {
  #answers = [];

  // asked: performance.now() when the question left; serverMs: the viewer's clock, ms since 1970 UTC.
  answer(asked, serverMs) {
    const now = performance.now();
    this.#answers.push({ roundTrip: now - asked, offset: serverMs - (asked + now) / 2 });
    if (this.#answers.length > KEPT) this.#answers.shift();
  }

  forget() {
    this.#answers = [];
  }

  // ms since 1970 UTC by the viewer's clock, null before the first answer.
  now() {
    if (!this.#answers.length) return null;
    const best = this.#answers.reduce((a, b) => (b.roundTrip < a.roundTrip ? b : a));
    return performance.now() + best.offset;
  }
}
