"""Show regions and probabilities on a picture."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

RED = (40, 40, 230)  # BGR
_WHITE = (255, 255, 255)
_FONT = cv2.FONT_HERSHEY_SIMPLEX
_SHIFT = 4  # corners are drawn to 1/16 pixel
_HOTTEST = 0.88  # the colour map turns brown beyond
LONGEST_SHAPE = 3  # of a longer picture a part is looked at, so its lines grow with its breadth
_FAINT = 0.05  # probabilities below it leave the picture as it is


def draw_polygons(
    pixels: np.ndarray,
    polygons: Sequence[np.ndarray],
    colour: tuple[int, int, int] = RED,
    numbers: bool = True,
) -> np.ndarray:
    """A copy of a picture with the outlines drawn on it, numbered from 1 in the order given.

    pixels: (H, W, 3) uint8 BGR. polygons: (P, 2) each, pixels. colour: BGR. Lines and figures grow with the picture, so
    that they stay readable when it is shown shrunk.
    """
    canvas = pixels.copy()
    longer, shorter = max(canvas.shape[:2]), min(canvas.shape[:2])
    unit = min(longer, LONGEST_SHAPE * shorter) / 1000
    thickness = max(1, round(1.6 * unit))
    shapes = [np.asarray(polygon, np.float64) for polygon in polygons]
    outlines = [np.rint(shape * (1 << _SHIFT)).astype(np.int32) for shape in shapes]
    cv2.polylines(canvas, outlines, True, colour, thickness, cv2.LINE_AA, _SHIFT)
    if numbers and shapes:
        height = _figure_height(shapes, max(unit, 0.7))
        for number, shape in enumerate(shapes, start=1):
            _number(canvas, number, shape.min(axis=0), height, colour)
    return canvas


def overlay_map(pixels: np.ndarray, probability_map: np.ndarray, opacity: float = 0.65) -> np.ndarray:
    """A copy of a picture with the probabilities as heat: nothing where there is no text, red where it is certain.

    pixels: (H, W, 3) uint8 BGR. probability_map: (h, w) float32, 0..1, of the same view; it is stretched over the picture.
    opacity: 0..1, of a certain pixel.
    """
    height, width = pixels.shape[:2]
    levels = cv2.resize(_levels(probability_map), (width, height), interpolation=cv2.INTER_LINEAR)
    heat, strength = _heat(levels, opacity)
    return cv2.blendLinear(heat, pixels, strength, 1 - strength)


def heat_map(probability_map: np.ndarray, opacity: float = 0.65) -> np.ndarray:
    """The same heat alone, to be laid over a picture: (h, w, 4) uint8 BGRA of an (h, w) float32 map, 0..1."""
    heat, strength = _heat(_levels(probability_map), opacity)
    return np.dstack([heat, cv2.convertScaleAbs(strength, alpha=255)])


def _levels(probability_map: np.ndarray) -> np.ndarray:
    return cv2.convertScaleAbs(np.ascontiguousarray(probability_map, np.float32), alpha=255)


def _heat(levels: np.ndarray, opacity: float) -> tuple[np.ndarray, np.ndarray]:
    """(h, w, 3) uint8 BGR, and its (h, w) float32 opacity."""
    heat = cv2.applyColorMap(cv2.convertScaleAbs(levels, alpha=_HOTTEST), cv2.COLORMAP_TURBO)
    strength = np.where(levels < _FAINT * 255, 0, 0.35 + 0.65 * levels / 255.0).astype(np.float32) * opacity
    return heat, strength


def _figure_height(shapes: Sequence[np.ndarray], unit: float) -> float:
    """One height for all figures of a picture: a bit less than the usual region's, within what can be read."""
    usual = float(np.median([min(cv2.minAreaRect(shape.astype(np.float32))[1]) for shape in shapes]))
    return min(max(0.6 * usual, 10 * unit), 20 * unit)


def _number(canvas: np.ndarray, number: int, corner: np.ndarray, height: float, colour: tuple[int, int, int]) -> None:
    """White figures on a small tag of the box's colour, left of the region or, at the border, inside it."""
    scale, stroke = height / 30, max(1, round(height / 14))
    (width, ascent), descent = cv2.getTextSize(str(number), _FONT, scale, stroke)
    margin = max(1, round(height / 8))
    tag_width, tag_height = width + 2 * margin, ascent + descent // 2 + 2 * margin
    left = round(corner[0]) - tag_width if corner[0] >= tag_width else round(corner[0])
    left = max(0, min(left, canvas.shape[1] - tag_width))
    top = max(0, min(round(corner[1]), canvas.shape[0] - tag_height))
    cv2.rectangle(canvas, (left, top), (left + tag_width - 1, top + tag_height - 1), colour, cv2.FILLED)
    anchor = (left + margin, top + margin + ascent)
    cv2.putText(canvas, str(number), anchor, _FONT, scale, _WHITE, stroke, cv2.LINE_AA)
