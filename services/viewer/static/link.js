// The connection to the viewer: pictures in, wishes out; tells the page how it is.

import { io } from "./vendor/socket.io-4.8.4.esm.min.js";
import { ServerClock } from "./clock.js";

const QUICK_QUESTIONS = 5;
const ASK_EVERY_MS = 10_000;

export class Link {
  clock = new ServerClock();
  #socket = io({ transports: ["websocket"], reconnectionDelay: 500, reconnectionDelayMax: 5000 });
  #wish = { watching: true, camera: null, topic: null };

  // onFrame(meta, jpeg) resolves when the picture is drawn; onState("live" | "lost" | "full").
  constructor({ onFrame, onState }) {
    const socket = this.#socket;
    socket.on("connect", () => {
      this.clock.forget();
      socket.emit("choose", this.#wish);
      this.#ask(QUICK_QUESTIONS);
      onState("live");
    });
    socket.on("time", (asked, serverMs) => this.clock.answer(asked, serverMs));
    socket.on("frame", async (meta, jpeg, drawn) => {
      await onFrame(meta, jpeg);
      drawn();
    });
    socket.on("disconnect", (reason) => {
      onState("lost");
      // The viewer itself ended it (logged out, too slow): the client library would not try again by itself.
      if (reason === "io server disconnect") this.#again();
    });
    socket.on("connect_error", (error) => {
      onState(error.message === "full" ? "full" : "lost");
      if (error.message === "full") setTimeout(() => socket.connect(), 5000);
      this.#askForLogin();
    });
    setInterval(() => this.#ask(1), ASK_EVERY_MS);
  }

  // Says what the page wants to see from now on.
  choose(wish) {
    this.#wish = wish;
    if (this.#socket.connected) this.#socket.emit("choose", wish);
  }

  #ask(times) {
    if (!this.#socket.connected) return;
    this.#socket.emit("time", performance.now());
    if (times > 1) setTimeout(() => this.#ask(times - 1), 200);
  }

  async #again() {
    await this.#askForLogin();
    setTimeout(() => this.#socket.connect(), 1000);
  }

  // A viewer that was started anew knows no logins: off to its door. If it is away, the page stays and waits.
  async #askForLogin() {
    const answer = await fetch("/session", { cache: "no-store" }).catch(() => null);
    if (answer?.status === 401) location.assign(`/login${location.search}`);
  }
}
