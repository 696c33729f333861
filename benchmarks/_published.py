"""The published training chain, rewritten step by step for comparison: PaddleOCR's det_res18_db_v2.0 configuration.

The same operations in the same order on the same libraries (OpenCV, shapely, pyclipper, NumPy), in our own words; its
augmentation library (imgaug) is replaced by the OpenCV calls that it makes. Not part of the product.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pyclipper
from shapely.geometry import Polygon

from ocrweb.data.sample import Sample

Texts = list[np.ndarray]
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
STD = np.array([0.229, 0.224, 0.225], np.float32)


def read_pixels(path: Path) -> np.ndarray:
    return np.asarray(cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR))


def augment(rng: np.random.Generator, pixels: np.ndarray, texts: Texts) -> tuple[np.ndarray, Texts]:
    """Mirror, turn by up to 10 degrees, enlarge 0.5 to 3 times (cubic): three passes over the whole picture."""
    height, width = pixels.shape[:2]
    if rng.random() < 0.5:
        pixels = np.ascontiguousarray(pixels[:, ::-1])
        texts = [np.stack([width - text[:, 0], text[:, 1]], axis=1) for text in texts]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), rng.uniform(-10, 10), 1.0)
    pixels = cv2.warpAffine(pixels, matrix, (width, height))
    scale = rng.uniform(0.5, 3.0)
    pixels = cv2.resize(pixels, (int(width * scale), int(height * scale)), interpolation=cv2.INTER_CUBIC)
    return pixels, [(text @ matrix[:, :2].T + matrix[:, 2]) * scale for text in texts]


def crop(rng: np.random.Generator, pixels: np.ndarray, texts: Texts, size: int) -> tuple[np.ndarray, Texts]:
    """Cut along lines that cross no text, then shrink or enlarge to the crop and pad."""
    (x, y), (wide, high) = _window(rng, pixels, texts)
    scale = min(size / wide, size / high)
    inner = cv2.resize(pixels[y : y + high, x : x + wide], (int(wide * scale), int(high * scale)))
    canvas = np.zeros((size, size, 3), pixels.dtype)
    canvas[: inner.shape[0], : inner.shape[1]] = inner
    moved = [(text - (x, y)) * scale for text in texts]
    return canvas, [t for t in moved if not ((t.max(axis=0) < 0).any() or (t.min(axis=0) > size).any())]


def _window(rng: np.random.Generator, pixels: np.ndarray, texts: Texts) -> tuple[tuple[int, int], tuple[int, int]]:
    height, width = pixels.shape[:2]
    spans = []
    for axis, length in ((0, width), (1, height)):
        taken = np.zeros(length, np.int32)
        for text in texts:
            whole = np.round(text[:, axis]).astype(np.int32)
            taken[max(whole.min(), 0) : max(whole.max(), 0)] = 1
        spans.append(np.where(taken == 0)[0])
    if not len(spans[0]) or not len(spans[1]):
        return (0, 0), (width, height)
    for _ in range(10):
        (left, right), (top, bottom) = (np.sort(rng.choice(span, 2)) for span in spans)
        if right - left < 0.1 * width or bottom - top < 0.1 * height:
            continue
        if any((t.min(axis=0) >= (left, top)).all() and (t.max(axis=0) <= (right, bottom)).all() for t in texts):
            return (int(left), int(top)), (int(right - left), int(bottom - top))
    return (0, 0), (width, height)


def border_map(texts: Texts, size: int) -> tuple[np.ndarray, np.ndarray]:
    canvas, mask = np.zeros((size, size), np.float32), np.zeros((size, size), np.float32)
    for text in texts:
        _draw_border(text.copy(), canvas, mask)
    return canvas * 0.4 + 0.3, mask


def _draw_border(text: np.ndarray, canvas: np.ndarray, mask: np.ndarray) -> None:
    shape = Polygon(text)
    if shape.area <= 0:
        return
    reach = shape.area * (1 - 0.4**2) / shape.length
    padded = _offset(text, reach)
    if not padded:
        return
    outline = np.array(padded[0])
    cv2.fillPoly(mask, [outline.astype(np.int32)], (1.0,))
    (left, top), (right, bottom) = outline.min(axis=0), outline.max(axis=0)
    width, height = right - left + 1, bottom - top + 1
    text[:, 0] -= left
    text[:, 1] -= top
    xs = np.broadcast_to(np.linspace(0, width - 1, num=width).reshape(1, width), (height, width))
    ys = np.broadcast_to(np.linspace(0, height - 1, num=height).reshape(height, 1), (height, width))
    stack = np.zeros((len(text), height, width), np.float32)
    for index in range(len(text)):
        away = _away(xs, ys, text[index], text[(index + 1) % len(text)])
        stack[index] = np.clip(away / reach, 0, 1)
    nearest = stack.min(axis=0)
    limit = len(canvas) - 1
    x0, x1 = min(max(0, left), limit), min(max(0, right), limit)
    y0, y1 = min(max(0, top), limit), min(max(0, bottom), limit)
    inner = 1 - nearest[y0 - top : y1 - bottom + height, x0 - left : x1 - right + width]
    canvas[y0 : y1 + 1, x0 : x1 + 1] = np.fmax(inner, canvas[y0 : y1 + 1, x0 : x1 + 1])


def _away(xs: np.ndarray, ys: np.ndarray, begin: np.ndarray, end: np.ndarray) -> np.ndarray:
    """The published distance to a side, by the law of cosines."""
    first = np.square(xs - begin[0]) + np.square(ys - begin[1])
    second = np.square(xs - end[0]) + np.square(ys - end[1])
    side = np.square(begin[0] - end[0]) + np.square(begin[1] - end[1])
    with np.errstate(divide="ignore", invalid="ignore"):
        cosine = (side - first - second) / (2 * np.sqrt(first * second))
        sine = np.nan_to_num(1 - np.square(cosine))
        away = np.sqrt(first * second * sine / side)
    away[cosine < 0] = np.sqrt(np.fmin(first, second))[cosine < 0]
    return away


def shrink_map(texts: Texts, size: int) -> tuple[np.ndarray, np.ndarray]:
    kernels, mask = np.zeros((size, size), np.float32), np.ones((size, size), np.float32)
    for text in texts:
        text = np.clip(text, 0, size - 1)
        if np.ptp(text, axis=0).min() < 8 or Polygon(text).area < 1:
            cv2.fillPoly(mask, [text.astype(np.int32)], (0.0,))
            continue
        shape = Polygon(text)
        pieces: list[list[list[int]]] = []
        for ratio in (0.4, 0.8):
            pieces = _offset(text, -shape.area * (1 - ratio**2) / shape.length)
            if len(pieces) == 1:
                break
        for piece in pieces:
            cv2.fillPoly(kernels, [np.array(piece, np.int32)], (1.0,))
        if not pieces:
            cv2.fillPoly(mask, [text.astype(np.int32)], (0.0,))
    return kernels, mask


def _offset(text: np.ndarray, distance: float) -> list[list[list[int]]]:
    clipper = pyclipper.PyclipperOffset()
    try:
        clipper.AddPath([tuple(point) for point in text], pyclipper.JT_ROUND, pyclipper.ET_CLOSEDPOLYGON)
    except pyclipper.ClipperException:
        return []
    return list(clipper.Execute(distance))


def normalise(pixels: np.ndarray) -> np.ndarray:
    scaled = (pixels.astype(np.float32) * np.float32(1 / 255) - MEAN) / STD
    return scaled.transpose(2, 0, 1)


def learnt(sample: Sample) -> Texts:
    return [box.points.astype(np.float64) for box in sample.boxes if not box.ignore]
