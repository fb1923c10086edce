// The way without WebRTC: one JPEG, and the next one after the server's word about it.

import { rest } from "./later.js";

const QUALITY = 0.85;
const AFTER_REFUSAL_MS = 1000;

export class Pictures {
  #canvas = document.createElement("canvas");
  #video;
  #closing = new AbortController();
  #track = null;
  #wish;

  constructor(video) {
    this.#video = video;
  }

  send(track) {
    this.#track = track;
  }

  limit(wish) {
    this.#wish = wish;
  }

  close() {
    this.#closing.abort();
  }

  // Goes on until it is closed; raises what the link raises. onAnswer(answer) for each picture.
  async run(link, onAnswer) {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const began = performance.now();
      const picture = this.#live() ? await this.#picture() : null;
      let wait = 0;
      if (picture && this.#track && !signal.aborted) {
        const answer = await link.ask(picture);
        onAnswer(answer);
        wait = pauseAfter(answer);
      }
      const spent = performance.now() - began;
      await rest(Math.max(wait, 1000 / this.#wish.fps - spent), signal);
    }
  }

  // A camera that stands still (a phone's, while the page is hidden) would be sent as if it were live.
  #live() {
    return this.#track?.readyState === "live" && !this.#track.muted && this.#video.videoWidth > 0;
  }

  #picture() {
    const { videoWidth, videoHeight } = this.#video;
    const scale = Math.min(1, Math.sqrt((this.#wish.width * this.#wish.height) / (videoWidth * videoHeight)));
    const canvas = this.#canvas;
    Object.assign(canvas, { width: Math.floor(videoWidth * scale), height: Math.floor(videoHeight * scale) });
    canvas.getContext("2d").drawImage(this.#video, 0, 0, canvas.width, canvas.height);
    return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  }
}

// How long the server wants to be left alone.
function pauseAfter({ type, interval_ms: interval = 0, retry_s: retry }) {
  return type === "accepted" ? interval : retry * 1000 || AFTER_REFUSAL_MS;
}
