// The camera of this device: opened, changed, watched, closed.

import { ofCamera, stopped } from "./trouble.js";

const SMOOTH_FPS = 15; // the picture on this page is to move, however few are sent

export class Camera {
  #video;
  #onEnd;
  #open = null; // {track, wish}
  #closed = 0;
  #turn = Promise.resolve();

  constructor(video, { onEnd }) {
    this.#video = video;
    this.#onEnd = onEnd;
  }

  get track() {
    return this.#open?.track ?? null;
  }

  // The track as wished: opens the camera, changes to another, or changes its size. Raises Trouble.
  open(wish) {
    this.#turn = this.#turn.catch(() => {}).then(() => this.#change(wish));
    return this.#turn;
  }

  close() {
    this.#closed += 1;
    this.track?.stop();
    this.#open = null;
    this.#video.srcObject = null;
  }

  async #change(wish) {
    if (this.track?.readyState !== "live" || this.#open.wish.device !== wish.device) await this.#choose(wish);
    else if (!sameSize(this.#open.wish, wish)) await this.track.applyConstraints(constraintsOf(wish)).catch(() => {});
    if (this.#open) this.#open.wish = wish;
    return this.track;
  }

  // The old one is closed first: most phones give one camera at a time.
  async #choose(wish) {
    this.close();
    const closed = this.#closed;
    const stream = await navigator.mediaDevices.getUserMedia({ video: constraintsOf(wish), audio: false }).catch((error) => {
      throw ofCamera(error);
    });
    if (this.#closed !== closed) {
      for (const track of stream.getTracks()) track.stop();
      throw stopped();
    }
    const [track] = stream.getVideoTracks();
    track.onended = () => track === this.track && this.#onEnd();
    this.#open = { track, wish };
    this.#video.srcObject = stream;
    this.#video.classList.toggle("mirrored", track.getSettings().facingMode === "user");
    this.#video.play().catch(() => {});
  }
}

function sameSize(one, other) {
  return ["width", "height", "fps"].every((key) => one[key] === other[key]);
}

// device: "", "facing:user", "facing:environment" or an id.
function constraintsOf({ device, width, height, fps }) {
  const facing = device.startsWith("facing:") ? { facingMode: { ideal: device.slice(7) } } : null;
  const one = device ? { deviceId: { exact: device } } : {};
  const size = { width: { ideal: width }, height: { ideal: height } };
  return { ...(facing ?? one), ...size, frameRate: { ideal: Math.max(fps, SMOOTH_FPS) } };
}

// [value, words] of the cameras that can be chosen. Their names are known once one of them was allowed.
export async function cameras() {
  const found = (await navigator.mediaDevices?.enumerateDevices().catch(() => null)) ?? [];
  const named = found.filter(({ kind, deviceId, label }) => kind === "videoinput" && deviceId && label);
  const handheld = window.matchMedia("(pointer: coarse)").matches;
  const facing = [
    ["facing:environment", "Back camera"],
    ["facing:user", "Front camera"],
  ];
  return [...(handheld ? facing : [["", "The usual camera"]]), ...named.map(({ deviceId, label }) => [deviceId, label])];
}
