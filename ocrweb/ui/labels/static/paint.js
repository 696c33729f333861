// Boxes over the picture. Ignored ones are dashed, so that no hue is needed.
import { AMBER, BLUE, extend, GREEN, outside, RED, stroke, VIOLET } from "../../viewer/static/strokes.js";
import { handlesOf } from "./handles.js";

function trace(context, points, view) {
  context.beginPath();
  extend(context, points, view);
}

// scene: {labels, hovered, layers, detections, suspect, draft}
export function paint(context, view, size, scene) {
  const { labels, layers } = scene;
  context.lineJoin = "round";
  // One path for all boxes that look alike: hundreds cost hardly more than one.
  const alike = Map.groupBy(
    labels.boxes.filter((box) => (box.ignored ? layers.ignored : layers.labels) && !outside(box.points, view, size)),
    (box) => `${labels.chosen.has(box.id)} ${box.ignored} ${box.id === scene.hovered}`,
  );
  for (const boxes of alike.values()) {
    const [{ id, ignored }] = boxes;
    const chosen = labels.chosen.has(id), pointed = id === scene.hovered;
    const colour = chosen ? VIOLET : ignored ? AMBER : BLUE;
    context.beginPath();
    for (const { points } of boxes) extend(context, points, view);
    context.fillStyle = `rgba(${colour}, ${chosen ? 0.2 : pointed ? 0.22 : 0.07})`;
    context.fill();
    stroke(context, colour, chosen || pointed ? 2.5 : 1.5, ignored ? [6, 4] : []);
  }
  if (layers.detections) paintDetections(context, view, scene.detections ?? []);
  if (scene.suspect?.box && layers.misses) {
    trace(context, scene.suspect.box, view);
    context.fillStyle = `rgba(${RED}, .12)`;
    context.fill();
    stroke(context, RED, 2.5, [8, 4]);
  }
  if (labels.chosen.size === 1) paintHandles(context, labels.chosenBoxes[0], view);
  if (scene.draft) paintDraft(context, scene.draft, view);
}

function paintDetections(context, view, detections) {
  context.beginPath();
  for (const { points } of detections) extend(context, points, view);
  stroke(context, GREEN, 1.5, [3, 3]);
}

function paintHandles(context, box, view) {
  if (!box) return;
  for (const handle of handlesOf(box.points, view)) {
    const { x, y, kind } = handle;
    context.beginPath();
    if (kind === "turn") {
      context.moveTo(handle.foot[0], handle.foot[1]);
      context.lineTo(x, y);
      context.strokeStyle = `rgb(${VIOLET})`;
      context.lineWidth = 1.5;
      context.stroke();
      context.beginPath();
    }
    if (kind === "edge") context.rect(x - 3, y - 3, 6, 6);
    else context.arc(x, y, kind === "turn" ? 6 : 5, 0, 2 * Math.PI);
    context.fillStyle = kind === "turn" ? `rgb(${VIOLET})` : "#fff";
    context.fill();
    context.lineWidth = 1.5;
    context.strokeStyle = kind === "turn" ? "#fff" : `rgb(${VIOLET})`;
    context.stroke();
  }
}

// draft: {points, open}: what a tool is drawing.
function paintDraft(context, { points, open }, { scale, x, y }) {
  context.beginPath();
  for (const [px, py] of points) context.lineTo(px * scale + x, py * scale + y);
  if (!open) context.closePath();
  stroke(context, VIOLET, 2, [5, 3]);
  for (const [px, py] of points) {
    context.beginPath();
    context.arc(px * scale + x, py * scale + y, 3.5, 0, 2 * Math.PI);
    context.fillStyle = `rgb(${VIOLET})`;
    context.fill();
  }
}
