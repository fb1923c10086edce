// What this browser keeps: a tab's secrets until it is closed, choices for the next visit. Some browsers forbid both.

function guarded(storage) {
  return {
    get(key) {
      try {
        return storage().getItem(`framebus.${key}`);
      } catch {
        return null;
      }
    },
    set(key, value) {
      try {
        storage().setItem(`framebus.${key}`, value);
      } catch {
        // Forbidden or full: the page works, it only forgets.
      }
    },
  };
}

export const ofTab = guarded(() => sessionStorage);
export const ofBrowser = guarded(() => localStorage);
