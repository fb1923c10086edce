// Waiting: a promise that somebody else settles, and a rest that can be cut short.

export function later() {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  made.promise.catch(() => {}); // nobody need be listening when it fails
  return made;
}

// Resolves after ms, or as soon as the signal says that nobody waits any more.
export function rest(ms, signal) {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const over = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", over);
      resolve();
    };
    const timer = setTimeout(over, ms);
    signal.addEventListener("abort", over);
  });
}

// The promise's value; raises what `late` makes if it does not come within ms.
export async function within(ms, promise, late) {
  let timer;
  const over = new Promise((_, reject) => {
    timer = setTimeout(() => reject(late()), ms);
  });
  try {
    return await Promise.race([promise, over]);
  } finally {
    clearTimeout(timer);
  }
}
