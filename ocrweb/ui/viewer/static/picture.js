// A picture with smaller copies of it, so that a view never scales much.
const SMALLEST = 700; // pixels of the longer side of the last copy

// {width, height, levels: [{bitmap, factor}]}, the largest first, decoded off the page's thread. blob: of an image.
export async function pictureOf(blob) {
  const bitmap = await createImageBitmap(blob);
  const { width, height } = bitmap;
  const levels = [{ bitmap, factor: 1 }];
  for (let factor = 2; Math.max(width, height) / factor > SMALLEST; factor *= 2) {
    const last = levels.at(-1).bitmap;
    const size = { resizeWidth: Math.ceil(width / factor), resizeHeight: Math.ceil(height / factor) };
    levels.push({ bitmap: await createImageBitmap(last, { ...size, resizeQuality: "medium" }), factor });
  }
  return { width, height, levels };
}

// The same for what is stretched over a picture, whatever its own size.
export async function layerOf(blob, { width, height }) {
  const own = await pictureOf(blob);
  const levels = own.levels.map(({ bitmap, factor }) => ({ bitmap, factor: (factor * width) / own.width }));
  return { width, height, levels };
}

// Draw the part of a picture that a view shows. view: {scale, x, y}, size: of the canvas, both in CSS pixels. sharp: show its
// pixels from near.
export function drawPicture(context, { width, height, levels }, view, size, density, sharp = true) {
  const wanted = 1 / (view.scale * density);
  const { bitmap } = levels.findLast(({ factor }) => factor <= wanted * 1.01) ?? levels[0];
  const left = Math.max(0, -view.x / view.scale), top = Math.max(0, -view.y / view.scale);
  const right = Math.min(width, (size.width - view.x) / view.scale);
  const bottom = Math.min(height, (size.height - view.y) / view.scale);
  if (right <= left || bottom <= top) return;
  const across = bitmap.width / width, down = bitmap.height / height;
  context.imageSmoothingEnabled = !sharp || view.scale * density < 3;
  context.drawImage(
    bitmap, left * across, top * down, (right - left) * across, (bottom - top) * down,
    left * view.scale + view.x, top * view.scale + view.y, (right - left) * view.scale, (bottom - top) * view.scale,
  );
}
