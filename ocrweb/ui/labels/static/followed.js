// What following a suspicion does to the boxes.
import { bounds, centre, joined, length, share } from "../../viewer/static/geometry.js";

export const ASKS_MODEL = new Set(["joined", "shifted"]); // what is right there instead is for the model to say

const WITHIN = 0.6; // of them: it lies in the other
const HALF = 0.3; // of a box that is beside its text, which still lies on it

// The new boxes; null when a person has to draw. seen: outlines that the model sees in the picture.
export function followed(suspect, boxes, seen = []) {
  const { kind, box } = suspect;
  if (!box) return null;
  if (kind === "missing") return [...boxes, { points: box, text: "", ignored: false }];
  if (kind === "cut") return rejoined(box, boxes);
  const at = suspect.label_line == null ? -1 : nearest(suspect, boxes);
  if (at < 0) return null;
  const put = (...others) => boxes.toSpliced(at, 1, ...others);
  if (kind === "extra") return put();
  if (kind === "ignored" || kind === "readable") return put({ ...boxes[at], ignored: kind === "readable" });
  if (kind === "joined") {
    const parts = seen.filter((outline) => share(outline, boxes[at].points) > WITHIN);
    return parts.length > 1 ? put(...parts.map((points) => ({ points, text: "", ignored: boxes[at].ignored }))) : null;
  }
  if (kind === "shifted") {
    const points = most(seen, (outline) => share(outline, boxes[at].points) + share(boxes[at].points, outline));
    return points && share(boxes[at].points, points) > HALF ? put({ ...boxes[at], points }) : null;
  }
  return null;
}

// The box of a suspicion by its place: its line may have moved since.
export function nearest({ box }, boxes) {
  if (!box) return -1;
  return boxes.indexOf(most(boxes, ({ points }) => -length(centre(points), centre(box))));
}

// The boxes that lie in an outline as one.
function rejoined(outline, boxes) {
  const parts = boxes.filter(({ points }) => share(points, outline) > WITHIN).toSorted((one, other) => bounds(one.points).left - bounds(other.points).left);
  if (parts.length < 2) return null;
  const text = parts.map((one) => one.text).filter(Boolean).join(" ");
  const whole = { points: joined(parts.map(({ points }) => points)), text, ignored: parts.every(({ ignored }) => ignored) };
  return boxes.flatMap((one) => (one === parts[0] ? [whole] : parts.includes(one) ? [] : [one]));
}

function most(some, worth) {
  const worths = some.map(worth);
  return some[worths.indexOf(Math.max(...worths))];
}
