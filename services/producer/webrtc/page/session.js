// One start to stop: joins, sends by the best way there is, and joins again when the link was lost.

import { later, rest } from "./later.js";
import { Link } from "./link.js";
import { Peer } from "./peer.js";
import { Pictures } from "./pictures.js";
import { cameraEnded, stopped, Trouble } from "./trouble.js";

const AGAIN = { least: 1000, most: 30_000 };
const BETWEEN_OFFERS_MS = 1500; // the server answers one a second

export class Session {
  #stopping = new AbortController();
  #wait = AGAIN.least;
  #paused = false;
  #worked = { any: false, video: false };
  #videoFailed = false;
  #link = null;
  #way = null;
  #gone = later();

  // tell: what the page hears, see main.js. wish: see choices.js.
  constructor({ camera, video, hello, wish, tell }) {
    Object.assign(this, { camera, video, hello, wish, tell });
  }

  // Resolves when it was stopped, or to the Trouble that trying again would not help.
  async run() {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const trouble = await this.#visit().catch(asTrouble);
      if (signal.aborted) break;
      const again = this.#again(trouble);
      this.tell.trouble(trouble, again);
      if (again === null) return trouble;
      await rest(again, signal);
    }
    return null;
  }

  stop() {
    this.#stopping.abort();
    this.#gone.reject(stopped());
    this.#leave();
  }

  // The camera was unplugged or taken away.
  cameraEnded() {
    this.#gone.reject(cameraEnded());
  }

  async pause(paused) {
    this.#paused = paused;
    this.#link?.say({ type: paused ? "pause" : "resume" });
    this.tell.state(paused ? "paused" : "sending");
    await this.#way?.send(this.#track);
  }

  // Another camera, rate or size, at once.
  async change(wish) {
    this.wish = { ...wish, oneByOne: this.wish.oneByOne };
    try {
      await this.#way?.send(null);
      await this.camera.open(this.wish);
      await this.#way?.send(this.#track);
      await this.#way?.limit(this.wish);
    } catch (error) {
      this.#gone.reject(asTrouble(error));
    }
  }

  get #track() {
    return this.#paused ? null : this.camera.track;
  }

  // Raises the Trouble by which it ended.
  async #visit() {
    this.#gone = later();
    const left = new AbortController();
    try {
      this.tell.state("asking");
      await Promise.race([this.camera.open(this.wish), this.#gone.promise]);
      await this.tell.opened();
      await Promise.race([this.#join(left.signal), this.#gone.promise]);
    } finally {
      left.abort();
      this.#leave();
    }
  }

  async #join(left) {
    this.tell.state("connecting");
    const link = new Link(this.hello, (state) => this.#hear(state));
    this.#link = link;
    const limits = await link.welcome();
    this.wish = { ...this.tell.limits(limits), oneByOne: this.wish.oneByOne };
    await this.camera.open(this.wish);
    await Promise.race([this.#send(link, limits, left), link.over]);
  }

  // By video, or picture by picture where that is wished for or video found no way.
  async #send(link, limits, left) {
    if (this.#worked.video) this.#videoFailed = false;
    while (!left.aborted) {
      if (this.wish.oneByOne || this.#videoFailed || !Peer.possible()) await this.#sendPictures(link);
      else await this.#sendVideo(link, new Peer(limits.ice_servers), left);
    }
  }

  async #sendVideo(link, peer, left) {
    this.#way = peer;
    try {
      await peer.connect(link, this.#track, this.wish);
      this.#arrived(link, "video");
      await peer.lost;
      this.tell.state("connecting");
      await rest(BETWEEN_OFFERS_MS, left);
    } catch (error) {
      if (error instanceof Trouble) throw error;
      this.#videoFailed = true;
    } finally {
      peer.close();
    }
  }

  async #sendPictures(link) {
    const pictures = new Pictures(this.video);
    this.#way = pictures;
    pictures.limit(this.wish);
    pictures.send(this.#track);
    this.#arrived(link, "pictures");
    await pictures.run(link, (answer) => this.tell.answer(answer));
  }

  #arrived(link, way) {
    this.#worked.any = true;
    if (way === "video") this.#worked.video = true;
    this.#wait = AGAIN.least;
    this.tell.way(way);
    if (this.#paused) link.say({ type: "pause" });
    this.tell.state(this.#paused ? "paused" : "sending");
  }

  #hear(state) {
    this.tell.answer(state);
    if (state.state === "lost" && this.#way instanceof Peer) this.#way.giveUp();
  }

  #leave() {
    this.#way?.close();
    this.#link?.close();
    this.#way = this.#link = null;
  }

  // ms until the next try, each time longer; null: none.
  #again({ again, passing }) {
    if (again === null && !(passing && this.#worked.any)) return null;
    const wait = this.#wait;
    this.#wait = Math.min(2 * wait, AGAIN.most);
    return Math.max(again ?? 0, wait);
  }
}

function asTrouble(error) {
  if (error instanceof Trouble) return error;
  return new Trouble("This page made a mistake", `${error?.message ?? error}. Reload it; if it stays, try another browser.`);
}
