// The wall of tiles: one per topic and camera, side by side by camera or as one grid, or one enlarged.

import { el } from "./el.js";
import { Tile } from "./tile.js";

const MAX_CAMERAS = 256;
const byName = new Intl.Collator(undefined, { numeric: true }).compare;

export class Wall {
  enlarged = null;
  #rows = new Map(); // camera -> { element, tiles: Map(topic -> Tile) }

  // onChange(): the set of cameras or the enlarged tile changed.
  constructor(element, topics, onChange) {
    Object.assign(this, { element, topics, onChange });
    element.style.setProperty("--topics", topics.length);
  }

  get tiles() {
    return [...this.#rows.values()].flatMap(({ tiles }) => [...tiles.values()]);
  }

  get cameras() {
    return [...this.#rows.keys()].sort(byName);
  }

  // The tile of a picture; makes the camera's row when its first one comes. Null if the wall is full.
  tile(topic, camera) {
    if (!this.#rows.has(camera) && !this.#addRow(camera)) return null;
    return this.#rows.get(camera).tiles.get(topic) ?? null;
  }

  showOnly(camera) {
    for (const [name, { element }] of this.#rows) element.hidden = Boolean(camera) && name !== camera;
  }

  setLayout(layout) {
    this.element.dataset.layout = layout;
  }

  enlarge(tile) {
    const before = this.enlarged;
    before?.element.classList.remove("enlarged");
    this.enlarged = tile === before ? null : tile;
    this.enlarged?.element.classList.add("enlarged");
    document.body.classList.toggle("one", Boolean(this.enlarged));
    (this.enlarged ?? before)?.button.focus({ preventScroll: true });
    this.onChange();
  }

  // The next (step 1) or previous (-1) tile takes the enlarged one's place.
  step(step) {
    if (!this.enlarged) return;
    const tiles = this.cameras.flatMap((camera) => [...this.#rows.get(camera).tiles.values()]);
    const at = tiles.indexOf(this.enlarged) + step + tiles.length;
    if (tiles.length > 1) this.enlarge(tiles[at % tiles.length]);
  }

  #addRow(camera) {
    if (this.#rows.size >= MAX_CAMERAS) return false;
    const onOpen = (tile) => this.enlarge(tile);
    const tiles = new Map(this.topics.map((topic) => [topic, new Tile({ topic, camera, onOpen })]));
    const heading = el("h2", { textContent: camera });
    const places = el("div", { className: "tiles" }, [...tiles.values()].map((tile) => tile.element));
    const element = el("section", { className: "row" }, [heading, places]);
    this.#rows.set(camera, { element, tiles });
    this.element.append(...this.cameras.map((name) => this.#rows.get(name).element));
    this.onChange();
    return true;
  }
}
