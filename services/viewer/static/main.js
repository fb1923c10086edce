// Brings the page to life.

import { onKeys } from "./keys.js";
import { Link } from "./link.js";
import { Sightings } from "./sightings.js";
import { View } from "./view.js";
import { Wall } from "./wall.js";

const find = (id) => document.getElementById(id);
const topics = JSON.parse(document.body.dataset.topics);
const view = new View(topics, document.body.dataset.raw === "true");
const sightings = new Sightings(find("sightings"), find("none"));
const wall = new Wall(find("wall"), topics, changed);
const link = new Link({ onFrame, onState });

async function onFrame(meta, jpeg) {
  const tile = wall.tile(meta.topic, meta.camera);
  if (!tile) return;
  await tile.show(meta, jpeg, () => link.clock.now(), view.boxesOn(meta));
  sightings.add(meta);
}

const STATES = {
  live: ["live", ""],
  lost: ["connection lost", "The connection to the viewer is lost. The pictures below are old. Trying again…"],
  full: ["viewer is full", "The viewer serves as many pages as it may. Trying again…"],
};

function onState(state) {
  const [short, long] = STATES[state];
  Object.assign(find("link"), { textContent: short }).dataset.state = state;
  if (find("lost").textContent !== long) find("lost").textContent = long;
  find("lost").hidden = !long;
  document.body.classList.toggle("stale", Boolean(long));
}

// Tells the viewer what is to be seen, so that nothing is sent for tiles out of sight.
function choose() {
  const { enlarged } = wall;
  link.choose({
    watching: !view.paused && !document.hidden,
    camera: enlarged?.camera ?? (view.camera || null),
    topic: enlarged?.topic ?? null,
  });
}

function changed() {
  offer(wall.cameras);
  find("empty").hidden = wall.cameras.length > 0;
  apply();
  choose();
}

function offer(cameras) {
  const select = find("camera");
  const known = new Set([...select.options].map(({ value }) => value));
  for (const camera of cameras) if (!known.has(camera)) select.add(new Option(camera, camera));
  select.value = view.camera;
}

function apply() {
  wall.setLayout(view.layout);
  wall.showOnly(view.camera);
  find("layout").ariaPressed = String(view.layout === "rows");
  find("boxes").textContent = view.boxesText;
  find("pause").textContent = view.paused ? "Continue" : "Pause";
  find("pause").ariaPressed = String(view.paused);
  document.body.classList.toggle("paused", view.paused);
  for (const tile of wall.tiles) tile.redrawBoxes(view.boxesOn(tile.meta));
}

const actions = {
  pause() {
    view.paused = !view.paused;
    choose();
  },
  boxes: () => view.nextBoxes(),
  layout: () => view.nextLayout(),
  back: () => wall.enlarged && wall.enlarge(wall.enlarged),
  next: () => wall.step(1),
  previous: () => wall.step(-1),
};

function act(action) {
  actions[action]();
  apply();
}

for (const id of ["pause", "boxes", "layout"]) find(id).addEventListener("click", () => act(id));
find("camera").addEventListener("change", ({ target }) => {
  view.camera = target.value;
  apply();
  choose();
});
document.addEventListener("visibilitychange", choose);
window.addEventListener("resize", apply);
onKeys(act);
setInterval(() => {
  for (const tile of wall.tiles) tile.refresh(view.paused);
  sightings.render();
}, 500);
find("layout").hidden = topics.length < 2;
offer(view.camera ? [view.camera] : []);
apply();
choose();
