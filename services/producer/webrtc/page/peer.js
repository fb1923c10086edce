// Video by WebRTC: one offer, one answer, one track.

import { later, within } from "./later.js";

const GATHERED_WITHIN_MS = 2000;
const CONNECTED_WITHIN_MS = 8000;
const BITS_PER_PIXEL = 0.1;
const BITS = { least: 300_000, most: 4_000_000 };

export class Peer {
  #connection;
  #sender;
  #connected = later();
  #lost = later();

  static possible = () => "RTCPeerConnection" in window;

  constructor(iceServers) {
    this.#connection = new RTCPeerConnection({ iceServers });
    this.#connection.onconnectionstatechange = () => this.#look();
  }

  // Resolves when the way is open; raises if it is not in time, or what the link raises. wish: see choices.js.
  async connect(link, track, wish) {
    const connection = this.#connection;
    const transceiver = connection.addTransceiver("video", { direction: "sendonly" });
    this.#sender = transceiver.sender;
    prefer(transceiver, ["video/h264", "video/vp8"]);
    await this.send(track);
    await connection.setLocalDescription(await connection.createOffer());
    await gathered(connection);
    const answer = await link.ask({ type: "offer", sdp: connection.localDescription.sdp });
    if (answer.type !== "answer") throw new Error(answer.text);
    await connection.setRemoteDescription({ type: "answer", sdp: answer.sdp });
    await this.limit(wish);
    const late = () => new Error("no way for video was found");
    await Promise.race([within(CONNECTED_WITHIN_MS, this.#connected.promise, late), link.over]);
  }

  // Resolves when an open way was lost; the server may see it first.
  get lost() {
    return this.#lost.promise;
  }

  giveUp() {
    this.#lost.resolve();
  }

  // null: nothing is sent, not even black.
  async send(track) {
    await this.#sender.replaceTrack(track);
  }

  // A picture that comes seldom is to be sharp: the browser may leave pictures out, not make them smaller.
  async limit({ fps, width, height }) {
    const parameters = this.#sender.getParameters();
    const [encoding] = parameters.encodings ?? [];
    if (!encoding) return;
    const wanted = width * height * (fps + 4) * BITS_PER_PIXEL;
    encoding.maxFramerate = fps;
    encoding.maxBitrate = Math.round(Math.min(BITS.most, Math.max(BITS.least, wanted)));
    encoding.scaleResolutionDownBy = shrink(this.#sender.track, width * height);
    parameters.degradationPreference = "maintain-resolution";
    await this.#sender.setParameters(parameters);
  }

  close() {
    this.#connection.onconnectionstatechange = null;
    this.#connection.close();
  }

  #look() {
    const state = this.#connection.connectionState;
    if (state === "connected") this.#connected.resolve();
    if (state !== "failed" && state !== "closed") return;
    this.#connected.reject(new Error("the way for video was lost"));
    this.#lost.resolve();
  }
}

function prefer(transceiver, types) {
  const able = RTCRtpSender.getCapabilities?.("video")?.codecs ?? [];
  const isOf = (codec, type) => codec.mimeType.toLowerCase() === type;
  const first = types.flatMap((type) => able.filter((codec) => isOf(codec, type)));
  if (first.length) transceiver.setCodecPreferences?.([...first, ...able.filter((codec) => !first.includes(codec))]);
}

async function gathered(connection) {
  if (connection.iceGatheringState === "complete") return;
  const done = later();
  connection.onicegatheringstatechange = () => connection.iceGatheringState === "complete" && done.resolve();
  await within(GATHERED_WITHIN_MS, done.promise, () => null).catch(() => {});
}

// By how much the picture is made smaller if the camera gives more pixels than were asked for.
function shrink(track, pixels) {
  const { width = 0, height = 0 } = track?.getSettings() ?? {};
  return Math.max(1, Math.sqrt((width * height) / pixels));
}
