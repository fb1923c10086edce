// The socket to the server: says who joins, asks one thing at a time, hears how it goes.

import { later, within } from "./later.js";
import { notFromHere, ofServer, serverGone, tooLarge } from "./trouble.js";

const WELCOME_WITHIN_MS = 10_000;
const SILENT_AFTER_MS = 20_000; // it says something each second
const TOO_LARGE = 1009;

export class Link {
  #socket = new WebSocket(new URL("join", location.href).href.replace(/^http/, "ws"));
  #welcome = later();
  #over = later();
  #asked = null;
  #watch;

  // hello: {token, camera, client}; onState(state) about once a second.
  constructor(hello, onState) {
    const socket = this.#socket;
    let opened = false;
    socket.onopen = () => {
      opened = true;
      this.say({ type: "hello", ...hello });
    };
    socket.onmessage = ({ data }) => {
      this.#rewind();
      this.#hear(JSON.parse(data), onState);
    };
    socket.onclose = async ({ code }) => this.#end(opened ? whyClosed(code) : await whyUnopened());
  }

  // What the server allows; raises Trouble.
  welcome() {
    return within(WELCOME_WITHIN_MS, this.#welcome.promise, serverGone);
  }

  // Never resolves; raises the Trouble by which the link ended.
  get over() {
    return this.#over.promise;
  }

  say(message) {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  // Sends an offer (a map) or a picture (a blob); resolves to the answer to it.
  ask(question) {
    this.#asked = later();
    if (question instanceof Blob) this.#socket.send(question);
    else this.say(question);
    return Promise.race([this.#asked.promise, this.over]);
  }

  close() {
    this.#socket.onmessage = null;
    this.#socket.close(1000);
  }

  #hear(message, onState) {
    if (message.type === "welcome") this.#welcome.resolve(message);
    else if (message.type === "state") onState(message);
    else if (message.type === "error") this.#end(ofServer(message));
    else this.#asked?.resolve(message);
  }

  #rewind() {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => this.#end(serverGone()), SILENT_AFTER_MS);
  }

  #end(trouble) {
    clearTimeout(this.#watch);
    this.#welcome.reject(trouble);
    this.#over.reject(trouble);
  }
}

const whyClosed = (code) => (code === TOO_LARGE ? tooLarge() : serverGone());

// No browser tells why a socket was refused: a server that still gives files away refuses the address of this page.
async function whyUnopened() {
  const file = await fetch("static/icon.svg", { cache: "no-store" }).catch(() => null);
  return file?.ok ? notFromHere() : serverGone();
}
