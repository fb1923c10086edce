// The join token comes in the link's fragment, which no browser sends anywhere. It stays in this tab alone.

import { ofTab } from "./memory.js";

let known = ofTab.get("token") ?? "";

// The token; one in the address is taken from there first, so that it is neither seen nor bookmarked.
export function token() {
  const given = location.hash.match(/[#&]token=([^&]*)/);
  if (given) {
    history.replaceState(null, "", location.pathname + location.search);
    keepToken(decoded(given[1]));
  }
  return known;
}

export function keepToken(text) {
  known = text;
  ofTab.set("token", text);
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

// Who joins: after a lost link the server gives the name back to the same tab.
export function client() {
  const kept = ofTab.get("client");
  if (kept) return kept;
  const made = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  ofTab.set("client", made);
  return made;
}
