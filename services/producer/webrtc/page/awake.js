// Keeps the screen on: a phone that sleeps sends nothing.

let lock = null;
let wanted = false;
let asking = false;

export const possible = "wakeLock" in navigator;

// The browser takes the lock away when the page is hidden: called again when it is seen.
export async function stayAwake(on) {
  wanted = on;
  if (!possible) return;
  if (on && !lock && !asking && !document.hidden) await take();
  if (!wanted) await giveBack();
}

async function take() {
  asking = true;
  try {
    const taken = await navigator.wakeLock.request("screen");
    lock = taken;
    taken.addEventListener("release", () => {
      if (lock === taken) lock = null;
    });
  } catch {
    // Refused, as when the battery is low: the notes on the page say what to heed.
  } finally {
    asking = false;
  }
}

async function giveBack() {
  await lock?.release();
  lock = null;
}
