// Pictures by their address, so that the same one with other boxes is not read again.
import { pictureOf } from "./picture.js";

const KEPT = 2;
const known = new Map();

export function loaded(address) {
  const loading = known.get(address) ?? load(address);
  known.delete(address);
  known.set(address, loading);
  loading.catch(() => known.delete(address));
  for (const old of [...known.keys()].slice(0, -KEPT)) known.delete(old);
  return loading;
}

async function load(address) {
  return pictureOf(await bytesOf(address));
}

// A refusal is an Error with `told`, the console's own words, where it said any. What is empty is an empty blob.
export async function bytesOf(address) {
  const answer = await fetch(address);
  if (answer.ok) return answer.blob();
  const { error } = await answer.json().catch(() => ({}));
  throw Object.assign(new Error(String(answer.status)), { told: error ? `${error.message} ${error.hint}` : "" });
}
