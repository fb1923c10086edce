// What can go wrong, in plain words and with what to do.

export class Trouble extends Error {
  // again: in how many ms to try again (0: soon, a while longer each time), null: not by itself. field: what to look at.
  // passing: may go away if it worked before.
  constructor(title, text, { again = null, field = null, passing = false } = {}) {
    super(text);
    Object.assign(this, { title, text, again, field, passing });
  }
}

const CAMERA = {
  NotAllowedError: [
    "The camera is not allowed",
    "Allow it for this page by the sign beside the address (and in the device's settings for the browser), then press Start again.",
  ],
  NotFoundError: ["No camera was found", "Connect one or choose another, then press Start again.", { passing: true }],
  NotReadableError: [
    "The camera is in use",
    "Another program or tab has it, or it does not answer. Close that, then press Start again.",
    { passing: true },
  ],
  OverconstrainedError: ["That camera is gone", "Choose another camera, then press Start again.", { field: "camera", passing: true }],
};
CAMERA.SecurityError = CAMERA.NotAllowedError;
CAMERA.AbortError = CAMERA.NotReadableError;

// What getUserMedia raised.
export function ofCamera({ name, message }) {
  const [title, text, more] = CAMERA[name] ?? ["The camera cannot be opened", `The browser says: ${message || name}`];
  return new Trouble(title, text, more);
}

export const cameraEnded = () => new Trouble("The camera has gone", "It was unplugged, or another program took it.", { again: 0 });

const REFUSALS = {
  token: [
    "The join token is wrong",
    "Open the link once more that was printed where framebus was started, or type the token.",
    { field: "token" },
  ],
  name: ["That name cannot be used", null, { field: "name" }],
  taken: ["That name is taken", "Another camera sends under this name. Choose another name, or stop that one.", { field: "name" }],
  throttled: ["Too many tries", null],
  full: ["The server is full", "As many cameras as it takes are sending already. Stop one of them, or wait."],
  idle: ["The server waited in vain", "No picture came for too long. Press Start to join again."],
  stopping: ["The server stops", "It may be started again.", { again: 0 }],
  replaced: ["This camera goes on elsewhere", "It was started again in another tab or window. Close one of them."],
  protocol: ["The server did not understand this page", "Reload the page."],
};

// What the server said before it closed the link.
export function ofServer({ code, text, retry_s: retry }) {
  const [title, ours, more = {}] = REFUSALS[code] ?? ["The server refuses this camera", null];
  return new Trouble(title, ours ?? sentence(text), { again: retry === undefined ? null : retry * 1000, ...more });
}

export const serverGone = () =>
  new Trouble("The server does not answer", "It is not running, or the network is away.", { again: 0 });

export const notFromHere = () =>
  new Trouble(
    "The server takes no cameras from this address",
    `Who runs framebus can add --origin ${location.origin}. If a proxy is in between, it has to pass WebSockets on.`,
    { again: 0 },
  );

export const stopped = () => new Trouble("Stopped", "");

export const tooLarge = () => new Trouble("The pictures are too large", "Choose a smaller size, then press Start again.");

// Why this browser or this address cannot send at all; null if it can.
export function ofBrowser() {
  if (!window.isSecureContext) {
    return new Trouble(
      "This page needs https",
      "Browsers open cameras only for pages that came by https, or from this very device (http://localhost). " +
        "Who runs framebus can start it with --tls-certfile FILE and --tls-keyfile FILE; then open this page with https://.",
    );
  }
  if (navigator.mediaDevices?.getUserMedia) return null;
  return new Trouble("This browser cannot open cameras", "Try a current Firefox, Chrome, Edge or Safari.");
}

function sentence(text) {
  const plain = String(text ?? "");
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}
