// The probability map of the model that is asked for boxes, under them: fetched while its layer is on, each time a picture is shown.
import { api, desk, find, notes, thresholds } from "./parts.js";
import { layerOf } from "../../viewer/static/picture.js";
import { say } from "./words.js";

const CALM = 120; // milliseconds a picture is looked at before the model is
const QUICK = 400; // milliseconds within which nothing is said of the waiting

let asked = null; // ends the request for the map of the picture that is shown
let told = false; // that it is waited for

export async function layHeat() {
  const { labels, viewer } = desk;
  asked?.abort();
  asked = null;
  waited();
  put(null);
  if (!desk.layers.map || !labels) return;
  const own = (asked = new AbortController());
  await new Promise((wake) => setTimeout(wake, CALM));
  if (asked !== own) return; // somebody leafs through
  const waiting = setTimeout(() => {
    told = true;
    notes.show(say("map-looking"), true);
  }, QUICK);
  try {
    const blob = await api.bytes("map", labels.picture, { model: thresholds.model }, own.signal);
    const layer = blob.size ? await layerOf(blob, labels) : null;
    if (asked !== own) return;
    waited();
    put(layer);
    if (layer) notes.say(say("map-colours"));
    else notes.show(say("map-empty"));
  } catch (failure) {
    if (asked === own) notes.trouble(failure);
  } finally {
    clearTimeout(waiting);
  }

  function waited() {
    if (told) notes.clear();
    told = false;
  }

  function put(layer) {
    viewer.layer = layer;
    viewer.redraw();
    find("#canvas").dataset.map = String(Boolean(layer));
  }
}
