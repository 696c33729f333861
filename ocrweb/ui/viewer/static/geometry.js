// Outlines are arrays of [x, y] in pixels of the picture, never changed in place.

export const length = ([ax, ay], [bx, by]) => Math.hypot(bx - ax, by - ay);

export function bounds(points) {
  const xs = points.map(([x]) => x), ys = points.map(([, y]) => y);
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}

export function centre(points) {
  const { left, top, right, bottom } = bounds(points);
  return [(left + right) / 2, (top + bottom) / 2];
}

export function area(points) {
  let sum = 0;
  points.forEach(([x, y], i) => {
    const [nx, ny] = points[(i + 1) % points.length];
    sum += x * ny - nx * y;
  });
  return Math.abs(sum) / 2;
}

export function inside([x, y], points) {
  let within = false;
  points.forEach(([ax, ay], i) => {
    const [bx, by] = points[(i + 1) % points.length];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) within = !within;
  });
  return within;
}

export const moved = (points, dx, dy) => points.map(([x, y]) => [x + dx, y + dy]);

export function turned(points, radians, [cx, cy] = centre(points)) {
  const cos = Math.cos(radians), sin = Math.sin(radians);
  return points.map(([x, y]) => [cx + (x - cx) * cos - (y - cy) * sin, cy + (x - cx) * sin + (y - cy) * cos]);
}

export const rectangle = ([ax, ay], [bx, by]) => {
  const left = Math.min(ax, bx), right = Math.max(ax, bx), top = Math.min(ay, by), bottom = Math.max(ay, by);
  return [[left, top], [right, top], [right, bottom], [left, bottom]];
};

// Whole pixels within the picture, which the label files of most tools hold, clockwise from the top left.
export const settled = (points, width, height) =>
  clockwise(points.map(([x, y]) => [
    Math.round(Math.min(Math.max(x, 0), width)),
    Math.round(Math.min(Math.max(y, 0), height)),
  ]));

function clockwise(points) {
  const sum = points.reduce((total, [x, y], i) => {
    const [nx, ny] = points[(i + 1) % points.length];
    return total + x * ny - nx * y;
  }, 0);
  const right = sum >= 0 ? points : points.toReversed();
  const level = turned(right, -direction(right), [0, 0]).map(([x, y]) => x + y);
  const first = level.indexOf(Math.min(...level));
  return [...right.slice(first), ...right.slice(0, first)];
}

function crossing([ax, ay], [bx, by], [cx, cy], [dx, dy]) {
  const cross = (bx - ax) * (dy - cy) - (by - ay) * (dx - cx);
  if (Math.abs(cross) < 1e-9) return null;
  const t = ((cx - ax) * (dy - cy) - (cy - ay) * (dx - cx)) / cross;
  const u = ((cx - ax) * (by - ay) - (cy - ay) * (bx - ax)) / cross;
  return t >= 0 && t < 1 && u >= 0 && u <= 1 ? [ax + t * (bx - ax), ay + t * (by - ay)] : null;
}

// The two outlines, in the order of reading, that a line from `from` to `to` leaves of one; null when it does not go right through it.
export function cut(points, from, to) {
  const cuts = [];
  points.forEach((corner, i) => {
    const at = crossing(corner, points[(i + 1) % points.length], from, to);
    if (at) cuts.push([i, at]);
  });
  if (cuts.length !== 2) return null;
  const [[i, at], [j, other]] = cuts;
  const parts = [
    [at, ...points.slice(i + 1, j + 1), other],
    [other, ...points.slice(j + 1), ...points.slice(0, i + 1), at],
  ].map(withFour);
  const angle = direction(points);
  const along = (part) => bounds(turned(part, -angle, [0, 0])).left;
  return parts.every((part) => area(part) >= 4) ? parts.sort((one, other) => along(one) - along(other)) : null;
}

// A label needs four corners: a triangle gets one more in the middle of its longest side.
function withFour(points) {
  if (points.length !== 3) return points;
  const sides = points.map((corner, i) => length(corner, points[(i + 1) % 3]));
  const i = sides.indexOf(Math.max(...sides));
  const [ax, ay] = points[i], [bx, by] = points[(i + 1) % 3];
  return [...points.slice(0, i + 1), [(ax + bx) / 2, (ay + by) / 2], ...points.slice(i + 1)];
}

// Cut across the middle of the longer side.
export function halved(points) {
  const angle = direction(points);
  const level = turned(points, -angle, [0, 0]);
  const { left, right, top, bottom } = bounds(level);
  const middle = (left + right) / 2, beyond = bottom - top + right - left;
  const [from, to] = turned([[middle, top - beyond], [middle, bottom + beyond]], angle, [0, 0]);
  return cut(points, from, to);
}

// Radians of the longest side, within a quarter turn to either side of level.
export function direction(points) {
  let best = 0, angle = 0;
  points.forEach(([ax, ay], i) => {
    const [bx, by] = points[(i + 1) % points.length];
    const long = Math.hypot(bx - ax, by - ay);
    if (long > best) [best, angle] = [long, Math.atan2(by - ay, bx - ax)];
  });
  return angle - Math.PI * Math.round(angle / Math.PI);
}

// One turned rectangle around several outlines, level with the largest of them.
export function joined(outlines) {
  const angle = direction(outlines.reduce((one, other) => (area(other) > area(one) ? other : one)));
  const { left, top, right, bottom } = bounds(turned(outlines.flat(), -angle, [0, 0]));
  return turned(rectangle([left, top], [right, bottom]), angle, [0, 0]);
}

// Which of the others follows most closely on the same line; -1 for none within three heights.
export function neighbour(points, others) {
  const angle = direction(points);
  const own = bounds(turned(points, -angle, [0, 0]));
  const height = own.bottom - own.top;
  let best = 3 * height, index = -1;
  others.forEach((other, i) => {
    if (other === points) return;
    const box = bounds(turned(other, -angle, [0, 0]));
    const shared = Math.min(own.bottom, box.bottom) - Math.max(own.top, box.top);
    if (shared < 0.5 * Math.min(height, box.bottom - box.top)) return;
    const gap = Math.max(box.left - own.right, own.left - box.right, 0);
    if (gap < best) [best, index] = [gap, i];
  });
  return index;
}

function distanceToSegment([x, y], [ax, ay], [bx, by]) {
  const long = (bx - ax) ** 2 + (by - ay) ** 2;
  const t = long ? Math.min(1, Math.max(0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / long)) : 0;
  return Math.hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay));
}

// The smallest of the boxes that a point is in, or the one whose edge is nearest within reach; null for none.
export function boxAt(boxes, at, reach) {
  let best = Infinity, found = null;
  for (const box of boxes) {
    const size = area(box.points);
    if (inside(at, box.points) && size < best) [best, found] = [size, box];
  }
  if (found) return found;
  best = reach;
  for (const box of boxes)
    box.points.forEach((corner, i) => {
      const far = distanceToSegment(at, corner, box.points[(i + 1) % box.points.length]);
      if (far < best) [best, found] = [far, box];
    });
  return found;
}

const COLUMNS = 16, ROWS = 4; // places in a box that are looked at

// How much of a box lies in an outline, 0..1.
export function share(points, outline) {
  const [a, b, c, d] = points;
  let found = 0;
  for (let row = 0; row < ROWS; row++)
    for (let column = 0; column < COLUMNS; column++) {
      const x = (column + 0.5) / COLUMNS, y = (row + 0.5) / ROWS;
      const place = [0, 1].map((axis) => (1 - y) * ((1 - x) * a[axis] + x * b[axis]) + y * ((1 - x) * d[axis] + x * c[axis]));
      found += inside(place, outline);
    }
  return found / (ROWS * COLUMNS);
}
