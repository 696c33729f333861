// The grips of the chosen box: its corners, the middles of its edges, and a knob to turn it by. In CSS pixels.
import { direction } from "../../viewer/static/geometry.js";

const KNOB = 26; // from the box
const SMALL = 34; // an edge shorter than this has no grip of its own

// [{kind: "corner" | "edge" | "turn", index, x, y}]
export function handlesOf(points, { scale, x, y }) {
  const corners = points.map(([px, py]) => [px * scale + x, py * scale + y]);
  const handles = [];
  corners.forEach(([ax, ay], index) => {
    const [bx, by] = corners[(index + 1) % corners.length];
    if (Math.hypot(bx - ax, by - ay) > SMALL) handles.push({ kind: "edge", index, x: (ax + bx) / 2, y: (ay + by) / 2 });
  });
  corners.forEach(([cx, cy], index) => handles.push({ kind: "corner", index, x: cx, y: cy }));
  const angle = direction(points), up = [Math.sin(angle), -Math.cos(angle)];
  const mid = [0, 1].map((axis) => corners.reduce((sum, corner) => sum + corner[axis], 0) / corners.length);
  const reach = Math.max(...corners.map(([cx, cy]) => (cx - mid[0]) * up[0] + (cy - mid[1]) * up[1]));
  const foot = [mid[0] + up[0] * reach, mid[1] + up[1] * reach];
  handles.push({ kind: "turn", index: 0, x: foot[0] + up[0] * KNOB, y: foot[1] + up[1] * KNOB, foot });
  return handles;
}

// The grip under a point of the canvas, the nearest within reach.
export function gripAt(points, view, { x, y }, reach) {
  let best = reach, found = null;
  for (const handle of handlesOf(points, view)) {
    const far = Math.hypot(handle.x - x, handle.y - y) + (handle.kind === "edge" ? 2 : 0); // corners first
    if (far < best) [best, found] = [far, handle];
  }
  return found;
}
