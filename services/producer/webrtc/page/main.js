// Brings the page to life.

import * as awake from "./awake.js";
import { Camera } from "./camera.js";
import { Choices } from "./choices.js";
import { Session } from "./session.js";
import { Tally } from "./tally.js";
import { client, keepToken, token } from "./token.js";
import { ofBrowser } from "./trouble.js";
import { View } from "./view.js";

const find = (id) => document.getElementById(id);
const view = new View(find);
const choices = new Choices(find);
const camera = new Camera(find("preview"), { onEnd: () => (session ? session.cameraEnded() : closeCamera()) });
let session = null;
let tally = new Tally();
let hiddenAt = null;

const WAYS = {
  video: "",
  wished: "Sent as pictures one by one, as you chose.",
  pictures: "Sent as pictures one by one: video found no way to the server. That is slower, and goes on by itself.",
};

// What a session tells.
const tell = {
  state(state) {
    if (state === "sending") tally.expect();
    if (state === "sending" || state === "paused") view.showTrouble(null);
    view.showState(state);
  },
  trouble(trouble, againMs) {
    view.showTrouble(trouble, againMs);
    view.showState(againMs === null ? "failed" : "lost");
  },
  async opened() {
    showGlass(true);
    await choices.listCameras();
  },
  limits(limits) {
    choices.cap(limits);
    find("token-field").hidden = true;
    return choices.wish;
  },
  way: (way) => view.note("way", WAYS[way === "pictures" && choices.wish.oneByOne ? "wished" : way]),
  answer(answer) {
    tally.hear(answer);
    if (answer.type === "refused") view.note("refused", `A picture was refused: ${answer.text}`);
    if (answer.type === "accepted") view.note("refused", "");
    if (answer.type === "state") view.note("server", answer.text ?? "");
  },
};

// Brings the person to what is to be changed.
function point(field) {
  if (field === "token") {
    keepToken("");
    askForToken();
  }
  find(field ?? "start").focus();
}

function askForToken() {
  find("token").value = "";
  find("token-field").hidden = Boolean(token());
}

async function start() {
  const typed = find("token").value.trim();
  if (typed) keepToken(typed);
  if (!choices.checkName()) return find("name").focus();
  if (!token()) return find("token").focus();
  const wish = choices.wish;
  choices.keep();
  tally = new Tally();
  view.showTrouble(null);
  const hello = { token: token(), camera: wish.name, client: client() };
  session = new Session({ camera, video: find("preview"), hello, wish, tell });
  runs(true);
  end(await session.run());
}

function runs(on) {
  choices.lock(on);
  awake.stayAwake(on);
  const screen = awake.possible ? "" : " and keep the screen on";
  view.note("hidden", on ? `Leave this page in front${screen}: phones stop the camera when it is hidden.` : "");
}

// trouble: by which it ended, none after Stop.
function end(trouble) {
  session = null;
  closeCamera();
  runs(false);
  view.note("way", "");
  view.note("refused", "");
  view.note("server", "");
  if (trouble) return point(trouble.field);
  view.showState("idle");
  view.showTrouble(null);
  askForToken();
}

function closeCamera() {
  camera.close();
  showGlass(false);
}

function showGlass(seeing) {
  find("look").hidden = seeing;
  find("glass").classList.toggle("seeing", seeing);
}

async function look() {
  view.showTrouble(null);
  try {
    await camera.open(choices.wish);
    await tell.opened();
  } catch (trouble) {
    view.showTrouble(trouble);
  }
}

async function changed() {
  choices.keep();
  if (session) await session.change(choices.wish);
  else if (camera.track) await look();
}

function seen() {
  if (document.hidden) {
    hiddenAt = performance.now();
    return;
  }
  if (session) awake.stayAwake(true);
  const seconds = Math.round((performance.now() - (hiddenAt ?? performance.now())) / 1000);
  if (session && seconds) view.note("was-hidden", `The page was hidden for ${seconds} s. Phones send nothing meanwhile.`);
}

function refresh() {
  if (["sending", "stalled"].includes(view.state)) view.showState(tally.silent ? "stalled" : "sending");
  view.showTally(tally);
}

find("form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (!session) start();
});
find("pause").addEventListener("click", () => session?.pause(view.state !== "paused"));
find("stop").addEventListener("click", () => session?.stop());
find("look").addEventListener("click", look);
for (const id of ["camera", "fps", "size-choice"]) find(id).addEventListener("change", changed);
document.addEventListener("visibilitychange", seen);
window.addEventListener("hashchange", askForToken);
navigator.mediaDevices?.addEventListener?.("devicechange", () => choices.listCameras());
setInterval(refresh, 500);
find("host").textContent = location.host;
askForToken();
const unable = ofBrowser();
if (unable) {
  view.showTrouble(unable);
  view.showState("failed");
  find("start").disabled = true;
  find("look").hidden = true;
}
choices.listCameras();
