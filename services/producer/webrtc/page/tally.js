// Counts what the server accepted, over all links since Start.

const SILENT_AFTER_MS = 5000;

export class Tally {
  #before = 0;
  #now = 0;
  #lastAt = null;
  #since = performance.now();
  fps = 0;
  width = null;
  height = null;

  // pictures: since the link was made; a smaller number is a new link's.
  hear({ pictures = this.#now, fps = this.fps, width = this.width, height = this.height }) {
    if (pictures < this.#now) this.#before += this.#now;
    else if (pictures > this.#now) this.#lastAt = performance.now();
    Object.assign(this, { fps, width, height });
    this.#now = pictures;
  }

  get accepted() {
    return this.#before + this.#now;
  }

  // Seconds since the last accepted picture, null before the first.
  get age() {
    return this.#lastAt === null ? null : (performance.now() - this.#lastAt) / 1000;
  }

  // From now on pictures are expected.
  expect() {
    this.#since = performance.now();
  }

  get silent() {
    return performance.now() - Math.max(this.#since, this.#lastAt ?? 0) > SILENT_AFTER_MS;
  }
}
