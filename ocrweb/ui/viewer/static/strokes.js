// Outlines over a picture. Colours are R, G, B and differ in brightness as well.
import { bounds } from "./geometry.js";

export const BLUE = "65, 105, 225", VIOLET = "106, 90, 205", AMBER = "217, 119, 6", GREEN = "5, 150, 105", RED = "220, 38, 38";

// Add an outline to the path.
export function extend(context, points, { scale, x, y }) {
  points.forEach(([px, py], i) => (i ? context.lineTo(px * scale + x, py * scale + y) : context.moveTo(px * scale + x, py * scale + y)));
  context.closePath();
}

// Whether nothing of an outline is in view.
export function outside(points, { scale, x, y }, size) {
  const { left, top, right, bottom } = bounds(points);
  return right * scale + x < 0 || bottom * scale + y < 0 || left * scale + x > size.width || top * scale + y > size.height;
}

export function stroke(context, colour, width, dash = []) {
  context.setLineDash(dash);
  context.lineWidth = width + 2;
  context.strokeStyle = "rgba(255, 255, 255, .75)"; // seen on dark ground too
  context.stroke();
  context.lineWidth = width;
  context.strokeStyle = `rgb(${colour})`;
  context.stroke();
  context.setLineDash([]);
}
