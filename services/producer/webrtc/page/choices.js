// What the person chose, kept for the next visit: name, camera, rate, size, way.

import { cameras } from "./camera.js";
import { ofBrowser } from "./memory.js";

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
const NAME_HELP = "Letters a–z, digits, _ . - (first a letter or a digit)";
const RATES = [1, 2, 5, 10, 15, 30];
const SIZES = ["320x240", "640x360", "640x480", "960x540", "1280x720"];

export class Choices {
  #find;

  constructor(find) {
    this.#find = find;
    find("fps").append(...RATES.map((rate) => new Option(rate, rate)));
    find("size-choice").append(...SIZES.map((size) => new Option(size.replace("x", " × "), size)));
    find("name").value = ofBrowser.get("name") ?? "";
    find("fps").value = known(RATES, ofBrowser.get("fps")) ?? 10;
    find("size-choice").value = known(SIZES, ofBrowser.get("size")) ?? "640x480";
    find("one-by-one").checked = new URLSearchParams(location.search).has("fallback");
    find("more").open = find("one-by-one").checked;
    find("name").addEventListener("input", () => this.checkName());
    this.#hintName(true);
  }

  // {name, device, fps, width, height, oneByOne}: a wish.
  get wish() {
    const [width, height] = this.#find("size-choice").value.split("x").map(Number);
    return {
      name: this.#find("name").value,
      device: this.#find("camera").value,
      fps: Number(this.#find("fps").value),
      width,
      height,
      oneByOne: this.#find("one-by-one").checked,
    };
  }

  // True if the name can be a camera's; said under the field as one types.
  checkName() {
    const good = NAME.test(this.wish.name);
    this.#hintName(good);
    return good;
  }

  keep() {
    const { name, device, fps } = this.wish;
    const size = this.#find("size-choice").value;
    const deviceWords = this.#find("camera").selectedOptions[0]?.text ?? "";
    for (const [key, value] of Object.entries({ name, device, deviceWords, fps, size })) ofBrowser.set(key, value);
  }

  // Takes away what the server does not allow.
  cap({ max_width: width, max_height: height, max_fps: fps }) {
    disable(this.#find("fps"), String(fps), (rate) => Number(rate) > fps);
    disable(this.#find("size-choice"), `${width}x${height}`, (size) => size.split("x").reduce((a, b) => a * b) > width * height);
  }

  async listCameras() {
    const select = this.#find("camera");
    const found = await cameras();
    const [chosen, words] = chosenOf(select);
    if (chosen && !found.some(([value]) => value === chosen)) found.push([chosen, words]);
    select.replaceChildren(...found.map(([value, text]) => new Option(text, value)));
    if (chosen) select.value = chosen;
  }

  // Name and way are settled while it runs; camera, rate and size may change.
  lock(running) {
    for (const id of ["name", "token", "one-by-one"]) this.#find(id).disabled = running;
  }

  #hintName(good) {
    const hint = this.#find("name-hint");
    if (hint.textContent !== NAME_HELP) hint.textContent = NAME_HELP;
    hint.classList.toggle("wrong", !good);
    this.#find("name").ariaInvalid = String(!good);
  }
}

// Value and words of the camera that is chosen now, else of the last visit's, whose name the browser may not tell yet.
function chosenOf(select) {
  const [now] = select.selectedOptions;
  return now ? [now.value, now.text] : [ofBrowser.get("device"), ofBrowser.get("deviceWords")];
}

function known(all, kept) {
  return all.find((one) => String(one) === kept);
}

// Disables some options; if the chosen one is among them, the last that is left is chosen, else `most`.
function disable(select, most, isTooMuch) {
  for (const option of select.options) option.disabled = isTooMuch(option.value);
  const left = [...select.options].filter(({ disabled }) => !disabled);
  if (!left.length) select.add(new Option(most, most));
  if (select.selectedOptions[0]?.disabled) select.value = left.at(-1)?.value ?? most;
}
